"""A case is moved to another version: what ended or is violated keeps its facts, what runs counts anew from its start."""

from typing import Any

import pytest

from sla.engine import evaluate_under
from sla.evaluation.following import Followed, Laws
from sla.events import Version
from sla.process.model import Process
from tests.sla.builders import (
    FIRST,
    MAIL,
    TELL,
    Outcome,
    Story,
    a_case,
    a_milestone,
    a_process,
    a_quiet,
    instant,
    some_hours,
)

FIX = "Fix"
LATER = [{"after": "0s", "actions": [TELL]}, {"after": "30m", "actions": [TELL]}]
"""What another version does at a violation."""


def moving(to: Process, *, under: Process | None = None, **more: Any) -> Story:
    """A case that was opened at nine and may be moved to version 2."""
    return a_case(under=under, versions=[to], **more).opened()


class TestRunning:
    def test_it_keeps_its_start_and_takes_the_longer_limit(self) -> None:
        case = moving(a_process(a_milestone(within="2h"))).moved("09:50").as_of("10:30")
        assert (case.milestones, case.milestone().started, case.milestone().target) == (
            [f"{FIRST}#1 running"],
            "09:00",
            "11:00",
        )
        assert case.wakes == "11:00"

    def test_a_shorter_limit_that_has_passed_is_violated_at_that_instant_and_told_late(self) -> None:
        case = moving(a_process(a_milestone(within="30m"))).moved("09:40").as_of("09:40")
        assert (case.milestone().violated, case.status) == ("09:30", "violated_open")
        assert case.effects == ["warning-1/1 09:22:30 skipped", "violation-1/1 09:30 late"]

    def test_a_longer_limit_at_the_very_target_prevents_the_violation(self) -> None:
        assert moving(a_process(a_milestone(within="2h"))).moved("10:00").as_of("10:05").status == "at_risk"

    def test_a_completion_at_the_instant_of_the_move_is_held_to_the_new_version(self) -> None:
        case = moving(a_process(a_milestone(within="30m"))).moved("09:40").completed("09:40").as_of("09:50")
        assert case.milestone().status == "met_late"

    def test_it_takes_the_calendar_of_the_new_version(self) -> None:
        office = some_hours()
        case = moving(a_process(a_milestone(within="9h"), business_hours="office"), calendars=[office]).moved("09:30")
        assert case.as_of("09:30").milestone().target == "Tue 10:00"

    def test_a_shorter_limit_takes_the_deadline_of_the_line_that_applies(self) -> None:
        lines = [a_milestone(when={"priority": "P1"}, within="20m"), a_milestone(within="40m")]
        case = a_case(versions=[a_process(*lines)]).opened(priority="P3").moved("09:10").as_of("09:15")
        assert case.milestone().target == "09:40"

    def test_where_the_version_names_no_calendar_the_one_that_it_began_with_stays(self) -> None:
        office, night = some_hours(), some_hours("night", {"mon": ["20:00-22:00"]})
        case = a_case(calendars=[office, night], versions=[a_process(a_milestone(within="9h"))]).opened(
            business_hours="office"
        )
        case = case.changed("09:10", business_hours="night").moved("09:30")
        assert case.as_of("09:30").milestone().target == "Tue 10:00"

    def test_where_only_the_version_before_named_one_it_takes_that_of_the_record(self) -> None:
        office, night = some_hours(), some_hours("night", {"mon": ["20:00-22:00"]})
        under = a_process(business_hours="office")
        case = a_case(under=under, calendars=[office, night], versions=[a_process()]).opened(business_hours="night")
        assert case.moved("09:30").as_of("09:30").milestone().target == "21:00"

    def test_its_figures_count_from_its_start(self) -> None:
        case = moving(a_process(a_milestone(within="2h"))).moved("09:50").completed("10:30").as_of("11:00")
        assert case.milestone().minutes == {"limit": 120, "elapsed": 90, "stopped": 0, "actual": 90, "overdue": 0}

    def test_where_no_line_of_the_new_version_applies_it_is_cancelled_with_the_reason(self) -> None:
        case = moving(a_process(a_milestone(when={"tier": "gold"}))).moved("09:10").as_of("10:30")
        assert case.milestones == [f"{FIRST}#1 cancelled"]
        assert case.milestone().of.reason == f"moved to version 2 of 'Support', where no line of '{FIRST}' applies"


