"""A plain design, as people write it first: a timer for each trigger, all armed at the opening, and an activity that
records each piece of news and each trigger in a table. A timer whose milestone is reached is cancelled.
"""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bench.baselines.case import RECORD, BareInput, Recorded, Step, perform, steps
    from sla import messages
    from sla.events import Closed, Completed, Opened
    from sla.messages import News, Reception


@workflow.defn(name="PlainSla")
class PlainCase:
    """One record's case, until it is closed."""

    @workflow.init
    def __init__(self, case: BareInput) -> None:
        self.case = case
        self.closed = False
        self.timers: dict[str, list[asyncio.Task[None]]] = {}

    @workflow.run
    async def run(self, case: BareInput) -> None:
        """Wait until it is closed and all is done."""
        await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())
        await asyncio.gather(*(timer for timers in self.timers.values() for timer in timers), return_exceptions=True)

    @workflow.update(name=messages.REPORT)
    async def report(self, news: News) -> Reception:
        """Take news, record it, and say so."""
        event = news.event
        await self._record(Recorded(record=self.case.record, what=event.id, event=event))
        if isinstance(event, Opened):
            self._arm(event)
        elif isinstance(event, Completed):
            self._disarm(event.milestone)
        elif isinstance(event, Closed):
            self.closed = True
            for milestone in self.timers:
                self._disarm(milestone)
        return Reception(record=self.case.record, event=event.id)

    def _arm(self, opened: Opened) -> None:
        for step in steps(self.case):
            ahead = opened.at + timedelta(seconds=step.after_s) - workflow.now()
            timer = asyncio.create_task(self._trigger(step, max(ahead, timedelta(0))))
            self.timers.setdefault(step.milestone, []).append(timer)

    def _disarm(self, milestone: str) -> None:
        for timer in self.timers.get(milestone, []):
            timer.cancel()

    async def _trigger(self, step: Step, ahead: timedelta) -> None:
        await workflow.sleep(ahead)
        await self._record(Recorded(record=self.case.record, what=step.name))
        await asyncio.gather(*(perform(action) for action in step.actions))

    async def _record(self, recorded: Recorded) -> None:
        await workflow.execute_activity(RECORD, recorded, start_to_close_timeout=timedelta(minutes=1))
