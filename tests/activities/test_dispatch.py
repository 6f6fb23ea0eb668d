"""What a timeline asks for, given what has been done."""

from typing import Any

import pytest

from activities.actions import WORLDS
from sla.dispatch import NEVER_OPENED, NOBODY_TOLD, as_of, dispatch, without_future
from sla.engine import evaluate
from sla.events import AnyEvent, Closed, Uncompleted
from sla.messages import CaseView, Decision
from sla.process.model import Process
from tests.activities.builders import (
    RECORD,
    RETRACTED,
    SUCCESS,
    VIOLATION,
    WARNING,
    Scene,
    a_process,
    at,
    changed,
    completed,
    noted,
    opened,
    violating,
)

ANSWERED = noted("response.sent", "09:20")
ANSWERED_IN_TIME_BUT_TOLD_LATE = noted("response.sent", "09:58", recorded="10:03")


def seen(decision: Decision, before: CaseView | None = None) -> CaseView:
    """The case as people see it after a decision."""
    assert decision.view is not None
    return decision.view.of(before)


def decided(now: str, *news: AnyEvent, process: Process | None = None, **asked: Any) -> Decision:
    scene = Scene(process=process or a_process(), events=[opened(), *news])
    question = scene.question(now, **asked)
    timeline = evaluate(scene.process, {}, question.log, as_of(question.log, question.now))
    return dispatch(question, scene.process, timeline, WORLDS)


def keys(decision: Decision) -> list[str]:
    return [task.key for task in decision.start]


def dropped(decision: Decision) -> dict[str, str]:
    return {ended.key: ended.reason for ended in decision.drop}


def test_nothing_is_started_before_its_time() -> None:
    decision = decided("09:44")
    assert (decision.start, decision.drop, decision.next_wakeup) == ([], [], at("09:45"))


def test_a_warning_that_is_due_is_started_once() -> None:
    assert keys(decided("09:45")) == [WARNING]
    assert keys(decided("09:45", done=[WARNING])) == []
    assert keys(decided("09:45", done=[WARNING], running=[WARNING])) == []


def test_a_task_says_where_and_for_how_long_it_is_tried() -> None:
    (task,) = decided("09:45").start
    assert (task.kind, task.world, task.trigger, task.due_at) == ("email", "mail", "warning", at("09:45"))
    assert task.budget_s == 86_400


def test_violations_go_before_warnings_and_warnings_before_the_rest() -> None:
    greeting = {"milestone": "Greeting", "within": "3h", "complete_when": {"event": "greeted"}}
    success = [{"email": {"to": "contact", "template": "success"}}]
    response = a_process().milestones[0].model_dump(mode="json")
    process = a_process().model_dump(mode="json") | {"milestones": [greeting | {"success": success}, response]}
    decision = decided("10:00", noted("greeted", "09:10"), process=Process.model_validate(process))
    assert keys(decision) == [VIOLATION, WARNING, f"{RECORD}/Greeting#1/1/success/1"]


def test_nobody_is_alarmed_by_a_violation_that_was_met_before_anybody_could_be_told() -> None:
    late = decided("10:30", noted("response.sent", "10:10"))
    assert keys(late) == [SUCCESS]
    assert VIOLATION in dropped(late)


def test_a_warning_under_way_is_dropped_when_the_milestone_is_completed() -> None:
    decision = decided("09:50", noted("response.sent", "09:50"), done=[WARNING], running=[WARNING])
    assert dropped(decision) == {WARNING: "already completed"}
    assert keys(decision) == [SUCCESS]


def test_a_warning_that_was_not_begun_in_time_is_dropped_with_the_reason() -> None:
    assert dropped(decided("09:50", noted("response.sent", "09:50"))) == {WARNING: "already completed"}


def test_a_warning_that_was_sent_stays_sent() -> None:
    assert dropped(decided("09:50", noted("response.sent", "09:50"), done=[WARNING])) == {}


def test_an_update_is_never_started_for_the_evaluation_applies_it() -> None:
    decision = decided("10:00", process=violating({"update": {"set": {"escalated": True}}}))
    assert (decision.start, decision.drop) == ([], [])


def test_an_action_of_a_kind_that_is_gone_is_given_up_and_says_so() -> None:
    (ended,) = decided("10:00", process=violating({"sms": {"to": "ada"}})).drop
    assert (ended.outcome, ended.reason) == ("gave_up", "there is no action 'sms'")


def test_an_action_under_way_that_nobody_knows_any_more_is_dropped() -> None:
    gone = f"{RECORD}/First Response#7/1/violation-1/1"
    assert dropped(decided("09:10", done=[gone], running=[gone])) == {gone: "no longer wanted"}