class TestFacts:
    def test_what_was_completed_stays_as_it_was(self) -> None:
        case = moving(a_process(a_milestone(within="10m"))).completed("09:30")
        before, after = case.as_of("11:00").milestone(), case.moved("09:40").as_of("11:00").milestone()
        assert before == after

    def test_what_is_overdue_keeps_its_target_and_line_and_goes_on_to_escalate_as_promised(self) -> None:
        violations = [{"after": "0s", "actions": [MAIL]}, {"after": "1h", "actions": [MAIL]}]
        under = a_process(a_milestone(violations=violations, success=None))
        case = moving(a_process(a_milestone(within="4h", violations=LATER)), under=under).moved("10:30").completed("11:30")
        told = case.as_of("12:00")
        assert (told.milestone().violated, told.milestone().target, told.milestone().status) == (
            "10:00",
            "10:00",
            "met_late",
        )
        assert told.effects == ["warning-1/1 09:45", "violation-1/1 10:00", "violation-2/1 11:00"]
        assert told.milestone().of.limit_s == 3600

    def test_what_is_overdue_is_completed_as_the_new_version_says(self) -> None:
        case = moving(a_process(a_milestone(complete_when={"event": "replied"}))).moved("10:30").noted("10:40", "replied")
        assert case.as_of("11:00").milestone().completed == "10:40"

    def test_a_milestone_that_is_gone_is_cancelled_with_the_reason(self) -> None:
        case = moving(a_process(), under=a_process(a_milestone(), a_quiet(FIX))).moved("09:10").as_of("12:00")
        assert case.milestones == [f"{FIRST}#1 overdue", f"{FIX}#1 cancelled"]
        assert case.milestone(FIX).of.reason == f"moved to version 2 of 'Support', which has no '{FIX}'"

    def test_a_milestone_that_is_gone_and_overdue_is_missed_and_nobody_is_chased_any_more(self) -> None:
        under = a_process(a_milestone(FIX, violations=[{"after": "2h", "actions": [MAIL]}]))
        case = moving(a_process(a_quiet(within="8h")), under=under).moved("10:30").as_of("12:00")
        assert case.milestones == [f"{FIRST}#1 running", f"{FIX}#1 missed"]
        assert case.milestone(FIX).violated == "10:00"
        assert (case.status, case.effects) == ("violated_closed", [f"{FIX}#1/1/warning-1/1 09:45"])

    def test_what_was_violated_and_closed_begins_no_other_occurrence(self) -> None:
        gold = a_milestone(when={"tier": "gold"})
        case = a_case(under=a_process(gold), versions=[a_process(a_milestone(within="4h", violations=LATER))])
        case = case.opened(tier="gold").changed("10:10", tier="basic").moved("10:20")
        assert case.as_of("12:00").milestones == [f"{FIRST}#1 missed"]

    def test_a_completion_taken_back_after_the_move_counts_under_the_new_version(self) -> None:
        case = moving(a_process(a_milestone(within="4h"))).completed("09:30").moved("09:40").uncompleted("09:50")
        assert (case.as_of("10:00").milestone().status, case.as_of("10:00").milestone().target) == ("running", "13:00")

    def test_a_completion_taken_back_while_the_case_is_out_goes_on_under_the_new_version_only_with_the_case(self) -> None:
        case = moving(a_process(a_milestone(within="10m"))).completed("09:20").closed("09:30").moved("09:40")
        case = case.uncompleted("09:50")
        left = case.as_of("10:00").milestone()
        assert (left.status, left.of.limit_s, left.target) == ("cancelled", 3600, "10:00")
        back = case.reopened("10:30").as_of("10:40").milestone()
        assert (back.status, back.of.limit_s, back.violated) == ("overdue", 600, "09:10")


class TestNew:
    def test_a_milestone_that_is_new_counts_from_the_start_of_the_process_and_may_be_born_violated(self) -> None:
        case = moving(a_process(a_milestone(), a_milestone(FIX, within="20m"))).moved("09:30").as_of("09:30")
        assert (case.milestone(FIX).started, case.milestone(FIX).violated) == ("09:00", "09:20")
        assert f"{FIX}#1/1/violation-1/1 09:20 late" in case.effects

    def test_one_with_criteria_counts_from_the_move(self) -> None:
        case = moving(a_process(a_milestone(), a_quiet(FIX, start="criteria"))).moved("09:30").as_of("09:30")
        assert (case.milestone(FIX).started, case.milestone(FIX).target) == ("09:30", "10:30")

    def test_a_field_that_completes_under_the_new_version_completes_at_the_move(self) -> None:
        to = a_process(a_milestone(complete_when={"status": "Done"}))
        case = a_case(versions=[to]).opened(status="Done").moved("09:30")
        assert case.as_of("09:30").milestone().completed == "09:30"


