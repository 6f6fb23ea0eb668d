"""Open time as people look at it: span by span, with the days that are not like the others of their weekday."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from sla.calendar import BusinessHours
from sla.calendar.instants import DAY_S, EPOCH_DAY
from sla.calendar.rule import CLOSED, Special
from sla.calendar.schedule import THURSDAY, Schedule
from sla.calendar.windows import Window
from sla.calendar.zones import offsets
from sla.duration import spoken
from sla.instants import to_s
from sla.spans import Span, clipped
from sla.story import Day

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
THE_CLOCKS: Final = "the clocks"
"""How a change of the clocks begins."""


def stopped_within(span: Span, stops: Sequence[Span]) -> int:
    """The seconds of a span while the clock was stopped."""
    cut = (clipped(span, stop) for stop in stops)
    return sum(max(0, until - since) for since, until in cut)


# ---------------------------------------------------------------------- days


def unlike_days(hours: BusinessHours, start_s: int, end_s: int, reader: ZoneInfo) -> list[tuple[int, Day]]:
    """The local dates of a time that are closed or open otherwise than their weekday, and those when the clocks change.

    Each with its beginning, or the instant of the change. The clocks are the calendar's and the reader's.
    """
    zone = ZoneInfo(hours.timezone)
    found = [*_special_days(hours, zone, start_s, end_s), *_changes(zone, start_s, end_s)]
    if reader.key != zone.key:
        found += _changes(reader, start_s, end_s)
    return sorted(found, key=lambda one: one[0])


def _special_days(hours: BusinessHours, zone: ZoneInfo, start_s: int, end_s: int) -> Iterator[tuple[int, Day]]:
    if not hours.holidays or end_s <= start_s:
        return
    schedule = Schedule(week=hours.week, rules=hours.holidays)
    spans = offsets(zone, start_s, end_s)
    first, last = (start_s + spans[0][2]) // DAY_S, (end_s - 1 + spans[-1][2]) // DAY_S
    names = schedule.names(first, last)
    for day, special in schedule.specials(first, last).items():
        weekday = (day + THURSDAY) % 7
        usual = hours.week[weekday]
        if first <= day <= last and not _as_usual(special, usual):
            midnight = to_s(datetime.combine(_date(day), time.min, tzinfo=zone))
            what = _what(special, names.get(day), usual, WEEKDAYS[weekday])
            yield max(midnight, start_s), Day(on=_date(day).isoformat(), what=what)


def _as_usual(special: Special, usual: Sequence[Window]) -> bool:
    return not usual if special is CLOSED else sorted(map(str, special)) == sorted(map(str, usual))


def _what(special: Special, name: str | None, usual: Sequence[Window], weekday: str) -> str:
    called = f" ({name})" if name else ""
    if special is CLOSED:
        return f"a holiday{called}, closed all day (a {weekday}, else {_windows(usual)})"
    return f"special hours{called}, {_windows(special)} (a {weekday}, else {_windows(usual)})"


def _windows(windows: Sequence[Window]) -> str:
    return ", ".join(map(str, windows)) or "closed"


def _changes(zone: ZoneInfo, start_s: int, end_s: int) -> Iterator[tuple[int, Day]]:
    if end_s <= start_s:
        return
    for (_, _, before), (at, _, after) in pairwise(offsets(zone, start_s, end_s)):
        day = (at + before) // DAY_S
        way = "forward" if after > before else "back"
        old, new = _clock((at + before) % DAY_S), _clock((at + after) % DAY_S)
        what = f"{THE_CLOCKS} of {zone.key} go {way} by {spoken(abs(after - before))}, from {old} to {new}"
        yield at, Day(on=_date(day).isoformat(), what=what)


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def _date(day: int) -> date:
    return date.fromordinal(day + EPOCH_DAY)
