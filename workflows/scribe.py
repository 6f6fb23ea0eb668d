"""The case's scribe: tells the store what it is to know, for as long as that takes."""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from sla import messages
    from sla.events import AnyEvent
    from sla.messages import Concluded, ProcessRef, RecordInput

RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


class Scribe:
    """Writes one record's new events and undone actions to the store; what comes up meanwhile goes along.

    `log` is the case's own list, which only grows; `recorded` says how many of it the store has.
    """

    def __init__(self, record: str, ref: ProcessRef, log: list[AnyEvent], recorded: int) -> None:
        self.record = record
        self.ref = ref
        self.log = log
        self.recorded = recorded
        self.concluded: list[Concluded] = []
        self.behind = len(log) > recorded
        self._writing: asyncio.Task[None] | None = None

    def rests(self) -> bool:
        """Whether the store knows everything."""
        return not self.behind and (self._writing is None or self._writing.done())

    def write(self) -> None:
        """See to it that the store learns what is new."""
        self.behind = True
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self.behind:
            self.behind = False
            upto, concluded = len(self.log), list(self.concluded)
            try:
                await self._tell(upto, concluded)
            except ActivityError:
                workflow.logger.error("store_refuses", extra={"record": self.record})
                self.behind = True
                await workflow.sleep(timedelta(minutes=5), summary="the store refuses; trying again")
                continue
            self.recorded = upto
            self.concluded = [one for one in self.concluded if one not in concluded]

    async def _tell(self, upto: int, concluded: list[Concluded]) -> None:
        await workflow.execute_activity(
            messages.RECORD,
            RecordInput(
                record=self.record,
                ref=self.ref,
                events=self.log[self.recorded : upto],
                concluded=concluded,
                now=as_of(self.log),
            ),
            start_to_close_timeout=timedelta(minutes=1),
            retry_policy=RETRY,
        )


def second(at: datetime) -> datetime:
    """An instant of the law: whole seconds."""
    return at.replace(microsecond=0)


def as_of(log: list[AnyEvent]) -> datetime:
    """Now, or when the latest news counts as recorded, which may be in the second after."""
    return max([second(workflow.now()), *(event.recorded_at for event in log)])
