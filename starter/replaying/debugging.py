"""A debugger that stops where a history has come to an event: in the workflow, or in `evaluate`.

Temporal's sandbox would be in its way, so that the workflow runs without.
"""

import pdb
import sys
from collections.abc import Callable, Mapping
from types import CodeType, FrameType
from typing import Any, Final

from temporalio.api.history.v1 import HistoryEvent
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

from sla import engine
from sla.evidence_errors import NotReplayable
from sla.messages import Decision
from starter.replaying.choosing import Wanted, chosen
from starter.replaying.crew import Replaying
from starter.replaying.reading import Run, is_of_the_workflow
from starter.replaying.results import Replayed
from starter.replaying.session import quiet_runtime
from starter.replaying.sources import Found, Library, Recipe

WORKFLOWS: Final = "workflows."
MANY: Final = 10
"""From how many histories on no more is looked for: one is wanted."""


class Debugger(pdb.Pdb):
    """Stops at the first frame that is wanted; from there on whoever debugs says where. Left, it lets all go on."""

    def __init__(self, wanted: Callable[[FrameType], bool]) -> None:
        super().__init__(nosigint=True)
        self._wanted = wanted
        self.stopped = False

    def watching(self, work: Callable[[], Any]) -> Any:
        """Do some work, and stop in it."""
        if not self.stopped:
            self.reset()
            self.set_step()
        if not self.stopped or self.breaks:
            sys.settrace(self.trace_dispatch)
        try:
            return work()
        finally:
            sys.settrace(None)

    def stop_here(self, frame: FrameType) -> bool:
        """Nowhere but in what is wanted, until it was stopped at."""
        return (self.stopped or self._wanted(frame)) and super().stop_here(frame)

    def user_line(self, frame: FrameType) -> None:
        """The first stop is at a line, where what a function was given can be seen."""
        self.stopped = True
        super().user_line(frame)

    def user_call(self, frame: FrameType, argument_list: None) -> None:
        """Not the first stop."""
        if self.stopped:
            super().user_call(frame, argument_list)

    def user_return(self, frame: FrameType, return_value: Any) -> None:
        """Not the first stop."""
        if self.stopped:
            super().user_return(frame, return_value)

    def user_exception(self, frame: FrameType, exc_info: Any) -> None:
        """Not the first stop."""
        if self.stopped:
            super().user_exception(frame, exc_info)

    def do_quit(self, arg: str) -> bool | None:
        """q(uit): leave the debugger; the replay goes on to its end."""
        self.clear_all_breaks()
        return self.do_continue(arg)

    do_q = do_exit = do_EOF = do_quit  # noqa: N815 - as pdb names them


def in_workflow(frame: FrameType) -> bool:
    """Whether this is code of a workflow, past the definitions of its modules."""
    return str(frame.f_globals.get("__name__", "")).startswith(WORKFLOWS) and frame.f_code.co_name != "<module>"


def in_evaluate(frame: FrameType) -> bool:
    """Whether this is `evaluate`, as it is today."""
    code: CodeType = engine.evaluate.__code__
    return frame.f_code is code


PLACES: Final[Mapping[str, Callable[[FrameType], bool]]] = {"workflow": in_workflow, "evaluate": in_evaluate}
"""Where a debugger can stop."""


class Stopping(UnsandboxedWorkflowRunner):
    """Runs workflows, and lets a debugger watch from a workflow task on."""

    def __init__(self, debugger: Debugger, task: int) -> None:
        super().__init__()
        self._debugger = debugger
        self._task = task

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """An instance that is watched once it has come to the task."""
        instance = super().create_instance(det)
        activate = instance.activate

        def watched(act: Any) -> Any:
            if act.history_length < self._task:
                return activate(act)
            return self._debugger.watching(lambda: activate(act))

        instance.activate = watched  # type: ignore[method-assign]
        return instance


class StoppingDecisions:
    """Takes decisions anew, and stops in the first that an event at or after `number` records."""

    def __init__(self, debugger: Debugger, number: int) -> None:
        self._debugger = debugger
        self._number = number

    def __call__(self, event: HistoryEvent, decide: Callable[[], Decision]) -> Decision:
        """The decision of an event."""
        if event.event_id < self._number:
            return decide()
        decision: Decision = self._debugger.watching(decide)
        return decision


def task_of(run: Run, number: int) -> int:
    """The workflow task in which a workflow meets an event: by the number of the event that begins the task.

    What the workflow itself brought about belongs to the task that was done before; all else to the next one that was done.
    By the order of events alone: not every server numbers them in one another.
    """
    done, started = 0, 0
    for event in run.events:
        if event.HasField("workflow_task_started_event_attributes"):
            started = event.event_id
        elif event.HasField("workflow_task_completed_event_attributes"):
            done = started
            if event.event_id >= number:
                return done
        elif event.event_id == number and is_of_the_workflow(event):
            return done
    return number


# ---------------------------------------------------------------------- one history


async def debugged(wanted: Wanted, recipe: Recipe, place: str, number: int) -> tuple[bool, Replayed]:
    """Replay the one history that is wanted under a debugger: whether it stopped, and what came of the replay.

    Raises NotReplayable if that is not one, or has no event of that number; and as `chosen`.
    """
    found = await _the_one(wanted, recipe)
    if number > len(found.run.events):
        raise NotReplayable(
            problem=f"{found.run.source} has only {len(found.run.events)} events, and none of number {number}."
        )
    debugger = Debugger(PLACES[place])
    if place == "workflow":
        how = Replaying(recipe, runner=Stopping(debugger, task_of(found.run, number)), patience_s=None)
    else:
        how = Replaying(recipe, deciding=StoppingDecisions(debugger, number), patience_s=None)
    async with how as replaying:
        replayed = await replaying.one(found)
    return debugger.stopped, replayed


async def _the_one(wanted: Wanted, recipe: Recipe) -> Found:
    found: list[Found | Replayed] = []
    async with chosen(wanted, recipe) as choice, Library(recipe, quiet_runtime()) as library:
        async for source in choice.sources:
            found += [one async for one in library.open(source)]
            if len(found) > MANY:
                break
    match found:
        case [Found() as one]:
            return one
        case [Replayed() as skipped]:
            raise NotReplayable(problem=f"{skipped.source} cannot be replayed: {skipped.skipped}.")
        case []:
            raise NotReplayable(problem="There is no such history. See what there is without --debug.")
    names = ", ".join(one.run.history.run_id if isinstance(one, Found) else one.run_id or one.source for one in found)
    raise NotReplayable(problem=f"Only one history can be debugged at a time. Choose one with --run: {names}.")
