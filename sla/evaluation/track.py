"""One milestone in the walk: its occurrences, and from when a next one may begin (SPEC 4, Recurrence; SPEC 8, Starting)."""

from collections.abc import Callable

from sla.evaluation.clock import BEGINNING, Clock
from sla.evaluation.plan import Line, recurrence_of
from sla.evaluation.run import Run

ClockFrom = Callable[[int], tuple[Clock, int]]
"""Builds the clock and the limit that the selected line would have from a start."""

MAX_RUNS = 10_000
"""Occurrences of one milestone beyond which no more begin: far above use, so that a one-second period cannot hang."""


class Track:
    """The occurrences of one milestone. `cycle` is the index of the first that belongs to the present cycle."""

    __slots__ = (
        "boundary", "boundary_of", "cycle", "due_while_out", "held_since", "lines", "name", "recurrence", "runs",
        "selected", "selected_since",
    )  # fmt: skip

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self.name = lines[0].spec.milestone
        self.lines = lines
        self.recurrence = recurrence_of(lines)
        self.runs: list[Run] = []
        self.cycle = 0
        self.selected: Line | None = None
        self.selected_since = BEGINNING
        self.held_since = BEGINNING
        self.due_while_out = False
        self.boundary: int | None = None
        self.boundary_of: tuple[Clock, int] | None = None

    @property
    def open(self) -> Run | None:
        """The open occurrence; there is never more than one."""
        return self.runs[-1] if self.runs and self.runs[-1].open else None

    @property
    def last(self) -> Run | None:
        """The latest occurrence of the present cycle."""
        return self.runs[-1] if len(self.runs) > self.cycle else None

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
        self.cycle = len(self.runs)
        self.due_while_out = False
        self.boundary, self.boundary_of = None, None

    def completed(self, run: Run, at: int) -> None:
        """Fix from where a successor of a completed occurrence would count."""
        early = run.frozen_target is None or at < run.frozen_target
        if self.recurrence == "periodic" or (self.recurrence == "sequential" and early):
            self.boundary_of = (run.clock, run.limit)
            self.rearm()
        else:
            self.boundary, self.boundary_of = at, None

    def rearm(self) -> None:
        """Recompute the boundary after a stop: it lies where the predecessor's clock reaches its limit."""
        if self.boundary_of is not None:
            clock, limit = self.boundary_of
            self.boundary = clock.reach(limit)

    def start_of_next(self, at: int, process_start: int, clock_from: ClockFrom) -> int | None:
        """From when an occurrence that begins at `at` counts; None when none may begin then."""
        line, last = self.selected, self.last
        if line is None or len(self.runs) >= MAX_RUNS:
            return None
        if last is None:
            if self.due_while_out:
                return at
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
        replaces = last.ending == "cancelled" and (last.violated_at is None or self.selected is not last.line)
        return last.origin if replaces else start

    def _after_completion(self, last: Run, line: Line, at: int, clock_from: ClockFrom) -> int | None:
        if self.recurrence == "none" or self.boundary is None or self.boundary > at:
            return None
        if self.due_while_out:
            return at
        if self.recurrence == "independent":
            return at
        if self.held_since <= self.boundary:
            return self.boundary
        if self.recurrence == "periodic" and line.from_process:
            return self._on_the_grid(last.clock.start, clock_from)
        return self.held_since

    def _after_closing(self, last: Run, line: Line, at: int, clock_from: ClockFrom) -> int | None:
        if last.ending == "exit":
            return None  # it resumes, or the restart begins a new cycle
        if last.ending == "rolled":
            return at if self.due_while_out else last.ended_at
        missed = last.violated_at is not None
        if missed and self.recurrence == "none" and line is last.line:
            return None
        if self.due_while_out:
            return at
        if missed and line is last.line and self.recurrence != "periodic":
            return at
        return self._on_the_grid(last.origin, clock_from) if line.from_process else self.selected_since

    def _on_the_grid(self, base: int, clock_from: ClockFrom) -> int:
        """Of `periodic`, periods wholly before `when` held are skipped."""
        since = self.selected_since
        if self.recurrence != "periodic" or since <= base:
            return base
        clock, limit = clock_from(base)
        periods = clock.consumed(since) // limit
        start = clock.reach(periods * limit) if periods else base
        return since if start is None else start
