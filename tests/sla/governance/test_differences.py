"""What is different between two definitions, in words; and nothing exactly where they mean the same."""

from typing import Any

import pytest
from hypothesis import given

from sla.calendar import BusinessHours
from sla.governance.differences import between_calendars, between_processes, in_words
from sla.process.model import LimitTable, Milestone, Process, Violation, Warn
from tests.sla.calendar.strategies import modest
from tests.sla.governance.definitions import calendar_pairs, meaning, pairs, single_edits

EMAIL = {"email": {"to": "owner", "template": "warning"}}
TASK = {"task": {"to": "role:lead", "subject": "Call"}}


def a_process(*lines: dict[str, Any], **more: Any) -> Process:
    listed = list(lines) or [a_line("First Response", "1h"), a_line("Resolution", "8h", warnings=[warning("75%")])]
    return Process.model_validate({"process": "Premium", "milestones": listed, **more})


def a_line(name: str, within: Any, **more: Any) -> dict[str, Any]:
    return {"milestone": name, "within": within, **more}


def warning(at: str, *actions: dict[str, Any]) -> dict[str, Any]:
    key = "at" if at.endswith("%") else "before"
    return {key: at, "actions": list(actions) or [EMAIL]}


def table(**values: str) -> dict[str, Any]:
    return {"by": "priority", "values": values, "default": "8h"}


def told(before: Process, after: Process) -> list[str]:
    return [one.sentence for one in between_processes(before, after)]


def test_a_change_reads_as_an_administrator_would_say_it() -> None:
    after = a_process(a_line("First Response", "45m"), a_line("Resolution", "8h"))
    found = between_processes(a_process(), after)
    assert in_words(found) == "First Response tightened from 1h to 45m; Resolution's 75 % warning removed"
    assert [(one.what, one.milestone, one.field, one.before, one.after) for one in found] == [
        ("tightened", "First Response", "milestones[0].within", "1h", "45m"),
        ("removed", "Resolution", "milestones[1].warnings[0]", {"at": "75%", "actions": [EMAIL]}, None),
    ]


ONE = a_line("Answer", "2h")


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (ONE, a_line("Answer", "3h"), "Answer relaxed from 2h to 3h"),
        (ONE, a_line("Answer", "1bd"), "Answer's limit changed from 2h to 1bd"),
        (ONE, a_line("Answer", table(P1="1h")), "Answer's limit changed from 2h to 8h by default (priority: P1 1h)"),
        (ONE, ONE | {"when": {"tier": "gold"}}, "Answer's condition tier: gold added"),
        (ONE | {"start": "criteria"}, ONE, "Answer's start changed from criteria to process"),
        (ONE | {"business_hours": "office"}, ONE, "Answer's business hours office removed"),
        (ONE, ONE | {"description": "Why"}, "Answer's description added"),
        (ONE, a_line("Reply", "2h"), "Answer renamed to Reply"),
        (ONE, ONE | {"warnings": [warning("50%")]}, "Answer's 50 % warning added"),
        (
            ONE | {"warnings": [warning("50%")]},
            ONE | {"warnings": [warning("1h")]},
            "Answer's 50 % warning became the warning 1h before the target",
        ),
        (
            ONE | {"violations": [{"after": "0s", "actions": [EMAIL]}]},
            ONE | {"violations": [{"after": "0s", "actions": [EMAIL, TASK]}]},
            "Answer's escalation at the target: task to role:lead (subject: Call) added",
        ),
        (
            ONE | {"success": [EMAIL, TASK]},
            ONE | {"success": [TASK, EMAIL]},
            "Answer's actions on success run in another order, task to role:lead (subject: Call) first",
        ),
        (
            ONE | {"success": [EMAIL]},
            ONE | {"success": [EMAIL | {"description": "Why"}]},
            "Answer's actions on success: description of email to owner (template: warning) added",
        ),
        (
            a_line("Answer", table(P1="1h", P2="4h")),
            a_line("Answer", table(P1="30m", P2="4h")),
            "Answer tightened from 1h to 30m for priority P1",
        ),
        (
            a_line("Answer", table(P1="1h")),
            a_line("Answer", table(P1="1h", P3="9h")),
            "Answer's limit of 9h for priority P3 added",
        ),
    ],
)  # fmt: skip
def test_each_kind_of_change_of_a_milestone_has_its_sentence(before: Any, after: Any, sentence: str) -> None:
    assert told(a_process(before), a_process(after)) == [sentence]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"process": "Gold"}, "The name changed from Premium to Gold"),
        ({"business_hours": "office"}, "The business hours office added"),
        ({"stop_when": {"status": "Waiting"}}, "The stop condition status: Waiting added"),
        ({"on_exit": "leave_open"}, "The rule at exit changed from cancel to leave_open"),
        ({"applies_to": "incident"}, "The type of record changed from case to incident"),
    ],
)
def test_each_field_of_a_process_has_its_sentence(more: dict[str, Any], sentence: str) -> None:
    assert told(a_process(), a_process(**more)) == [sentence]


