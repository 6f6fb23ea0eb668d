"""The workflow of one record: it holds the log and the keys of what was done, asks the law, and waits.

    news ─┐
          ├─> decide (recorded) ─> start what is due, cancel what is moot ─> wait for news or the armed time
    time ─┘

No rule lives here. What a decision rests on is in `sla.engine`, asked by a local activity, so that its answer lies in the
history and a replay never computes it anew. Nothing that an event or an action can do raises out of here.
"""

import asyncio
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.workflow import ContinueAsNewVersioningBehavior

with workflow.unsafe.imports_passed_through():
    from sla import messages
    from sla.events import AnyEvent
    from sla.messages import CaseInput, CaseState, CaseView, DecideInput, Decision, News, Reception, Refused
    from sla.timeline import RollUp

# Our own parts are loaded anew for each run, sandboxed as this file is. That is meant: the strict sandbox need not object.
with workflow.unsafe.sandbox_import_notification_policy(workflow.SandboxImportNotificationPolicy.SILENT):
    from workflows.acting import Actions
    from workflows.showing import show
    from workflows.telling import as_of, second

SECOND = timedelta(seconds=1)
DECIDE_RETRY = RetryPolicy(initial_interval=SECOND, maximum_interval=timedelta(minutes=1))
DECIDE_HERE = timedelta(seconds=3)
"""Longer pauses between attempts at a decision are timers: they hold no worker."""


