"""A trigger's action that was reached in the walk."""

from collections.abc import Mapping
from copy import copy
from typing import Any

from sla.evaluation.plan import Act
from sla.evaluation.run import Run
from sla.timeline import TriggerKind


class Firing:
    """An action reached by an occurrence: `due` is its own instant, `at` the one in the walk at which it was found (later
    when late).

    `skip` is the reason not to do it, None if it is to be done. One that is `put_off` waits by the ledger's will, who
    judges anew whenever something is learned. `waited_since` is when one was reached that had to wait; None of others.
    """

    __slots__ = (
        "action", "at", "due", "key", "line", "number", "put_off", "skip", "threshold", "track", "trigger", "waited_since",
    )  # fmt: skip

    def __init__(
        self,
        *,
        key: str,
        track: str,
        number: int,
        line: int,
        trigger: TriggerKind,
        threshold: int | None,
        action: Act,
        due: int,
        at: int,
        skip: str | None,
    ) -> None:
        self.key = key
        self.track = track
        self.number = number
        self.line = line
        self.trigger: TriggerKind = trigger
        self.threshold = threshold
        self.action = action
        self.due = due
        self.at = at
        self.skip = skip
        self.put_off = False
        self.waited_since: int | None = None

    def sent(self, at: int, skip: str | None) -> "Firing":
        """The same after it waited until `at`."""
        other = copy(self)
        other.waited_since = self.due if self.waited_since is None else self.waited_since
        other.due = other.at = at
        other.skip = skip
        return other

    def to_put_off(self) -> "Firing":
        """The same, to wait by the ledger's will."""
        other = copy(self)
        other.put_off = True
        return other


class Update:
    """A change that an `update` action made: to conditions it is a `changed` event of its instant (SPEC 4)."""

    __slots__ = ("key", "set")

    def __init__(self, key: str, values: Mapping[str, Any]) -> None:
        self.key = key
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


def too_late(run: Run, at: int) -> str | None:
    """Why a warning learned at `at` is not sent; at the very target it is violated in that instant."""
    if run.completed_at is not None:
        return "already completed"
    if not run.open:
        return "no longer open"
    target = run.target_s() if run.violated_at is None else run.violated_at
    return "past the target" if target is not None and at >= target else None


def unwanted(trigger: TriggerKind, run: Run, since: int, at: int) -> str | None:
    """Why an action that was due at `since` and waited until `at` is no longer wanted; None if it still is.

    A warning is for those who can still act. A violation's actions are moot once the occurrence closed while they waited
    (SPEC 5), but not if it was closed already when they were learned of (SPEC 4: elapsed violation triggers run). A
    success is none once the completion was taken back.
    """
    if trigger == "warning":
        # One that falls due at the very target (100 %) is still wanted in that instant.
        over = run.violated_at if run.violated_at is not None else run.target_s()
        return None if run.open and over == at else too_late(run, at)
    if trigger == "violation" and run.ended_at is not None and run.ended_at > since:
        return "completed meanwhile" if run.completed_at is not None else "no longer open"
    if trigger == "success" and run.completed_at is None:
        return "the completion was taken back"
    return None