def test_milestones_that_come_go_and_change_places_are_told() -> None:
    first, second, third = a_line("A", "1h"), a_line("B", "2h"), a_line("C", "3h")
    assert told(a_process(first, second), a_process(second, third)) == ["C added, within 3h", "A removed"]
    assert told(a_process(first, second), a_process(second, first)) == ["The milestones stand in another order: B, A"]


def test_the_lines_of_one_milestone_are_told_apart_by_their_conditions() -> None:
    gold, other = a_line("A", "1h", when={"tier": "gold"}), a_line("A", "2h")
    changed = a_process(a_line("A", "30m", when={"tier": "gold"}), other)
    assert told(a_process(gold, other), changed) == ["A (tier: gold) tightened from 1h to 30m"]


def test_what_is_only_written_otherwise_is_no_difference() -> None:
    before = a_process(a_line("A", "1h", warnings=[warning("75%")], when={"a": 1, "b": 2}))
    after = a_process(a_line("A", "60m", warnings=[warning("75 %")], when={"b": 2.0, "a": 1}))
    assert told(before, after) == []
    assert told(after, a_process(a_line("A", "60m", warnings=[warning("75 %")], when={"b": 2.0, "a": True}))) != []


FULL: dict[str, Any] = {
    "process": "Full",
    "applies_to": "incident",
    "description": "All that there is",
    "business_hours": "office",
    "start_at": "triaged_at",
    "exit_when": {"any": [{"status": ["Closed", "Gone"]}, {"event": "dropped"}]},
    "on_exit": "leave_open",
    "on_reopen": "new_cycle",
    "stop_when": {"after": "asked", "until": "answered"},
    "milestones": [
        {
            "milestone": "Answer",
            "description": "Somebody wrote",
            "within": {"by": "priority", "values": {"P1": "1h"}, "default": "1bd"},
            "when": {"tier": "gold", "seats": {"gt": 5}},
            "start": "criteria",
            "recurrence": "periodic",
            "business_hours": "night",
            "stop_when": {"status": "Waiting"},
            "complete_when": {"event": "sent", "where": {"channel": "mail"}},
            "warnings": [{"at": "50%", "actions": [EMAIL, TASK]}, {"before": "30m", "actions": [TASK]}],
            "violations": [{"after": "0s", "actions": [EMAIL | {"description": "Why"}]}, {"after": "2h", "actions": [TASK]}],
            "success": [EMAIL, {"update": {"set": {"done": True, "count": 1}}}],
            "on_retracted": [EMAIL],
        },
        {"milestone": "Answer", "within": "4h", "recurrence": "periodic"},
        {"milestone": "Solve", "within": "1h", "recurrence": "sequential", "warnings": [{"at": "75%", "actions": [EMAIL]}]},
    ],
}


def test_every_edit_of_one_place_is_told_exactly_if_it_means_something() -> None:
    before, edited, told_of = Process.model_validate(FULL), set(), 0
    for place, after in single_edits(FULL):
        changed = meaning(before) != meaning(after)
        assert bool(between_processes(before, after)) == changed, (place, after)
        if changed:
            told_of += 1
            edited.add(place)
    fields = {name for model in (Process, Milestone, Warn, Violation, LimitTable) for name in model.model_fields}
    assert fields - edited == {"milestones"}  # which is edited by what is in it
    assert told_of > 400


