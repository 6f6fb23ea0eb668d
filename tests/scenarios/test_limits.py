"""How long a milestone has, and what happens when that changes (SPEC 3 and 4; SPEC 8, A target found in the past)."""

from typing import Any

import pytest

from tests.sla.builders import BY_PRIORITY, Story, a_case, a_milestone, a_process, a_quiet, some_hours


def under(**line: Any) -> Story:
    return a_case(under=a_process(a_milestone(within=BY_PRIORITY, **line)))


@pytest.mark.parametrize(("priority", "target"), [("P1", "10:00"), ("P2", "13:00"), ("P9", "17:00"), (None, "17:00")])
def test_the_limit_is_looked_up(priority: str | None, target: str) -> None:
    assert under().opened(priority=priority).as_of("09:00").milestone().target == target


def test_a_new_limit_keeps_start_and_time_used() -> None:
    first = under().opened(priority="P2").changed("09:30", priority="P1").as_of("09:40").milestone()
    assert (first.started, first.target, first.minutes["limit"]) == ("09:00", "10:00", 60)


def test_a_new_limit_keeps_the_stops() -> None:
    case = under().opened(priority="P2").stopped("09:10").resumed("09:30").changed("09:40", priority="P1")
    assert case.as_of("09:50").milestone().target == "10:20"


def test_a_shorter_limit_finds_its_target_in_the_past() -> None:
    case = under().opened(priority="P2").changed("10:20", priority="P1").as_of("10:30")
    first = case.milestone()
    assert (first.status, first.target, first.violated, first.minutes["overdue"]) == ("overdue", "10:00", "10:00", 30)
    assert case.effects == ["warning-1/1 09:45 skipped", "violation-1/1 10:00 late"]


def test_a_shorter_limit_finds_its_target_in_the_past_also_while_stopped() -> None:
    first = under().opened(priority="P2").stopped("10:20").changed("10:40", priority="P1").as_of("11:00").milestone()
    assert (first.status, first.target, first.violated, first.minutes["overdue"]) == ("overdue", "10:00", "10:00", 20)


def test_a_longer_limit_at_the_very_target_prevents_the_violation() -> None:
    first = under().opened(priority="P1").changed("10:00", priority="P2").as_of("10:10").milestone()
    assert (first.status, first.violated, first.target) == ("running", None, "13:00")


def test_a_longer_limit_after_the_violation_shows_the_new_target_and_leaves_the_violation() -> None:
    first = under().opened(priority="P1").changed("10:30", priority="P2").as_of("10:40").milestone()
    assert (first.status, first.violated, first.target, first.minutes["overdue"]) == ("overdue", "10:00", "13:00", 0)


def test_a_longer_limit_while_stopped_after_the_violation_leaves_the_target_that_was() -> None:
    first = under().opened(priority="P1").stopped("10:20").changed("10:30", priority="P2").as_of("10:40").milestone()
    assert (first.violated, first.target) == ("10:00", "10:00")


def test_a_new_target_is_watched_for_though_the_violation_is_old() -> None:
    case = a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened(priority="P1").changed("10:30", priority="P2")
    assert case.as_of("10:40").wakes == "13:00"


def test_a_shorter_limit_whose_target_is_now_violates_now_and_warns_no_more() -> None:
    case = under().opened(priority="P2").changed("10:00", priority="P1").as_of("10:00")
    assert case.effects == ["warning-1/1 09:45 skipped", "violation-1/1 10:00"]


def test_a_shorter_limit_whose_target_is_ahead_still_warns_though_late() -> None:
    case = under().opened(priority="P2").changed("09:50", priority="P1").as_of("09:55")
    assert [effect.removesuffix(" late") for effect in case.effects] == ["warning-1/1 09:45"]


def test_a_warning_that_was_sent_is_not_sent_again_under_a_new_limit() -> None:
    case = under().opened(priority="P1").changed("09:50", priority="P2")
    assert case.as_of("12:30").effects == ["warning-1/1 09:45"]


def test_a_field_that_the_limit_does_not_depend_on_leaves_it_alone() -> None:
    assert under().opened(priority="P1").changed("09:30", colour="blue").as_of("09:40").milestone().target == "10:00"


def test_numbers_are_looked_up_as_text() -> None:
    table = {"by": "severity", "values": {"1": "1h", "true": "2h"}, "default": "8h"}
    process = a_process(a_quiet(within=table))
    assert a_case(under=process).opened(severity=1).as_of("09:00").milestone().target == "10:00"
    assert a_case(under=process).opened(severity=1.0).as_of("09:00").milestone().target == "10:00"
    assert a_case(under=process).opened(severity=True).as_of("09:00").milestone().target == "11:00"


def test_a_business_day_is_the_longest_ordinary_day_of_the_calendar() -> None:
    hours = some_hours("short fridays", {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"], "fri": ["09:00-12:00"]})
    process = a_process(a_quiet(within="1bd"), business_hours="short fridays")
    case = a_case(under=process, calendars=[hours]).opened("Fri 11:00").as_of("Fri 11:00")
    assert case.milestone().minutes["limit"] == 480
    assert case.milestone().target == "2026-03-09 16:00"


def test_a_day_is_24_hours_of_open_time_never_a_business_day() -> None:
    process = a_process(a_quiet(within="1d"), business_hours="office")
    case = a_case(under=process, calendars=[some_hours()]).opened("09:00").as_of("09:00")
    assert case.milestone().target == "Wed 17:00"