class TestActions:
    def test_a_warning_that_was_sent_is_not_sent_again_at_the_same_threshold(self) -> None:
        case = moving(a_process(a_milestone(within="2h", violations=LATER))).moved("09:50").as_of("10:50")
        assert case.effects == ["warning-1/1 09:45"]

    def test_a_warning_at_another_threshold_is_sent(self) -> None:
        to = a_process(a_milestone(within="2h", warnings=[{"at": "90%", "actions": [TELL]}]))
        case = moving(to).moved("09:50").as_of("10:50")
        assert case.effects == ["warning-1/1 09:45", f"{FIRST}#1/2/warning-1/1 10:48"]

    def test_where_only_the_limit_differs_the_keys_go_on(self) -> None:
        case = moving(a_process(a_milestone(within="2h"))).moved("09:10").as_of("12:00")
        assert case.effects == ["warning-1/1 10:30", "violation-1/1 11:00"]

    def test_a_line_that_triggers_something_else_has_a_number_of_its_own(self) -> None:
        case = moving(a_process(a_milestone(violations=LATER))).moved("09:10").as_of("12:00")
        assert [one.key.removeprefix(f"C-1/{FIRST}") for one in case.timeline.effects] == [
            "#1/2/warning-1/1",
            "#1/2/violation-1/1",
            "#1/2/violation-2/1",
        ]
        assert case.milestone().of.line == 2

    def test_lines_that_changed_places_keep_their_numbers(self) -> None:
        urgent, others = a_milestone(when={"priority": "P1"}, within="30m", violations=LATER), a_milestone()
        case = a_case(under=a_process(urgent, others), versions=[a_process({**others, "when": {"tier": "x"}}, urgent)])
        case = case.opened(priority="P1").moved("09:10")
        assert (case.as_of("09:40").milestone().of.line, case.as_of("09:40").milestone().violated) == (1, "09:30")

    def test_moved_back_it_has_its_old_keys(self) -> None:
        first = a_process()
        case = a_case(under=first, versions=[a_process(a_milestone(within="2h", violations=LATER)), first]).opened()
        told = case.moved("09:10").moved("09:20", version=3).as_of("10:30")
        assert told.effects == ["warning-1/1 09:45", "violation-1/1 10:00"]

    def test_a_success_belongs_to_the_line_that_the_occurrence_has_now(self) -> None:
        case = moving(a_process(a_milestone(success=[MAIL]))).moved("09:10").completed("09:20").as_of("10:00")
        assert case.effects == [f"{FIRST}#1/2/success/1 09:20"]


class TestStops:
    def test_moved_while_it_is_stopped_it_stays_so(self) -> None:
        case = moving(a_process(a_milestone(within="2h"))).stopped("09:30").moved("10:00").resumed("10:30")
        assert (case.as_of("10:10").milestone().status, case.as_of("10:10").milestone().target) == ("stopped", None)
        assert case.as_of("10:40").milestone().target == "12:00"

    def test_a_limit_that_was_used_up_before_the_stop_is_violated_also_while_stopped(self) -> None:
        case = moving(a_process(a_milestone(within="20m"))).stopped("09:30").moved("10:00")
        assert (case.as_of("10:10").milestone().violated, case.as_of("10:10").milestone().status) == ("09:20", "overdue")

    def test_what_stops_the_clock_of_the_new_version_counts_from_the_start(self) -> None:
        to = a_process(a_milestone(), stop_when={"status": "Waiting"})
        case = a_case(versions=[to]).opened(status="Waiting").changed("09:20", status="Open").moved("09:30").as_of("09:40")
        assert (case.milestone().target, case.milestone().minutes["stopped"]) == ("10:20", 20)

    def test_so_does_a_stop_of_the_line_that_only_the_new_version_has(self) -> None:
        waiting = {"after": "customer.asked", "until": "customer.replied"}
        to = a_process(a_milestone(stop_when=waiting))
        case = moving(to).noted("09:10", "customer.asked").moved("09:20").noted("09:30", "customer.replied")
        assert case.as_of("09:40").milestone().target == "10:20"

    def test_what_stopped_only_the_old_version_counts_no_more(self) -> None:
        under = a_process(a_milestone(), stop_when={"status": "Waiting"})
        case = a_case(under=under, versions=[a_process()]).opened(status="Waiting").moved("09:30").as_of("09:40")
        assert (case.milestone().status, case.milestone().target) == ("running", "10:00")


