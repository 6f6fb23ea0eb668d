"""One occurrence while it is walked: its clock, its limit, what it still waits for, and how it ended."""

from typing import Literal, NamedTuple

from sla.evaluation.clock import Clock
from sla.evaluation.plan import Line, Trigger
from sla.timeline import Status

Ending = Literal["completed", "cancelled", "exit", "rolled"]
TARGET_RANK = 1
_RANKS = {"warning": 0, "violation": 2}


class Due(NamedTuple):
    """Something on an occurrence's schedule; `trigger` is None for the target itself.

    At one instant the order is that of consumed time, and at one threshold: warning, target, violation.
    """

    at: int
    threshold: int
    rank: int
    position: int
    trigger: Trigger | None


class Run:
    """An occurrence in the walk. `born` is when it came to be, which may be after its start (born late).

    `origin` is from where a line with `start: process` counts that takes its place after a cancellation or a switch.
    """

    __slots__ = (
        "anew", "born", "business_day", "clock", "completed_at", "ended_at", "ending", "exit", "frozen_target",
        "limit", "line", "number", "origin", "pending", "reason", "schedule", "serial", "succeeded", "target",
        "violated_at", "warned",
    )  # fmt: skip

    def __init__(self, *, number: int, line: Line, clock: Clock, limit: int, born: int, serial: int, origin: int) -> None:
        self.number = number
        self.line = line
        self.clock = clock
        self.limit = limit
        self.born = born
        self.origin = origin
        self.serial = serial
        self.business_day = clock.hours.business_day_s
        self.pending: list[Trigger] = list(line.triggers)
        self.schedule: list[Due] = []
        self.target: int | None = None
        self.frozen_target: int | None = None
        self.violated_at: int | None = None
        self.completed_at: int | None = None
        self.ended_at: int | None = None
        self.ending: Ending | None = None
        self.reason: str | None = None
        self.exit = 0
        self.anew = False
        self.warned = False
        self.succeeded = False

    @property
    def open(self) -> bool:
        """Neither completed nor closed otherwise."""
        return self.ended_at is None

    def arm(self) -> None:
        """Lay out what lies ahead (or was found elapsed), after a change of limit or stops."""
        reach, limit = self.clock.reach, self.limit
        target = reach(limit)
        kept = self.violated_at is not None and self.clock.stops.since is not None
        if target is not None and not kept:
            self.target = target
        schedule = []
        if self.violated_at is None and target is not None:
            schedule.append(Due(target, limit, TARGET_RANK, 0, None))
        for trigger in self.pending:
            threshold = trigger.threshold(limit, self.business_day)
            at = reach(threshold) if threshold > 0 else None
            if at is not None:
                schedule.append(Due(at, threshold, _RANKS[trigger.kind], trigger.position, trigger))
        schedule.sort(key=_by_time)
        self.schedule = schedule

    def without_time(self) -> list[tuple[Trigger, int]]:
        """The warnings that a dynamic limit leaves no time for, with their thresholds (≤ 0); a longer limit revives them."""
        found = ((trigger, trigger.threshold(self.limit, self.business_day)) for trigger in self.pending)
        return [(trigger, threshold) for trigger, threshold in found if threshold <= 0]

    def target_s(self) -> int | None:
        """The target as the timeline shows it: none while stopped, unless violated already (SPEC 8, Stopping)."""
        if not self.open:
            return self.frozen_target
        return self.target if self.violated_at is not None or self.clock.stops.since is None else None

    def end(self, ending: Ending, at_s: int, reason: str | None) -> None:
        """Close it; the figures freeze here."""
        self.frozen_target = self._target_at_completion(at_s) if ending == "completed" else self.target_s()
        self.ending, self.ended_at, self.reason = ending, at_s, reason

    def _target_at_completion(self, at_s: int) -> int | None:
        stops = self.clock.stops
        if self.violated_at is not None or stops.since is None:
            return self.target
        if stops.holding(at_s) and self.clock.start < at_s:
            return None
        # A stop that begins at this very instant does not count.
        return self.target if self.target is not None else self.clock.ahead(at_s, self.limit - self.clock.consumed(at_s))

    def reopen(self) -> None:
        """Open it again, as if it had never ended; the caller arms it."""
        self.ending = self.ended_at = self.completed_at = self.reason = None

    def overdue(self, now_s: int) -> int:
        """Open, unstopped seconds beyond the limit, until its end."""
        if self.violated_at is None:
            return 0
        return max(0, self.clock.consumed(self._until(now_s)) - self.limit)

    def stopped(self, now_s: int) -> int:
        """Open seconds stopped, until its end."""
        return self.clock.stopped(self._until(now_s))

    def _until(self, now_s: int) -> int:
        return now_s if self.ended_at is None else self.ended_at

    def status(self) -> Status:
        """Its status (SPEC 4)."""
        violated = self.violated_at is not None
        if self.completed_at is not None:
            return "met_late" if violated else "met"
        if not self.open:
            return "missed" if violated else "cancelled"
        if violated:
            return "overdue"
        return "running" if self.clock.stops.since is None else "stopped"


def _by_time(due: Due) -> tuple[int, int, int, int]:
    return due[:4]
