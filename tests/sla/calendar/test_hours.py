"""Open time as people live it: offices, night shifts, special days, and the two days on which the clocks change."""

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sla.calendar import ALWAYS, BusinessHours
from tests.sla.calendar.builders import OFFICE, local, some_hours

HOUR = 3600
NIGHTS = {day: ["22:00-06:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def test_four_hours_from_friday_three_pm_end_on_monday_at_eleven() -> None:
    assert some_hours().add(local("2026-03-06 15:00"), 4 * HOUR) == local("2026-03-09 11:00")


def test_a_target_that_lands_on_closing_time_is_due_at_closing_time() -> None:
    assert some_hours().add(local("2026-03-06 15:00"), 2 * HOUR) == local("2026-03-06 17:00")


def test_nothing_added_is_no_time_at_all_even_when_closed() -> None:
    assert some_hours().add(local("2026-03-07 12:00"), 0) == local("2026-03-07 12:00")


def test_a_window_is_open_at_its_start_and_shut_at_its_end() -> None:
    hours = some_hours()
    assert hours.is_open(local("2026-03-06 09:00"))
    assert hours.is_open(local("2026-03-06 16:59:59"))
    assert not hours.is_open(local("2026-03-06 17:00"))
    assert not hours.is_open(local("2026-03-06 08:59:59"))


def test_lunch_is_not_worked() -> None:
    hours = some_hours({"mon": ["09:00-12:00", "13:00-17:00"]})
    assert hours.between(local("2026-03-02 11:00"), local("2026-03-02 14:00")) == 2 * HOUR


def test_fractions_of_a_second_are_dropped() -> None:
    hours = some_hours()
    start = local("2026-03-06 10:00").replace(microsecond=999_999)
    assert hours.add(start, 60) == local("2026-03-06 10:01")
    assert hours.between(local("2026-03-06 10:00"), start) == 0


def test_answers_are_utc_whatever_zone_was_asked_in() -> None:
    asked = datetime(2026, 3, 6, 20, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    answer = some_hours().add(asked, HOUR)
    assert answer.tzinfo is UTC
    assert answer == local("2026-03-06 16:00")


def test_friday_nights_shift_ends_on_saturday_morning() -> None:
    hours = some_hours(NIGHTS)
    assert hours.is_open(local("2026-03-07 05:59"))
    assert not hours.is_open(local("2026-03-08 05:59"))
    assert hours.next_close(local("2026-03-06 23:00")) == local("2026-03-07 06:00")


def test_days_that_touch_at_midnight_do_not_close_there() -> None:
    hours = some_hours({"mon": ["08:00-24:00"], "tue": ["00:00-12:00"]})
    assert hours.next_close(local("2026-03-02 09:00")) == local("2026-03-03 12:00")


def test_a_window_that_ends_when_it_starts_lasts_a_whole_day() -> None:
    hours = some_hours({"mon": ["22:00-22:00"], "thu": ["00:00-00:00"]})
    assert hours.between(local("2026-03-02 00:00"), local("2026-03-05 00:00")) == 24 * HOUR
    assert hours.next_close(local("2026-03-02 23:00")) == local("2026-03-03 22:00")
    assert hours.next_close(local("2026-03-05 01:00")) == local("2026-03-06 00:00")


def test_a_business_day_is_the_longest_weekday_and_a_night_shift_is_its_evenings() -> None:
    assert some_hours().business_day_s == 8 * HOUR
    assert some_hours({"mon": ["09:00-12:00"], "tue": ["09:00-12:00", "13:00-18:00"]}).business_day_s == 8 * HOUR
    assert some_hours(NIGHTS).business_day_s == 8 * HOUR
    assert some_hours(OFFICE, *({"from": "2026-01-01", "to": "2026-12-31"},)).business_day_s == 8 * HOUR
    assert ALWAYS.business_day_s == 24 * HOUR


def test_a_holiday_is_closed_from_midnight_to_midnight_also_for_last_nights_shift() -> None:
    hours = some_hours(NIGHTS, "2026-03-05")  # a Thursday
    assert not hours.is_open(local("2026-03-05 02:00"))  # the end of Wednesday's shift
    assert not hours.is_open(local("2026-03-05 23:00"))
    assert hours.is_open(local("2026-03-06 02:00"))  # the end of Thursday's: its wall clock is in a window


def test_special_hours_replace_what_starts_that_day_and_leave_last_nights_shift() -> None:
    hours = some_hours(NIGHTS, {"date": "2026-03-05", "hours": ["20:00-23:00"]})
    assert hours.is_open(local("2026-03-05 02:00"))
    assert hours.is_open(local("2026-03-05 20:00"))
    assert not hours.is_open(local("2026-03-05 23:00"))
    assert not hours.is_open(local("2026-03-06 02:00"))


def test_no_special_hours_at_all_still_let_last_nights_shift_end() -> None:
    hours = some_hours(NIGHTS, {"date": "2026-03-05", "hours": []})
    assert hours.is_open(local("2026-03-05 05:59"))
    assert not hours.is_open(local("2026-03-05 22:00"))
    assert not hours.is_open(local("2026-03-06 02:00"))


def test_special_hours_may_run_past_midnight_into_a_day_that_is_otherwise_open() -> None:
    hours = some_hours(OFFICE, {"date": "2026-03-05", "hours": ["20:00-10:00"]})
    assert hours.next_close(local("2026-03-05 21:00")) == local("2026-03-06 17:00")


def test_around_the_clock_but_for_christmas() -> None:
    hours = some_hours("always", "--12-25")
    assert hours.add(local("2026-12-24 23:00"), 2 * HOUR) == local("2026-12-26 01:00")
    assert hours.next_close(local("2026-03-01 00:00")) == local("2026-12-25 00:00")
    assert hours.next_open(local("2026-12-25 00:00")) == local("2026-12-26 00:00")


def test_a_closed_range_includes_both_its_ends() -> None:
    hours = some_hours(OFFICE, {"from": "2026-12-23", "to": "2027-01-01"})
    assert hours.next_open(local("2026-12-23 09:00")) == local("2027-01-04 09:00")
    assert hours.add(local("2026-12-22 16:00"), 2 * HOUR) == local("2027-01-04 10:00")


def test_the_29th_of_february_is_a_holiday_in_leap_years_only() -> None:
    hours = some_hours("always", "--02-29")
    last_days = {year: local(f"{year}-03-01") - timedelta(days=1) for year in range(2024, 2033)}
    closed = [year for year, on in last_days.items() if not hours.is_open(on)]
    assert closed == [2024, 2028, 2032]


def test_a_date_overrides_a_yearly_day_and_both_override_a_country() -> None:
    germany = {"country": "DE"}
    assert not some_hours(OFFICE, germany).is_open(local("2026-12-25 10:00"))
    half_day = {"date": "--12-25", "hours": ["09:00-12:00"]}
    assert some_hours(OFFICE, half_day, germany).is_open(local("2026-12-25 10:00"))
    late = {"date": "2026-12-25", "hours": ["15:00-16:00"]}
    hours = some_hours(OFFICE, late, half_day, germany)
    assert hours.next_open(local("2026-12-25 00:00")) == local("2026-12-25 15:00")
    assert hours.next_open(local("2028-12-25 00:00")) == local("2028-12-25 09:00")


@pytest.mark.parametrize(
    ("zone", "night", "worked"),
    [
        ("Europe/Berlin", "2026-03-28", 7),  # an hour is skipped
        ("Europe/Berlin", "2026-10-24", 9),  # an hour comes twice
        ("America/New_York", "2026-03-07", 7),
        ("America/New_York", "2026-10-31", 9),
        ("Australia/Lord_Howe", "2026-10-03", 7.5),  # half an hour
        ("Australia/Lord_Howe", "2026-04-04", 8.5),
        ("Asia/Kathmandu", "2026-03-28", 8),  # never
    ],
)
def test_a_night_shift_is_as_long_as_the_clock_change_makes_it(zone: str, night: str, worked: float) -> None:
    hours = some_hours({"sat": ["22:00-06:00"]}, timezone=zone)
    evening = local(f"{night} 22:00", zone)
    morning = hours.next_close(evening)
    assert (morning - evening).total_seconds() == worked * HOUR
    assert hours.between(evening, morning) == worked * HOUR
    assert hours.add(evening, int(worked * HOUR)) == morning


def test_a_window_in_the_skipped_hour_does_not_open_that_day() -> None:
    hours = some_hours({"sun": ["02:00-03:00"]}, timezone="Europe/Berlin")
    assert hours.next_open(local("2026-03-23 00:00")) == local("2026-04-05 02:00", "Europe/Berlin")


def test_a_window_in_the_repeated_hour_opens_twice_that_day() -> None:
    hours = some_hours({"sun": ["02:00-02:30"]}, timezone="Europe/Berlin")
    first = local("2026-10-25 02:00", "Europe/Berlin")
    second = local("2026-10-25 02:00", "Europe/Berlin", fold=1)
    assert hours.next_close(first) == first + timedelta(minutes=30)
    assert hours.next_open(hours.next_close(first)) == second
    assert hours.between(first, second + timedelta(hours=1)) == HOUR


def test_samoa_had_no_30th_of_december_2011() -> None:
    hours = some_hours(OFFICE, timezone="Pacific/Apia")  # that day would have been a Friday
    thursday, monday = local("2011-12-29 09:00", "Pacific/Apia"), local("2012-01-02 09:00", "Pacific/Apia")
    assert hours.between(thursday, monday) == 8 * HOUR
    assert hours.add(thursday, 9 * HOUR) == monday + timedelta(hours=1)


def test_equal_definitions_are_equal_whatever_has_been_asked_of_them() -> None:
    asked, fresh = some_hours(), some_hours()
    asked.add(local("2026-03-06 15:00"), HOUR)
    assert asked == fresh
    assert hash(asked) == hash(fresh)
    assert asked.model_dump() == fresh.model_dump()
    assert repr(asked) == repr(fresh)


def test_a_copy_answers_for_its_own_definition() -> None:
    hours = some_hours()
    hours.is_open(local("2026-03-06 15:00"))
    moved = hours.model_copy(update={"timezone": "Asia/Tokyo"})
    assert moved.is_open(local("2026-03-06 10:00", "Asia/Tokyo"))
    assert not moved.is_open(local("2026-03-06 15:00"))
    for same in (copy.copy(hours), copy.deepcopy(hours), pickle.loads(pickle.dumps(hours))):
        assert same == hours
        assert same.is_open(local("2026-03-06 15:00"))


def test_positions_of_equal_calendars_agree_whoever_was_asked_what_first() -> None:
    one, two = some_hours(), some_hours(OFFICE, "2099-01-01")
    two.position(4_000_000_000)
    assert one.position(1_700_000_000) == two.position(1_700_000_000)


def test_the_integer_questions_are_the_same_questions() -> None:
    hours = some_hours(timezone="Europe/Berlin")
    at = local("2026-03-06 18:00", "Europe/Berlin")
    at_s = int(at.timestamp())
    assert hours.add_s(at_s, HOUR) == hours.add(at, HOUR).timestamp()
    assert hours.next_open_s(at_s) == hours.next_open(at).timestamp()
    assert hours.next_close_s(at_s) == hours.next_close(at).timestamp()
    assert hours.between_s(at_s, at_s + 604_800) == hours.between(at, at + timedelta(weeks=1)) == 40 * HOUR
    assert hours.is_open_s(at_s) is hours.is_open(at) is False


def test_around_the_clock_every_second_counts() -> None:
    at = local("2026-03-29 00:30")
    assert ALWAYS.add(at, 86_400) == at + timedelta(days=1)
    assert ALWAYS.between(at, at - timedelta(hours=1)) == -HOUR
    assert ALWAYS.next_open(at) == at
    assert ALWAYS.is_open(at)
    assert isinstance(ALWAYS, BusinessHours)
