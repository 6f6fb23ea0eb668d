"""The workflow of one record: it holds the log and the keys of what was done, asks the law, and waits.

    news ─┐
          ├─> decide (recorded) ─> start what is due, cancel what is moot ─> wait for news or the armed time
    time ─┘

No rule lives here. What a decision rests on is in `sla.engine`, asked by a local activity, so that its answer lies in the
history and a replay never computes it anew. Nothing that an event or an action can do raises out of here.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy, SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import ActivityError, ApplicationError
from temporalio.workflow import ActivityCancellationType

with workflow.unsafe.imports_passed_through():
    from sla import messages
    from sla.events import AnyEvent
    from sla.messages import (
        CaseInput,
        CaseState,
        CaseView,
        Concluded,
        DecideInput,
        Decision,
        News,
        Outcome,
        Performed,
        PerformInput,
        Reception,
        RecordInput,
        Refused,
        Task,
    )

SECOND = timedelta(seconds=1)
PRIORITY = {"violation": 1, "warning": 2}
OTHER_PRIORITY = 3

DECIDE_RETRY = RetryPolicy(initial_interval=SECOND, maximum_interval=timedelta(seconds=30))
RECORD_RETRY = RetryPolicy(initial_interval=SECOND, maximum_interval=timedelta(minutes=1))
ACTION_RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=10))


@workflow.defn(name=messages.WORKFLOW)
class SlaCase:
    """One record's case."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        self.record = case.record
        self.ref = case.ref
        self.log: list[AnyEvent] = list(case.log)
        self.recorded = case.recorded
        self.done: dict[str, Outcome] = dict(case.done)
        # News of a second in which something was done counts as recorded after it: what was done stays done.
        self.quiet_from = case.decided_at + SECOND if case.decided_at else None
        self.inbox: list[AnyEvent] = []
        self.answers: dict[str, Reception | Refused] = {}
        self.concluded: list[Concluded] = []
        self.running: dict[str, asyncio.Task[None]] = {}
        self.moot: dict[str, str] = {}
        self.undecided = True
        self.unrecorded = len(self.log) > self.recorded
        self.scribe: asyncio.Task[None] | None = None
        self.timer: asyncio.Task[None] | None = None
        self.armed_at: datetime | None = None
        self.next_wakeup: datetime | None = None
        self.wakeup_for = ""
        self.view: CaseView | None = None
        self.finished = False
        self.rolling = False

    # ------------------------------------------------------------------ the story

    @workflow.run
    async def run(self, case: CaseInput) -> CaseView | None:
        """Follow the record until it is closed and nothing lies ahead; carry on in a new run when history grows long."""
        while True:
            if self.inbox or (self.log and self.undecided):
                await self._decide()
            elif self._over():
                await workflow.wait_condition(workflow.all_handlers_finished)
                if not self.inbox:
                    return self.view
            elif workflow.info().is_continue_as_new_suggested():
                await self._roll()
            else:
                await self._wait()

    def _over(self) -> bool:
        nothing_open = self.finished or not self.log
        return nothing_open and not self.running and not self.unrecorded and self._scribe_rests()

    def _scribe_rests(self) -> bool:
        return self.scribe is None or self.scribe.done()

    async def _wait(self) -> None:
        """Until there is news, the armed time comes, or work that the end waits for is done."""
        self._arm()
        await workflow.wait_condition(
            lambda: bool(self.inbox or self.undecided or self._over() or workflow.info().is_continue_as_new_suggested())
        )

    # ------------------------------------------------------------------ hearing

    @workflow.update(name=messages.REPORT)
    async def report(self, news: News) -> Reception:
        """Take news and answer with what it did; refused news changes nothing."""
        event = news.event
        if self._known(event):
            return Reception(record=self.record, event=event.id, duplicate=True, view=self.view)
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
        if self.done.get(key) == "gave_up":
            del self.done[key]
            self.undecided = True

    @workflow.query(name=messages.STATE)
    def state(self) -> CaseState:
        """The case as it sees itself."""
        return CaseState(
            record=self.record,
            ref=self.ref,
            events=len(self.log),
            view=self.view,
            next_wakeup=self.next_wakeup,
            under_way=list(self.running),
            done=self.done,
        )

    def _known(self, event: AnyEvent) -> bool:
        return any(one.id == event.id for one in self.log)

    # ------------------------------------------------------------------ deciding

    async def _decide(self) -> None:
        news = self._take_news()
        log = [*self.log, *news]
        now = max([_second(workflow.now()), *(event.recorded_at for event in log)])
        self.undecided = False
        decision = await workflow.execute_local_activity(
            messages.DECIDE,
            DecideInput(
                record=self.record,
                ref=self.ref,
                log=log,
                news=len(news),
                done=[*self.done, *self.running],
                running=list(self.running),
                now=now,
                shown=self.view,
            ),
            result_type=Decision,
            start_to_close_timeout=timedelta(seconds=30),
            retry_policy=DECIDE_RETRY,
        )
        self._heed(decision, news, now)

    def _take_news(self) -> list[AnyEvent]:
        """Empty the inbox: each event once, stamped with when it counts as recorded."""
        fresh: dict[str, AnyEvent] = {}
        for event in self.inbox:
            if event.id not in fresh and not self._known(event):
                fresh[event.id] = self._stamped(event)
        self.inbox = []
        return list(fresh.values())

    def _stamped(self, event: AnyEvent) -> AnyEvent:
        """`recorded_at` as our service stamped it, but not ahead of our clock, nor before what was already done."""
        recorded_at = min(event.recorded_at, _second(workflow.now()))
        if self.quiet_from is not None:
            recorded_at = max(recorded_at, self.quiet_from)
        return event.model_copy(update={"recorded_at": recorded_at})

    def _heed(self, decision: Decision, news: list[AnyEvent], now: datetime) -> None:
        refused = {one.event: one for one in decision.refused}
        accepted = [event for event in news if event.id not in refused]
        self.log.extend(accepted)
        self.quiet_from = now + SECOND if decision.start else max(now, self.quiet_from or now)
        self.next_wakeup, self.wakeup_for = decision.next_wakeup, decision.wakeup_for
        self.finished = decision.finished
        self._show(decision.view)
        self._drop(decision.drop)
        for task in decision.start:
            self.running[task.key] = asyncio.create_task(self._perform(task, len(self.log)))
        for event in news:
            self.answers[event.id] = refused.get(event.id) or Reception(
                record=self.record, event=event.id, changes=decision.changes, view=self.view
            )
        if accepted or decision.view is not None or decision.start or decision.drop:
            self._keep_record()

    def _drop(self, drop: list[Concluded]) -> None:
        for one in drop:
            if one.key in self.running:
                self.moot[one.key] = one.reason
                self.running[one.key].cancel()
            else:
                self.done[one.key] = one.outcome
                self.concluded.append(one)

    # ------------------------------------------------------------------ showing

    def _show(self, view: CaseView | None) -> None:
        if view is None:
            return
        self.view = view
        workflow.set_current_details(_markdown(view))
        wanted: dict[str, object] = {
            "SlaProcess": self.ref.process,
            "SlaAccount": view.account,
            "SlaStatus": view.status,
            "SlaNextDeadline": view.next_deadline,
            "SlaOwnerKind": view.owner_kind,
        }
        changes = [update for name, value in wanted.items() for update in _changed(name, value)]
        if changes:
            workflow.upsert_search_attributes(changes)

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

    # ------------------------------------------------------------------ acting

    async def _perform(self, task: Task, events: int) -> None:
        """Perform one action; however it goes, the case goes on."""
        try:
            # The activity reads the log from the store: what the decision knew must be there first.
            await workflow.wait_condition(lambda: self.recorded >= events)
            performed = await workflow.execute_activity(
                messages.ACTION_PREFIX + task.kind,
                PerformInput(record=self.record, ref=self.ref, key=task.key),
                result_type=Performed,
                activity_id=task.key,
                task_queue=self._queue(task),
                start_to_close_timeout=timedelta(minutes=2),
                schedule_to_close_timeout=timedelta(seconds=task.budget_s),
                retry_policy=ACTION_RETRY,
                priority=Priority(priority_key=PRIORITY.get(task.trigger, OTHER_PRIORITY)),
                # An attempt under way tells how it ended, so that a mail that went out counts as sent.
                cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
                summary=f"{task.trigger}: {task.kind} for {task.key.split('/')[1]}",
            )
            self.done[task.key] = performed.outcome
            self._tell(performed.events)
        except (ActivityError, asyncio.CancelledError) as problem:
            self._unperformed(task, problem)
        finally:
            self.running.pop(task.key, None)
            self.moot.pop(task.key, None)

    def _queue(self, task: Task) -> str:
        return messages.task_queue(workflow.info().task_queue.removesuffix("-cases"), task.world)

    def _tell(self, events: list[AnyEvent]) -> None:
        """What an action decided about the record is news, of the instant at which we learn it."""
        now = _second(workflow.now())
        self.inbox.extend(event.model_copy(update={"at": now, "recorded_at": now}) for event in events)

    def _unperformed(self, task: Task, problem: BaseException) -> None:
        if task.key in self.moot:
            end = Concluded(key=task.key, outcome="dropped", reason=self.moot[task.key])
        elif self.rolling:
            return  # the next run decides it anew
        else:
            cause = getattr(problem, "cause", None) or problem
            end = Concluded(key=task.key, outcome="gave_up", reason=str(cause))
            workflow.logger.warning("action_given_up", extra={"record": self.record, "key": task.key})
        self.done[task.key] = end.outcome
        self.concluded.append(end)
        self._keep_record()

    # ------------------------------------------------------------------ remembering

    def _keep_record(self) -> None:
        self.unrecorded = True
        if self._scribe_rests():
            self.scribe = asyncio.create_task(self._record())

    async def _record(self) -> None:
        """Tell the store, for as long as it takes; what came up meanwhile goes along."""
        while self.unrecorded:
            self.unrecorded = False
            upto, concluded = len(self.log), list(self.concluded)
            try:
                await workflow.execute_activity(
                    messages.RECORD,
                    RecordInput(
                        record=self.record,
                        ref=self.ref,
                        events=self.log[self.recorded : upto],
                        concluded=concluded,
                        now=max([_second(workflow.now()), *(event.recorded_at for event in self.log)]),
                    ),
                    start_to_close_timeout=timedelta(minutes=1),
                    retry_policy=RECORD_RETRY,
                )
            except ActivityError:
                workflow.logger.error("store_refuses", extra={"record": self.record})
                self.unrecorded = True
                await workflow.sleep(timedelta(minutes=5), summary="the store refuses; trying again")
                continue
            self.recorded = upto
            self.concluded = [one for one in self.concluded if one not in concluded]

    # ------------------------------------------------------------------ rolling over

    async def _roll(self) -> None:
        """Continue as new. Actions waiting for a retry are taken back and decided anew; those under way end first."""
        self.rolling = True
        await asyncio.sleep(0)  # a task cancelled before its first step would never tell that it has ended
        for task in list(self.running.values()):
            task.cancel()
        await workflow.wait_condition(lambda: not self.running and not self.unrecorded and self._scribe_rests())
        if self.inbox:
            await self._decide_before_rolling()
            return
        await workflow.wait_condition(workflow.all_handlers_finished)
        decided_at = self.quiet_from - SECOND if self.quiet_from else None
        workflow.continue_as_new(
            CaseInput(
                record=self.record,
                ref=self.ref,
                log=self.log,
                recorded=self.recorded,
                done=self.done,
                decided_at=decided_at,
            )
        )

    async def _decide_before_rolling(self) -> None:
        self.rolling = False
        await self._decide()


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _changed(name: str, value: object) -> list[SearchAttributeUpdate[Any]]:
    """The update that makes a search attribute this value, if it is not already."""
    kind = messages.SEARCH_ATTRIBUTES[name]
    key = SearchAttributeKey.for_datetime(name) if kind == "Datetime" else SearchAttributeKey.for_keyword(name)
    held = workflow.info().typed_search_attributes.get(key)
    if held == value:
        return []
    return [key.value_unset() if value is None else key.value_set(value)]  # type: ignore[arg-type]  # the table pairs them


def _markdown(view: CaseView) -> str:
    """The case as a small table for Temporal's UI."""
    rows = [
        f"| {one.milestone} #{one.occurrence} | {one.status} | {_when(one.target_at)} | {'yes' if one.violated else ''} |"
        for one in view.milestones
    ]
    head = ["| milestone | status | target (UTC) | violated |", "|---|---|---|---|"]
    return "\n".join([f"**{view.status}**, next deadline {_when(view.next_deadline)}", "", *head, *rows])


def _when(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else "–"