# ---------------------------------------------------------------------- retraction


def test_who_was_told_of_a_violation_is_told_that_it_is_withdrawn() -> None:
    decision = decided("10:03", ANSWERED_IN_TIME_BUT_TOLD_LATE, done=[WARNING, VIOLATION])
    assert RETRACTED in keys(decision)


def test_nobody_is_told_that_a_violation_is_withdrawn_that_nobody_was_told_of() -> None:
    decision = decided("10:03", ANSWERED_IN_TIME_BUT_TOLD_LATE)
    assert dropped(decision)[RETRACTED] == NOBODY_TOLD
    assert VIOLATION in dropped(decision)
    assert keys(decision) == [SUCCESS]


def test_a_later_violation_of_the_same_occurrence_is_not_what_a_withdrawal_takes_back() -> None:
    undone = Uncompleted(record=RECORD, id="undone", milestone="First Response", at=at("10:20"), recorded_at=at("10:20"))
    decision = decided("10:21", ANSWERED_IN_TIME_BUT_TOLD_LATE, undone, done=[WARNING, f"{VIOLATION}~2"])
    assert dropped(decision)[RETRACTED] == NOBODY_TOLD


def test_a_violation_still_under_way_is_dropped_and_withdrawn_for_it_may_have_arrived() -> None:
    decision = decided("10:03", ANSWERED_IN_TIME_BUT_TOLD_LATE, done=[WARNING, VIOLATION], running=[VIOLATION])
    assert VIOLATION in dropped(decision)
    assert RETRACTED in keys(decision)


@pytest.mark.parametrize("violations", [[], [{"actions": [{"update": {"set": {"escalated": True}}}]}]])
def test_a_violation_that_anybody_may_have_seen_on_the_record_is_withdrawn_in_any_case(violations: list[Any]) -> None:
    process = a_process(violations=violations)
    assert RETRACTED in keys(decided("10:03", ANSWERED_IN_TIME_BUT_TOLD_LATE, process=process))


# ---------------------------------------------------------------------- refusals


def test_news_that_may_not_happen_is_refused_with_the_reason() -> None:
    (refused,) = decided("09:10", completed("Nonsense", "09:10"), news=1).refused
    assert refused.event == "e-completed-Nonsense"
    assert "Nonsense" in refused.reason


def test_what_was_refused_before_is_not_refused_again() -> None:
    assert decided("09:20", completed("Nonsense", "09:10"), ANSWERED, news=1).refused == []


def test_news_before_the_opening_is_refused() -> None:
    scene = Scene(events=[])
    scene.cases.logs[RECORD] = [ANSWERED]
    question = scene.question("09:30", news=1)
    timeline = evaluate(scene.process, {}, question.log, question.now)
    (refused,) = dispatch(question, scene.process, timeline, WORLDS).refused
    assert (refused.event, refused.reason) == (ANSWERED.id, NEVER_OPENED)


def test_a_refusal_names_its_event_although_another_is_not_known_yet() -> None:
    tomorrow = noted("later", "09:05").model_copy(update={"recorded_at": at("09:00", day=3)})
    (refused,) = decided("09:10", tomorrow, completed("Nonsense", "09:10"), news=2).refused
    assert refused.event == "e-completed-Nonsense"


# ---------------------------------------------------------------------- clocks


def test_an_event_from_a_host_whose_clock_is_ahead_is_known_at_once() -> None:
    decision = decided("09:19:58", ANSWERED, news=1)
    assert decision.view is not None
    assert decision.view.milestones[0].status == "met"


def test_an_event_from_far_ahead_is_waited_for() -> None:
    decision = decided("09:10", noted("other", "09:16"))
    assert decision.next_wakeup == at("09:16")
    assert decision.view is not None
    assert decision.view.milestones[0].status == "running"


# ---------------------------------------------------------------------- what people see


def test_the_view_has_the_next_deadline_the_account_and_who_holds_the_case() -> None:
    view = seen(decided("09:00"))
    assert view is not None
    assert (view.status, view.next_deadline, view.account, view.owner_kind) == ("compliant", at("10:00"), "helios", "person")


def test_a_violated_milestone_is_no_deadline_any_more() -> None:
    view = seen(decided("10:00"))
    assert view is not None
    assert (view.status, view.next_deadline) == ("violated_open", None)


@pytest.mark.parametrize(("values", "kind"), [({"owner": None}, "queue"), ({"owner": None, "queue": None}, "nobody")])
def test_a_case_without_an_owner_is_the_queues_or_nobodys(values: dict[str, Any], kind: str) -> None:
    view = seen(decided("09:10", changed("09:10", **values)))
    assert view is not None
    assert view.owner_kind == kind


