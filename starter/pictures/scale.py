"""Time as a line: where an instant lies on it, and at which local times it is divided. Nothing is compressed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sla.instants import DAYS, MONTHS, date_in_words, from_s, to_s

Unit = Literal["second", "day", "month", "year"]
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Scale:
    """From `from_s` at `left` to `until_s` at `right`; epoch seconds and pixels."""

    from_s: int
    until_s: int
    left: float
    right: float

    def x(self, at: datetime) -> float:
        """Where an instant lies; beyond the ends, at the end."""
        share = (to_s(at) - self.from_s) / (self.until_s - self.from_s)
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    @property
    def seconds_per_pixel(self) -> float:
        """How much time a pixel is."""
        return (self.until_s - self.from_s) / (self.right - self.left)


@dataclass(frozen=True, slots=True)
class Step:
    """A way to divide time: every so many units; a mark of it needs `room` pixels."""

    unit: Unit
    every: int
    room: float

    @property
    def about_s(self) -> float:
        """How long it is, more or less."""
        return self.every * {"second": 1, "day": _DAY_S, "month": 30.4 * _DAY_S, "year": 365.2 * _DAY_S}[self.unit]


STEPS: Final = (
    *(Step("second", every, 60) for every in (5, 10, 15, 30)),
    *(Step("second", 60 * every, 46) for every in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)),
    Step("day", 1, 46), Step("day", 2, 46), Step("day", 7, 48),
    Step("month", 1, 34), Step("month", 3, 34), Step("month", 6, 34),
    *(Step("year", every, 40) for every in (1, 2, 5, 10, 20, 50, 100)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tick:
    """A division, with its words."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch that several divisions belong to: a date, a month, a year. `labels`: the longest first."""

    from_at: datetime
    until_at: datetime
    labels: tuple[str, ...]


def scale_of(first: datetime, last: datetime, left: float, right: float) -> Scale:
    """A line on which all from `first` to `last` has its place, with some room at the ends; two minutes at the least."""
    from_s, until_s = to_s(first), max(to_s(last), to_s(first))
    room = max((until_s - from_s) // 40, 60)
    return Scale(from_s - room, until_s + room, left, right)


def step_of(scale: Scale) -> Step:
    """The finest division for which there is room."""
    fitting = (step for step in STEPS if step.about_s / scale.seconds_per_pixel >= step.room)
    return next(fitting, STEPS[-1])


def ticks(scale: Scale, zone: ZoneInfo) -> list[Tick]:
    """The divisions that lie on the line, at full local times."""
    step = step_of(scale)
    local = (one for one in _divisions(scale, step, zone))
    return [Tick(at, _label(at.astimezone(zone), step)) for at in local if scale.from_s <= to_s(at) <= scale.until_s]


def bands(scale: Scale, zone: ZoneInfo) -> list[Band]:
    """What the divisions belong to, from end to end of the line."""
    unit: dict[Unit, Unit] = {"second": "day", "day": "month", "month": "year"}
    step = step_of(scale)
    if step.unit == "year":
        return []
    edges = [at for at in _divisions(scale, Step(unit[step.unit], 1, 0), zone) if scale.from_s < to_s(at) < scale.until_s]
    whole = [from_s(scale.from_s), *edges, from_s(scale.until_s)]
    return [Band(one, other, _names(one.astimezone(zone), unit[step.unit])) for one, other in pairwise(whole)]


def _divisions(scale: Scale, step: Step, zone: ZoneInfo) -> Iterator[datetime]:
    """The divisions of the line and around it, in order; those that local clocks leap over are left out."""
    begin, end = (from_s(at_s).astimezone(zone) for at_s in (scale.from_s, scale.until_s))
    first, last = begin.date(), end.date()
    if step.unit != "second":
        yield from (_instant(day, 0, zone) for day in _dates(first, last, step))
        return
    begins = begin.hour * 3600 // step.every * step.every
    for day in _dates(first, last, Step("day", 1, 0)):
        for second in range(begins if day == first else 0, _DAY_S, step.every):
            at = _instant(day, second, zone)
            local = at.astimezone(zone)
            if to_s(at) > scale.until_s:
                return
            if local.hour * 3600 + local.minute * 60 + local.second == second:
                yield at


def _dates(first: date, last: date, step: Step) -> Iterator[date]:
    if step.unit == "day":
        on = first - timedelta(days=(first.toordinal() - 1) % step.every)  # ordinal 1 was a Monday
        while on <= last:
            yield on
            on += timedelta(days=step.every)
        return
    months = step.every * (12 if step.unit == "year" else 1)
    number = (first.year * 12 + first.month - 1) // months * months
    while date(number // 12, number % 12 + 1, 1) <= last:
        yield date(number // 12, number % 12 + 1, 1)
        number += months


def _instant(on: date, second: int, zone: ZoneInfo) -> datetime:
    wall = time(second // 3600, second // 60 % 60, second % 60)
    return from_s(to_s(datetime.combine(on, wall, tzinfo=zone)))


def _label(local: datetime, step: Step) -> str:
    if step.unit == "second":
        return f"{local:%H:%M}" if step.every >= 60 else f"{local:%H:%M:%S}"
    if step.unit == "day":
        return f"{local.day} {MONTHS[local.month - 1]}" if step.every == 7 else f"{DAYS[local.weekday()]} {local.day}"
    return MONTHS[local.month - 1] if step.unit == "month" else str(local.year)


def _names(local: datetime, unit: Unit) -> tuple[str, ...]:
    month = MONTHS[local.month - 1]
    if unit == "day":
        on = f"{local.day} {month}"
        return date_in_words(local), f"{DAYS[local.weekday()]} {on}", on, str(local.day)
    return (f"{month} {local.year}", month) if unit == "month" else (str(local.year),)
