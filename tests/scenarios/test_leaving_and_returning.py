"""Cases that are closed, and cases that come back (SPEC 4, Reopen; SPEC 8, Leaving and returning)."""

from typing import Any

from tests.sla.builders import FIRST, WEEKDAYS, Story, a_case, a_milestone, a_process, a_quiet, some_hours

DONE = {"status": ["Closed", "Cancelled"]}


def under(*lines: dict[str, Any], **changes: Any) -> Story:
    return a_case(under=a_process(*lines, **changes))


def test_closing_cancels_what_is_open_and_says_why() -> None:
    case = a_case().opened().closed("09:30").as_of("12:00")
    assert case.milestones == [f"{FIRST}#1 cancelled"]
    assert case.milestone().of.reason
    assert (case.effects, case.wakes, case.status) == ([], None, "compliant")


def test_what_was_violated_when_the_case_closed_is_missed() -> None:
    case = a_case().opened().closed("10:30").as_of("12:00")
    assert (case.milestones, case.status) == ([f"{FIRST}#1 missed"], "violated_closed")
    assert case.milestone().minutes["overdue"] == 30


def test_an_exit_at_the_very_target_prevents_the_violation() -> None:
    assert a_case().opened().closed("10:00").as_of("12:00").milestones == [f"{FIRST}#1 cancelled"]


def test_a_process_may_say_itself_when_a_case_has_left() -> None:
    case = under(exit_when=DONE).opened().changed("09:30", status="Cancelled").as_of("12:00")
    assert (case.milestones, case.timeline.out) == ([f"{FIRST}#1 cancelled"], True)


def test_a_condition_does_not_replace_the_closing() -> None:
    assert under(exit_when=DONE).opened().closed("09:30").as_of("12:00").milestones == [f"{FIRST}#1 cancelled"]


def test_an_event_may_be_the_exit() -> None:
    case = under(exit_when={"event": "case.dropped"}).opened().noted("09:30", "case.dropped")
    assert case.as_of("12:00").milestones == [f"{FIRST}#1 cancelled"]


def test_the_closed_span_counts_as_stopped_when_the_case_resumes() -> None:
    first = a_case().opened().closed("09:30").reopened("10:30").as_of("10:40").milestone()
    assert (first.status, first.target, first.minutes["stopped"]) == ("running", "11:00", 60)


def test_a_field_that_turns_back_brings_the_case_back() -> None:
    case = under(exit_when=DONE).opened().changed("09:30", status="Closed").changed("10:30", status="Working")
    assert case.as_of("10:40").milestone().target == "11:00"


def test_triggers_are_pending_again_after_the_return() -> None:
    case = a_case().opened().closed("09:30").reopened("10:30")
    assert case.as_of("11:30").effects == ["warning-1/1 10:45", "violation-1/1 11:00"]


def test_what_was_missed_is_overdue_again_after_the_return() -> None:
    case = a_case().opened().closed("10:30").reopened("11:30").as_of("11:40")
    assert (case.milestone().status, case.milestone().violated, case.status) == ("overdue", "10:00", "violated_open")
    assert case.milestone().minutes["overdue"] == 40


def test_an_escalation_that_was_dropped_at_the_exit_runs_when_its_time_has_come_after_all() -> None:
    escalations = [{"after": "30m", "actions": [{"reassign": {"to": "role:boss"}}]}]
    case = under(a_quiet(violations=escalations)).opened().closed("10:15").reopened("11:15")
    assert case.as_of("12:00").effects == ["violation-1/1 11:30"]


def test_a_completed_milestone_stays_so_when_the_case_resumes() -> None:
    assert a_case().opened().completed("09:20").closed("09:30").reopened("10:30").as_of("12:00").milestones == [
        f"{FIRST}#1 met"
    ]


def test_a_restart_begins_everything_anew_and_the_old_stays_listed() -> None:
    case = under(on_reopen="restart").opened().closed("09:30").reopened("10:30").as_of("10:40")
    assert case.milestones == [f"{FIRST}#1 cancelled", f"{FIRST}#2 running"]
    assert case.milestone(occurrence=2).target == "11:30"


def test_after_a_restart_only_what_began_since_counts() -> None:
    case = under(on_reopen="restart").opened().closed("10:30").reopened("11:30").as_of("11:40")
    assert (case.milestones, case.status) == ([f"{FIRST}#1 missed", f"{FIRST}#2 running"], "compliant")


def test_in_a_new_cycle_history_counts() -> None:
    case = under(on_reopen="new_cycle").opened().closed("10:30").reopened("11:30").as_of("11:40")
    assert (case.milestones, case.status) == ([f"{FIRST}#1 missed", f"{FIRST}#2 running"], "violated_closed")


