"""One occurrence while it is walked: its clock, its limit, what it still waits for, and how it ended."""

from typing import Literal

from sla.evaluation.clock import NEVER, Clock, Stops
from sla.evaluation.plan import NO_LADDER, Line, Rung, Trigger, ladder
from sla.timeline import Status

Ending = Literal["completed", "cancelled", "exit", "rolled"]


class Run:
    """An occurrence in the walk. `serial` is that of the step in which it came to be.

    `origin` is from where a line with `start: process` counts that takes its place after a cancellation or a switch.
    What lies ahead of it: `next`, its next threshold, at `next_at`; and at `passes_at` its target, if it is not violated.
    `reached` is when its clock comes to the limit, violated or not. `counts_as` is the line of the version followed now that
    stands for its own, which is another only after a migration; `former` are the numbers of lines that it had before one.
    """

    __slots__ = (
        "anew", "business_day", "clock", "completed_at", "counts_as", "ended_at", "ending", "exit", "former",
        "frozen_target", "ladder", "limit", "line", "next", "next_at", "number", "origin", "passed", "passes_at",
        "reached", "reason", "serial", "succeeded", "target", "violated_at", "warned",
    )  # fmt: skip

    def __init__(self, *, number: int, line: Line, clock: Clock, limit: int, serial: int, origin: int) -> None:
        self.number = number
        self.line = self.counts_as = line
        self.former: tuple[int, ...] = ()
        self.clock = clock
        self.limit = limit
        self.origin = origin
        self.serial = serial
        self.business_day = clock.hours.business_day_s
        self.passed: tuple[Trigger, ...] = ()
        self.next: Rung | None = None
        self.next_at = NEVER
        self.passes_at: int | None = None
        self.reached: int | None = None
        self.ladder = NO_LADDER
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

    def fork(self, stops: Stops) -> "Run":
        """A copy that goes its own way from here, under its own stops."""
        copy = Run.__new__(Run)
        for name in Run.__slots__:
            setattr(copy, name, getattr(self, name))
        copy.clock = Clock(self.clock.hours, self.clock.start, stops)
        return copy

    @property
    def open(self) -> bool:
        """Neither completed nor closed otherwise."""
        return self.ended_at is None

    # ------------------------------------------------------------------ what lies ahead

    def arm(self) -> None:
        """See anew what lies ahead (or was found elapsed), after a change of limit or stops."""
        target = self.clock.reach(self.limit)
        violated = self.violated_at is not None
        if target is not None and not (violated and self.clock.stops.since is not None):
            self.target = target
        self.passes_at = None if violated else target
        self.reached = target
        self.ladder = ladder(self.line, self.limit, self.business_day)
        self._look_ahead()

    def stop_or_run(self, at: int) -> None:
        """See anew what lies ahead, after a change of stops; while stopped, that is what has elapsed before, if anything."""
        if self.clock.stops.since is not None and self.next_at >= at:
            self.passes_at, self.reached, self.next_at = None, None, NEVER
        else:
            self.arm()

    def take(self, line: Line, clock: Clock, limit: int) -> None:
        """Go on under a line of another version. What it was warned of at a threshold it is not warned of again there."""
        self.former += (self.line.position,)
        self.passed += tuple(one for one in line.triggers if any(one.means(passed) for passed in self.passed))
        self.line = self.counts_as = line
        self.clock, self.business_day, self.limit = clock, clock.hours.business_day_s, limit
        self.target = None
        self.arm()

    def pass_target(self) -> None:
        """Pass the target: it is violated, at that instant."""
        self.violated_at, self.passes_at = self.passes_at, None
        self._look_ahead()

    def pass_trigger(self, trigger: Trigger) -> None:
        """Pass a warning or a violation: it does not come again."""
        self.passed += (trigger,)
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Find the next threshold. Further ones are reached later, if at all, so this one alone needs to be timed."""
        for rung in self.ladder.rungs:
            trigger, threshold = rung.trigger, rung.threshold
            if trigger in self.passed or (trigger is None and self.violated_at is not None):
                continue
            at = self.reached if threshold == self.limit else self.clock.reach(threshold)
            self.next, self.next_at = rung, NEVER if at is None else at
            return
        self.next, self.next_at = None, NEVER

    def without_time(self) -> list[Rung]:
        """The warnings that a dynamic limit leaves no time for, with their thresholds (≤ 0); a longer limit revives them."""
        return [rung for rung in self.ladder.without_time if rung.trigger not in self.passed]

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
