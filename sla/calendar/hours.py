"""Business hours: what people define, and the questions that everything else asks of them (SPEC 1, SPEC 8).

An instant is open iff its local wall-clock time lies in a window, half-open, and its local date is not
closed. Open time is real elapsed time: around a change to or from daylight saving, skipped wall times do not
exist and repeated ones count twice. Everything is reckoned in whole seconds of UTC.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from datetime import UTC
from functools import cached_property, lru_cache
from itertools import groupby, pairwise
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from sla.calendar.clock import Clock, Compiled, Continuous
from sla.calendar.instants import DAY_S, EPOCH, epoch_s, instant
from sla.calendar.looking import open_spans
from sla.calendar.problems import problem_at
from sla.calendar.rule import Rank
from sla.calendar.rules import Holiday, OfCountry, OnDate
from sla.calendar.schedule import Schedule
from sla.calendar.windows import ALWAYS_OPEN, Week, Window
from sla.calendar.zones import known_zone
from sla.spans import Span

_DERIVED: Final = ("clock", "business_day_s")
"""What is made of a definition on first use, and is no part of it."""

_utc: Final = dt.datetime.fromtimestamp


def _one_each(holidays: tuple[Holiday, ...]) -> tuple[Holiday, ...]:
    """The entries as given; refused, at the later one, if two of one kind speak of one date (SPEC 8)."""
    ranked = sorted(range(len(holidays)), key=lambda index: holidays[index].rank)
    for _, indexes in groupby(ranked, key=lambda index: holidays[index].rank):
        for one, two in pairwise(sorted(indexes, key=lambda index: holidays[index].claim())):
            if holidays[two].claim()[0] <= holidays[one].claim()[1]:
                first, second = min(one, two), max(one, two)
                problem = f"{holidays[second]} is already said by holidays[{first}] ({holidays[first]}); keep one"
                raise problem_at((second,), problem, str(holidays[second]))
    return holidays


class BusinessHours(BaseModel):
    """A calendar: weekly windows of local time in one zone, and the dates that depart from them.

    Instants are aware date-times of any zone, rounded down to whole seconds; answers are UTC. Every question
    raises NaiveInstant for a date-time without a zone and ValueError beyond the years 1 to 9999. The same
    questions in integer seconds since 1970 end in `_s`; they are what loops should use. Immutable,
    comparable, hashable.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"description": "Business hours: weekly windows of local time, and dates that depart from them."},
    )

    calendar: Annotated[str, Field(min_length=1, max_length=120, description="The name by which processes refer to it.")]
    timezone: Annotated[
        str,
        AfterValidator(known_zone),
        Field(description="The IANA zone of its wall clock.", examples=["Europe/Berlin", "UTC"]),
    ]
    hours: Annotated[
        Annotated[Literal["always"], Tag("always")] | Annotated[Week, Tag("week")],
        Discriminator(lambda given: "always" if isinstance(given, str) else "week"),
        Field(description="`always` (24/7), or for each weekday, mon to sun, a list of windows."),
    ]
    holidays: Annotated[
        tuple[Holiday, ...],
        AfterValidator(_one_each),
        Field(description="Closed dates and special hours. A date overrides a yearly day, and both a country's."),
    ] = ()

    def add(self, start: dt.datetime, seconds: int) -> dt.datetime:
        """The earliest instant `t >= start` with exactly `seconds` open seconds in `[start, t)`.

        So `add(x, 0)` is `x`, and a target on closing time is due at closing time. Raises ValueError for
        negative seconds, NoOpenTime if there is no such instant within ten years.
        """
        if start.tzinfo is UTC:  # `epoch_s` and `instant`, written out: this is asked in loops
            since = start - EPOCH
            start_s = since.days * DAY_S + since.seconds
        else:
            start_s = epoch_s(start, "add")
        return _utc(self.clock.add(start_s, seconds), UTC)

    def between(self, start: dt.datetime, end: dt.datetime) -> int:
        """Open seconds in `[start, end)`; negative if `end` is before `start`."""
        return self.clock.between(epoch_s(start, "between"), epoch_s(end, "between"))

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the second that begins at `at` is open."""
        return self.clock.is_open(epoch_s(at, "is_open"))

    def next_open(self, at: dt.datetime) -> dt.datetime:
        """`at` if open, else the next opening; NoOpenTime if there is none within ten years."""
        return instant(self.clock.next_open(epoch_s(at, "next_open")))

    def next_close(self, at: dt.datetime) -> dt.datetime:
        """The end of the open span that `at` is in, else of the next; NoOpenTime as for `next_open`.

        Spans that touch are one: a shift that hands over to the next at midnight does not close there.
        """
        return instant(self.clock.next_close(epoch_s(at, "next_close")))

    def spans(self, start: dt.datetime, end: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """The open spans of `[start, end)` in order, cut at its ends; none if `end` is not after `start`."""
        found = self.spans_s(epoch_s(start, "spans"), epoch_s(end, "spans"))
        return [(instant(opens), instant(closes)) for opens, closes in found]

    def spans_s(self, start_s: int, end_s: int) -> Iterator[Span]:
        """`spans` in seconds since 1970, one by one."""
        return open_spans(self.clock, start_s, end_s)

    def position(self, at_s: int) -> int:
        """Open seconds from a fixed origin up to `at_s`; `between` is a difference of positions."""
        return self.clock.position(at_s)

    def add_s(self, start_s: int, seconds: int) -> int:
        """`add` in seconds since 1970."""
        return self.clock.add(start_s, seconds)

    def between_s(self, start_s: int, end_s: int) -> int:
        """`between` in seconds since 1970."""
        return self.clock.between(start_s, end_s)

    def is_open_s(self, at_s: int) -> bool:
        """`is_open` in seconds since 1970."""
        return self.clock.is_open(at_s)

    def next_open_s(self, at_s: int) -> int:
        """`next_open` in seconds since 1970."""
        return self.clock.next_open(at_s)

    def next_close_s(self, at_s: int) -> int:
        """`next_close` in seconds since 1970."""
        return self.clock.next_close(at_s)

    @cached_property
    def business_day_s(self) -> int:
        """What `1bd` is worth: the open seconds of the longest ordinary weekday (SPEC 1, SPEC 8).

        Reckoned by its windows: a night shift belongs wholly to the weekday on which it starts; holidays and
        daylight saving do not enter. 0 if no weekday has windows.
        """
        return max(sum(window.end_s - window.start_s for window in windows) for windows in self.week)

    def resolved(self, years: range) -> Self:
        """These hours with each country replaced by its dates in `years`, as they are published (SPEC 1).

        The dates keep the holidays' names; what several countries share has that of the first. Left out are the
        dates of which a dated or a yearly entry speaks, which override a country's. After the last of `years`,
        and before the first, no country's holidays are known to the result.
        """
        own = [rule for rule in self.holidays if rule.rank > Rank.COUNTRY]
        closed: dict[dt.date, str] = {}
        for year in years:
            taken = {on for rule in own for on in rule.in_years(year, year)}
            for rule in self.holidays:
                if isinstance(rule, OfCountry):
                    named = rule.names_in_years(year, year)
                    closed = {on: name for on, name in named.items() if on not in taken} | closed
        dates = [OnDate(date=on, name=closed[on]) for on in sorted(closed)]
        return type(self)(calendar=self.calendar, timezone=self.timezone, hours=self.hours, holidays=(*own, *dates))

    @property
    def week(self) -> Sequence[tuple[Window, ...]]:
        """The windows of Monday to Sunday; around the clock on each if `hours` says `always`."""
        return ALWAYS_OPEN if self.hours == "always" else self.hours.days()

    @model_validator(mode="after")
    def _ever_open(self) -> Self:
        special = any(getattr(rule, "hours", None) for rule in self.holidays)
        if not special and not any(self.week):
            raise problem_at(("hours",), "there is no open time; give at least one window, or write always", {})
        return self

    @cached_property
    def clock(self) -> Clock:
        """The compiled form, made on first use: no part of the value, of its equality or of its copies."""
        return _clock_of(self)

    def __getstate__(self) -> dict[Any, Any]:
        """The definition, without its compiled form."""
        state = super().__getstate__()
        return {**state, "__dict__": {k: v for k, v in state["__dict__"].items() if k not in _DERIVED}}

    def __copy__(self) -> Self:
        """A copy without the compiled form: `model_copy(update=…)` is about to change the definition."""
        copied = super().__copy__()
        for name in _DERIVED:
            copied.__dict__.pop(name, None)
        return copied

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """The same as a copy: all parts of the definition are immutable."""
        return self.__copy__()


@lru_cache(maxsize=128)  # one definition is read again for every decision; its equals share a clock
def _clock_of(hours: BusinessHours) -> Clock:
    if hours.hours == "always" and not hours.holidays:
        return Continuous(hours.calendar)
    schedule = Schedule(week=hours.week, rules=hours.holidays)
    return Compiled(hours.calendar, ZoneInfo(hours.timezone), schedule)


ALWAYS: Final = BusinessHours(calendar="24/7", timezone="UTC", hours="always")