def test_a_view_that_has_not_changed_is_not_told_again() -> None:
    shown = seen(decided("09:00"))
    assert decided("09:10", shown=shown).view is None
    assert decided("09:10", shown=shown).changes == []


def test_changes_are_told_in_sentences() -> None:
    shown = seen(decided("09:00"))
    assert decided("09:00").changes == ["First Response: running, target 2026-03-02 10:00 UTC"]
    assert decided("09:20", ANSWERED, shown=shown).changes == ["First Response: running → met"]
    overdue = decided("10:00", shown=shown)
    assert overdue.changes == ["First Response: running → overdue, violated at 2026-03-02 10:00 UTC"]
    withdrawn = decided("10:03", ANSWERED_IN_TIME_BUT_TOLD_LATE, shown=seen(overdue, shown))
    assert withdrawn.changes == ["First Response: overdue → met, the violation is withdrawn"]


def test_a_moved_target_is_told() -> None:
    process = a_process(within={"by": "priority", "values": {"P1": "1h"}, "default": "2h 30s"})
    shown = seen(decided("09:00", process=process))
    moved = decided("09:10", changed("09:10", priority="P2"), process=process, shown=shown)
    assert moved.changes == ["First Response: target 2026-03-02 10:00 UTC → 2026-03-02 11:00:30 UTC"]


def test_later_occurrences_bear_their_number_and_forecasts_may_vanish() -> None:
    process = a_process(recurrence="periodic", complete_when=None)
    shown = seen(decided("10:30", process=process))
    again = decided("11:10", process=process, shown=shown)
    assert "First Response #3: running, target 2026-03-02 12:00 UTC" in again.changes
    gone = decided("10:30", shown=shown)
    assert "First Response #2: no longer foreseen" in gone.changes


def test_the_timer_says_what_it_waits_for() -> None:
    assert decided("09:50").wakeup_for == "target of First Response"
    assert decided("09:10").wakeup_for == "a warning, escalation or other change of First Response"
    assert decided("10:10").wakeup_for == ""


def test_news_from_the_future_is_refused_and_the_rest_counts() -> None:
    early = noted("customer.replied", "09:26", "09:20")
    asked = Scene(events=[opened(), ANSWERED, early]).question("09:21", news=2)
    kept, refused = without_future(asked)
    assert ([event.id for event in kept.log], kept.news) == ([opened().id, ANSWERED.id], 1)
    assert [one.event for one in refused] == ["e-customer.replied"]
    assert "lies in the future" in refused[0].reason


# ---------------------------------------------------------------------- the end


def test_a_case_is_finished_when_it_is_out_and_nothing_lies_ahead() -> None:
    closing = Closed(record=RECORD, id="e-closed", at=at("09:30"), recorded_at=at("09:30"))
    assert decided("09:30", ANSWERED, closing, done=[SUCCESS]).finished
    assert decided("09:30", ANSWERED, closing).finished, "the case itself waits for the actions under way"
    assert not decided("09:30", ANSWERED, done=[SUCCESS]).finished, "it is met, but not out"


def test_only_the_milestones_that_changed_are_told_and_make_the_whole_again() -> None:
    process = a_process()
    shown = seen(decided("09:00", process=process))
    change = decided("10:00", process=process, shown=shown).view
    assert change is not None
    assert list(change.milestones) == [0]
    assert change.of(shown) == seen(decided("10:00", process=process))


def test_what_is_no_longer_foreseen_is_gone_from_the_view_too() -> None:
    periodic = a_process(recurrence="periodic", complete_when=None)
    shown = seen(decided("10:30", process=periodic))
    assert len(shown.milestones) == 2
    assert len(seen(decided("10:30", shown=shown), shown).milestones) == 1


def test_nobody_is_told_what_a_wake_up_changed_and_no_timer_is_named_that_is_not_armed() -> None:
    scene = Scene()
    timeline = evaluate(scene.process, {}, scene.question("09:00").log, at("09:00"))
    silent = dispatch(scene.question("09:00", armed_at=at("09:30")), scene.process, timeline, WORLDS, says=False)
    assert (silent.changes, silent.wakeup_for, silent.next_wakeup) == ([], "", at("09:45"))


def test_an_action_that_was_dropped_is_begun_when_it_is_wanted_again() -> None:
    done, dropped = [VIOLATION, WARNING], [VIOLATION]
    left = Closed(record=RECORD, id="e-c", at=at("09:50"), recorded_at=at("09:50"))
    assert keys(decided("10:00", done=done, dropped=dropped)) == [VIOLATION]
    assert keys(decided("10:00", left, done=done, dropped=dropped)) == []
