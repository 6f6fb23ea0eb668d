"""One record under another process: what would have been different, and that nothing is if the process is the same."""

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import ALWAYS
from sla.dossier import Dossier, LawKept, law_kept
from sla.evaluation.following import Followed
from sla.messages import ProcessRef
from sla.process.model import Process
from sla.whatif import WhatIf, what_if
from tests.sla.builders import (
    BY_PRIORITY,
    ESCALATE,
    FIRST,
    MAIL,
    Story,
    a_case,
    a_milestone,
    a_process,
    a_quiet,
    clock,
    instant,
)
from tests.sla.telling.builders import told
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some

REF = ProcessRef(process="Support", version=1, revision=0)


def dossier_of(story: Story, at: str) -> Dossier:
    """What the record's outcome rests on, taken at that time."""
    followed = [story.laws.first, *(story.laws.versions or {}).values()]
    refs = [REF.model_copy(update={"version": number}) for number in range(1, len(followed) + 1)]
    laws = tuple(law_kept(ref, law, story.events) for ref, law in zip(refs, followed, strict=True))
    return Dossier(record=story.record, taken_at=instant(at), engine="test", opened_under=REF, laws=laws, log=story.events)


def under(process: Process, story: Story, at: str) -> WhatIf:
    """What it would have come to by then."""
    return what_if(dossier_of(story, at), Followed(process=process, calendars=story.laws.first.calendars))


# ---------------------------------------------------------------------- the same


@some(300)
@given(cases(), st.sampled_from([0, 1, 48]))
def test_under_the_same_process_nothing_would_have_been_different(one: Given, hours_later: int) -> None:
    law = LawKept(ref=REF, process=one.process, calendars=HOURS, default_hours=ALWAYS)
    now = one.now + timedelta(hours=hours_later)
    kept = Dossier(record="C-1", taken_at=now, engine="test", opened_under=REF, laws=(law,), log=one.events)
    same = Process.model_validate(json.loads(one.process.model_dump_json()))
    found = what_if(kept, Followed(process=same, calendars=HOURS))
    assert found.same
    assert found.status_before == found.status_after
    assert {one.difference for one in found.milestones} <= {"same"}
    assert [one.due_before_at for one in found.actions] == [one.due_after_at for one in found.actions]
    assert found.sentences == ("No milestone would have been different.",)
    assert found.notes == ()


# ---------------------------------------------------------------------- another promise

ANSWERED = a_case().opened("09:00").completed("09:50")


def test_a_shorter_promise_would_have_been_missed_by_so_much() -> None:
    found = under(a_process(a_milestone(within="45m")), ANSWERED, "11:00")
    [one] = found.milestones
    assert (one.difference, one.margin_before_s, one.margin_after_s) == ("newly_violated", 600, -300)
    assert (found.status_before, found.status_after, found.same) == ("compliant", "violated_closed", False)
    assert found.sentences == (
        "First Response: met → met late, violated at 2026-03-02 09:45 UTC, "
        "target 2026-03-02 10:00 UTC → 2026-03-02 09:45 UTC",
        "First Response: 10 min to spare → 5 min over",
    )


def test_a_longer_promise_would_have_cured_it() -> None:
    late = a_case().opened("09:00").completed("10:20")
    found = under(a_process(a_milestone(within="2h")), late, "11:00")
    assert [(one.milestone, one.difference) for one in found.milestones] == [(FIRST, "cured")]
    assert (found.milestones[0].margin_before_s, found.milestones[0].margin_after_s) == (-1200, 2400)
    assert found.sentences == (
        "First Response: met late → met, not violated, target 2026-03-02 10:00 UTC → 2026-03-02 11:00 UTC",
        "First Response: 20 min over → 40 min to spare",
    )


