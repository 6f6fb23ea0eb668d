"""Where there is no answer, or none can be reckoned: ten years without open time, the ends of the axis, naive instants."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from sla.calendar import ALWAYS, BusinessHours
from sla.calendar.windows import WEEKDAYS
from sla.errors import NaiveInstant, NoOpenTime
from tests.sla.calendar.builders import OFFICE, local, some_hours

HOUR = 3600
NAIVE = datetime(2026, 3, 6, 15)  # noqa: DTZ001 - what is refused
FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

QUESTIONS: list[Callable[[BusinessHours, datetime], Any]] = [
    lambda hours, at: hours.add(at, 60),
    lambda hours, at: hours.between(at, at),
    lambda hours, at: hours.between(local("2026-03-06 15:00"), at),
    lambda hours, at: hours.is_open(at),
    lambda hours, at: hours.next_open(at),
    lambda hours, at: hours.next_close(at),
]


@pytest.mark.parametrize("ask", QUESTIONS)
def test_an_instant_without_a_zone_is_refused(ask: Callable[[BusinessHours, datetime], Any]) -> None:
    with pytest.raises(NaiveInstant, match="has no time zone"):
        ask(some_hours(), NAIVE)


@pytest.mark.parametrize("hours", [ALWAYS, some_hours()], ids=["always", "office"])
def test_open_time_cannot_be_taken_away(hours: BusinessHours) -> None:
    with pytest.raises(ValueError, match="only be added"):
        hours.add(local("2026-03-06 15:00"), -1)


def test_a_calendar_closed_for_more_than_ten_years_says_so() -> None:
    hours = some_hours(OFFICE, {"from": "2026-01-01", "to": "2036-06-30"})
    for ask in (hours.next_open, hours.next_close, lambda at: hours.add(at, 1)):
        with pytest.raises(NoOpenTime, match=r"'Support' have no answer within 10 years of 2026-01-02T00:00:00Z"):
            ask(local("2026-01-02"))
    assert hours.next_open(local("2026-07-02")) == local("2036-07-01 09:00")


def test_more_open_time_than_ten_years_hold_is_refused() -> None:
    for hours in (ALWAYS, some_hours()):
        with pytest.raises(NoOpenTime):
            hours.add(local("2026-01-01"), 11 * 366 * 86_400)


def test_hours_that_never_close_have_no_closing_time() -> None:
    days = {day: ["00:00-24:00"] for day in WEEKDAYS}
    for hours in (ALWAYS, some_hours(days), some_hours({**days, "wed": ["00:00-00:00"]}, timezone="Asia/Gaza")):
        with pytest.raises(NoOpenTime):
            hours.next_close(local("2026-03-06 15:00"))


@pytest.mark.parametrize("hours", [ALWAYS, some_hours(), some_hours(timezone="Asia/Manila")])
def test_the_first_and_the_last_year_are_reckoned_like_any_other(hours: BusinessHours) -> None:
    for at in (FIRST, FIRST + timedelta(days=30), LAST - timedelta(days=30)):
        target = hours.add(at, 40 * HOUR)
        assert hours.between(at, target) == 40 * HOUR
        assert hours.next_open(at) >= at
        hours.is_open(at)


@pytest.mark.parametrize("hours", [ALWAYS, some_hours(), some_hours("always", timezone="America/Adak")])
def test_what_would_lie_beyond_the_last_year_has_no_answer(hours: BusinessHours) -> None:
    with pytest.raises(NoOpenTime):
        hours.add(LAST - timedelta(hours=1), 100 * HOUR)
    with pytest.raises(NoOpenTime):
        hours.next_close(LAST - timedelta(hours=1))


def test_an_instant_that_is_beyond_the_axis_in_utc_is_refused() -> None:
    ahead, behind = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    for at in (FIRST.replace(tzinfo=ahead), LAST.replace(tzinfo=behind)):
        for ask in QUESTIONS:
            with pytest.raises(ValueError, match="beyond the years 1 to 9999"):
                ask(some_hours(), at)


def test_a_target_on_the_last_closing_of_a_compiled_stretch_is_due_there() -> None:
    hours = some_hours()
    for closing in (local("2021-01-13 17:00"), local("2038-01-18 17:00")):
        assert hours.add(closing - timedelta(hours=1), HOUR) == closing
        assert hours.add(closing - timedelta(hours=1), HOUR + 1) > closing + timedelta(hours=12)


@pytest.mark.parametrize("at_s", [-(10**12), 10**12])
def test_integers_beyond_the_axis_are_refused(at_s: int) -> None:
    for hours in (ALWAYS, some_hours()):
        for ask in (hours.position, hours.is_open_s, hours.next_open_s, hours.next_close_s):
            with pytest.raises(ValueError, match="years 1 to 9999"):
                ask(at_s)
        with pytest.raises(ValueError, match="years 1 to 9999"):
            hours.add_s(at_s, 0)


def test_centuries_are_reckoned_without_being_laid_out() -> None:
    hours = some_hours(OFFICE, "--12-25", {"date": "2500-01-01", "hours": ["10:00-12:00"]})
    weekly, weeks = 40 * HOUR, (datetime(2801, 1, 1, tzinfo=UTC) - datetime(2401, 1, 1, tzinfo=UTC)).days // 7
    christmases = sum(datetime(year, 12, 25, tzinfo=UTC).weekday() < 5 for year in range(2401, 2801))
    expected = weeks * weekly - christmases * 8 * HOUR - 6 * HOUR  # 1 January 2500 is a Friday
    assert hours.between(datetime(2401, 1, 1, tzinfo=UTC), datetime(2801, 1, 1, tzinfo=UTC)) == expected
