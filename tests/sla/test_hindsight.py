"""A case as of another instant: what was true then, what was known then, and how its actions had gone (decision 0010)."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.dossier import Deed, Dossier, TaskKept
from sla.engine import evaluate_under
from sla.evaluation.following import Followed, Laws
from sla.evidence_errors import NoSuchMoment
from sla.hindsight import Hindsight, look_back
from sla.timeline import Timeline
from tests.sla.builders import FIRST, Outcome, Story, a_case, a_milestone, a_process, instant
from tests.sla.telling.builders import a_dossier
from tests.sla.test_evaluate_properties import (
    HOURS,
    Given,
    cases,
    learned_anew,
    one_for_each_instant,
    outcome,
    some,
    without_updates_on_retraction,
)

ESCALATION = "C-1/First Response#1/1/violation-1/1"
LATE_NEWS = a_case().opened("09:00").completed("09:58", learned="10:03")


def now(story: Story, at: str = "12:00", **more: Any) -> Dossier:
    """The case's dossier, taken at noon."""
    return a_dossier(story.laws, story.events, instant(at), **more)


def asked(dossier: Dossier, *, at: str | None = None, known_at: str | None = None, event: int | None = None) -> Hindsight:
    """The case as of then, in local time."""
    times = {name: None if clock is None else instant(clock) for name, clock in (("at", at), ("known_at", known_at))}
    return look_back(dossier, at=times["at"], known_at=times["known_at"], event=event)


def seen(story: Story, **when: Any) -> Outcome:
    """What it had come to."""
    return Outcome(asked(now(story), **when).dossier.timeline())


# ---------------------------------------------------------------------- two instants


def test_by_what_was_known_then_it_was_violated() -> None:
    assert seen(LATE_NEWS, known_at="10:01").milestones == ["First Response#1 overdue"]


def test_by_what_is_known_now_it_had_been_met_all_the_time() -> None:
    assert seen(LATE_NEWS, at="10:01").milestones == ["First Response#1 met"]
    assert seen(LATE_NEWS, at="10:01").effects == ["warning-1/1 09:45", "success/1 09:58"]


def test_what_was_true_by_what_was_known_in_between() -> None:
    assert seen(LATE_NEWS, at="10:01", known_at="10:02").milestones == ["First Response#1 overdue"]
    assert seen(LATE_NEWS, at="10:01", known_at="10:03").milestones == ["First Response#1 met"]


def test_what_had_been_learned_by_then_was_taken_back_by_then() -> None:
    then = seen(LATE_NEWS, at="10:05")
    assert then.milestone().of.retracted is True
    assert then.effect("violation-1/1").status == "retracted"


def test_what_has_not_happened_yet_is_not_told() -> None:
    story = a_case().opened("09:00").changed("10:30", priority="P1").closed("11:00")
    then = seen(story, at="10:15")
    assert "priority" not in then.timeline.fields
    assert (then.timeline.out, then.status) == (False, "violated_open")


def test_what_would_have_held_if_nothing_had_been_learned_since() -> None:
    story = a_case().opened("09:00").completed("09:30")
    assert seen(story, at="10:30", known_at="09:10").milestones == ["First Response#1 overdue"]


def test_just_after_an_event_was_learned() -> None:
    story = a_case().opened("09:00").noted("09:10", "looked.at").completed("09:58", learned="10:03").closed("11:00")
    assert [seen(story, event=number).milestone().status for number in (1, 2, 3, 4)] == ["running", "running", "met", "met"]
    then = asked(now(story), event=3)
    assert (then.last_event, then.events, then.of_events) == ("e03", 3, 4)
    assert then.at == then.known_at == instant("10:03")