@modest(600)
@given(pairs())
def test_there_is_no_difference_exactly_between_processes_that_mean_the_same(both: tuple[Process, Process]) -> None:
    before, after = both
    assert (between_processes(before, after) == ()) == (meaning(before) == meaning(after))
    assert between_processes(before, before) == ()


@modest(400)
@given(calendar_pairs())
def test_there_is_no_difference_exactly_between_calendars_that_mean_the_same(
    both: tuple[BusinessHours, BusinessHours],
) -> None:
    before, after = both
    assert (between_calendars(before, after) == ()) == (meaning(before) == meaning(after))


WEEK = {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"]}


def hours(**more: Any) -> BusinessHours:
    return BusinessHours.model_validate({"calendar": "office", "timezone": "UTC", "hours": WEEK} | more)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"timezone": "Europe/Berlin"}, "The time zone changed from UTC to Europe/Berlin"),
        ({"hours": WEEK | {"mon": ["08:00-17:00"]}}, "Monday open 08:00-17:00 instead of 09:00-17:00"),
        ({"hours": {"mon": ["09:00-17:00"]}}, "Tuesday closed, was open 09:00-17:00"),
        ({"hours": WEEK | {"sat": ["10:00-12:00"]}}, "Saturday open 10:00-12:00 instead of closed"),
        ({"hours": "always"}, "Open around the clock now"),
        ({"holidays": ["2026-12-24", "--01-01"]}, "Holidays 2026-12-24, --01-01 added"),
        ({"holidays": [f"2026-12-2{day}" for day in range(1, 7)]}, "6 holidays added, from 2026-12-21 to 2026-12-26"),
        ({"holidays": [{"date": "2026-12-24", "hours": ["09:00-12:00"]}]}, "Holiday 2026-12-24 (open 09:00-12:00) added"),
        ({"holidays": [{"date": "--12-25", "name": "Christmas"}]}, "Holiday --12-25 (Christmas) added"),
        (
            {"holidays": [{"date": "2026-12-24", "name": "Christmas Eve", "hours": []}]},
            "Holiday 2026-12-24 (Christmas Eve, open for last night's shift only) added",
        ),
    ],
)
def test_a_change_of_a_calendar_has_its_sentence(more: dict[str, Any], sentence: str) -> None:
    assert in_words(between_calendars(hours(), hours(**more))) == sentence


def test_a_holiday_that_becomes_a_short_day_is_told_as_such() -> None:
    short = hours(holidays=[{"date": "2026-12-24", "hours": ["09:00-12:00"]}])
    words = in_words(between_calendars(hours(holidays=["2026-12-24"]), short))
    assert words == "Holiday 2026-12-24: open 09:00-12:00 instead of closed"


def called(**names: str | None) -> BusinessHours:
    """Days of December 2026: `d25="Christmas Day"`."""
    days = [{"date": f"2026-12-{day[1:]}"} | ({"name": name} if name else {}) for day, name in names.items()]
    return hours(holidays=days)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (called(d25=None), called(d25="Christmas"), "Holiday 2026-12-25 is called Christmas, was without a name"),
        (called(d25="Christmas"), called(d25=None), "Holiday 2026-12-25 has no name, was called Christmas"),
        (called(d25="Xmas"), called(d25="Christmas"), "Holiday 2026-12-25 is called Christmas, was called Xmas"),
        (
            called(d21=None, d22=None, d23=None, d24=None, d25=None),
            called(d25="E", d24="D", d23="C", d22="B", d21="A"),
            "5 holidays are called otherwise, from 2026-12-21 (A) to 2026-12-25 (E); names change no open time",
        ),
    ],
)
def test_a_holiday_that_is_called_otherwise_is_told(before: BusinessHours, after: BusinessHours, sentence: str) -> None:
    [told_of] = between_calendars(before, after)
    assert (told_of.what, told_of.field, told_of.sentence) == ("changed", "holidays", sentence)
    assert told_of.before != told_of.after