def test_the_actions_that_would_have_been_and_those_that_would_not() -> None:
    quiet = a_milestone(within="2h", warnings=None, violations=[{"after": "0s", "actions": [MAIL]}])
    late = a_case().opened("09:00").completed("10:20")
    found = under(a_process(quiet), late, "11:00")
    told = {(one.trigger, one.action): (clock(one.due_before_at), clock(one.due_after_at)) for one in found.actions}
    assert told == {
        ("warning", "email"): ("09:45", None),
        ("violation", "reassign"): ("10:00", None),
        ("success", "notify"): ("10:20", "10:20"),
    }


def test_an_action_that_goes_to_somebody_else_is_not_the_same() -> None:
    manager = {"email": {"to": "account_manager", "template": "warning"}}
    found = under(a_process(a_milestone(warnings=[{"at": "75%", "actions": [manager]}])), ANSWERED, "11:00")
    [mail, word] = found.actions
    assert (mail.otherwise, mail.same, clock(mail.due_before_at), clock(mail.due_after_at)) == (
        True,
        False,
        "09:45",
        "09:45",
    )
    assert (mail.params_before, mail.params_after) == (MAIL["email"], manager["email"])
    assert (word.otherwise, word.same, found.same) == (False, True, False)
    assert found.sentences == ("No milestone would have been different.",)


def test_an_action_is_found_again_by_what_it_does_and_only_then_by_its_kind() -> None:
    manager = {"email": {"to": "account_manager", "template": "warning"}}
    both = [{"at": "50%", "actions": [MAIL]}, {"at": "75%", "actions": [manager]}]
    was = a_case(under=a_process(a_quiet(warnings=both))).opened("09:00").completed("09:50")
    turned = [{"at": "40%", "actions": [manager]}, {"at": "75%", "actions": [MAIL]}]
    found = under(a_process(a_quiet(warnings=turned)), was, "11:00")
    assert [(clock(one.due_before_at), clock(one.due_after_at), one.otherwise) for one in found.actions] == [
        ("09:30", "09:45", False),
        ("09:45", "09:24", False),
    ]
    later = under(a_process(a_quiet(warnings=[{"at": "75%", "actions": [manager]}])), was, "11:00")
    assert [(clock(one.due_before_at), clock(one.due_after_at)) for one in later.actions] == [
        ("09:30", None),
        ("09:45", "09:45"),
    ]


def test_a_record_that_would_have_been_at_risk_is_not_the_same_though_nobody_would_have_been_told() -> None:
    silent = a_process(a_quiet(warnings=[{"at": "50%", "actions": []}]))
    found = under(silent, a_case(under=a_process(a_quiet())).opened("09:00"), "09:40")
    assert (found.status_before, found.status_after, found.same) == ("compliant", "at_risk", False)


def test_two_actions_of_a_kind_at_one_trigger_are_told_apart() -> None:
    twice = a_process(a_milestone(violations=[{"after": "0s", "actions": [MAIL, ESCALATE, MAIL]}], warnings=None))
    found = under(twice, a_case(under=a_process(a_milestone(warnings=None))).opened("09:00"), "11:00")
    told = [(one.action, clock(one.due_before_at), clock(one.due_after_at)) for one in found.actions]
    assert told == [("reassign", "10:00", "10:00"), ("email", None, "10:00"), ("email", None, "10:00")]


def test_milestones_that_would_have_been_there_and_those_that_would_not() -> None:
    found = under(a_process(a_milestone("Resolution", within="4h")), a_case().opened("09:00"), "09:10")
    assert [(one.milestone, one.difference) for one in found.milestones] == [(FIRST, "gone"), ("Resolution", "begun")]
    assert found.sentences == (
        "First Response: running → never begun",
        "Resolution: never begun → running, target 2026-03-02 13:00 UTC",
    )
    met = under(a_process(a_quiet("Resolution", within="30m")), ANSWERED, "11:00")
    assert met.sentences == (
        "First Response: met → never begun",
        "Resolution: never begun → overdue, violated at 2026-03-02 09:30 UTC, target 2026-03-02 09:30 UTC",
    )


