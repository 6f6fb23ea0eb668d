"""Open time in integer seconds since 1970, as fast as the engine needs it: two clocks of one interface.

Time is cut into chunks of 2^29 s (seventeen years), compiled when first looked into and kept. Every
answer is a bisection in one chunk, or the next one or two. Positions are counted from a fixed instant, so
clocks of equal calendars agree. Filling in a chunk twice, from two threads, gives the same chunk; no lock is
needed.
"""

from bisect import bisect_left, bisect_right
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from sla.calendar.compiled import CELL, Chunk, compiled, open_seconds
from sla.calendar.instants import DAY_S, FIRST_S, LAST_S, instant
from sla.calendar.schedule import Schedule
from sla.errors import NoOpenTime

HORIZON_S: Final = 3653 * DAY_S  # ten years with as many leap days as they can have (SPEC 1)

SHIFT: Final = 29
_ORIGIN: Final = 3  # the chunk from 2021-01-14 to 2038-01-19: positions near today need no other


class Clock(Protocol):
    """Open time of one calendar. Instants are seconds since 1970, of the years 1 to 9999, else ValueError."""

    def position(self, at_s: int) -> int:
        """Open seconds from a fixed origin up to `at_s`; negative before it. Differences are open time."""

    def between(self, start_s: int, end_s: int) -> int:
        """Open seconds in `[start_s, end_s)`, negative if `end_s < start_s`."""

    def add(self, start_s: int, seconds: int) -> int:
        """The earliest instant with so many open seconds since `start_s`; NoOpenTime beyond ten years."""

    def is_open(self, at_s: int) -> bool:
        """Whether the second that begins at `at_s` is open."""

    def next_open(self, at_s: int) -> int:
        """`at_s` if open, else the next opening; NoOpenTime beyond ten years."""

    def next_close(self, at_s: int) -> int:
        """The end of the span that `at_s` is in, else of the next one; NoOpenTime beyond ten years."""


class Continuous:
    """The clock of a calendar that never closes."""

    def __init__(self, name: str) -> None:
        self._name = name

    def position(self, at_s: int) -> int:  # noqa: D102 - the Protocol tells, here and below
        return _supported(at_s)

    def between(self, start_s: int, end_s: int) -> int:  # noqa: D102
        return _supported(end_s) - _supported(start_s)

    def add(self, start_s: int, seconds: int) -> int:  # noqa: D102
        _supported(start_s)
        if seconds > HORIZON_S or start_s + _positive(seconds) > LAST_S:
            raise _no_answer(self._name, start_s)
        return start_s + seconds

    def is_open(self, at_s: int) -> bool:  # noqa: D102
        return _supported(at_s) == at_s

    def next_open(self, at_s: int) -> int:  # noqa: D102
        return _supported(at_s)

    def next_close(self, at_s: int) -> int:  # noqa: D102
        raise _no_answer(self._name, _supported(at_s))


