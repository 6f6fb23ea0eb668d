"""The definition of open time in SPEC 1, walked through minute by minute: slow, obvious, sharing nothing with it.

It reads the definition as people write it (plain dicts) and looks at one UTC minute after another. That is exact because
windows are in whole minutes, and so is the offset of every zone since the 1970s: within a minute nothing opens or closes.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Definition = Mapping[str, Any]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)


def is_open(definition: Definition, at: datetime) -> bool:
    """An instant is open iff its local wall-clock time lies in a window and its local date is not closed."""
    local = at.astimezone(ZoneInfo(definition["timezone"]))
    minute, today = local.hour * 60 + local.minute, local.date()
    if _special(definition, today) == "closed":
        return False
    if any(start <= minute < end for start, end in _windows(definition, today)):
        return True
    yesterday = today - timedelta(days=1)
    return any(minute < end - 24 * 60 for _, end in _windows(definition, yesterday))


def between(definition: Definition, start: datetime, end: datetime) -> int:
    """The open seconds of `[start, end)`, counted."""
    return sum(open_s for _, open_s in _walk(definition, start, end))


def add(definition: Definition, start: datetime, seconds: int, end: datetime) -> datetime:
    """The earliest instant with so many open seconds since `start`; it must lie before `end`."""
    if seconds == 0:
        return start
    for since, open_s in _walk(definition, start, end):
        if open_s >= seconds:
            return since + timedelta(seconds=seconds)
        seconds -= open_s
    raise AssertionError(f"{seconds} s are still to come at {end}")


def next_change(definition: Definition, at: datetime, end: datetime, *, opens: bool) -> datetime | None:
    """The first instant from `at` on that is open, or shut; None if there is none before `end`."""
    step = at
    while step < end:
        if is_open(definition, step) is opens:
            return step
        step = _next_minute(step)
    return None


def _walk(definition: Definition, start: datetime, end: datetime) -> Iterator[tuple[datetime, int]]:
    """The minutes of `[start, end)`, the first and the last perhaps cut, with the open seconds of each."""
    step = start
    while step < end:
        following = min(_next_minute(step), end)
        yield step, int((following - step).total_seconds()) if is_open(definition, step) else 0
        step = following


def _next_minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0) + MINUTE


def _windows(definition: Definition, on: date) -> list[tuple[int, int]]:
    """The windows that start on a date, in minutes from its midnight, those of special hours in place of the week's."""
    special = _special(definition, on)
    if isinstance(special, list):
        return [_minutes(window) for window in special]
    if definition["hours"] == "always":
        return [(0, 24 * 60)]
    return [_minutes(window) for window in definition["hours"].get(WEEKDAYS[on.weekday()], [])]


def _minutes(window: str) -> tuple[int, int]:
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in window.split("-"))
    return start, end if end > start else end + 24 * 60


def _special(definition: Definition, on: date) -> Any:
    """`closed`, a list of special windows, or None for an ordinary date; a dated entry before a yearly one."""
    yearly = None
    for written in definition.get("holidays", []):
        entry = {"date": written} if isinstance(written, str) else written
        if "from" in entry:
            if entry["from"] <= on.isoformat() <= entry["to"]:
                return "closed"
        elif entry["date"] == on.isoformat():
            return entry.get("hours", "closed")
        elif entry["date"] == f"--{on:%m-%d}":
            yearly = entry.get("hours", "closed")
    return yearly
