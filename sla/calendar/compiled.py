"""From a calendar's definition to the UTC spans in which it is open, one stretch of time after another.

The definition of SPEC 1, carried out literally: take the wall-clock time of each span between two changes of
the zone's offset, and keep what lies in a window of a date that is not closed. Daylight saving needs no rule
of its own.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from zoneinfo import ZoneInfo

from sla.calendar.instants import DAY_S, EPOCH_DAY, day_of
from sla.calendar.rule import CLOSED, Rule, Special
from sla.calendar.windows import Window
from sla.calendar.zones import offsets
from sla.spans import Span, clipped, merged

_THURSDAY = 3  # the weekday of 1970-01-01, day 0, counted from Monday


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The open spans of one stretch of UTC, sorted, disjoint, nowhere touching; the columns of one table.

    `before_s[i]` is the open seconds of the spans before the i-th, so it has one item more than the others.
    """

    opens_at: list[int]
    closes_at: list[int]
    before_s: list[int]
    total_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What a definition says about local dates: the week, Monday first, and the rules that depart from it."""

    zone: ZoneInfo
    week: Sequence[Sequence[Window]]
    rules: Sequence[Rule]
    ordinary: tuple[tuple[Span, ...], ...] = field(init=False)
    """The open wall-clock spans of each weekday to which no rule applies, nor to the day before."""

    def __post_init__(self) -> None:
        spans = (_of_day(self.week[day], self.week[day - 1]) for day in range(7))
        object.__setattr__(self, "ordinary", tuple(spans))

    def chunk(self, start_s: int, end_s: int) -> Chunk:
        """The open spans of `[start_s, end_s)`, which is clipped where a span reaches beyond."""
        spans = list(self._open(start_s, end_s))
        lengths = [until - since for since, until in spans]
        before_s = list(accumulate(lengths, initial=0))
        return Chunk(
            opens_at=[since for since, _ in spans],
            closes_at=[until for _, until in spans],
            before_s=before_s,
            total_s=before_s[-1],
        )

    def specials(self, first_day: int, last_day: int) -> dict[int, Special]:
        """What the rules say of two days and those between, by number; the highest rank has the last word."""
        years = range(_year_of(first_day), _year_of(last_day) + 1)
        found: dict[int, Special] = {}
        for rule in sorted(self.rules, key=lambda rule: rule.rank):
            for year in years:
                found.update((day_of(on), special) for on, special in rule.in_year(year).items())
        return found

    def _open(self, start_s: int, end_s: int) -> Iterator[Span]:
        specials = self.specials(start_s // DAY_S - 2, end_s // DAY_S + 2)
        begun: Span | None = None
        for since, until, offset in offsets(self.zone, start_s, end_s):
            for day in range((since + offset) // DAY_S, (until + offset - 1) // DAY_S + 1):
                midnight = day * DAY_S - offset
                for opens, closes in self._of(day, specials):
                    span = clipped((midnight + opens, midnight + closes), (since, until))
                    if begun and span[0] == begun[1] and span[0] < span[1]:
                        begun = begun[0], span[1]
                    elif span[0] < span[1]:
                        if begun:
                            yield begun
                        begun = span
        if begun:
            yield begun

    def _of(self, day: int, specials: dict[int, Special]) -> Sequence[Span]:
        """The open wall-clock spans of one date, in seconds from its midnight."""
        weekday = (day + _THURSDAY) % 7
        if day not in specials and day - 1 not in specials:
            return self.ordinary[weekday]
        if day in specials and specials[day] is CLOSED:
            return ()
        # A closed date closes itself alone; the night shift that would have begun on it still ends the next
        # morning.
        own, last = specials.get(day), specials.get(day - 1)
        return _of_day(
            self.week[weekday] if own is None else own,
            self.week[weekday - 1] if last is None else last,
        )


def _of_day(own: Sequence[Window], last: Sequence[Window]) -> tuple[Span, ...]:
    """The open spans of a date from its own windows and those of the date before, cut at both midnights."""
    tonight = ((window.start_s, min(window.end_s, DAY_S)) for window in own)
    morning = ((0, window.end_s - DAY_S) for window in last)
    return tuple(merged([*tonight, *morning]))


def _year_of(day: int) -> int:
    return dt.date.fromordinal(min(max(day + EPOCH_DAY, 1), dt.date.max.toordinal())).year
