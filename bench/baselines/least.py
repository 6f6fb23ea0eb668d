"""The least that Temporal needs for a case: what comes in, one timer after the other, what goes out.

It decides nothing (deadlines are told at the start), remembers nothing beyond its run, records nothing anywhere, cannot be
asked why, knows no late news, no stopped clock, no business hours, retries no dropped action, and never continues as new.
Like ours it leaves a timer alone that turned out to be too early. With `shown` it keeps our search attributes right too.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from bench.baselines.case import MILESTONES, BareInput, Step, perform, steps
    from bench.baselines.showing import Showing
    from sla import messages
    from sla.events import Closed, Completed, Opened
    from sla.messages import News, Reception


@workflow.defn(name="LeastSla")
class LeastCase:
    """One record's case, until it is closed."""

    @workflow.init
    def __init__(self, case: BareInput) -> None:
        self.case = case
        self.opened: Opened | None = None
        self.closed = False
        self.reached: list[str] = []
        self.violated: list[str] = []
        self.warned: list[str] = []
        self.acting: list[asyncio.Task[None]] = []
        self.showing = Showing()

    @workflow.run
    async def run(self, case: BareInput) -> None:
        """Sleep from step to step, and act."""
        await workflow.wait_condition(lambda: self.opened is not None)
        for step in steps(case):
            if step.milestone in self.reached:
                continue
            ringing = asyncio.create_task(self._ring(step))
            await workflow.wait_condition(lambda ringing=ringing: self.closed or ringing.done())  # type: ignore[misc]
            if self.closed:
                break
            if step.milestone not in self.reached:
                self._act(step)
        await workflow.wait_condition(lambda: self.closed and workflow.all_handlers_finished())
        await asyncio.gather(*self.acting)

    @workflow.update(name=messages.REPORT)
    def report(self, news: News) -> Reception:
        """Take news, and say so."""
        event = news.event
        if isinstance(event, Opened):
            self.opened = event
        elif isinstance(event, Completed):
            self.reached.append(event.milestone)
        elif isinstance(event, Closed):
            self.closed = True
        self._show()
        return Reception(record=self.case.record, event=event.id)

    async def _ring(self, step: Step) -> None:
        assert self.opened is not None
        ahead = self.opened.at + timedelta(seconds=step.after_s) - workflow.now()
        if ahead > timedelta(0):
            await workflow.sleep(ahead)

    def _act(self, step: Step) -> None:
        (self.violated if step.violation else self.warned).append(step.milestone)
        self._show()
        self.acting += [asyncio.create_task(perform(action)) for action in step.actions]

    # ------------------------------------------------------------------ as ours shows itself, if wanted

    def _show(self) -> None:
        if self.opened is not None and self.case.shown:
            account = str(self.opened.fields.get("account"))
            self.showing.show(account=account, status=self._status(), next_deadline=self._next_deadline())

    def _status(self) -> str:
        if self.violated:
            return "violated_closed" if self.closed else "violated_open"
        at_risk = not self.closed and any(milestone not in self.reached for milestone in self.warned)
        return "at_risk" if at_risk else "compliant"

    def _next_deadline(self) -> datetime | None:
        assert self.opened is not None
        passed = {*self.reached, *self.violated}
        ahead = [limit_s for name, limit_s in zip(MILESTONES, self.case.limits_s, strict=True) if name not in passed]
        return self.opened.at + timedelta(seconds=min(ahead)) if ahead and not self.closed else None
