"""A trigger's action that was reached in the walk."""

from collections.abc import Mapping
from typing import Any

from sla.evaluation.run import Run
from sla.process.model import Action
from sla.timeline import TriggerKind


class Firing:
    """An action reached: `due` is its own instant, `at` the one in the walk at which it was found (later when late).

    `skip` is the reason not to do it, None if it is to be done.
    """

    __slots__ = ("action", "at", "due", "key", "run", "skip", "threshold", "track", "trigger")

    def __init__(
        self,
        *,
        key: str,
        track: str,
        run: Run,
        trigger: TriggerKind,
        threshold: int | None,
        action: Action,
        due: int,
        at: int,
        skip: str | None,
    ) -> None:
        self.key = key
        self.track = track
        self.run = run
        self.trigger: TriggerKind = trigger
        self.threshold = threshold
        self.action = action
        self.due = due
        self.at = at
        self.skip = skip


class Update:
    """A change that an `update` action made: to conditions it is a `changed` event of its instant (SPEC 4)."""

    __slots__ = ("set",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.set = dict(values)

    def names(self) -> tuple[str, ...]:
        """What `event:` matches."""
        return ("changed",)

    def facts(self) -> dict[str, Any]:
        """What `where:` looks at."""
        return {"set": self.set}


def key_of(record: str, track: str, run: Run, trigger: str, action: int) -> str:
    """The stable key `record/milestone#occurrence/line/trigger/action` (SPEC 5); positions count from 1."""
    return f"{record}/{track}#{run.number}/{run.line.position}/{trigger}/{action}"


def unwanted(trigger: TriggerKind, run: Run, at: int) -> str | None:
    """Why an action that waited until `at` is no longer wanted; None if it still is.

    A warning is for those who can still act. The news of a violation stays news after a late completion (SPEC 4: elapsed
    violation triggers run); a success is none once the completion was taken back.
    """
    if trigger == "warning":
        if run.completed_at is not None:
            return "already completed"
        if not run.open:
            return "no longer open"
        over_at = run.target_s() if run.violated_at is None else run.violated_at
        if over_at is not None and at > over_at:
            return "past the target"
    if trigger == "success" and run.completed_at is None:
        return "the completion was taken back"
    return None