@workflow.defn(name=messages.WORKFLOW)
class SlaCase:
    """One record's case."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        self.record = case.record
        self.ref = case.ref
        self.log: list[AnyEvent] = list(case.log)
        # News of a second in which something was done counts as recorded after it: what was done stays done.
        self.quiet_from = case.decided_at + SECOND if case.decided_at else None
        self.inbox: list[AnyEvent] = []
        self.answers: dict[str, Reception | Refused] = {}
        self.actions = Actions(case.record, case.ref, case.done, self.inbox)
        self.undecided = True
        self.timer: asyncio.Task[None] | None = None
        self.armed_at: datetime | None = None
        self.next_wakeup: datetime | None = None
        self.wakeup_for = ""
        self.view: CaseView | None = None
        self.finished = False

    # ------------------------------------------------------------------ the story

    @workflow.run
    async def run(self, case: CaseInput) -> RollUp | None:
        """Follow the record until it is closed and nothing lies ahead; carry on in a new run when it is time for one."""
        while True:
            if self._must_decide():
                await self._decide()
            elif self._over():
                if await self._quiet():
                    return self.status
            elif self._should_roll():
                await self._roll()
            else:
                await self._wait()

    def _must_decide(self) -> bool:
        return bool(self.inbox or (self.log and (self.undecided or self.actions.concluded or self.actions.unwanted)))

    def _over(self) -> bool:
        return (self.finished or not self.log) and not self.actions.running

    async def _wait(self) -> None:
        """Until there is news, the armed time comes, or work that the end waits for is done."""
        self._arm()
        await workflow.wait_condition(lambda: self._must_decide() or self._over() or self._should_roll())

    async def _quiet(self) -> bool:
        """Wait until everybody who gave news has their answer; False if more news comes first, which then goes first."""
        await workflow.wait_condition(lambda: bool(self.inbox) or workflow.all_handlers_finished())
        return not self.inbox

    # ------------------------------------------------------------------ hearing

    @workflow.update(name=messages.REPORT)
    async def report(self, news: News) -> Reception:
        """Take news and answer with what it did; refused news changes nothing."""
        event = news.event
        if self._known(event):
            return Reception(duplicate=True, status=self.status)
        if all(waiting.id != event.id for waiting in self.inbox):
            self.answers.pop(event.id, None)
            self.inbox.append(event)
        await workflow.wait_condition(lambda: event.id in self.answers)
        answer = self.answers[event.id]
        if isinstance(answer, Refused):
            raise ApplicationError(answer.reason, type=messages.REFUSED, non_retryable=True)
        return answer

    @report.validator
    def _about_this_record(self, news: News) -> None:
        if news.event.record != self.record:
            raise ValueError(f"this is the case of record '{self.record}', not '{news.event.record}'")

    @workflow.signal(name=messages.HEAR)
    def hear(self, news: News) -> None:
        """Take news that nobody waits for."""
        if news.event.record == self.record and not self._known(news.event):
            self.inbox.append(news.event)

    @workflow.signal(name=messages.RETRY)
    def retry(self, key: str) -> None:
        """Let an action that was given up be decided anew."""
        if self.actions.done.get(key) == "gave_up":
            del self.actions.done[key]
            self.undecided = True

    @workflow.signal(name=messages.NUDGE)
    def nudge(self) -> None:
        """Only wake: what there is to see, the loop sees by itself."""

    @workflow.query(name=messages.STATE)
    def state(self) -> CaseState:
        """The case as it sees itself."""
        return CaseState(
            record=self.record,
            ref=self.ref,
            events=len(self.log),
            view=self.view,
            next_wakeup=self.next_wakeup,
            under_way=list(self.actions.running),
            done=self.actions.done,
        )

    @property
    def status(self) -> RollUp | None:
        """How the record stands, for people; None if it was never opened."""
        return self.view.status if self.view else None

    def _known(self, event: AnyEvent) -> bool:
        return any(one.id == event.id for one in self.log)

    # ------------------------------------------------------------------ deciding

    async def _decide(self) -> None:
        news = self._take_news()
        log = [*self.log, *news]
        now = as_of(log)
        concluded = list(self.actions.concluded)
        self.undecided = self.actions.unwanted = False
        decision = await workflow.execute_local_activity(
            messages.DECIDE,
            DecideInput(
                record=self.record,
                ref=self.ref,
                log=log,
                news=len(news),
                done=[*self.actions.done, *self.actions.running],
                running=list(self.actions.running),
                dropped=[key for key, outcome in self.actions.done.items() if outcome == "dropped"],
                concluded=concluded,
                now=now,
                shown=self.view,
                armed_at=self.armed_at,
            ),
            result_type=Decision,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=DECIDE_RETRY,
            local_retry_threshold=DECIDE_HERE,
        )
        del self.actions.concluded[: len(concluded)]
        self._heed(decision, news, now)

    def _take_news(self) -> list[AnyEvent]:
        """Empty the inbox: each event once, stamped with when it counts as recorded."""
        fresh: dict[str, AnyEvent] = {}
        for event in self.inbox:
            if self._known(event):  # the store knew it before it came here
                self.answers[event.id] = Reception(duplicate=True, status=self.status)
            elif event.id not in fresh:
                fresh[event.id] = self._stamped(event)
        self.inbox.clear()
        return list(fresh.values())

    def _stamped(self, event: AnyEvent) -> AnyEvent:
        """`recorded_at` as our service stamped it, but not ahead of our clock, nor before what was already done."""
        recorded_at = min(event.recorded_at, second(workflow.now()))
        if self.quiet_from is not None:
            recorded_at = max(recorded_at, self.quiet_from)
        return event.model_copy(update={"recorded_at": recorded_at})

    def _heed(self, decision: Decision, news: list[AnyEvent], now: datetime) -> None:
        refused = {one.event: one for one in decision.refused}
        found = {event.id for event in decision.found}
        self.log += [*decision.found, *(event for event in news if event.id not in refused and event.id not in found)]
        # Only what was done puts later news into a later second: a burst of news must not drift into the future.
        this_second = second(workflow.now())
        until = max(this_second, self.quiet_from or this_second)
        self.quiet_from = max(this_second, now) + SECOND if decision.start else until
        self.next_wakeup, self.wakeup_for = decision.next_wakeup, decision.wakeup_for
        self.finished = decision.finished
        self.actions.drop([*decision.drop, *decision.unheard])
        for done in decision.fulfilled:
            self.actions.fulfil(done)
        for task in decision.start:
            self.actions.start(task)
        if decision.view is not None:
            self.view = decision.view.of(self.view)
            show(self.record, self.ref, self.view, ending=self._over())
        for event in news:
            self.answers[event.id] = refused.get(event.id) or Reception(changes=decision.changes, status=self.status)

    # ------------------------------------------------------------------ waiting

    def _arm(self) -> None:
        """Keep one timer; leave it alone when the next wake-up moves later, for it costs less to wake once in vain."""
        wakeup = self.next_wakeup
        if wakeup is None or (self.armed_at is not None and self.armed_at <= wakeup):
            return
        if self.timer is not None:
            self.timer.cancel()
        self.armed_at = wakeup
        self.timer = asyncio.create_task(self._ring(wakeup))

    async def _ring(self, at: datetime) -> None:
        ahead = at - workflow.now()
        if ahead > timedelta(0):
            await workflow.sleep(ahead, summary=self.wakeup_for or None)
        self.timer = self.armed_at = None
        if self.next_wakeup is not None and self.next_wakeup > workflow.now():
            self._arm()  # it was moved later while we slept
        elif self.next_wakeup is not None:
            self.undecided = True

    # ------------------------------------------------------------------ rolling over

    def _should_roll(self) -> bool:
        """When the history has grown long, or a newer version of the worker is to go on with the case."""
        now = workflow.info()
        return now.is_continue_as_new_suggested() or now.is_target_worker_deployment_version_changed()

    async def _roll(self) -> None:
        """Continue as new. Actions waiting for a retry are taken back and decided anew; those under way end first."""
        await self.actions.take_back()
        self.undecided = True
        if not self.actions.concluded and await self._quiet():
            workflow.continue_as_new(
                CaseInput(
                    record=self.record,
                    ref=self.ref,
                    log=self.log,
                    done=self.actions.done,
                    decided_at=self.quiet_from - SECOND if self.quiet_from else None,
                ),
                initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
            )
