"""One milestone in the walk: its occurrences, and from when a next one may begin (SPEC 4, Recurrence; SPEC 8, Starting)."""

from collections.abc import Callable

from sla.account import Onset
from sla.evaluation.clock import BEGINNING, Clock, Stops
from sla.evaluation.plan import Line
from sla.evaluation.run import Ending, Run
from sla.process.conditions import Situation

ClockFrom = Callable[["Track", int], tuple[Clock, int]]
"""Builds the clock and the limit that the line which is selected would have from a start."""

MAX_RUNS = 10_000
"""Occurrences of one milestone beyond which no more begin: far above use, so that a one-second period cannot hang."""


class Track:
    """The occurrences of one milestone; of them, never more than one is `open`.

    `cycle` is the index of the first that belongs to the present cycle, and `last` the latest that does. It is `over` while
    no other may begin in this cycle. `boundary` is from where a successor would count; if `by_limit`, that is where its
    predecessor's clock reaches its limit. `onset` is why the start that was asked for last would begin one.
    """

    __slots__ = (
        "boundary", "by_limit", "cycle", "due_while_out", "held_since", "last", "lines", "name", "onset", "open", "over",
        "recurrence", "runs", "selected", "selected_since",
    )  # fmt: skip

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self.name = lines[0].milestone
        self.lines = lines
        self.recurrence = lines[0].recurrence  # which all lines of a milestone share
        self.runs: list[Run] = []
        self.open: Run | None = None
        self.last: Run | None = None
        self.over = False
        self.cycle = 0
        self.selected: Line | None = None
        self.selected_since = BEGINNING
        self.held_since = BEGINNING
        self.due_while_out = False
        self.boundary: int | None = None
        self.by_limit = False
        self.onset: Onset = "start"

    def fork(self, stops_of: Callable[[Line], Stops]) -> "Track":
        """A copy that goes its own way from here. Only the latest occurrence can still change; the others are shared."""
        copy = Track.__new__(Track)
        for name in Track.__slots__:
            setattr(copy, name, getattr(self, name))
        if self.runs:
            last = self.runs[-1].fork(stops_of(self.runs[-1].line))
            copy.runs = [*self.runs[:-1], last]
            copy.open = None if self.open is None else last
            copy.last = None if self.last is None else last
        else:
            copy.runs = []
        return copy

    def begin(self, run: Run) -> None:
        """Open a new occurrence."""
        self.runs.append(run)
        self.open = self.last = run
        self.due_while_out = False
        self.boundary, self.by_limit = None, False

    def end(self, ending: Ending, at: int, reason: str | None) -> None:
        """Close the open occurrence."""
        if self.open is not None:
            self.open.end(ending, at, reason)
            self.open = None
            self.over = ending == "exit" or (ending == "completed" and self.recurrence == "none")

    def reopen(self) -> Run:
        """Open the latest occurrence again, as if it had never ended."""
        run = self.open = self.runs[-1]
        run.reopen()
        self.over = False
        return run

    def line_for(self, situation: Situation) -> Line | None:
        """The first line that applies."""
        for line in self.lines:
            if line.when is None or line.when.holds(situation):
                return line
        return None

    def select(self, line: Line | None, since: int) -> bool:
        """Let another line apply (or none) from `since` on; whether that is news."""
        if line is self.selected:
            return False
        if self.selected is None:
            self.held_since = since
        self.selected, self.selected_since = line, since
        if line is None:
            self.due_while_out = False
        return True

    def new_cycle(self) -> None:
        """Begin anew: what was stays listed, and the next occurrence is a first one again."""
        self.cycle, self.last = len(self.runs), None
        self.over = False
        self.due_while_out = False
        self.boundary, self.by_limit = None, False

    def completed(self, run: Run, at: int) -> None:
        """Fix from where a successor of a completed occurrence would count."""
        early = run.frozen_target is None or at < run.frozen_target
        self.boundary = at
        self.by_limit = self.recurrence == "periodic" or (self.recurrence == "sequential" and early)
        if self.by_limit:
            self.rearm()

    def rearm(self) -> None:
        """Recompute a boundary `by_limit`: it lies where the predecessor's clock reaches its limit, stops included."""
        self.boundary = self.runs[-1].clock.reach(self.runs[-1].limit)

    def start_of_next(self, at: int, process_start: int, clock_from: ClockFrom) -> int | None:
        """From when an occurrence that begins at `at` counts; None when none may begin then."""
        line, last = self.selected, self.last
        if line is None or len(self.runs) >= MAX_RUNS:
            return None
        if last is None:
            if self.due_while_out:
                return self._as(at, "return")
            self.onset = "start" if line.from_process else "criteria"
            base = process_start if line.from_process else max(self.selected_since, process_start)
            return self._on_the_grid(base, clock_from)
        if last.completed_at is not None:
            return self._after_completion(last, line, at, clock_from)
        return self._after_closing(last, line, at, clock_from)

    def origin_of_next(self, start: int, process_start: int) -> int:
        """From where a line with `start: process` would count that replaced the next occurrence, which begins at `start`."""
        last = self.last
        if self.due_while_out:
            return start
        if last is None:
            return process_start
        replaces = last.ending == "cancelled" and (last.violated_at is None or self.selected is not last.counts_as)
        return last.origin if replaces else start

    def _as(self, start: int | None, onset: Onset) -> int | None:
        """A start, and why."""
        self.onset = onset
        return start

    def _after_completion(self, last: Run, line: Line, at: int, clock_from: ClockFrom) -> int | None:
        if self.recurrence == "none" or self.boundary is None or self.boundary > at:
            return None
        if self.due_while_out:
            return self._as(at, "return")
        if self.recurrence == "independent":
            return self._as(at, "completion")
        if self.held_since <= self.boundary:
            return self._as(self.boundary, "target" if self.by_limit else "completion")
        self.onset = "criteria"
        if self.recurrence == "periodic" and line.from_process:
            return self._on_the_grid(last.clock.start, clock_from)
        return self.held_since

    def _after_closing(self, last: Run, line: Line, at: int, clock_from: ClockFrom) -> int | None:
        if last.ending == "exit":
            return None  # it resumes, or the restart begins a new cycle
        if last.ending == "rolled":
            return self._as(at, "return") if self.due_while_out else self._as(last.ended_at, "target")
        missed = last.violated_at is not None
        if missed and self.recurrence == "none" and line is last.counts_as:
            return None
        if self.due_while_out:
            return self._as(at, "return")
        self.onset = "again"
        if missed and line is last.counts_as and self.recurrence != "periodic":
            return at
        return self._on_the_grid(last.origin, clock_from) if line.from_process else self.selected_since

    def _on_the_grid(self, base: int, clock_from: ClockFrom) -> int:
        """Of `periodic`, periods wholly before `when` held are skipped."""
        since = self.selected_since
        if self.recurrence != "periodic" or since <= base:
            return base
        clock, limit = clock_from(self, base)
        periods = clock.consumed(since) // limit
        start = clock.reach(periods * limit) if periods else base
        return since if start is None else start
