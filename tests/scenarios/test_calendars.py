"""Milestones in business hours (SPEC 1; SPEC 3, whose hours count; SPEC 8, Starting)."""

from typing import Any

from tests.sla.builders import MAIL, Story, a_case, a_process, a_quiet, some_hours

OFFICE = some_hours()
LATE = some_hours("late", {day: ["12:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri")})
NIGHT = some_hours("night", {day: ["22:00-06:00"] for day in ("mon", "tue", "wed", "thu", "fri")})
HOLIDAY = some_hours("holiday", holidays=["2026-03-03", {"date": "2026-03-04", "hours": ["09:00-12:00"]}])


def under(hours: str | None = "office", within: str = "2h", **line: Any) -> Story:
    process = a_process(a_quiet(within=within, **line), **({} if hours is None else {"business_hours": hours}))
    return a_case(under=process, calendars=[OFFICE, LATE, NIGHT, HOLIDAY])


def test_two_hours_from_friday_four_pm_end_on_monday_at_ten() -> None:
    assert under().opened("Fri 16:00").as_of("Fri 16:00").milestone().target == "2026-03-09 10:00"


def test_a_target_that_lands_on_closing_time_is_due_at_closing_time() -> None:
    assert under().opened("15:00").as_of("15:00").milestone().target == "17:00"


def test_a_case_of_the_weekend_has_until_monday() -> None:
    first = under().opened("Sat 13:00").as_of("Sun 13:00").milestone()
    assert (first.started, first.target) == ("Sat 13:00", "2026-03-09 11:00")


def test_on_a_night_shift_the_clock_runs_past_midnight() -> None:
    assert under("night", "4h").opened("Fri 23:00").as_of("Fri 23:00").milestone().target == "Sat 03:00"


def test_a_holiday_is_closed_and_a_short_day_is_short() -> None:
    assert under("holiday", "4h").opened("16:00").as_of("16:00").milestone().target == "Wed 12:00"


def test_the_milestones_own_hours_come_before_those_of_the_process() -> None:
    case = under(business_hours="late").opened("09:00", business_hours="night")
    assert case.as_of("09:00").milestone().target == "14:00"


def test_the_hours_of_the_process_come_before_those_of_the_record() -> None:
    assert under().opened("09:00", business_hours="late").as_of("09:00").milestone().target == "11:00"


def test_the_hours_of_the_record_count_where_the_process_names_none() -> None:
    assert under(None).opened("09:00", business_hours="late").as_of("09:00").milestone().target == "14:00"


def test_without_any_hours_the_clock_runs_day_and_night() -> None:
    assert under(None).opened("Sat 23:00").as_of("Sat 23:00").milestone().target == "Sun 01:00"


def test_the_hours_of_the_record_are_taken_when_the_milestone_begins() -> None:
    case = under(None).opened("13:00", business_hours="late").changed("13:30", business_hours="night")
    assert case.as_of("14:00").milestone().target == "15:00"


def test_a_case_with_unknown_hours_is_refused() -> None:
    case = under(None).opened("09:00", business_hours="nowhere").as_of("09:30")
    assert case.milestones == []
    assert "nowhere" in case.refused["e01"]


def test_a_warning_counts_open_time_before_the_target() -> None:
    case = under(within="8h", warnings=[{"before": "2h", "actions": [MAIL]}]).opened("12:00")
    assert case.as_of("Tue 10:00").effects == ["warning-1/1 Tue 10:00"]


def test_a_threshold_that_is_reached_at_closing_time_is_due_then() -> None:
    case = under(within="8h", warnings=[{"before": "4h", "actions": [MAIL]}]).opened("13:00")
    assert case.as_of("Tue 09:00").effects == ["warning-1/1 17:00"]


def test_figures_are_in_open_time() -> None:
    first = under().opened("16:00").completed("Tue 12:00").as_of("Tue 13:00").milestone()
    assert (first.violated, first.status) == ("Tue 10:00", "met_late")
    assert first.minutes == {"limit": 120, "elapsed": 240, "stopped": 0, "actual": 240, "overdue": 120}


def test_a_stop_outside_of_the_hours_costs_nothing() -> None:
    first = under().opened("16:00").stopped("18:00").resumed("Tue 08:00").as_of("Tue 09:30").milestone()
    assert (first.minutes["stopped"], first.target) == (0, "Tue 10:00")


def test_a_completion_by_night_is_on_time_if_the_target_is_in_the_morning() -> None:
    assert under().opened("16:00").completed("23:00").as_of("23:00").milestone().minutes["actual"] == 60


def test_the_hour_that_is_skipped_in_spring_is_not_counted() -> None:
    assert under(None, "1h").opened("2026-03-29 00:30").as_of("2026-03-29 00:30").milestone().target == "2026-03-29 02:30"


def test_the_hour_that_comes_twice_in_autumn_counts_twice() -> None:
    night = some_hours("watch", {"sun": ["00:00-03:00"]})
    process = a_process(a_quiet(within="4h"), business_hours="watch")
    case = a_case(under=process, calendars=[night]).opened("2026-10-25 00:00").as_of("2026-10-25 00:00")
    assert case.milestone().target == "2026-10-25 03:00"
