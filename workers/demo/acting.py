"""Playing the stories: each case is told its news at the planned instants, through the Desk, as any door would."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from temporalio.client import Client

from sla.errors import MilepostError
from sla.messages import workflow_id
from starter.desk import Desk
from workers.demo.scaling import Scale
from workers.demo.stories import Beat, Story, told_at
from workers.demo.watching import Watch, now, until

PATIENCE_S = 20.0
"""How long to wait for the service beyond the plan, in seconds, before a promise counts as broken."""

MARGIN_S = 2.0
"""How late news may be, in seconds, without changing a story."""

WITHIN = timedelta(milliseconds=200)
"""How far into its second news is told, so that no clock can hold that it has not happened yet."""

logger = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What a case is opened under, and how fast its time passes."""

    process: str
    scale: Scale


@dataclass(kw_only=True)
class Cast:
    """Those who tell the cases what happens.

    By record, `troubles` is what went wrong in telling, and `late_s` by how many seconds news was taken up late at most.
    """

    desk: Desk
    client: Client
    watch: Watch
    contracts: Mapping[str, Contract]
    start: datetime
    troubles: dict[str, str] = field(default_factory=dict)
    late_s: dict[str, float] = field(default_factory=dict)

    async def play(self, story: Story) -> None:
        """Tell one story from the opening to its end, which is that its workflow has completed."""
        try:
            await self._open(story)
            for number, beat in enumerate(story.beats, 1):
                await self._tell(story, number, beat)
            async with asyncio.timeout(PATIENCE_S):
                await self.client.get_workflow_handle(workflow_id(story.record)).result()
        except MilepostError as refusal:
            self.troubles[story.record] = f"{story.record} could not be told its news: {refusal}"
        except TimeoutError:
            self.troubles[story.record] = f"{story.record} was closed, but {PATIENCE_S:g} s later it had not ended."
        except Exception as defect:
            logger.exception("story_failed", record=story.record)
            self.troubles[story.record] = f"{story.record} could not be played: {type(defect).__name__}: {defect}"

    async def _open(self, story: Story) -> None:
        opening = story.opening(self.start)
        await until(self.start + WITHIN)
        await self.desk.open(
            record=story.record,
            process=self.contracts[story.contract].process,
            fields=opening["fields"],
            at=opening["at"],
            event_id=opening["id"],
        )

    async def _tell(self, story: Story, number: int, beat: Beat) -> None:
        scale = self.contracts[story.contract].scale
        planned = told_at(beat, self.start, scale) + WITHIN
        await until(planned)
        if beat.once is not None:
            milestone, trigger = beat.once
            await self.watch.performed(story.record, milestone, trigger, patience_s=PATIENCE_S)
        self.watch.tell(story.record, beat.words)
        await self.desk.report(story.event(number, self.start, scale))
        late_s = (now() - planned).total_seconds()
        self.late_s[story.record] = max(late_s, self.late_s.get(story.record, 0.0))

    def excuses(self) -> Iterator[str]:
        """A sentence for each case whose news was so late that its story may have become another one."""
        for record, late_s in self.late_s.items():
            if late_s > MARGIN_S:
                yield f"{record} got news {late_s:.0f} s late: this machine may be too busy for the demo just now."
