"""The actions of a case: those under way, those done, and those that are wanted no more."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityCancellationType

with workflow.unsafe.imports_passed_through():
    from sla import messages
    from sla.events import AnyEvent
    from sla.fitting import activity_id, summary
    from sla.messages import Concluded, Fulfilled, Outcome, Performed, PerformInput, ProcessRef, Task

from workflows.telling import second

PRIORITY = {"violation": 1, "warning": 2}
OTHER_PRIORITY = 3
ATTEMPT = timedelta(minutes=2)
SILENCE = timedelta(seconds=30)
"""An attempt of which nothing is heard for so long was lost with its worker; `activities.beating` tells of it in time."""

RETRY = RetryPolicy(initial_interval=timedelta(seconds=5), maximum_interval=timedelta(minutes=10))


class Actions:
    """Starts, drops and takes back actions. `inbox` is the case's: what an action decided about the record is news.

    `concluded` are those that ended undone and of which the store is yet to learn.
    """

    def __init__(self, record: str, ref: ProcessRef, done: dict[str, Outcome], inbox: list[AnyEvent]) -> None:
        self.record = record
        self.ref = ref
        self.done = dict(done)
        self.running: dict[str, asyncio.Task[None]] = {}
        self.concluded: list[Concluded] = []
        self._moot: dict[str, str] = {}
        self._inbox = inbox
        self._taking_back = False
        self.unwanted = False  # an attempt found its action unwanted; by now it may be wanted again

    def start(self, task: Task) -> None:
        """Perform an action."""
        self.done.pop(task.key, None)
        self.running[task.key] = asyncio.create_task(self._perform(task))

    def drop(self, ended: list[Concluded]) -> None:
        """End actions that are wanted no more; those under way are cancelled."""
        for one in ended:
            if one.key in self.running:
                self._moot[one.key] = one.reason
                self.running[one.key].cancel()
            elif one.key not in self.done:  # else it ended while this was being decided, and has said how
                self.done[one.key] = one.outcome  # the store knows: `decide` has told it

    def fulfil(self, one: Fulfilled) -> None:
        """Take an action for performed whose answer was lost, and hear what it decided."""
        self.done[one.key] = "performed"
        self._tell(one.events)

    async def take_back(self) -> None:
        """Cancel what waits for a retry, to be decided anew; an attempt under way is awaited."""
        self._taking_back = True
        await asyncio.sleep(0)  # a task cancelled before its first step would never tell that it has ended
        for task in list(self.running.values()):
            task.cancel()
        await workflow.wait_condition(lambda: not self.running)
        self._taking_back = False

    async def _perform(self, task: Task) -> None:
        """Perform one action; however it goes, the case goes on."""
        try:
            performed = await self._activity(task)
            self.done[task.key] = performed.outcome
            self.unwanted = self.unwanted or performed.outcome == "dropped"
            self._tell(performed.events)
        except (ActivityError, asyncio.CancelledError) as problem:
            self._unperformed(task, problem)
        finally:
            self.running.pop(task.key, None)
            self._moot.pop(task.key, None)

    async def _activity(self, task: Task) -> Performed:
        performed: Performed = await workflow.execute_activity(
            messages.ACTION_PREFIX + task.kind,
            PerformInput(record=self.record, ref=self.ref, key=task.key),
            result_type=Performed,
            activity_id=activity_id(task.key),
            task_queue=messages.task_queue(workflow.info().task_queue.removesuffix("-cases"), task.world),
            start_to_close_timeout=ATTEMPT,
            heartbeat_timeout=SILENCE,
            schedule_to_close_timeout=timedelta(seconds=task.budget_s),
            retry_policy=RETRY,
            priority=Priority(priority_key=PRIORITY.get(task.trigger, OTHER_PRIORITY)),
            # An attempt under way tells how it ended, so that a mail that went out counts as sent.
            cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=summary(f"{task.trigger}: {task.kind} for {self._named(task.key)}"),
        )
        return performed

    def _named(self, key: str) -> str:
        """The occurrence that an action is for, as its key has it: a milestone's name may hold anything."""
        return key.removeprefix(f"{self.record}/").rsplit("/", 3)[0]  # line/trigger/action come after it

    def _tell(self, events: list[AnyEvent]) -> None:
        """What an action decided about the record is news, of the instant at which we learn it."""
        now = second(workflow.now())
        self._inbox.extend(event.model_copy(update={"at": now, "recorded_at": now}) for event in events)

    def _unperformed(self, task: Task, problem: BaseException) -> None:
        if task.key in self._moot:
            self._conclude(Concluded(key=task.key, outcome="dropped", reason=self._moot[task.key]))
        elif self._taking_back:
            return
        else:
            workflow.logger.warning("action_given_up", extra={"record": self.record, "key": task.key})
            self._conclude(Concluded(key=task.key, outcome="gave_up", reason=_why(problem)))

    def _conclude(self, one: Concluded) -> None:
        self.done[one.key] = one.outcome
        self.concluded.append(one)


def _why(problem: BaseException) -> str:
    """The reason in words: what ended it (a refusal, the end of the budget), and the last attempt's own reason."""
    cause = getattr(problem, "cause", None) or problem
    parts = [cause, getattr(cause, "cause", None)]
    return ": ".join(getattr(part, "message", None) or str(part) for part in parts if part is not None)
