"""Business hours by the set definition of SPEC 1: which UTC seconds have an open local wall-clock time.

Nothing is shared with the product: for each local date the open wall-clock intervals are listed, each is moved to
UTC once for every offset in force around that date, and all questions are answered by summing spans.

Readings chosen:
- A date closed by a plain holiday closes that local date only; the morning after still has the tail of the weekly
  window that starts on the closed date ("an instant is open iff its wall-clock time lies in a window and its local
  date is not closed"): the one sentence is taken literally.
- Special hours `[]` close what starts on that date, but last night's shift still ends that morning (SPEC 8).
"""

import math
import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

DAY = 86_400
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
HORIZON_S = 3_660 * DAY
Span = tuple[int, int]


def _seconds(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 3600 + int(minute) * 60


def _window(text: str) -> Span:
    """Start and end in seconds of the starting day; the end exceeds 24 h where the window runs past midnight."""
    start, end = (_seconds(part) for part in text.split("-"))
    return (start, end if end > start else end + DAY)


def _dates_of(text: Any) -> date:
    return text if isinstance(text, date) else date.fromisoformat(str(text))


@lru_cache(maxsize=20_000)
def _offsets(zone: str, ordinal: int) -> tuple[tuple[int, int, int], ...]:
    """(from, to, offset): the pieces of constant UTC offset around one local date, found by looking each hour."""
    tz = ZoneInfo(zone)

    def offset(instant: int) -> int:
        delta = datetime.fromtimestamp(instant, UTC).astimezone(tz).utcoffset()
        assert delta is not None
        return int(delta.total_seconds())

    midnight = (ordinal - EPOCH_ORDINAL) * DAY
    pieces: list[tuple[int, int, int]] = []
    begin = midnight - 16 * 3600
    end = midnight + DAY + 16 * 3600
    current = offset(begin)
    for hour in range(begin, end, 3600):
        if offset(hour + 3600) == current:
            continue
        low, high = hour, hour + 3600
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == current else (low, middle)
        pieces.append((begin, high, current))
        begin, current = high, offset(high)
    pieces.append((begin, end + 3600, current))
    return tuple(pieces)


class Hours:
    """One calendar; `None` is 24/7."""

    def __init__(self, document: dict[str, Any] | None) -> None:
        document = document or {"timezone": "UTC", "hours": "always"}
        self.zone = str(document.get("timezone", "UTC"))
        hours = document["hours"]
        self.always = hours == "always"
        week = {day: ["00:00-24:00"] for day in WEEKDAYS} if self.always else hours
        self.week: list[list[Span]] = [[_window(w) for w in week.get(day) or []] for day in WEEKDAYS]
        self.dated: dict[date, list[Span] | None] = {}
        self.yearly: dict[str, list[Span] | None] = {}
        self.countries: list[tuple[str, str | None]] = []
        for entry in document.get("holidays") or []:
            self._holiday(entry)
        self.plain = self.always and not (self.dated or self.yearly or self.countries)
        self._days: dict[int, list[Span]] = {}

    def _holiday(self, entry: Any) -> None:
        if not isinstance(entry, dict):
            entry = {"date": entry}
        special = [_window(w) for w in entry["hours"]] if "hours" in entry else None
        if "country" in entry:
            self.countries.append((entry["country"], entry.get("subdivision")))
        elif "from" in entry:
            day, last = _dates_of(entry["from"]), _dates_of(entry["to"])
            while day <= last:
                self.dated[day] = special
                day += timedelta(days=1)
        elif str(entry["date"]).startswith("--"):
            self.yearly[str(entry["date"])[2:]] = special
        else:
            self.dated[_dates_of(entry["date"])] = special

    def _exception(self, day: date) -> tuple[bool, list[Span] | None]:
        """Whether the date is exceptional, and its special hours (`None`: closed)."""
        if day in self.dated:
            return True, self.dated[day]
        if day.strftime("%m-%d") in self.yearly:
            return True, self.yearly[day.strftime("%m-%d")]
        if self.countries:
            import holidays as library

            for country, subdivision in self.countries:
                if day in library.country_holidays(country, subdiv=subdivision, years=day.year):
                    return True, None
        return False, None

    def _starting_on(self, day: date) -> list[Span]:
        exceptional, special = self._exception(day)
        if exceptional and special is not None:
            return special
        return self.week[day.weekday()]

    def _open_wall_times(self, day: date) -> list[Span]:
        exceptional, special = self._exception(day)
        if exceptional and special is None:
            return []
        today = [(start, min(end, DAY)) for start, end in self._starting_on(day)]
        night = [(0, end - DAY) for _, end in self._starting_on(day - timedelta(days=1)) if end > DAY]
        return _union(today + night)

    def _day(self, ordinal: int) -> list[Span]:
        """The open UTC spans whose local date is the given one."""
        if ordinal not in self._days:
            midnight = (ordinal - EPOCH_ORDINAL) * DAY
            spans = []
            for start, end in self._open_wall_times(date.fromordinal(ordinal)):
                for begin, finish, offset in _offsets(self.zone, ordinal):
                    low = max(midnight + start - offset, begin)
                    high = min(midnight + end - offset, finish)
                    if low < high:
                        spans.append((low, high))
            self._days[ordinal] = spans
        return self._days[ordinal]

    def spans(self, begin: int, end: int) -> list[Span]:
        """All open spans, clipped to [begin, end), in order."""
        if self.plain:
            return [(begin, end)] if begin < end else []
        found = []
        for ordinal in range(EPOCH_ORDINAL + begin // DAY - 2, EPOCH_ORDINAL + end // DAY + 3):
            for low, high in self._day(ordinal):
                if max(low, begin) < min(high, end):
                    found.append((max(low, begin), min(high, end)))
        return _union(found)

    def open_s(self, begin: int, end: int) -> int:
        """Open seconds in [begin, end); none if the end is not after the beginning."""
        return sum(high - low for low, high in self.spans(begin, end)) if begin < end else 0

    def add(self, begin: int, seconds: int) -> int:
        """The earliest instant with exactly `seconds` open seconds since `begin`."""
        if seconds <= 0:
            return begin
        chunk, at = 8 * DAY, begin
        while at < begin + HORIZON_S:
            for low, high in self.spans(at, at + chunk):
                if high - low >= seconds:
                    return low + seconds
                seconds -= high - low
            at += chunk
            chunk = min(chunk * 2, 200 * DAY)
        raise ValueError("no such instant within 10 years")

    def next_open(self, at: int) -> int:
        """`at` if open, else the next opening."""
        return self.add(at, 1) - 1

    def longest_weekday_s(self) -> int:
        """One `bd`: the longest ordinary weekday, a night shift belonging wholly to the day on which it starts."""
        return max(sum(end - start for start, end in day) for day in self.week)


def _union(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for low, high in sorted(spans):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


UNITS = {"s": 1, "m": 60, "h": 3600, "d": DAY, "w": 7 * DAY}


def duration_s(text: str, hours: Hours) -> int:
    """Seconds of open time in `1d 4h 30m` or `1bd`."""
    total = 0
    for number, unit in re.findall(r"(\d+)\s*(bd|[smhdw])", text):
        total += int(number) * (hours.longest_weekday_s() if unit == "bd" else UNITS[unit])
    return total


def share_s(percent: str, limit: int) -> int:
    """The ceiling of so many per cent of the limit."""
    return math.ceil(Fraction(percent.strip().rstrip("%")) * limit / 100)


def epoch(value: Any) -> int:
    """Epoch seconds of an ISO text or aware datetime, rounded down."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    assert moment.tzinfo is not None, f"{value} has no zone"
    return math.floor(moment.timestamp())


def iso(instant: int | None) -> str | None:
    """`2026-03-02T14:30:00Z`, or None."""
    return None if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
