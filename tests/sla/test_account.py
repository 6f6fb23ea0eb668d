"""The engine's account of itself: the timeline of `evaluate`, and the reasons that the walk had at each turn."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.account import Account, Cause, Told
from sla.engine import account_under
from sla.evaluation.following import Followed, Laws
from sla.events import Version
from sla.timeline import Timeline
from tests.sla.builders import (
    BY_PRIORITY,
    FIRST,
    Story,
    a_case,
    a_milestone,
    a_process,
    a_quiet,
    clock,
    instant,
    some_hours,
    updating,
)
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some
from tests.sla.test_migration_properties import Moving, moving


def accounted(case: Story, at: str = "Fri 12:00") -> Account:
    """The account of a case as of a local time."""
    return account_under(case.laws, case.events, instant(at))


def first(case: Story, at: str = "Fri 12:00", number: int = 1) -> Told:
    """One occurrence of the first milestone."""
    return next(one for one in accounted(case, at).occurrences if one.name == (FIRST, number))


def in_short(causes: tuple[Cause, ...]) -> list[str]:
    """Causes in short: `e02 priority=P1`."""
    return [" ".join([one.event or "?", *(f"{name}={value}" for name, value in one.fields)]) for one in causes]


# ---------------------------------------------------------------------- beginning


def test_a_milestone_begins_as_the_process_starts() -> None:
    told = first(a_case().opened())
    assert told.began is not None
    assert (told.began.why, clock(told.began.at), told.began.after) == ("start", "09:00", None)


def test_a_criterion_that_becomes_true_names_the_event_and_the_field() -> None:
    line = a_quiet(start="criteria", when={"tier": "gold", "priority": "P1"})
    case = a_case(under=a_process(line)).opened(priority="P1").changed("09:20", tier="gold", colour="red")
    told = first(case)
    assert told.began is not None
    assert (told.began.why, clock(told.began.at)) == ("criteria", "09:20")
    assert in_short(told.began.causes) == ["e02 tier=gold"]


def test_one_that_is_born_late_counts_from_before_it_came_to_be() -> None:
    told = first(a_case(under=a_process(a_quiet(when={"tier": "gold"}))).opened().changed("09:20", tier="gold"))
    assert told.began is not None
    assert (told.began.why, clock(told.began.at), clock(told.of.started_at)) == ("start", "09:20", "09:00")


def test_a_successor_begins_after_the_completion_or_at_the_target_of_its_predecessor() -> None:
    independent = a_case(under=a_process(a_quiet(recurrence="independent"))).opened().completed("09:30")
    sequential = a_case(under=a_process(a_quiet(recurrence="sequential"))).opened().completed("09:30")
    periodic = a_case(under=a_process(a_quiet(recurrence="periodic"))).opened()
    seconds = [first(case, "10:30", 2).began for case in (independent, sequential, periodic)]
    assert [(one and one.why, one and one.after) for one in seconds] == [("completion", 1), ("target", 1), ("target", 1)]


def test_what_was_due_while_the_record_was_out_begins_at_its_return() -> None:
    lines = a_quiet(recurrence="independent", when={"tier": "gold"}, start="criteria")
    case = a_case(under=a_process(lines)).opened().closed("09:10").changed("09:20", tier="gold").reopened("09:30")
    told = first(case)
    assert told.began is not None
    assert (told.began.why, clock(told.began.at)) == ("return", "09:30")


def test_a_switch_of_lines_is_told_with_what_turned_it() -> None:
    lines = [a_quiet(when={"priority": "P1"}, within="30m"), a_quiet(when={"priority": ["P2", "P3"]})]
    case = a_case(under=a_process(*lines)).opened(priority="P1").changed("09:10", priority="P2")
    old, new = first(case), first(case, number=2)
    assert in_short(old.ended_by) == ["e02 priority=P2"]
    assert new.began is not None
    assert new.line is not None
    assert (new.began.why, new.began.after) == ("again", 1)
    assert (new.line.position, new.line.of) == (2, 2)
    assert (new.line.when, new.line.passed_over) == ("priority is P2 or P3", ("priority is P1",))


# ---------------------------------------------------------------------- limits and calendars


def test_a_limit_is_fixed_or_out_of_the_table_or_its_default() -> None:
    def whence(**fields: Any) -> tuple[str, str, str | None, object]:
        limit = first(a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened(**fields)).limits[0]
        return limit.source, limit.text, limit.field, limit.value

    assert whence(priority="P1") == ("table", "1h", "priority", "P1")
    assert whence(priority="P9") == ("default", "8h", "priority", "P9")
    assert whence() == ("default", "8h", "priority", None)
    assert first(a_case().opened()).limits[0].source == "fixed"


def test_every_later_change_of_the_limit_is_told_with_its_event_and_target() -> None:
    case = a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened(priority="P2").changed("09:20", priority="P1")
    limits = first(case).limits
    assert [(one.why, one.text, clock(one.at), clock(one.target_at)) for one in limits] == [
        ("began", "4h", "09:00", "13:00"),
        ("changed", "1h", "09:20", "10:00"),
    ]
    assert in_short(limits[1].causes) == ["e02 priority=P1"]


def test_who_named_the_calendar() -> None:
    hours = [some_hours(), some_hours("theirs")]

    def named(line: dict[str, Any], process: dict[str, Any], **fields: Any) -> tuple[str, str]:
        told = first(a_case(under=a_process(a_quiet(**line), **process), calendars=hours).opened(**fields))
        return told.calendar_of, told.hours.calendar

    assert named({"business_hours": "office"}, {"business_hours": "theirs"}) == ("milestone", "office")
    assert named({}, {"business_hours": "office"}, business_hours="theirs") == ("process", "office")
    assert named({}, {}, business_hours="theirs") == ("record", "theirs")
    assert named({}, {}) == ("default", "24/7")


# ---------------------------------------------------------------------- stops


def test_a_stop_names_all_that_held_the_clock() -> None:
    process = a_process(a_quiet(stop_when={"parts": "missing"}), stop_when={"status": "Waiting"})
    case = a_case(under=process).opened().happened("stopped", "09:10", reason="lunch").changed("09:15", status="Waiting")
    case = (
        case.resumed("09:20").changed("09:25", parts="missing").changed("09:30", status="Open").changed("09:40", parts=None)
    )
    (halt,) = first(case).halts
    assert (clock(halt.since), clock(halt.until)) == ("09:10", "09:40")
    assert [(one.what, one.condition, clock(one.since)) for one in halt.by] == [
        ("event", None, "09:10"),
        ("process", "status is Waiting", "09:15"),
        ("line", "parts is missing", "09:25"),
    ]
    assert [in_short(one.causes) for one in halt.by] == [["e02"], ["e03 status=Waiting"], ["e05 parts=missing"]]
    assert halt.by[0].causes[0].said == "lunch"


def test_the_time_out_of_a_process_that_resumes_is_a_stop() -> None:
    (halt,) = first(a_case().opened().closed("09:10").reopened("09:30")).halts
    assert [(one.what, in_short(one.causes)) for one in halt.by] == [("out", ["e02"])]


# ---------------------------------------------------------------------- ends


def test_a_completion_names_its_event_and_who_said_so() -> None:
    (done,) = first(
        a_case().opened().happened("completed", "09:30", milestone=FIRST, by="u-ann", learned="09:40")
    ).completions
    (cause,) = done.causes
    assert (cause.event, cause.said, clock(cause.learned_at), done.condition) == ("e02", "u-ann", "09:40", None)


def test_a_declared_completion_names_its_condition_and_what_made_it_true() -> None:
    line = a_quiet(complete_when={"event": "response.sent", "where": {"channel": "mail"}})
    (done,) = first(a_case(under=a_process(line)).opened().noted("09:30", "response.sent", channel="mail")).completions
    assert done.condition == "'response.sent' happens, with channel is mail"
    assert in_short(done.causes) == ["e02"]


def test_an_update_of_the_process_itself_is_named_by_its_key() -> None:
    line = a_milestone(complete_when={"tier": "gold"}, warnings=[{"at": "50%", "actions": [updating(tier="gold")]}])
    (done,) = first(a_case(under=a_process(line)).opened()).completions
    assert in_short(done.causes) == [f"C-1/{FIRST}#1/1/warning-1/1 tier=gold"]


def test_a_completion_that_was_taken_back_stays_with_who_did() -> None:
    case = a_case().opened().completed("09:30").uncompleted("09:40").completed("09:50")
    one, two = first(case).completions
    assert one.undone is not None
    assert (one.undone.event, clock(one.undone.at), two.undone) == ("e03", "09:40", None)


def test_the_way_through_the_process_is_told() -> None:
    process = a_process(a_quiet(), exit_when={"status": "Closed"}, start_at="triaged_at", on_reopen="new_cycle")
    case = a_case(under=process).opened().changed("09:10", triaged_at="2026-03-02T09:05:00Z")
    case = case.changed("09:20", status="Closed").changed("09:30", status="Open").closed("09:40").reopened("09:50")
    told = [(clock(one.at), one.what, one.detail, in_short(one.causes)) for one in accounted(case).passages]
    assert told == [
        ("09:10", "started", "triaged_at", ["e02 triaged_at=2026-03-02T09:05:00Z"]),
        ("09:20", "left", "status is Closed", ["e03 status=Closed"]),
        ("09:30", "returned", "new_cycle", ["e04 status=Open"]),
        ("09:40", "left", None, ["e05"]),
        ("09:50", "returned", "new_cycle", ["e06"]),
    ]


def test_a_move_names_the_version_and_the_limit_that_counts_from_then_on() -> None:
    case = a_case(versions=[a_process(a_quiet(within="2h"))]).opened().moved("09:30")
    (passage,) = (one for one in accounted(case).passages if one.what == "moved")
    assert passage.to == Version("Support", 2)
    assert in_short(passage.causes) == ["e02"]
    assert [(one.why, one.text, clock(one.target_at)) for one in first(case).limits] == [
        ("began", "1h", "10:00"),
        ("moved", "2h", "11:00"),
    ]


def test_a_version_whose_exit_holds_already_is_left_by_the_move() -> None:
    leaves = a_process(a_quiet(), exit_when={"status": "Closed"})
    case = a_case(under=a_process(a_quiet(), exit_when={"event": "case.dropped"}), versions=[leaves])
    case = case.opened().changed("09:10", status="Closed").moved("09:30")
    passage = accounted(case).passages[-1]
    assert (clock(passage.at), passage.what, passage.detail) == ("09:30", "left", "status is Closed")
    assert in_short(passage.causes) == ["e03", "e02 status=Closed"]
    assert in_short(first(case).ended_by) == ["e03", "e02 status=Closed"]


def test_late_news_has_the_account_that_it_would_have_had_on_time() -> None:
    on_time = a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened(priority="P2").changed("09:20", priority="P1")
    late = a_case(under=a_process(a_quiet(within=BY_PRIORITY))).opened(priority="P2")
    late = late.changed("09:20", learned="15:00", priority="P1")
    assert [(one.at, one.text) for one in first(late).limits] == [(one.at, one.text) for one in first(on_time).limits]
    assert clock(first(late).limits[1].causes[0].learned_at) == "15:00"


# ---------------------------------------------------------------------- laws


def _holds_together(account: Account, timeline: Timeline) -> None:
    assert account.timeline == timeline
    assert tuple(told.of for told in account.occurrences) == timeline.milestones
    for told in account.occurrences:
        if told.began is None:
            assert told.of.status == "waiting"
            continue
        assert told.of.started_at is not None
        assert told.of.started_at <= told.began.at
        assert told.limits[-1].limit_s == told.of.limit_s
        assert all(limit.causes for limit in told.limits if limit.why == "changed")
        assert all(halt.by for halt in told.halts), "a stop without a reason"
        standing = [done for done in told.completions if done.undone is None]
        assert [done.at for done in standing] == [told.of.completed_at] * len(standing)
        assert bool(standing) is (told.of.completed_at is not None)
        if told.of.status == "cancelled":
            assert told.ended_by, "a cancellation without a cause"
    assert [one.what for one in account.passages if one.what in ("left", "returned")][-1:] != (
        ["returned"] if timeline.out else ["left"]
    )


def _reasons_are_of_their_time(told: Told) -> None:
    """What something turned on lies before it, and is in the log."""
    for limit in told.limits:
        assert all(cause.at <= limit.at or cause.names[0] == "opened" for cause in limit.causes)
    for done in told.completions:
        assert all(cause.at <= done.at or cause.names[0] == "opened" for cause in done.causes)
        assert done.condition is not None or [cause.at for cause in done.causes] == [done.at]
    for halt in told.halts:
        assert halt.by[0].since == halt.since
        assert all(halt.since <= one.since and (halt.until is None or one.since < halt.until) for one in halt.by)
    if told.began is not None and told.began.after is not None:
        assert told.began.after == told.of.occurrence - 1
    if told.began is not None and told.began.why in ("completion", "target", "again"):
        assert told.began.after is not None


@some(400)
@given(cases(), st.integers(0, 100))
def test_the_account_is_of_the_timeline_that_evaluate_gives(case: Given, share: int) -> None:
    begun = min(event.at for event in case.events)
    now = begun + (case.now - begun) * share / 100
    account = account_under(Laws(Followed(process=case.process, calendars=HOURS)), case.events, now)
    _holds_together(account, case.as_of(now))
    for told in account.occurrences:
        _reasons_are_of_their_time(told)


@some(200)
@given(moving())
def test_it_is_for_a_record_that_moves_between_versions(case: Moving) -> None:
    account = account_under(case.laws(), case.events, case.now)
    _holds_together(account, case.as_of())
    for told in account.occurrences:
        _reasons_are_of_their_time(told)


def test_evaluate_has_no_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    def called(*_: object) -> None:
        raise AssertionError("a witness was called")

    monkeypatch.setattr("sla.engine.Witness", called)
    case = a_case().opened()
    assert case.as_of("12:00").status == "violated_open"
    with pytest.raises(AssertionError, match="a witness was called"):
        accounted(case)