class TestOut:
    def test_a_case_that_is_closed_stays_so_and_resumes_under_the_new_version(self) -> None:
        case = moving(a_process(a_milestone(within="2h"))).closed("09:30").moved("10:00").reopened("11:00")
        assert case.as_of("10:30").milestones == [f"{FIRST}#1 cancelled"]
        assert (case.as_of("11:10").milestone().status, case.as_of("11:10").milestone().target) == ("running", "12:30")

    def test_a_milestone_that_is_new_begins_at_the_reopening(self) -> None:
        case = moving(a_process(a_milestone(), a_quiet(FIX))).closed("09:30").moved("10:00").reopened("11:00")
        assert case.as_of("11:10").milestone(FIX).started == "11:00"

    def test_a_milestone_that_is_gone_does_not_come_back(self) -> None:
        under = a_process(a_milestone(), a_quiet(FIX))
        case = moving(a_process(), under=under).closed("09:30").moved("10:00").reopened("11:00")
        assert case.as_of("11:10").milestones == [f"{FIRST}#1 running", f"{FIX}#1 cancelled"]

    def test_one_that_the_new_version_lets_leave_leaves(self) -> None:
        to = a_process(exit_when={"status": "Parked"})
        case = a_case(versions=[to]).opened(status="Parked").moved("09:30").as_of("10:30")
        assert (case.milestones, case.timeline.out) == ([f"{FIRST}#1 cancelled"], True)

    def test_one_that_is_out_is_not_let_in_by_the_move(self) -> None:
        under = a_process(exit_when={"status": "Parked"})
        case = a_case(under=under, versions=[a_process()]).opened(status="Parked").moved("09:30").as_of("10:30")
        assert case.timeline.out

    def test_one_that_was_reopened_though_it_may_leave_is_not_sent_away_by_the_move(self) -> None:
        process = a_process(exit_when={"status": "Parked"})
        case = a_case(under=process, versions=[process]).opened().changed("09:10", status="Parked").reopened("09:20")
        assert not case.moved("09:30").as_of("10:30").timeline.out


class TestRecurrence:
    def test_a_period_goes_on_with_the_length_that_the_new_version_has(self) -> None:
        under, to = (a_process(a_quiet(recurrence="periodic", within=within)) for within in ("1h", "90m"))
        case = moving(to, under=under).moved("10:15").as_of("11:45")
        assert [(one.target_at, one.status) for one in case.timeline.milestones][1:2] == [
            (case.milestone(FIRST, 2).of.target_at, "missed")
        ]
        assert [case.milestone(FIRST, number).target for number in (1, 2, 3)] == ["10:00", "11:30", "13:00"]

    def test_what_was_completed_once_recurs_from_the_move_on(self) -> None:
        to = a_process(a_quiet(recurrence="independent"))
        case = moving(to).completed("09:20").moved("09:30").as_of("09:40")
        assert (case.milestones, case.milestone(FIRST, 2).started) == ([f"{FIRST}#1 met", f"{FIRST}#2 running"], "09:30")

    def test_what_recurred_and_is_met_does_not_any_more(self) -> None:
        under = a_process(a_quiet(recurrence="sequential"))
        case = moving(a_process(a_quiet()), under=under).completed("09:20").moved("09:30").as_of("11:00")
        assert case.milestones == [f"{FIRST}#1 met"]


