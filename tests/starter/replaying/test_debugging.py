"""`milepost replay --debug`: a debugger at an event, in the workflow or in `evaluate`, told what to do by a script."""

from pathlib import Path

import pytest

from starter.answers import BAD_INPUT, FINE
from starter.replaying.debugging import task_of
from starter.replaying.reading import parsed
from tests.starter.command_line import Ran, milepost
from tests.starter.replaying.builders import golden, premium

HISTORY = "warned-violated-reassigned"


def debugged(directory: Path, *arguments: str, commands: str) -> Ran:
    """The golden history under a debugger that is told these commands."""
    return milepost("replay", golden(HISTORY), "--process", premium(directory), *arguments, stdin=commands)


def test_the_debugger_stops_in_the_workflow_when_it_comes_to_the_event(tmp_path: Path) -> None:
    run = parsed(golden(HISTORY).read_bytes(), "it")
    *_, answered = [event.event_id for event in run.events if run.kind(event.event_id) == "WorkflowExecutionUpdateAccepted"]
    said = "p self.record, len(self.log), news.event.type\nw\nc\n"
    ran = debugged(tmp_path, "--debug", "--break-at", str(answered), commands=said)
    assert "workflows/case.py(" in ran.out
    assert "-> event = news.event" in ran.out
    assert "('C-1042', 2, 'noted')" in ran.out
    assert "the same: 48 events, 5 decisions" in ran.out
    assert ran.code == FINE


def test_at_the_first_event_it_stops_where_the_workflow_begins(tmp_path: Path) -> None:
    ran = debugged(tmp_path, "--debug", commands="p case.record\nq\n")
    assert "__init__()" in ran.out
    assert "(Pdb) 'C-1042'" in ran.out
    assert ran.code == FINE


def test_an_event_alone_stops_in_the_workflow(tmp_path: Path) -> None:
    ran = debugged(tmp_path, "--break-at", "12", commands="p self.armed_at is None\nq\n")
    assert "workflows/case.py(" in ran.out
    assert "(Pdb) " in ran.out


def test_the_debugger_stops_in_evaluate_for_the_decision_of_the_event(tmp_path: Path) -> None:
    said = "p process.process, len(events), now.isoformat()\nb report\nc\np walk is not None, now.minute\nq\n"
    ran = debugged(tmp_path, "--debug", "--inside", "evaluate", "--break-at", "14", commands=said)
    assert "sla/engine.py(" in ran.out
    assert "('Premium', 1, '2026-11-22T05:44:34+00:00')" in ran.out
    assert "sla/evaluation/report.py(" in ran.out
    assert "(True, 44)" in ran.out
    assert ran.code == FINE


def test_of_an_event_that_records_no_decision_the_next_one_is_meant(tmp_path: Path) -> None:
    ran = debugged(tmp_path, "--debug", "--inside", "evaluate", "--break-at", "15", commands="p now.isoformat()\nq\n")
    assert "sla/engine.py(" in ran.out
    assert "(Pdb) '2026-11-22T05:59:34+00:00'" in ran.out, "that of event 14 was a quarter of an hour earlier"


def test_a_debugger_that_is_left_lets_the_replay_go_on_to_its_end(tmp_path: Path) -> None:
    ran = debugged(tmp_path, "--debug", "--break-at", "1", commands="")  # nobody is there: end of input
    assert "the same: 48 events, 5 decisions" in ran.out
    assert ran.code == FINE


def test_where_no_decision_follows_it_says_that_it_did_not_stop(tmp_path: Path) -> None:
    ran = debugged(tmp_path, "--debug", "--inside", "evaluate", "--break-at", "48", commands="")
    assert "(Pdb)" not in ran.out
    assert "The replay did not come to evaluate at event 48." in ran.err


@pytest.mark.parametrize("place", ["workflow", "evaluate"])
def test_an_event_that_the_history_has_not_is_refused(tmp_path: Path, place: str) -> None:
    ran = debugged(tmp_path, "--debug", "--inside", place, "--break-at", "49", commands="")
    assert ran.code == BAD_INPUT
    assert "has only 48 events" in ran.err


def test_one_history_is_debugged_at_a_time(tmp_path: Path) -> None:
    ran = milepost("replay", golden(HISTORY), golden("refused"), "--process", premium(tmp_path), "--debug")
    assert ran.code == BAD_INPUT
    assert "Only one history can be debugged at a time" in ran.err


def test_there_are_two_places_to_stop_in(tmp_path: Path) -> None:
    ran = debugged(tmp_path, "--debug", "--inside", "the case", commands="")
    assert ran.code == BAD_INPUT
    assert "--inside: 'the case' is none of workflow, evaluate" in ran.err


def test_what_cannot_be_replayed_cannot_be_debugged(tmp_path: Path) -> None:
    odd = tmp_path / "odd.json"
    odd.write_text("{}", "utf-8")
    ran = milepost("replay", odd, "--process", premium(tmp_path), "--debug")
    assert ran.code == BAD_INPUT
    assert "cannot be replayed: it is JSON, but no history" in ran.err


def test_every_event_belongs_to_the_task_in_which_the_workflow_meets_it() -> None:
    run = parsed(golden(HISTORY).read_bytes(), "it")
    kinds = {event.event_id: run.kind(event.event_id) for event in run.events}
    tasks = [task_of(run, number) for number in kinds]
    assert tasks == sorted(tasks)
    assert {kinds[task] for task in tasks} == {"WorkflowTaskStarted"}
    made = {
        "MarkerRecorded",
        "TimerStarted",
        "ActivityTaskScheduled",
        "UpsertWorkflowSearchAttributes",
        "WorkflowTaskCompleted",
    }
    made |= {"WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted"}
    for number, task in zip(kinds, tasks, strict=True):
        assert (task < number) == (kinds[number] in made), number
