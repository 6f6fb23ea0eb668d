"""The engine asks only what the news bears on, and goes back only as far as it must: what may not be lost by that."""

from datetime import timedelta

import pytest

from sla.evaluation.projection import Projection
from tests.sla.builders import BY_PRIORITY, FIRST, Story, a_case, a_milestone, a_process, a_quiet, instant

QUIETLY_RESOLVED = {"all": [{"status": "Resolved"}, {"not": {"event": "changed"}}]}


def test_what_an_event_denied_at_its_instant_holds_at_the_next_whatever_that_is() -> None:
    process = a_process(a_quiet(complete_when=QUIETLY_RESOLVED))
    denied = a_case(under=process).opened().changed("09:10", status="Resolved")
    assert denied.as_of("09:15").milestone().status == "running"
    assert denied.noted("09:20", "weather.changed").as_of("09:30").milestone().completed == "09:20"


def test_news_that_nobody_asks_about_changes_the_record_and_nothing_else() -> None:
    told = a_case().opened(owner="ben").changed("09:10", owner="ada").noted("09:20", "weather.changed").as_of("10:30")
    assert told.timeline.fields["owner"] == "ada"
    assert told.effects == a_case().opened(owner="ben").as_of("10:30").effects


def test_a_limit_that_changed_while_it_was_completed_is_taken_when_that_was_a_mistake() -> None:
    process = a_process(a_milestone(within=BY_PRIORITY))
    case = a_case(under=process).opened(priority="P1").completed("09:10").changed("09:20", priority="P2")
    assert case.as_of("09:30").milestone().target == "10:00"
    assert case.uncompleted("09:30").as_of("09:30").milestone().target == "13:00"


def test_a_field_may_be_called_as_an_event_is() -> None:
    process = a_process(a_quiet(complete_when={"closed": "yes"}))
    case = a_case(under=process).opened().changed("09:10", closed="yes")
    assert case.as_of("09:30").milestone().completed == "09:10"


def test_a_changed_copy_of_a_process_is_no_longer_that_process() -> None:
    process = a_process(a_milestone(within="1h"))
    assert a_case(under=process).opened().as_of("09:00").milestone().target == "10:00"
    longer = process.model_copy(update={"milestones": a_process(a_milestone(within="2h")).milestones})
    assert a_case(under=longer).opened().as_of("09:00").milestone().target == "11:00"


def owners_learned_late(count: int) -> Story:
    """A new owner every half hour, each learned two hours later."""
    case = a_case().opened(owner="ben")
    for number in range(count):
        at = instant("09:30") + timedelta(minutes=30 * number)
        learned = at + timedelta(hours=2)
        case = case.happened(
            "changed", f"{at:%Y-%m-%d %H:%M}", learned=f"{learned:%Y-%m-%d %H:%M}", set={"owner": f"{number}"}
        )
    return case


def test_late_news_costs_the_time_since_it_happened_and_not_the_whole_life_of_the_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = 0
    step = Projection._step

    def counted(walk: Projection, at: int) -> None:
        nonlocal steps
        steps += 1
        step(walk, at)

    def steps_for(late: int) -> int:
        nonlocal steps
        steps = 0
        assert owners_learned_late(late).as_of("2026-03-20 09:00").timeline.fields["owner"] == str(late - 1)
        return steps

    monkeypatch.setattr(Projection, "_step", counted)
    assert steps_for(80) < 2.5 * steps_for(40)


def test_late_news_that_is_learned_in_another_order_comes_to_the_same() -> None:
    on_time = a_case().opened().stopped("09:20").resumed("09:40").completed("10:10")
    late = (
        a_case()
        .opened()
        .completed("10:10", learned="10:40")
        .resumed("09:40", learned="11:00")
        .stopped("09:20", learned="11:30")
    )
    assert late.as_of("12:00").timeline.milestones[0].actual_s == on_time.as_of("12:00").timeline.milestones[0].actual_s
    assert late.as_of("12:00").milestones == [f"{FIRST}#1 met"]
