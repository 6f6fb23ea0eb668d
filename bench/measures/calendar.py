"""`BusinessHours.add`, beside what people use in Python: pandas' CustomBusinessHour and businesstimedelta.

All get the same hours, holidays and starts, each as it likes them best, made before: ours instants in UTC; pandas
timestamps in the calendar's zone, for it knows wall-clock time only ("naive": without any zone, which is less than the
task); businesstimedelta a zone of pytz. Where the sum of
hours ends on closing time, ours and businesstimedelta say closing time and pandas says the next opening: those
are counted, and every other answer is compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.cases import CLOSES, OPENS, ZONE, office, office_holidays, office_starts
from bench.rows import Row, Scale, at_least, at_most
from bench.stats import Takes, by_turns, ratio, short

NAME = "calendar"
HOUR_S = 3600
HOURS = (4, 80, 800, 8000)
OURS, INTEGERS = "BusinessHours.add", "add_s, in integers"
PANDAS, NAIVE, BTD = "pandas CBH", "pandas CBH, naive", "businesstimedelta"

Add = Callable[[], Sequence[Any]]


async def measure(scale: Scale) -> list[Row]:
    """Rows for each length, then whether ours is flat."""
    starts = office_starts(scale.pick(short=2, full=24))
    found = {hours: _measured(hours, starts, scale) for hours in HOURS}
    rows = [row for hours, taken in found.items() for row in _rows(hours, taken)]
    return [*rows, *_flat(starts, scale)]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was measured at one length: seconds for one sum, and how many answers were the same as ours."""

    takes: dict[str, Takes]
    same: dict[str, str]


def _measured(hours: int, starts: Sequence[datetime], scale: Scale) -> _Found:
    subjects = _subjects(hours, starts)
    answers = {name: [_instant(answer) for answer in add()] for name, add in subjects.items()}
    repeats = scale.pick(short=1, full=9)
    takes = by_turns(subjects, repeats=repeats, take_s=scale.pick(short=0.001, full=0.03))
    each = {name: taken.each(lambda seconds: seconds / len(starts)) for name, taken in takes.items()}
    return _Found(takes=each, same={name: _same(answers[OURS], answers[name]) for name in answers})


def _subjects(hours: int, starts: Sequence[datetime]) -> dict[str, Add]:
    """Every way to reckon, as a call that does it for all starts."""
    import pandas as pd

    custom = pd.offsets.CustomBusinessHour(
        n=hours, start=f"{OPENS:%H:%M}", end=f"{CLOSES:%H:%M}", holidays=list(office_holidays())
    )
    local = [pd.Timestamp(start.astimezone(ZONE)) for start in starts]
    naive = [stamp.tz_localize(None) for stamp in local]
    delta = _business_time_delta(hours)
    ours = _ours(hours, starts)
    return {
        OURS: ours[OURS],
        PANDAS: lambda: [stamp + custom for stamp in local],
        INTEGERS: ours[INTEGERS],
        NAIVE: lambda: [stamp + custom for stamp in naive],
        BTD: lambda: [start + delta for start in starts],
    }


def _ours(hours: int, starts: Sequence[datetime]) -> dict[str, Add]:
    """Ours, as people call it and as loops inside Milepost do."""
    calendar, seconds = office(), hours * HOUR_S
    starts_s = [int(start.timestamp()) for start in starts]
    add, add_s = calendar.add, calendar.add_s
    return {
        OURS: lambda: [add(start, seconds) for start in starts],
        INTEGERS: lambda: [add_s(start_s, seconds) for start_s in starts_s],
    }


def _business_time_delta(hours: int) -> Any:
    import pytz
    from businesstimedelta import BusinessTimeDelta, HolidayRule, Rules, WorkDayRule

    zone = pytz.timezone(str(ZONE))
    open_days = WorkDayRule(start_time=OPENS, end_time=CLOSES, working_days=[0, 1, 2, 3, 4], tz=zone)
    # A dict and not a list: it asks `in` for each day, and may have the fastest.
    return BusinessTimeDelta(Rules([open_days, HolidayRule(dict.fromkeys(office_holidays(), ""), tz=zone)]), hours=hours)


# ---------------------------------------------------------------------- are they the same?


def _instant(answer: Any) -> datetime:
    """An answer of any of them as an aware instant."""
    if isinstance(answer, int):
        return datetime.fromtimestamp(answer, ZONE)
    found: datetime = answer.to_pydatetime() if hasattr(answer, "to_pydatetime") else answer
    return found.astimezone(ZONE) if found.tzinfo else found.replace(tzinfo=ZONE)


def _same(ours: Sequence[datetime], theirs: Sequence[datetime]) -> str:
    """How many answers agree, in words: `23 of 24 same, 1 on closing time`."""
    same = sum(one == other for one, other in zip(ours, theirs, strict=True))
    closing = sum(
        one != other and one.astimezone(ZONE).time() == CLOSES and other.astimezone(ZONE).time() == OPENS
        for one, other in zip(ours, theirs, strict=True)
    )
    words = f"{same} of {len(ours)} same"
    return f"{words}, {closing} on closing time" if closing else words


# ---------------------------------------------------------------------- rows


def _rows(hours: int, found: _Found) -> list[Row]:
    first = _row(hours, found, OURS, PANDAS)
    others = [_row(hours, found, OURS, BTD), _row(hours, found, INTEGERS, PANDAS)]
    return [at_least(first, 50) if hours == 80 else first, *others]


def _row(hours: int, found: _Found, api: str, rival: str) -> Row:
    ours, theirs = found.takes[api].each(_rate), found.takes[rival].each(_rate)
    return Row(
        measure=NAME,
        subject=f"{api}, {hours:,} h",
        figure=ours.median,
        unit="/s",
        against=rival,
        ratio=ratio(ours, theirs),
        note=f"{short(theirs.median)} /s; {found.same[rival]}",
        detail={
            "spread": ours.spread,
            "against": theirs.median,
            "against_spread": theirs.spread,
            "against_pandas_naive": ratio(ours, found.takes[NAIVE].each(_rate)),
        },
    )


def _rate(seconds: float) -> float:
    return 1 / seconds


def _flat(starts: Sequence[datetime], scale: Scale) -> list[Row]:
    """Whether far targets cost more than near ones: those two by turns, for nothing else can tell."""
    near, far = HOURS[0], HOURS[-1]
    apis = {hours: _ours(hours, starts) for hours in (near, far)}
    subjects = {f"{api} {hours}": add for hours, calls in apis.items() for api, add in calls.items()}
    takes = by_turns(subjects, repeats=scale.pick(short=1, full=15), take_s=scale.pick(short=0.001, full=0.03))
    return [_flat_row(api, takes[f"{api} {far}"], takes[f"{api} {near}"], len(starts)) for api in (OURS, INTEGERS)]


def _flat_row(api: str, far: Takes, near: Takes, starts: int) -> Row:
    each = far.each(lambda seconds: seconds / starts)
    row = Row(
        measure=NAME,
        subject=f"{api}, {HOURS[-1]:,} h: time",
        figure=each.median,
        unit="s",
        against=f"the same, {HOURS[0]} h",
        ratio=ratio(far, near),
        note=f"{HOURS[-1] / 2000:.0f} years of office hours",
        detail={"spread_s": each.spread},
    )
    return at_most(row, 2)
