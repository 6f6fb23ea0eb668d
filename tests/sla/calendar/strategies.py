"""What property tests draw: calendars as people write them, and instants where clocks are changed or centuries turn."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from sla.calendar.clock import SHIFT
from tests.sla.calendar.oracle import WEEKDAYS

Test = TypeVar("Test", bound=Callable[..., None])

DAY = 24 * 60
WEEK = 7 * DAY
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/St_Johns",
    "Asia/Kathmandu",  # 5:45 ahead
    "Africa/Casablanca",  # winter time in Ramadan
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Pacific/Apia",  # had no 30 December 2011
    "Asia/Gaza",  # changes by decree, at midnight
)
NAMES = (None, None, "Good Friday", "1. Mai: Tag der Arbeit", "# 007", "null")
"""What a holiday may be called: mostly nothing, and now and then what a file must quote."""
# Where one compiled stretch of time meets the next: seams that must not be felt.
SEAMS = tuple(datetime.fromtimestamp(chunk << SHIFT, UTC) for chunk in range(1, 5))


def modest(examples: int) -> Callable[[Test], Test]:
    """So many examples, the same ones on every run, however slow the machine."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@lru_cache
def clock_changes(zone: str) -> tuple[datetime, ...]:
    """The instants, to the second, at which a zone's offset changed between 2009 and 2031."""
    known, found = ZoneInfo(zone), []
    step, end = datetime(2009, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    while step < end:
        before, after = step, step + timedelta(days=2)
        if before.astimezone(known).utcoffset() != after.astimezone(known).utcoffset():
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) // 2
                middle = middle.replace(microsecond=0)
                same = middle.astimezone(known).utcoffset() == before.astimezone(known).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            found.append(after)
        step += timedelta(days=2)
    return tuple(found)


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    """An instant within a day and a half of a change of the zone's clocks, or of a seam, or anywhere."""
    anchor = draw(
        st.sampled_from((*clock_changes(zone), *SEAMS))
        | st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
    )
    return anchor.replace(microsecond=0) + timedelta(seconds=draw(st.integers(-36 * 3600, 36 * 3600)))


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]] | str:
    """Disjoint windows of a week, some past midnight, some touching; now and then around the clock."""
    if draw(st.integers(0, 9)) == 0:
        return "always"
    minutes = st.integers(0, 14 * 24).map(lambda half: half * 30) | st.integers(0, WEEK - 1)
    cuts = sorted(draw(st.lists(minutes.filter(lambda m: m < WEEK), min_size=2, max_size=14)))
    if draw(st.booleans()):
        cuts = [*cuts[1:], cuts[0] + WEEK]  # the last window may run from Sunday into Monday
    days: dict[str, list[str]] = {}
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        if 0 < end - start <= DAY:
            days.setdefault(WEEKDAYS[start // DAY % 7], []).append(_window(start, end))
    return days or {"mon": ["09:00-17:00"], "sun": ["22:00-06:00"]}


def _window(start: int, end: int) -> str:
    midnight = end % DAY == 0 and end // DAY == start // DAY + 1
    return f"{_time(start)}-{'24:00' if midnight else _time(end)}"


def _time(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


@st.composite
def special_hours(draw: st.DrawFn) -> list[str]:
    """The windows of one date: none, one or two, the last perhaps past midnight."""
    cuts = sorted(draw(st.lists(st.integers(0, DAY - 1), max_size=4, unique=True)))
    windows = [_window(start, end) for start, end in zip(cuts[::2], cuts[1::2], strict=False)]
    if len(cuts) % 2:
        windows.append(f"{_time(cuts[-1])}-{_time(draw(st.integers(0, cuts[0])))}")
    return windows


@st.composite
def holidays(draw: st.DrawFn, around: date) -> list[Any]:
    """Entries for some of the dates around one, of every form that needs no library."""
    entries: list[Any] = []
    for offset in sorted(draw(st.sets(st.integers(-2, 3), max_size=4))):
        on = around + timedelta(days=offset)
        hours = draw(st.none() | special_hours())
        yearly = draw(st.booleans())
        written = f"--{on:%m-%d}" if yearly else on.isoformat()
        name = draw(st.sampled_from(NAMES))
        named = {"name": name} if name else {}
        if hours is not None:
            entries.append({"date": written, **named, "hours": hours})
        elif not yearly and draw(st.booleans()):
            entries.append({"from": written, "to": written, **named})
        else:
            entries.append({"date": written, **named} if named else written)
        if yearly and draw(st.booleans()):
            entries.append(on.isoformat())  # overrides the yearly one
    return entries


@st.composite
def calendars(draw: st.DrawFn) -> tuple[dict[str, Any], datetime]:
    """A definition, and an instant that is interesting for it."""
    zone = draw(st.sampled_from(ZONES))
    at = draw(instants(zone))
    around = at.astimezone(ZoneInfo(zone)).date()
    definition = {
        "calendar": "drawn",
        "timezone": zone,
        "hours": draw(weeks()),
        "holidays": draw(holidays(around)),
    }
    return definition, at
