"""What a definition says about local dates: the open wall-clock time of each, from its week and its rules.

Time zones do not enter here; `sla.calendar.compiled` lays these dates upon UTC. A day is numbered from
1970-01-01, and a second of a day is counted from the midnight that begins it.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sla.calendar.instants import DAY_S, EPOCH_DAY, day_of
from sla.calendar.rule import CLOSED, Rule, Special
from sla.calendar.windows import Window
from sla.spans import Span, merged

THURSDAY: Final = 3  # the weekday of day 0, counted from Monday

Specials: TypeAlias = Mapping[int, Special]
"""What the rules say, by the number of the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The week, Monday first, and the rules that depart from it."""

    week: Sequence[Sequence[Window]]
    rules: Sequence[Rule]
    ordinary: tuple[tuple[Span, ...], ...] = field(init=False)
    """The open spans of each weekday that no rule affects, Monday first."""

    def __post_init__(self) -> None:
        spans = (_of_day(self.week[day], self.week[day - 1]) for day in range(7))
        object.__setattr__(self, "ordinary", tuple(spans))

    def specials(self, first_day: int, last_day: int) -> Specials:
        """What the rules say of two days and those between, at least; the highest rank has the last word."""
        years = _year_of(first_day), _year_of(last_day)
        found: dict[int, Special] = {}
        for rule in sorted(self.rules, key=lambda rule: rule.rank):
            found.update((day_of(on), special) for on, special in rule.in_years(*years).items())
        return found

    def names(self, first_day: int, last_day: int) -> Mapping[int, str]:
        """What those days of `specials` are called that have a name: by the rule that has the last word.

        A day of several countries is called as the first of them calls it.
        """
        years = _year_of(first_day), _year_of(last_day)
        found: dict[int, str | None] = {}
        for rule in sorted(self.rules, key=lambda rule: -rule.rank):
            named = rule.names_in_years(*years)
            for on in rule.in_years(*years):
                found.setdefault(day_of(on), named.get(on))
        return {day: name for day, name in found.items() if name}

    def open_on(self, day: int, specials: Specials) -> Sequence[Span]:
        """The open spans of one date; a rule affects its own date and, through its night shift, the next."""
        weekday = (day + THURSDAY) % 7
        if day not in specials and day - 1 not in specials:
            return self.ordinary[weekday]
        if day in specials and specials[day] is CLOSED:
            return ()
        # A closed date closes itself alone: the night shift that would have begun on it still ends next
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