def test_of_two_values_of_one_instant_the_one_that_was_recorded_later_was_true() -> None:
    process = a_process(a_milestone(when={"priority": "P1"}))
    story = a_case(under=process).opened("09:00")
    story = story.happened("changed", "09:10", learned="11:00", id_="z", set={"priority": "P3"})
    story = story.happened("changed", "09:10", learned="11:30", id_="a", set={"priority": "P1"})
    assert seen(story, at="09:30").timeline.fields["priority"] == "P1"
    assert seen(story, at="09:30", known_at="11:10").timeline.fields["priority"] == "P3"


def test_what_is_refused_by_all_that_is_known_does_not_come_in_by_being_told_earlier() -> None:
    story = a_case().opened("09:00", priority="P1").happened("opened", "08:30", learned="11:00", fields={"priority": "P4"})
    assert seen(story, at="10:30").timeline.fields["priority"] == "P1"
    assert seen(story, at="10:30").milestone().started == "09:00"


def test_a_record_is_open_from_the_instant_that_its_fields_say() -> None:
    story = a_case().opened("10:30", opened_at=instant("09:00").isoformat())
    assert seen(story, at="09:50").milestone().started == "09:00"
    assert seen(story, at="09:50").milestones == ["First Response#1 running"]


def test_a_record_that_was_told_of_late_was_there_all_the_same() -> None:
    story = a_case().opened("09:00", learned="11:00")
    assert seen(story, at="09:30").milestones == ["First Response#1 running"]


# ---------------------------------------------------------------------- how its actions had gone


def a_deed(at: str | None, **more: Any) -> Deed:
    """The escalation, done at some time."""
    done: dict[str, Any] = {} if at is None else {"outcome": "performed", "at": instant(at)}
    return Deed(key=ESCALATION, kind="reassign", **done, **more)


def test_what_was_done_later_was_not_done_yet() -> None:
    dossier = now(a_case().opened(), deeds=(a_deed("10:07"),))
    assert asked(dossier, known_at="10:05").dossier.deeds == ()
    assert [deed.outcome for deed in asked(dossier, known_at="10:07").dossier.deeds] == ["performed"]


def test_of_what_was_being_tried_the_trouble_is_told_and_not_how_it_ended() -> None:
    deed = a_deed("10:20", attempts=2, problem="the directory is down", attempted_at=instant("10:04"), reason="at last")
    [then] = asked(now(a_case().opened(), deeds=(deed,)), at="10:05").dossier.deeds
    assert (then.outcome, then.at, then.reason) == (None, None, None)
    assert (then.attempts, then.problem) == (2, "the directory is down")


def test_of_attempts_that_went_on_afterwards_nothing_is_told() -> None:
    deed = a_deed(None, attempts=7, problem="the directory is down", attempted_at=instant("11:00"))
    assert asked(now(a_case().opened(), deeds=(deed,)), at="10:05").dossier.deeds == ()


def test_an_attempt_of_which_nobody_knows_when_it_was_is_told_as_of_now_and_not_before() -> None:
    tried = a_deed(None, attempts=2, problem="the directory is down")
    dossier = now(a_case().opened(), deeds=(tried,))
    assert asked(dossier, at="12:00", known_at="12:00").dossier.deeds == (tried,)
    assert asked(dossier, at="11:59").dossier.deeds == ()


def test_what_was_done_is_no_earlier_known_than_it_was_done() -> None:
    dossier = now(a_case().opened(), deeds=(a_deed("10:07"),))
    assert asked(dossier, at="11:00", known_at="10:05").dossier.deeds == ()


def test_a_task_is_there_from_when_it_was_opened() -> None:
    task = TaskKept(key=ESCALATION, to=("ada",), subject="Call them", due_at=None, opened_at=instant("10:00"))
    dossier = now(a_case().opened(), tasks=(task,))
    assert asked(dossier, at="09:59").dossier.tasks == ()
    assert asked(dossier, at="10:00").dossier.tasks == (task,)