def test_a_new_cycle_repeats_also_what_was_completed() -> None:
    case = under(on_reopen="new_cycle").opened().completed("09:20").closed("09:30").reopened("10:30").as_of("10:40")
    assert case.milestones == [f"{FIRST}#1 met", f"{FIRST}#2 running"]


def test_milestones_left_open_are_violated_in_silence_while_the_case_is_out() -> None:
    case = under(on_exit="leave_open").opened().closed("09:30").as_of("10:30")
    assert (case.milestone().status, case.milestone().violated, case.effects) == ("overdue", "10:00", [])


def test_elapsed_escalations_of_milestones_left_open_run_late_after_the_return() -> None:
    case = under(on_exit="leave_open").opened().closed("09:30").reopened("10:30").as_of("10:30")
    assert case.milestone().minutes["stopped"] == 0
    assert case.effects == ["warning-1/1 09:45 skipped", "violation-1/1 10:00 late"]


def test_milestones_left_open_can_be_completed_while_the_case_is_out() -> None:
    case = under(on_exit="leave_open").opened().closed("09:30").completed("09:50").as_of("12:00")
    assert case.milestones == [f"{FIRST}#1 met"]


def test_nothing_is_open_to_be_completed_once_the_exit_cancelled_it() -> None:
    case = a_case().opened().closed("09:30").completed("09:50").as_of("12:00")
    assert case.milestones == [f"{FIRST}#1 cancelled"]
    assert len(case.notes) == 1


def test_what_became_due_to_start_while_out_begins_at_the_return() -> None:
    case = under(a_milestone(when={"tier": "gold"})).opened().closed("09:30").changed("10:00", tier="gold")
    assert case.as_of("10:10").milestones == []
    assert case.reopened("10:30").as_of("10:40").milestone().started == "10:30"


def test_milestones_left_open_are_cancelled_if_they_no_longer_apply_even_while_out() -> None:
    case = under(a_milestone(when={"tier": "gold"}), on_exit="leave_open").opened(tier="gold").closed("09:30")
    assert case.changed("09:40", tier="basic").as_of("09:50").milestones == [f"{FIRST}#1 cancelled"]


def test_a_stop_that_nothing_ended_is_in_force_after_the_return() -> None:
    case = a_case().opened().stopped("09:20").closed("09:30").reopened("10:30")
    assert case.as_of("10:40").milestone().status == "stopped"
    assert case.resumed("10:50").as_of("11:00").milestone().target == "11:30"


def test_closed_and_reopened_in_one_instant_come_in_the_order_of_their_ids() -> None:
    assert a_case().opened().closed("09:30").reopened("09:30").as_of("09:40").milestones == [f"{FIRST}#1 running"]
    assert a_case().opened().reopened("09:30").closed("09:30").as_of("09:40").milestones == [f"{FIRST}#1 cancelled"]


def test_what_returns_can_be_completed_in_the_same_instant() -> None:
    case = a_case().opened().closed("09:30").completed("10:30").reopened("10:30").as_of("11:00")
    assert (case.milestone().status, case.milestone().minutes["actual"]) == ("met", 30)


def test_a_case_closed_at_the_instant_of_its_opening_began_and_ended_there() -> None:
    case = a_case().opened().closed("09:00").as_of("09:30")
    assert (case.milestones, case.milestone().minutes["stopped"]) == ([f"{FIRST}#1 cancelled"], 0)


def test_the_night_between_closing_and_return_is_no_stop_of_office_hours() -> None:
    process = a_process(a_quiet(within="4h"), business_hours="office")
    case = a_case(under=process, calendars=[some_hours(hours=WEEKDAYS)]).opened("15:00").closed("16:00")
    first = case.reopened("Tue 10:00").as_of("Tue 10:30").milestone()
    assert (first.minutes["stopped"], first.target) == (120, "Tue 13:00")


def test_closed_twice_is_closed_once() -> None:
    case = a_case().opened().closed("09:30").closed("09:40").reopened("10:30").as_of("10:40")
    assert (case.milestones, case.milestone().target) == ([f"{FIRST}#1 running"], "11:00")


def test_what_was_not_closed_is_not_reopened() -> None:
    case = under(on_reopen="restart").opened().reopened("09:30").as_of("09:40")
    assert (case.milestones, case.milestone().started) == ([f"{FIRST}#1 running"], "09:00")


def test_a_period_that_ended_while_out_gives_way_at_the_return() -> None:
    case = under(a_quiet(recurrence="periodic"), on_exit="leave_open").opened().closed("09:30").reopened("10:30")
    assert case.as_of("10:20").milestones == [f"{FIRST}#1 overdue"]
    assert case.as_of("10:40").milestones == [f"{FIRST}#1 missed", f"{FIRST}#2 running"]
    assert case.as_of("10:40").milestone(occurrence=2).started == "10:30"
