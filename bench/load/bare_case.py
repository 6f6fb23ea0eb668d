"""What somebody would write by hand for the same case: one workflow, one timer, no rules of a service level in a file.

It hears of the same news by the same kind of message, keeps one timer for the next deadline as Milepost does, and sends the
same mails. With `recording` each piece of news is a row of a table, too, written by a local activity.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from temporalio import workflow

RECORD = "bare.record"
SEND = "bare.send"


@dataclass
class Case:
    """What a case begins with: the instants (seconds since the epoch) at which its milestones are due."""

    record: str
    due: dict[str, float] = field(default_factory=dict)
    recording: bool = False


@dataclass
class News:
    """Something that happened to a case."""

    record: str
    id: str
    type: str
    milestone: str = ""


@dataclass
class Letter:
    """A mail to send."""

    record: str
    milestone: str
    kind: str


@workflow.defn(name="BareCase")
class BareCase:
    """One case."""

    @workflow.init
    def __init__(self, case: Case) -> None:
        self.case = case
        self.due = dict(case.due)
        self.letters: list[Letter] = []
        self.closed = False
        self.rung = False
        self.timer: asyncio.Task[None] | None = None

    @workflow.run
    async def run(self, case: Case) -> None:
        """Wait for news or the next deadline until the case is closed."""
        while True:
            await self._violate()
            while self.letters:
                await workflow.execute_activity(SEND, self.letters.pop(0), start_to_close_timeout=timedelta(minutes=2))
            if self.closed:
                await workflow.wait_condition(workflow.all_handlers_finished)
                return
            self._arm()
            await workflow.wait_condition(lambda: bool(self.letters) or self.closed or self.rung)
            self.rung = False

    @workflow.update
    async def report(self, news: News) -> str:
        """Take news, and answer what became of it."""
        await self._record(news)
        if news.type == "closed":
            self.closed = True
        elif news.type == "completed" and self.due.pop(news.milestone, None) is not None and not self.due:
            self.letters.append(Letter(self.case.record, news.milestone, "success"))
        return "closed" if self.closed else f"{len(self.due)} open"

    async def _violate(self) -> None:
        now = workflow.now().timestamp()
        for milestone in [name for name, at in self.due.items() if at <= now]:
            del self.due[milestone]
            await self._record(News(self.case.record, f"violated {milestone}", "violated", milestone))
            self.letters.append(Letter(self.case.record, milestone, "violation"))

    async def _record(self, news: News) -> None:
        if self.case.recording:
            await workflow.execute_local_activity(RECORD, news, start_to_close_timeout=timedelta(seconds=30))

    def _arm(self) -> None:
        """One timer, left alone when the next deadline moves later."""
        if self.timer is None and self.due:
            self.timer = asyncio.create_task(self._ring(min(self.due.values())))

    async def _ring(self, at: float) -> None:
        ahead = at - workflow.now().timestamp()
        if ahead > 0:
            await workflow.sleep(timedelta(seconds=ahead))
        self.timer, self.rung = None, True
