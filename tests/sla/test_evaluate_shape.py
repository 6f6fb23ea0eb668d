"""What goes into `evaluate` and what comes out, whatever the rules make of it (SPEC 3 and 7)."""

import json
from datetime import timedelta, timezone

from sla.engine import evaluate
from tests.sla.builders import Story, a_case, a_milestone, a_process, a_quiet, instant, some_hours

MILESTONE = [
    "milestone", "occurrence", "status", "started_at", "target_at", "completed_at", "violated", "violated_at", "retracted",
    "limit_s", "elapsed_s", "stopped_s", "actual_s", "overdue_s", "reason",
]  # fmt: skip
EFFECT = [
    "key", "due_at", "milestone", "occurrence", "trigger", "threshold", "action", "params", "status", "reason",
]  # fmt: skip


def a_story() -> Story:
    return a_case().opened("09:00").completed("09:58", learned="10:03")


def test_the_names_of_what_comes_out_are_those_of_spec_and_in_its_order() -> None:
    told = json.loads(a_story().as_of("10:03").timeline.model_dump_json())
    assert list(told) == ["record", "process", "status", "milestones", "effects", "next_wakeup", "notes"]
    assert [list(row) for row in told["milestones"]] == [MILESTONE]
    assert {tuple(row) for row in told["effects"]} == {tuple(EFFECT)}


def test_instants_are_written_in_utc_to_the_second() -> None:
    told = json.loads(a_story().as_of("10:03").timeline.model_dump_json())
    assert told["milestones"][0]["completed_at"] == "2026-03-02T09:58:00Z"
    assert told["milestones"][0]["violated_at"] is None


def test_thresholds_are_in_consumed_seconds_and_absent_where_there_is_none() -> None:
    effects = a_story().as_of("10:03").timeline.effects
    assert [(effect.trigger, effect.threshold) for effect in effects] == [
        ("warning", 2700),
        ("success", None),
        ("violation", 3600),
        ("retracted", None),
    ]


def test_an_action_comes_with_its_kind_and_parameters() -> None:
    effect = a_story().as_of("10:03").effect("warning-1/1")
    assert (effect.action, effect.params) == ("email", {"to": "owner", "template": "warning"})


def test_any_zone_and_fraction_of_now_is_that_second() -> None:
    story = a_story()
    odd = instant("10:30").astimezone(timezone(timedelta(hours=5, minutes=30))).replace(microsecond=999_999)
    assert evaluate(story.process, {}, story.events, odd) == story.as_of("10:30").timeline
    assert story.as_of("10:30").timeline.as_of == instant("10:30")


def test_the_installation_has_hours_for_whoever_names_none() -> None:
    story = a_case(under=a_process(a_quiet(within="2h"))).opened("Fri 16:00")
    timeline = evaluate(story.process, {}, story.events, instant("Fri 16:00"), default_hours=some_hours())
    assert timeline.milestones[0].target_at == instant("2026-03-09 10:00")


def test_one_process_serves_many_records() -> None:
    process = a_process(a_milestone(within={"by": "priority", "values": {"P1": "1h"}, "default": "8h"}))
    first = a_case("C-1", under=process).opened(priority="P1").as_of("09:00").milestone().target
    second = a_case("C-2", under=process).opened(priority="P3").as_of("09:00").milestone().target
    assert (first, second) == ("10:00", "17:00")


def test_a_record_that_opens_later_today_is_waited_for() -> None:
    case = a_case().happened("opened", "11:00", learned="09:00", fields={"type": "case"}).as_of("09:00")
    assert (case.milestones, case.wakes) == ([], "11:00")


def test_the_first_news_may_be_that_nothing_was_opened() -> None:
    case = a_case().completed("09:30").as_of("10:00")
    assert (case.timeline.record, case.milestones, case.status, case.wakes) == ("C-1", [], "compliant", None)


def test_a_move_to_another_version_changes_nothing_where_there_is_only_one() -> None:
    moved = a_case().opened().happened("migrated", "09:10", version=2).as_of("10:30")
    assert (moved.effects, moved.refused) == (a_case().opened().as_of("10:30").effects, {})


def test_what_remains_of_the_limit_is_told_with_the_rest() -> None:
    story = a_case().opened().stopped("09:20").resumed("09:40")
    assert [story.as_of(at).milestone().of.remaining_s for at in ("09:20", "09:30", "10:00", "11:00")] == [
        2400,
        2400,
        1200,
        0,
    ]
