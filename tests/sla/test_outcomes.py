"""The short way to figures leads where the long one does, whatever the process and the events."""

from hypothesis import given

from sla.engine import evaluate_under
from sla.evaluation.following import Followed, Laws
from sla.outcomes import Known, Outcome, Reached, outcome_of
from tests.sla.builders import BY_PRIORITY, ESCALATE, FIRST, MAIL, Story, a_case, a_milestone, a_process, instant
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some
from tests.sla.test_migration_properties import Moving, moving


def nothing_met_is_over(found: Outcome | None) -> bool:
    """Whether whatever is met has a margin, and none below 0."""
    reached = () if found is None else found.reached
    return all(one.margin_s is not None and one.margin_s >= 0 for one in reached if one.verdict == "met")


@some(400)
@given(cases())
def test_what_is_counted_without_a_timeline_is_what_the_timeline_says(one: Given) -> None:
    counted = Known(one.events, one.now).outcome(Laws(Followed(process=one.process, calendars=HOURS)))
    assert counted == outcome_of(one.as_of())
    assert nothing_met_is_over(counted)


@some(100)
@given(moving())
def test_so_it_is_for_records_that_moved(one: Moving) -> None:
    laws = one.laws()
    counted = Known(one.events, one.now).outcome(laws)
    assert counted == outcome_of(evaluate_under(laws, one.events, one.now))
    assert nothing_met_is_over(counted)


def both_ways(case: Story, at: str) -> Outcome:
    """What a story comes to by then, by the short way and by the long one."""
    found = Known(case.events, instant(at)).outcome(case.laws)
    assert found == outcome_of(case.as_of(at).timeline)
    assert found is not None
    return found


def test_a_margin_is_what_was_to_spare_and_negative_by_as_much_as_it_was_missed() -> None:
    lines = [a_milestone(name) for name in ("In time", "Too late", "Never", "Not yet")]
    lines[3]["within"] = "4h"
    case = a_case(under=a_process(*lines)).opened("09:00").completed("09:48", "In time").completed("10:20", "Too late")
    found = both_ways(case, "11:30")
    assert found.reached == (
        Reached("In time", "met", 12 * 60),
        Reached("Too late", "missed", -20 * 60),
        Reached("Never", "missed", -90 * 60),
        Reached("Not yet", "open", None),
    )
    assert (found.violated, found.sent) == (True, {"email": 3, "reassign": 2, "notify": 2})


def test_what_was_violated_before_its_limit_was_made_longer_is_missed_though_some_of_it_is_left() -> None:
    longer = a_case(under=a_process(a_milestone(within=BY_PRIORITY))).opened("09:00", priority="P1")
    longer = longer.changed("10:05", priority="P3")
    assert both_ways(longer, "10:04").reached == (Reached(FIRST, "missed", -4 * 60),)
    assert both_ways(longer, "10:30").reached == (Reached(FIRST, "missed", int(6.5 * 3600)),)
    assert both_ways(longer.completed("10:30"), "12:00").reached == (Reached(FIRST, "missed", int(6.5 * 3600)),)


def test_a_mail_is_counted_for_each_that_it_is_to() -> None:
    two = {"email": {"to": ["account_manager", "role:support_manager"], "template": "violation"}}
    listed = {"email": {"to": ["owner"], "template": "warning"}}
    line = a_milestone(warnings=[{"at": "75%", "actions": [MAIL, listed]}], violations=[{"actions": [two, ESCALATE]}])
    assert both_ways(a_case(under=a_process(line)).opened("09:00"), "11:00").sent == {"email": 4, "reassign": 1}


def test_a_record_of_another_type_is_no_concern_of_the_process() -> None:
    case = a_case(under=a_process(applies_to="work_order")).opened()
    assert Known(case.events, instant("11:00")).outcome(case.laws) is None


def test_one_hearing_does_for_several_laws_in_any_order() -> None:
    late, early = a_process(a_milestone(within="4h")), a_process(a_milestone(within="30m"), start_at="triaged_at")
    case = a_case().opened("09:00", triaged_at="2026-03-02T10:00:00Z").completed("11:00")
    known = Known(case.events, instant("12:00"))
    laws = [Laws(Followed(process=process, calendars={})) for process in (late, early, late, early)]
    found = [known.outcome(law) for law in laws]
    assert found[:2] == found[2:]
    assert [one.status for one in found if one] == ["compliant", "violated_closed"] * 2