class TestEvents:
    def test_news_is_held_to_the_version_that_was_followed_when_it_happened(self) -> None:
        case = moving(a_process(a_quiet(FIX, within="4h"))).moved("10:30")
        told = case.completed("10:40").completed("10:41", FIX).completed("10:20", learned="10:45").as_of("11:00")
        assert list(told.refused) == ["e03"]
        assert (told.milestone().completed, told.milestone(FIX).completed) == ("10:20", "10:41")

    def test_a_version_that_is_not_known_changes_nothing_and_that_is_said(self) -> None:
        case = moving(a_process()).moved("09:30", version=7).as_of("10:30")
        assert case.notes == (
            "2026-03-02T09:30:00Z: migrated (event 'e02'): version 7 of its process is not known, nothing changed",
        )
        assert (case.effects, case.timeline.moved_to) == (a_case().opened().as_of("10:30").effects, None)

    def test_a_process_for_another_kind_of_record_is_refused(self) -> None:
        case = moving(a_process(applies_to="work_order")).moved("09:30").as_of("10:30")
        assert case.refused == {"e02": "the record is a 'case', and process 'Support' applies to 'work_order'"}

    def test_it_may_be_another_process_whose_versions_are_meant_from_then_on(self) -> None:
        other, newer = (a_process(a_quiet(within=within), process="Premium") for within in ("2h", "3h"))
        case = a_case(versions=[other, newer]).opened().moved("09:10", process="Premium")
        assert (case.as_of("09:20").timeline.process, case.as_of("09:20").milestone().target) == ("Premium", "11:00")
        assert case.moved("09:20", version=3).as_of("09:20").milestone().target == "12:00"

    def test_moved_to_the_calendars_of_today_it_is_not_judged_by_them_before(self) -> None:
        process = a_process(a_milestone(within="2h"), business_hours="office")
        short, long = some_hours(), some_hours(hours={"mon": ["07:00-22:00"]})
        case = a_case(under=process).opened("07:30").moved("08:00", revision=1).moved("09:30", revision=2)
        laws = [Followed(process=process, calendars={"office": hours}) for hours in (short, short, long)]
        versions = {Version("Support", 2, revision): law for revision, law in enumerate(laws[1:], 1)}
        told = [Outcome(evaluate_under(Laws(laws[0], versions), case.events, instant(at))) for at in ("09:29", "09:30")]
        assert [one.milestone().target for one in told] == ["11:00", "09:30"]
        assert [one.effects for one in told] == [[], ["warning-1/1 09:00 skipped", "violation-1/1 09:30"]]

    def test_of_two_moves_at_one_instant_the_last_counts(self) -> None:
        case = a_case(versions=[a_process(a_quiet(within="2h")), a_process(a_quiet(within="3h"))]).opened()
        assert case.moved("09:30").moved("09:30", version=3).as_of("09:40").milestone().target == "12:00"


class TestLateNews:
    def test_a_completion_before_the_move_that_is_learned_after_it_takes_the_violation_back(self) -> None:
        case = moving(a_process(a_milestone(within="30m"))).moved("09:40").completed("09:20", learned="10:30").as_of("10:30")
        assert (case.milestone().status, case.milestone().of.retracted) == ("met", True)
        assert case.effects == ["success/1 09:20", "violation-1/1 09:30 retracted", "retracted/1 10:30"]

    def test_a_completion_after_the_move_that_is_learned_late_is_held_to_the_new_limit(self) -> None:
        case = moving(a_process(a_milestone(within="2h"))).moved("09:40").completed("10:50", learned="11:20").as_of("11:20")
        assert (case.milestone().status, case.milestone().of.retracted) == ("met", True)

    def test_a_stop_before_the_move_that_is_learned_after_it_counts(self) -> None:
        case = (
            moving(a_process(a_milestone(within="2h"))).stopped("09:10", learned="10:00").resumed("09:30", learned="10:00")
        )
        assert case.moved("09:40").as_of("10:00").milestone().target == "11:20"

    def test_a_move_that_is_learned_late_takes_back_what_the_old_version_did(self) -> None:
        case = moving(a_process(a_milestone(within="2h", violations=LATER))).moved("09:20", learned="10:30").as_of("10:30")
        assert case.milestone().target == "11:00"
        assert sorted(case.effects) == [
            f"{FIRST}#1/2/warning-1/1 10:30",
            "retracted/1 10:30",
            "violation-1/1 10:00 retracted",
            "warning-1/1 09:45 retracted",
        ]

    def test_what_was_done_before_the_move_and_is_not_wanted_is_taken_back_with_its_reason(self) -> None:
        case = moving(a_process(a_milestone(within="4h", violations=LATER))).moved("09:50").stopped("09:20", learned="10:10")
        assert case.as_of("10:20").effect("warning-1/1").reason == "the clock is stopped, learned at 2026-03-02T10:10:00Z"

    @pytest.mark.parametrize("learned", ["09:30", "09:40", "10:30", "11:30"])
    def test_the_milestones_do_not_depend_on_when_the_move_was_learned(self, learned: str) -> None:
        case = moving(a_process(a_milestone(within="2h"), a_quiet(FIX, within="3h")))
        case = case.stopped("09:10").resumed("09:25").moved("09:30", learned=learned).completed("11:20")
        told = case.as_of("11:40")
        assert (told.milestone().target, told.milestone().status, told.milestone(FIX).target) == (
            "11:15",
            "met_late",
            "12:15",
        )