def test_a_line_for_others_changes_nothing_though_it_moves_the_numbers_of_the_next() -> None:
    one, other, rest = a_quiet(when={"priority": "P1"}, within="30m"), a_quiet(when={"priority": "P2"}), a_quiet()
    case = a_case(under=a_process(one, rest)).opened("09:00", priority="P3").changed("09:10", priority="P1")
    found = under(a_process(one, other, rest), case, "09:20")
    assert [each.before.line for each in found.milestones if each.before] == [2, 1]
    assert [each.after.line for each in found.milestones if each.after] == [3, 1]
    assert found.same
    assert found.sentences == ("No milestone would have been different.",)


def test_one_that_is_only_foreseen_is_foreseen_or_not() -> None:
    by_start = a_process(a_quiet(), start_at="triaged_at")
    triaged = a_case(under=by_start).opened("09:00", triaged_at="2026-03-02T15:00:00Z")
    assert under(a_process(a_quiet("Resolution")), triaged, "09:10").sentences[0] == "First Response: waiting → not foreseen"
    other = a_process(a_quiet("Resolution"), start_at="triaged_at")
    assert under(other, triaged, "09:10").sentences == (
        "First Response: waiting → not foreseen",
        "Resolution: not foreseen → waiting, target 2026-03-02 16:00 UTC",
    )
    longer = under(a_process(a_quiet(within="2h"), start_at="triaged_at"), triaged.stopped("09:05"), "09:10")
    assert longer.sentences == ("First Response: limit 1 h → 2 h",)


RAISED = a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened("09:00", priority="P1").changed("10:05", priority="P3")
"""Violated at 10:00, after which eight hours were enough."""


def test_what_was_violated_before_its_limit_was_made_longer_had_nothing_to_spare() -> None:
    answered = under(a_process(a_quiet(within="9h")), RAISED.completed("10:30"), "12:00")
    assert [(one.margin_before_s, one.margin_after_s) for one in answered.milestones] == [(23_400, 27_000)]
    assert answered.sentences[-1] == (
        "First Response: missed, though by the limit of its end 6 h 30 min of open time were left → 7 h 30 min to spare"
    )
    eight = under(a_process(a_quiet(within="8h")), RAISED.completed("10:30"), "12:00")
    assert eight.sentences[-1].endswith("of open time were left → 6 h 30 min to spare")
    still_open = under(a_process(a_quiet(within="30m")), RAISED, "10:30")
    assert [(one.margin_before_s, one.margin_after_s) for one in still_open.milestones] == [(23_400, -3_600)]
    assert still_open.sentences[-1] == (
        "First Response: missed, though by today's limit 6 h 30 min of open time are left → 1 h over"
    )


def test_a_margin_is_the_one_that_is_explained() -> None:
    for case, at in ((RAISED, "10:30"), (RAISED.completed("10:30"), "12:00"), (ANSWERED, "11:00"), (ANSWERED, "09:10")):
        [explained] = told(case, at).chapters
        [one] = under(a_process(), case, at).milestones
        assert one.margin_before_s == explained.margin_s


# ---------------------------------------------------------------------- what cannot be carried over


def test_that_it_moved_is_ignored_and_said() -> None:
    longer = a_process(a_milestone(within="3h"))
    moved = a_case(versions=[longer]).opened("09:00").moved("09:30").completed("11:00")
    found = under(a_process(), moved, "12:00")
    assert (found.milestones[0].before and found.milestones[0].before.status) == "met"
    assert (found.milestones[0].after and found.milestones[0].after.status) == "met_late"
    assert found.notes == ("The record was moved to another version (1×); under the new process that is ignored.",)


def test_an_event_that_the_new_process_would_have_refused_is_named() -> None:
    found = under(a_process(a_milestone("Resolution")), ANSWERED, "11:00")
    assert found.notes == (
        "Under the new process event 'e02' would have been refused: process 'Support' has no milestone 'First Response'; "
        "it has: Resolution.",
    )


def test_what_was_learned_later_than_the_dossier_was_taken_is_not_known_to_either_side() -> None:
    found = under(a_process(a_milestone(within="30m")), ANSWERED, "09:40")
    assert [one.after.status if one.after else None for one in found.milestones] == ["overdue"]