class Compiled:
    """The clock of any other calendar."""

    def __init__(self, name: str, zone: ZoneInfo, schedule: Schedule) -> None:
        self._name = name
        self._zone = zone
        self._schedule = schedule
        self._chunks: dict[int, Chunk] = {}
        self._bases: dict[int, int] = {_ORIGIN: 0}

    def position(self, at_s: int) -> int:  # noqa: D102
        index = at_s >> SHIFT
        base = self._bases.get(index)
        return (self._base(index) if base is None else base) + self._within(index, at_s)

    def between(self, start_s: int, end_s: int) -> int:  # noqa: D102
        first, last = start_s >> SHIFT, end_s >> SHIFT
        if first == last:
            chunk = self._chunks.get(first) or self._chunk(first)
            return chunk.position(end_s) - chunk.position(start_s)
        if first > last:
            return -self.between(end_s, start_s)
        whole = sum(self._total(index) for index in range(first, last))
        return whole + self._within(last, end_s) - self._within(first, start_s)

    def add(self, start_s: int, seconds: int) -> int:  # noqa: D102
        if seconds <= 0:
            return _supported(start_s) + _positive(seconds)
        index = start_s >> SHIFT
        chunk = self._chunks.get(index) or self._chunk(index)
        cell, rows = (start_s - chunk.start_s) >> CELL, chunk.by_instant  # `chunk.position`, written out
        row = bisect_right(chunk.opens_at, start_s, rows[cell], rows[cell + 1]) - 1
        closes = chunk.closes_at[row]
        wanted = (start_s if start_s < closes else closes) - chunk.shut_s[row] + seconds
        while wanted > chunk.total_s:
            wanted -= chunk.total_s
            index += 1
            chunk = self._ahead(index, start_s)
        cell, rows = wanted >> CELL, chunk.by_position
        found = wanted + chunk.shut_s[bisect_left(chunk.before_s, wanted, rows[cell], rows[cell + 1]) - 1]
        if found - start_s > HORIZON_S:
            raise _no_answer(self._name, start_s)
        return found

    def is_open(self, at_s: int) -> bool:  # noqa: D102
        chunk = self._chunk(at_s >> SHIFT)
        return at_s < chunk.closes_at[chunk.row(at_s)]

    def next_open(self, at_s: int) -> int:  # noqa: D102
        index = at_s >> SHIFT
        chunk = self._chunk(index)
        row = chunk.row(at_s)
        if at_s < chunk.closes_at[row]:
            return at_s
        while row + 1 == len(chunk.opens_at):
            index, row = index + 1, 0
            chunk = self._ahead(index, at_s)
        return self._near(chunk.opens_at[row + 1], at_s)

    def next_close(self, at_s: int) -> int:  # noqa: D102
        opens = self.next_open(at_s)
        index = opens >> SHIFT
        chunk = self._chunk(index)
        closes = chunk.closes_at[chunk.row(opens)]
        while closes == (index + 1) << SHIFT or closes == LAST_S:  # perhaps only the chunk ends here
            index += 1
            chunk = self._ahead(index, at_s)
            if len(chunk.opens_at) == 1 or chunk.opens_at[1] > closes:
                break
            closes = chunk.closes_at[1]
        return self._near(closes, at_s)

    def _within(self, index: int, at_s: int) -> int:
        """Open seconds from the beginning of a chunk up to an instant in it."""
        return (self._chunks.get(index) or self._chunk(index)).position(at_s)

    def _chunk(self, index: int) -> Chunk:
        known = self._chunks.get(index)
        if known is None:
            known = compiled(self._schedule, self._zone, *_bounds(index))
            self._chunks[index] = known
        return known

    def _total(self, index: int) -> int:
        """The open seconds of a chunk, not compiled for it: millennia must cost neither time nor room."""
        known = self._chunks.get(index)
        return known.total_s if known else open_seconds(self._schedule, self._zone, *_bounds(index))

    def _base(self, index: int) -> int:
        """The position at which a chunk begins: the totals of all chunks between it and the origin."""
        if index > _ORIGIN:
            base = sum(self._total(passed) for passed in range(_ORIGIN, index))
        else:
            base = -sum(self._total(passed) for passed in range(index, _ORIGIN))
        self._bases[index] = base
        return base

    def _ahead(self, index: int, start_s: int) -> Chunk:
        if index << SHIFT > min(start_s + HORIZON_S, LAST_S):
            raise _no_answer(self._name, start_s)
        return self._chunk(index)

    def _near(self, found_s: int, start_s: int) -> int:
        if found_s - start_s > HORIZON_S:
            raise _no_answer(self._name, start_s)
        return found_s


_UNSUPPORTED: Final = "open time is known for the years 1 to 9999 only"


def _bounds(index: int) -> tuple[int, int]:
    start_s, end_s = index << SHIFT, (index + 1) << SHIFT
    if end_s <= FIRST_S or start_s > LAST_S:
        raise ValueError(_UNSUPPORTED)
    return max(start_s, FIRST_S), min(end_s, LAST_S)


def _supported(at_s: int) -> int:
    if not FIRST_S <= at_s <= LAST_S:
        raise ValueError(_UNSUPPORTED)
    return at_s


def _positive(seconds: int) -> int:
    if seconds < 0:
        raise ValueError(f"open time can only be added, got {seconds} s; ask `between` for time that has passed")
    return seconds


def _no_answer(name: str, start_s: int) -> NoOpenTime:
    return NoOpenTime(calendar=name, start=f"{instant(start_s).isoformat()[:19]}Z")
