"""When a milestone is reached, and when that was a mistake (SPEC 4, Completed; SPEC 8, Completing)."""

from tests.sla.builders import BY_PRIORITY, FIRST, a_case, a_milestone, a_process, a_quiet

SENT = {"event": "response.sent"}
RESOLVED = {"status": "Resolved"}


def test_a_completion_at_the_very_target_is_on_time() -> None:
    case = a_case().opened().completed("10:00").as_of("12:00")
    assert (case.milestone().status, case.milestone().violated, case.status) == ("met", None, "compliant")


def test_a_second_later_it_is_violated_and_completed() -> None:
    first = a_case().opened().completed("10:00:01").as_of("12:00").milestone()
    assert (first.status, first.violated, first.completed) == ("met_late", "10:00", "10:00:01")
    assert first.minutes["overdue"] == 1 / 60


def test_success_is_told_also_when_late() -> None:
    case = a_case().opened().completed("10:20").as_of("12:00")
    assert case.effects == ["warning-1/1 09:45", "violation-1/1 10:00", "success/1 10:20"]
    assert case.status == "violated_closed"


def test_completion_drops_what_was_pending() -> None:
    case = a_case().opened().completed("09:30").as_of("12:00")
    assert (case.effects, case.wakes) == (["success/1 09:30"], None)


def test_an_event_completes_what_waits_for_it() -> None:
    case = a_case(under=a_process(a_milestone(complete_when=SENT))).opened().noted("09:20", "response.sent")
    assert case.as_of("09:30").milestone().completed == "09:20"


def test_only_an_event_that_carries_what_is_asked_for_completes() -> None:
    by_mail = {**SENT, "where": {"channel": "email"}}
    case = a_case(under=a_process(a_milestone(complete_when=by_mail))).opened()
    case = case.noted("09:10", "response.sent", channel="phone").noted("09:20", "response.sent", channel="email")
    assert case.as_of("09:30").milestone().completed == "09:20"


def test_an_event_before_the_milestone_began_does_not_complete_it() -> None:
    line = a_milestone(complete_when=SENT, when={"tier": "gold"})
    case = a_case(under=a_process(line)).opened().noted("09:10", "response.sent").changed("09:20", tier="gold")
    assert case.as_of("09:30").milestone().status == "running"


def test_what_begins_at_an_instant_is_not_completed_by_an_event_of_it() -> None:
    line = a_milestone(complete_when=SENT, when={"tier": "gold"})
    case = a_case(under=a_process(line)).opened().changed("09:20", tier="gold").noted("09:20", "response.sent")
    assert case.as_of("09:30").milestone().status == "running"


def test_a_state_that_holds_already_completes_it_there_and_then() -> None:
    case = a_case(under=a_process(a_milestone(complete_when=RESOLVED))).opened("09:00", **RESOLVED).as_of("12:00")
    assert (case.milestone().status, case.milestone().completed) == ("met", "09:00")
    assert case.effects == ["success/1 09:00"]


def test_what_applies_late_is_completed_when_it_came_to_be_not_before() -> None:
    line = a_quiet(complete_when=RESOLVED, when={"tier": "gold"})
    case = a_case(under=a_process(line)).opened("09:00", **RESOLVED).changed("09:20", tier="gold").as_of("09:30")
    assert (case.milestone().started, case.milestone().completed) == ("09:00", "09:20")


def test_somebody_may_complete_by_hand_what_also_completes_by_itself() -> None:
    case = a_case(under=a_process(a_milestone(complete_when=SENT))).opened().completed("09:20")
    assert case.as_of("09:30").milestone().status == "met"


def test_completing_what_is_not_open_changes_nothing_and_says_so() -> None:
    case = a_case().opened().completed("09:20").completed("09:40").as_of("10:00")
    assert case.milestone().completed == "09:20"
    assert len(case.notes) == 1


def test_completing_what_the_process_does_not_have_is_refused() -> None:
    case = a_case().opened().completed("09:20", "Second Response").as_of("09:30")
    assert "Second Response" in case.refused["e02"]
    assert case.milestone().status == "running"


