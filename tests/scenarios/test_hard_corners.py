"""Corners that a second evaluator, written from SPEC alone, found our engine wrong in once (SPEC 8)."""

import pytest

from sla.process.conditions import Condition
from tests.sla.builders import a_case, a_process, a_quiet, some_hours

RESOLVED = {"status": "Resolved"}


def test_a_state_that_comes_after_a_completion_was_taken_back_completes() -> None:
    under = a_process(a_quiet(complete_when=RESOLVED))
    case = a_case(under=under).opened().completed("09:10").uncompleted("09:20").changed("09:30", status="Resolved")
    assert (case.as_of("09:40").milestone().status, case.as_of("09:40").milestone().completed) == ("met", "09:30")


@pytest.mark.parametrize("source", [3, True, "gold", None, ["a"]])
def test_a_condition_that_is_no_mapping_is_refused_in_words(source: object) -> None:
    with pytest.raises(ValueError, match="a condition is a mapping such as"):
        Condition(source)  # type: ignore[arg-type]  # that is the point


def test_a_period_of_another_line_begins_with_the_period_that_holds_the_switch() -> None:
    urgent = a_quiet(within="30m", when={"priority": "P1"}, recurrence="periodic")
    under = a_process(urgent, a_quiet(within="2h", recurrence="periodic"))
    case = a_case(under=under).opened("09:00", priority="P3").changed("10:40", priority="P1").as_of("10:45")
    assert case.milestone(occurrence=1).status == "cancelled"
    assert (case.milestone(occurrence=2).status, case.milestone(occurrence=2).started) == ("running", "10:30")
    assert case.status == "compliant"


def test_a_mistake_found_while_out_leaves_the_target_that_the_exit_would_have_left() -> None:
    case = a_case(under=a_process(a_quiet())).opened().completed("09:10").closed("09:20").uncompleted("09:30")
    told = case.as_of("12:00").milestone()
    assert (told.status, told.target) == ("cancelled", "10:00")


def test_a_violated_and_stopped_milestone_keeps_its_target_under_a_new_limit() -> None:
    under = a_process(a_quiet(within={"by": "priority", "values": {"P1": "1h", "P2": "90m"}, "default": "2h"}))
    case = a_case(under=under).opened("09:00", priority="P2").stopped("11:00").changed("11:10", priority="P1")
    assert case.as_of("12:00").milestone().target == "10:30"


def test_what_opened_says_holds_from_the_start_that_it_names() -> None:
    under = a_process(a_quiet(complete_when=RESOLVED))
    case = a_case(under=under).opened("09:00", opened_at="2026-03-02T07:00:00Z", status="Resolved").as_of("09:30")
    assert (case.milestone().status, case.milestone().completed) == ("met", "07:00")


def test_a_backdated_opening_acts_late_on_what_has_passed() -> None:
    case = a_case().opened("12:00", opened_at="2026-03-02T09:00:00Z").as_of("12:00")
    assert case.effects == ["warning-1/1 09:45 skipped", "violation-1/1 10:00 late"]
    assert case.milestone().violated == "10:00"


def test_a_successor_follows_the_target_that_a_longer_limit_gave_its_violated_predecessor() -> None:
    within = {"by": "priority", "values": {"P1": "1h", "P2": "3h"}, "default": "1h"}
    under = a_process(a_quiet(within=within, recurrence="sequential"))
    case = a_case(under=under).opened("09:00", priority="P1").changed("10:30", priority="P2").completed("11:00")
    assert case.as_of("11:30").milestone(occurrence=2).started == "12:00"


def test_a_milestone_without_a_target_is_met_whenever_it_is_completed() -> None:
    once = some_hours("once", hours={"mon": []}, holidays=[{"date": "2026-03-02", "hours": ["09:00-10:00"]}])
    under = a_process(a_quiet(within="2h", business_hours="once"))
    case = a_case(under=under, calendars=[once]).opened().stopped("09:20").completed("09:30").as_of("12:00")
    assert (case.milestone().status, case.milestone().target) == ("met", None)
    assert "no target" in case.notes[0]


@pytest.mark.parametrize("year", ["0001", "1899", "2200", "9999"])
def test_an_opening_dated_outside_the_life_of_any_case_is_refused(year: str) -> None:
    case = a_case().opened("09:00", opened_at=f"{year}-03-02T09:00:00Z").as_of("12:00")
    assert "lies outside the years 1900 to 2199" in next(iter(case.refused.values()))
