"""From local dates to UTC: the spans in which a calendar is open, one stretch of time after another.

The definition of SPEC 1, carried out literally: take the wall-clock time between two changes of the zone's
offset, and keep what lies in a window of a date that is not closed. Daylight saving needs no rule of its own.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo

from sla.calendar.instants import DAY_S
from sla.calendar.schedule import THURSDAY, Schedule, Specials
from sla.calendar.zones import offsets
from sla.spans import Span, clipped

CELL: Final = 16
"""Rows are looked up by cells of 2^16 s (eighteen hours): what is left to bisect is a span or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The open spans of one stretch of UTC, sorted, disjoint, nowhere touching; the columns of one table.

    Row 0 is an empty span at the beginning, so that every instant of the chunk has a row: that of the last span
    that has opened. `before_s` is the open seconds before a span, `shut_s` the rest of the time before it (counted from
    1970, as instants are): the end of an open second and its number, counted from 1, differ by `shut_s`. Of each cell,
    of time and of open time, `by_instant` and `by_position` tell how many rows lie before it.
    """

    start_s: int
    opens_at: list[int]
    closes_at: list[int]
    before_s: list[int]
    shut_s: list[int]
    total_s: int
    by_instant: list[int]
    by_position: list[int]

    def row(self, at_s: int) -> int:
        """The row of an instant of this chunk."""
        cell = (at_s - self.start_s) >> CELL
        return bisect_right(self.opens_at, at_s, self.by_instant[cell], self.by_instant[cell + 1]) - 1

    def position(self, at_s: int) -> int:
        """Open seconds from the beginning of this chunk up to an instant in it."""
        cell = (at_s - self.start_s) >> CELL
        row = bisect_right(self.opens_at, at_s, self.by_instant[cell], self.by_instant[cell + 1]) - 1
        closes = self.closes_at[row]
        return (at_s if at_s < closes else closes) - self.shut_s[row]


def compiled(schedule: Schedule, zone: ZoneInfo, start_s: int, end_s: int) -> Chunk:
    """The open spans of `[start_s, end_s)`, cut where one reaches beyond."""
    spans = [(start_s, start_s), *_open(schedule, zone, start_s, end_s)]
    opens_at, closes_at = [since for since, _ in spans], [until for _, until in spans]
    *before_s, total_s = accumulate((until - since for since, until in spans), initial=0)
    return Chunk(
        start_s=start_s,
        opens_at=opens_at,
        closes_at=closes_at,
        before_s=before_s,
        shut_s=[since - before for since, before in zip(opens_at, before_s, strict=True)],
        total_s=total_s,
        by_instant=_cells([since - start_s for since in opens_at], end_s - start_s),
        by_position=_cells(before_s, total_s),
    )


def _cells(column: Sequence[int], end: int) -> list[int]:
    """For every cell of `[0, end]`, and for what lies beyond, how many items of a sorted column lie before it."""
    return [bisect_left(column, cell << CELL) for cell in range((end >> CELL) + 1)] + [len(column)]


def _open(schedule: Schedule, zone: ZoneInfo, start_s: int, end_s: int) -> Iterator[Span]:
    """The open spans in order; where one touches the next, they are one."""
    begun: Span | None = None
    for span in _by_day(schedule, zone, start_s, end_s):
        if begun and span[0] == begun[1]:
            begun = begun[0], span[1]
            continue
        if begun:
            yield begun
        begun = span
    if begun:
        yield begun


def _by_day(schedule: Schedule, zone: ZoneInfo, start_s: int, end_s: int) -> Iterator[Span]:
    """The open spans in order, cut at local midnights and at changes of the offset."""
    specials = _specials(schedule, start_s, end_s)
    affected = _affected(specials)
    for since, until, offset in offsets(zone, start_s, end_s):
        for day in range((since + offset) // DAY_S, (until + offset - 1) // DAY_S + 1):
            weekday = (day + THURSDAY) % 7
            spans = schedule.open_on(day, specials) if day in affected else schedule.ordinary[weekday]
            midnight = day * DAY_S - offset
            whole = since <= midnight and midnight + DAY_S <= until
            for opens, closes in spans:
                span = midnight + opens, midnight + closes
                if not whole:
                    span = clipped(span, (since, until))
                if span[0] < span[1]:
                    yield span


def open_seconds(schedule: Schedule, zone: ZoneInfo, start_s: int, end_s: int) -> int:
    """How many seconds of `[start_s, end_s)` are open, reckoned by whole weeks: for spans of many years.

    The same as the total of the compiled spans, without the spans.
    """
    specials = _specials(schedule, start_s, end_s)
    affected = sorted(_affected(specials))
    total = 0
    for since, until, offset in offsets(zone, start_s, end_s):
        first, last = since + offset, until + offset
        total += _ordinary(schedule, last) - _ordinary(schedule, first)
        days = slice(bisect_left(affected, first // DAY_S), bisect_left(affected, last // DAY_S + 1))
        for day in affected[days]:
            midnight = day * DAY_S
            cut = max(first - midnight, 0), min(last - midnight, DAY_S)
            total += _between(schedule.open_on(day, specials), *cut)
            total -= _between(schedule.ordinary[(day + THURSDAY) % 7], *cut)
    return total


def _specials(schedule: Schedule, start_s: int, end_s: int) -> Specials:
    # Local dates are less than two days away from UTC's, and the day before counts for its night shift.
    return schedule.specials(start_s // DAY_S - 2, end_s // DAY_S + 2)


def _affected(specials: Specials) -> set[int]:
    return {*specials, *(day + 1 for day in specials)}


def _ordinary(schedule: Schedule, wall_s: int) -> int:
    """Open wall-clock seconds since the beginning of 1970, were there no rules; negative before."""
    day, second = divmod(wall_s, DAY_S)
    weeks, weekday = divmod(day + THURSDAY, 7)
    lengths = [_between(spans, 0, DAY_S) for spans in schedule.ordinary]
    return weeks * sum(lengths) + sum(lengths[:weekday]) + _between(schedule.ordinary[weekday], 0, second)


def _between(spans: Sequence[Span], start_s: int, end_s: int) -> int:
    return sum(max(0, min(until, end_s) - max(since, start_s)) for since, until in spans)