def test_completion_comes_before_the_exit_of_the_same_instant() -> None:
    assert a_case().opened().closed("09:30").completed("09:30").as_of("10:00").milestones == [f"{FIRST}#1 met"]


def test_closing_the_case_may_be_what_completes_a_milestone() -> None:
    line = a_milestone(complete_when={"event": "closed"})
    assert a_case(under=a_process(line)).opened().closed("09:30").as_of("10:00").milestone().status == "met"


def test_a_change_that_completes_and_shortens_the_limit_completes_under_the_old_one() -> None:
    line = a_quiet(within=BY_PRIORITY, complete_when=RESOLVED)
    case = a_case(under=a_process(line)).opened(priority="P2").changed("11:00", priority="P1", **RESOLVED)
    assert (case.as_of("12:00").milestone().status, case.as_of("12:00").milestone().target) == ("met", "13:00")


def test_a_completion_that_was_a_mistake_lets_the_time_in_between_count() -> None:
    case = a_case().opened().completed("09:30").uncompleted("10:30").as_of("11:00")
    assert (case.milestone().status, case.milestone().violated, case.milestone().completed) == ("overdue", "10:00", None)
    assert case.milestone().minutes["overdue"] == 60
    assert sorted(case.effects) == ["success/1 09:30", "violation-1/1 10:00 late", "warning-1/1 09:45 skipped"]


def test_success_is_not_told_twice() -> None:
    case = a_case().opened().completed("09:30").uncompleted("09:40").completed("09:50").as_of("12:00")
    assert case.milestone().completed == "09:50"
    assert case.effects == ["success/1 09:30", "warning-1/1 09:45"]


def test_after_a_mistake_a_state_must_come_about_anew() -> None:
    case = a_case(under=a_process(a_milestone(complete_when=RESOLVED))).opened().changed("09:30", **RESOLVED)
    case = case.uncompleted("09:40").changed("09:42", colour="blue").changed("09:50", status="Working")
    case = case.changed("09:55", **RESOLVED)
    assert case.as_of("09:45").milestone().status == "running"
    assert case.as_of("10:00").milestone().completed == "09:55"


def test_a_mistake_found_after_the_case_was_closed_leaves_what_the_exit_would_have_made_of_it() -> None:
    case = a_case().opened().completed("09:30").closed("09:40")
    assert case.uncompleted("10:30").as_of("11:00").milestone().status == "cancelled"


def test_a_mistake_found_after_a_closing_that_came_too_late_leaves_a_missed_milestone() -> None:
    case = a_case().opened().completed("09:30").closed("10:40").uncompleted("10:50").as_of("11:00")
    assert (case.milestone().status, case.milestone().violated) == ("missed", "10:00")


def test_a_mistake_cannot_be_taken_back_once_the_successor_is_open() -> None:
    case = a_case(under=a_process(a_milestone(recurrence="independent"))).opened().completed("09:30").uncompleted("09:40")
    assert case.as_of("10:00").milestones == [f"{FIRST}#1 met", f"{FIRST}#2 running"]
    assert list(case.as_of("10:00").refused) == ["e03"]


def test_a_mistake_while_the_successor_only_waits_opens_it_again() -> None:
    case = a_case(under=a_process(a_quiet(recurrence="sequential"))).opened().completed("09:30")
    assert case.as_of("09:35").milestones == [f"{FIRST}#1 met", f"{FIRST}#2 waiting"]
    assert case.uncompleted("09:40").as_of("09:45").milestones == [f"{FIRST}#1 running"]


def test_each_milestone_is_completed_for_itself() -> None:
    process = a_process(a_quiet(), a_quiet("Resolution", within="8h"))
    case = a_case(under=process).opened().completed("09:30").as_of("10:00")
    assert case.milestones == [f"{FIRST}#1 met", "Resolution#1 running"]


def test_a_mistake_found_after_a_closing_at_the_very_target_leaves_a_cancelled_milestone() -> None:
    case = a_case().opened().completed("09:30").closed("10:00").uncompleted("10:30").as_of("11:00")
    assert (case.milestone().status, case.milestone().violated) == ("cancelled", None)