# ---------------------------------------------------------------------- nothing to show

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"at": "08:59"}, "it was opened later than that, at 2026-03-02T09:00:00Z"),
    ({"at": "12:01"}, "2026-03-02T12:01:00Z lies in the future: it is 2026-03-02T12:00:00Z"),
    ({"known_at": "12:01"}, "2026-03-02T12:01:00Z lies in the future: it is 2026-03-02T12:00:00Z"),
    (
        {"known_at": "09:00"},
        "nothing was known of it at 2026-03-02T09:00:00Z: its opening was learned at 2026-03-02T09:05:00Z",
    ),
    ({"event": 0}, "there is no event 0; it has 2, numbered from 1 in order of arrival"),
    ({"event": 3}, "there is no event 3; it has 2, numbered from 1 in order of arrival"),
    ({"event": 1, "at": "10:00"}, "leave `at` and `known_at` out"),
    ({"event": 1, "known_at": "10:00"}, "leave `at` and `known_at` out"),
]


@pytest.mark.parametrize(("when", "reason"), REFUSED, ids=[" ".join(map(str, when.items())) for when, _ in REFUSED])
def test_where_there_is_nothing_to_show_the_reason_is_told(when: dict[str, Any], reason: str) -> None:
    story = a_case().opened("09:00", learned="09:05").completed("09:30")
    with pytest.raises(NoSuchMoment) as refused:
        asked(now(story), **when)
    assert str(refused.value) == f"Record 'C-1' cannot be shown as of then: {refused.value.facts['problem']}."
    assert reason in str(refused.value)


def test_the_instant_of_the_opening_is_the_first_that_can_be_shown() -> None:
    story = a_case().opened("09:00")
    assert seen(story, at="09:00").milestone(FIRST).status == "running"


# ---------------------------------------------------------------------- laws


def dossier_of(given_: Given) -> Dossier:
    """A generated case, in order of arrival, taken when all of it is known."""
    log = tuple(sorted(given_.events, key=lambda one: one.recorded_at))
    return a_dossier(Laws(Followed(process=given_.process, calendars=HOURS)), log, given_.now)


def shown(dossier: Dossier, **when: Any) -> Timeline | None:
    """What it had come to; None if there was nothing to show."""
    try:
        return look_back(dossier, **when).dossier.timeline()
    except NoSuchMoment:
        return None


@some(150)
@given(cases())
def test_as_of_now_by_what_is_known_now_is_what_is_the_case(given_: Given) -> None:
    dossier = dossier_of(given_)
    if (found := shown(dossier, at=given_.now, known_at=given_.now)) is not None:
        assert found == dossier.timeline()


@some(150)
@given(cases(), st.floats(0, 1))
def test_what_was_known_then_is_what_was_shown_then(given_: Given, share: float) -> None:
    dossier, first = dossier_of(given_), min(event.recorded_at for event in given_.events)
    then = first + timedelta(seconds=int((given_.now - first).total_seconds() * share))
    if (found := shown(dossier, known_at=then)) is not None:
        was = evaluate_under(dossier.law(), given_.events, then)
        assert found.model_dump() | {"refused": ()} == was.model_dump() | {"refused": ()}


@some(250)
@given(
    cases("late+stops", "late+reopen", "late+recurrence", "late+completing", "late+updates", "late+lines", "all"),
    st.randoms(),
)
def test_what_was_true_does_not_depend_on_when_it_was_learned(given_: Given, random: Random) -> None:
    given_ = without_updates_on_retraction(given_)
    on_time = one_for_each_instant(given_.events)
    on_time = tuple(event.model_copy(update={"recorded_at": event.at}) for event in on_time)
    late = replace(given_, events=learned_anew(on_time, given_.now, random))
    moments: list[datetime] = sorted({event.at for event in on_time})
    for then in random.sample(moments, min(3, len(moments))):
        if (found := shown(dossier_of(late), at=then)) is not None:
            assert outcome(found) == outcome(given_.as_of(then, on_time)), then
