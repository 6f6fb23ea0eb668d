"""Milestones that come again (SPEC 4, Recurrence; SPEC 8, Starting). Everybody opens at nine; the limit is one hour."""

from typing import Any

from tests.sla.builders import FIRST, WEEKDAYS, Story, a_case, a_process, a_quiet, some_hours

GOLD = {"tier": "gold"}


def recurring(recurrence: str, **more: Any) -> Story:
    return a_case(under=a_process(a_quiet(recurrence=recurrence, **more)))


def test_once_is_once_until_exit() -> None:
    assert recurring("none").opened().completed("09:30").as_of("18:00").milestones == [f"{FIRST}#1 met"]


def test_independent_begins_again_at_completion() -> None:
    case = recurring("independent").opened().completed("09:30").as_of("09:40")
    assert case.milestones == [f"{FIRST}#1 met", f"{FIRST}#2 running"]
    assert (case.milestone(occurrence=2).started, case.milestone(occurrence=2).target) == ("09:30", "10:30")


def test_independent_begins_again_also_after_a_late_completion() -> None:
    case = recurring("independent").opened().completed("10:20").as_of("10:40")
    assert (case.milestone(occurrence=2).started, case.milestone(occurrence=2).target) == ("10:20", "11:20")


def test_independent_begins_again_when_it_next_applies() -> None:
    case = recurring("independent", when=GOLD).opened(tier="gold").completed("09:30").changed("09:30", tier="basic")
    assert case.as_of("10:30").milestones == [f"{FIRST}#1 met"]
    assert case.changed("11:00", tier="gold").as_of("11:30").milestone(occurrence=2).target == "12:00"


def test_independent_waits_while_the_state_that_completed_it_holds() -> None:
    case = recurring("independent", complete_when={"status": "Resolved"}).opened().changed("09:30", status="Resolved")
    assert case.as_of("10:30").milestones == [f"{FIRST}#1 met"]
    assert case.changed("11:00", status="Working").as_of("11:30").milestone(occurrence=2).started == "11:00"


def test_sequential_begins_again_at_the_previous_target() -> None:
    case = recurring("sequential").opened().completed("09:30")
    assert case.as_of("09:40").milestones == [f"{FIRST}#1 met", f"{FIRST}#2 waiting"]
    assert (case.as_of("09:40").milestone(occurrence=2).started, case.as_of("09:40").wakes) == ("10:00", "10:00")
    assert case.as_of("10:10").milestone(occurrence=2).target == "11:00"


def test_sequential_begins_again_at_a_late_completion() -> None:
    case = recurring("sequential").opened().completed("10:20").as_of("10:30")
    assert case.milestone(occurrence=2).started == "10:20"


def test_what_is_to_follow_moves_with_the_stops_of_its_predecessor() -> None:
    case = recurring("sequential").opened().completed("09:30").stopped("09:40").resumed("09:50")
    assert case.as_of("10:05").milestone(occurrence=2).status == "waiting"
    assert case.as_of("10:15").milestone(occurrence=2).started == "10:10"


def test_sequential_in_office_hours_follows_the_office() -> None:
    office = some_hours(hours=WEEKDAYS)
    process = a_process(a_quiet(recurrence="sequential", within="4h"), business_hours="office")
    case = a_case(under=process, calendars=[office]).opened("15:00").completed("16:00").as_of("16:30")
    assert (case.milestone(occurrence=2).started, case.milestone(occurrence=2).target) == ("Tue 11:00", "Tue 15:00")


def test_a_period_that_nobody_met_is_missed_and_the_next_begins_all_the_same() -> None:
    case = recurring("periodic").opened().as_of("11:30")
    assert case.milestones == [f"{FIRST}#1 missed", f"{FIRST}#2 missed", f"{FIRST}#3 running"]
    assert (case.milestone(occurrence=3).started, case.milestone(occurrence=3).target) == ("11:00", "12:00")


def test_a_period_that_was_met_is_followed_by_the_next_at_its_end() -> None:
    case = recurring("periodic").opened().completed("09:20")
    assert case.as_of("09:30").milestones == [f"{FIRST}#1 met", f"{FIRST}#2 waiting"]
    assert case.as_of("10:30").milestone(occurrence=2).target == "11:00"


def test_a_stop_makes_a_period_longer() -> None:
    case = recurring("periodic").opened().stopped("09:30").resumed("10:00").as_of("10:45")
    assert case.milestone(occurrence=2).started == "10:30"


def test_periods_wholly_before_it_applied_are_skipped_and_take_no_number() -> None:
    case = recurring("periodic", when=GOLD).opened("09:00").changed("11:30", tier="gold").as_of("11:40")
    assert case.milestones == [f"{FIRST}#1 running"]
    assert (case.milestone().started, case.milestone().target) == ("11:00", "12:00")


def test_each_period_warns_and_escalates_for_itself() -> None:
    mail = {"email": {"to": "owner", "template": "warning"}}
    case = recurring("periodic", warnings=[{"at": "50%", "actions": [mail]}]).opened().completed("09:10").as_of("11:00")
    assert case.effects == ["First Response#2/1/warning-1/1 10:30"]


def test_after_a_period_ended_what_would_follow_its_end_is_dropped() -> None:
    later = [{"after": "0s", "actions": [{"reassign": {"to": "role:lead"}}]}]
    later += [{"after": "10m", "actions": [{"reassign": {"to": "role:boss"}}]}]
    case = recurring("periodic", violations=later).opened().as_of("10:30")
    assert case.effects == ["violation-1/1 10:00"]


def test_there_is_never_more_than_one_open_occurrence() -> None:
    case = recurring("independent").opened().completed("09:20").completed("09:40").completed("09:50").as_of("09:55")
    assert case.milestones == [f"{FIRST}#{n} met" for n in (1, 2, 3)] + [f"{FIRST}#4 running"]


def test_an_exit_ends_the_series() -> None:
    assert recurring("periodic").opened().closed("10:30").as_of("18:00").milestones == [
        f"{FIRST}#1 missed",
        f"{FIRST}#2 cancelled",
    ]


def test_what_was_to_follow_vanishes_at_the_exit() -> None:
    case = recurring("sequential").opened().completed("09:30").closed("09:40").as_of("09:45")
    assert case.milestones == [f"{FIRST}#1 met"]


def test_a_period_in_which_it_applies_again_is_the_one_that_the_clock_has_come_to() -> None:
    case = recurring("periodic", when=GOLD).opened(tier="gold").completed("09:20").changed("09:30", tier="basic")
    assert case.changed("11:30", tier="gold").as_of("11:40").milestone(occurrence=2).started == "11:00"


def test_a_period_by_criteria_begins_when_it_applies_again() -> None:
    case = recurring("periodic", when=GOLD, start="criteria").opened(tier="gold").completed("09:20")
    case = case.changed("09:30", tier="basic").changed("11:30", tier="gold")
    assert case.as_of("11:40").milestone(occurrence=2).started == "11:30"
