"""Changes that a process makes by itself (SPEC 4, A change made by an action; SPEC 8, One instant and Knowledge)."""

from tests.sla.builders import BY_PRIORITY, FIRST, Json, a_case, a_milestone, a_process, a_quiet, updating


def at_the_target(*actions: Json) -> list[Json]:
    return [{"after": "0s", "actions": list(actions)}]


def test_a_violation_may_change_the_record() -> None:
    process = a_process(a_quiet(violations=at_the_target(updating(priority="P1"))))
    case = a_case(under=process).opened(priority="P3")
    assert case.as_of("09:59").timeline.fields["priority"] == "P3"
    assert case.as_of("10:00").timeline.fields["priority"] == "P1"


def test_an_update_may_begin_another_milestone_in_the_same_instant() -> None:
    escalation = a_quiet("Escalation", when={"escalated": True}, start="criteria")
    process = a_process(a_quiet(violations=at_the_target(updating(escalated=True))), escalation)
    assert a_case(under=process).opened().as_of("10:00").milestone("Escalation").target == "11:00"


def test_an_update_is_a_change_to_whoever_waits_for_one() -> None:
    process = a_process(a_quiet(success=[updating(answered=True)]), a_quiet("Answer", complete_when={"event": "changed"}))
    assert a_case(under=process).opened().completed("09:20").as_of("09:30").milestone("Answer").completed == "09:20"


def test_an_update_may_stop_the_clock() -> None:
    warnings = [{"at": "50%", "actions": [updating(status="On Hold")]}]
    process = a_process(a_quiet(warnings=warnings), stop_when={"status": "On Hold"})
    assert a_case(under=process).opened().as_of("12:00").milestone().status == "stopped"


def test_an_update_may_empty_a_field() -> None:
    process = a_process(a_quiet(success=[updating(owner=None)]))
    assert "owner" not in a_case(under=process).opened(owner="ada").completed("09:20").as_of("09:20").timeline.fields


def test_an_update_that_lengthens_the_limit_after_the_violation_leaves_the_violation() -> None:
    process = a_process(a_quiet(within=BY_PRIORITY, violations=at_the_target(updating(priority="P2"))))
    case = a_case(under=process).opened(priority="P1").as_of("10:30")
    assert (case.milestone().status, case.milestone().violated, case.milestone().target) == ("overdue", "10:00", "13:00")


def test_an_update_of_several_milestones_goes_round_until_all_is_said() -> None:
    process = a_process(
        a_quiet(success=[updating(step=1)]),
        a_quiet("Two", complete_when={"step": 1}, success=[updating(step=2)]),
        a_quiet("Three", complete_when={"step": 2}),
    )
    case = a_case(under=process).opened().completed("09:20").as_of("09:20")
    assert case.milestones == [f"{FIRST}#1 met", "Two#1 met", "Three#1 met"]


def test_a_chain_without_end_is_cut_and_reported() -> None:
    ping = a_quiet("Ping", recurrence="independent", complete_when={"turn": "ping"}, success=[updating(turn="pong")])
    pong = a_quiet("Pong", recurrence="independent", complete_when={"turn": "pong"}, success=[updating(turn="ping")])
    case = a_case(under=a_process(ping, pong)).opened(turn="none").changed("09:20", turn="ping").as_of("09:20")
    assert len(case.notes) == 1
    assert "10 rounds" in case.notes[0]
    assert [effect.status for effect in case.timeline.effects].count("due") == 10


def test_a_chain_of_ten_rounds_is_not_too_long() -> None:
    steps = [a_quiet(f"Step {n}", complete_when={"step": n}, success=[updating(step=n + 1)]) for n in range(10)]
    case = a_case(under=a_process(*steps)).opened().changed("09:20", step=0).as_of("09:20")
    assert (case.notes, case.timeline.fields["step"]) == ((), 10)


def test_the_outcome_of_a_retracted_update_is_undone() -> None:
    process = a_process(a_quiet(violations=at_the_target(updating(priority="P1"))))
    case = a_case(under=process).opened(priority="P3").completed("09:50", learned="10:10")
    assert case.as_of("10:05").timeline.fields["priority"] == "P1"
    assert case.as_of("10:10").timeline.fields["priority"] == "P3"


def test_an_update_upon_retraction_counts_from_when_it_was_learned() -> None:
    apology = a_quiet("Apology", when={"apologise": True}, start="criteria")
    line = a_milestone(on_retracted=[updating(apologise=True)])
    case = a_case(under=a_process(line, apology)).opened().completed("09:50", learned="10:10").as_of("10:20")
    assert case.milestone("Apology").started == "10:10"


def test_a_reassignment_is_not_known_before_the_world_has_told_it() -> None:
    process = a_process(a_quiet(violations=at_the_target({"reassign": {"to": "queue:second"}})))
    case = a_case(under=process).opened(owner="ada")
    assert case.as_of("10:30").timeline.fields["owner"] == "ada"
    assert case.changed("10:01", owner="bob").as_of("10:30").timeline.fields["owner"] == "bob"


def test_what_begins_by_an_update_is_not_completed_by_another_of_that_instant() -> None:
    answer = a_quiet("Answer", when={"answered": True}, start="criteria", complete_when={"event": "changed"})
    last = a_quiet("Last", complete_when={"answered": True}, success=[updating(last=True)])
    process = a_process(a_quiet(success=[updating(answered=True)]), answer, last)
    case = a_case(under=process).opened().completed("09:20")
    assert case.as_of("09:20").timeline.fields["last"] is True
    assert case.as_of("09:30").milestone("Answer").status == "running"
    assert case.changed("09:40", colour="blue").as_of("09:50").milestone("Answer").completed == "09:40"
