"""What Temporal Cloud would count, by its published rules, from histories made by hand and from real ones."""

import json
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from bench.actions import actions
from tests.house.sources import ROOT

HISTORIES = ROOT / "tests" / "histories"


def events(*told: tuple[str, dict[str, Any]]) -> list[HistoryEvent]:
    """A history from type and attributes, numbered from 1."""
    made = []
    for number, (name, attributes) in enumerate(told, 1):
        kind = EventType.Value(f"EVENT_TYPE_{name.upper()}")
        carried: dict[str, Any] = {f"{name}_event_attributes": attributes}
        made.append(HistoryEvent(event_id=number, event_type=kind, **carried))
    return made


STARTED: tuple[str, dict[str, Any]] = ("workflow_execution_started", {})
TASK: tuple[str, dict[str, Any]] = ("workflow_task_scheduled", {})


def marker(of_task: int) -> tuple[str, dict[str, Any]]:
    return "marker_recorded", {"marker_name": "core_local_activity", "workflow_task_completed_event_id": of_task}


def upsert(*names: str) -> tuple[str, dict[str, Any]]:
    return "upsert_workflow_search_attributes", {"search_attributes": {"indexed_fields": {name: {} for name in names}}}


def test_waiting_costs_its_timer_and_nothing_when_it_rings_or_is_cancelled() -> None:
    told = events(STARTED, TASK, ("timer_started", {}), ("timer_fired", {}), ("timer_started", {}), ("timer_canceled", {}))
    assert actions(told) == {"workflow started": 1, "timer started": 2}


def test_an_activity_costs_one_and_each_retry_one_more() -> None:
    told = events(
        ("activity_task_scheduled", {}),
        ("activity_task_started", {"attempt": 1}),
        ("activity_task_completed", {}),
        ("activity_task_scheduled", {}),
        ("activity_task_started", {"attempt": 4}),
        ("activity_task_failed", {}),
    )
    assert actions(told) == {"activity": 2, "activity retried": 3}


def test_all_local_activities_of_one_workflow_task_cost_one_together() -> None:
    assert actions(events(marker(4), marker(4), marker(4), marker(9))) == {"local activities": 2}


def test_search_attributes_cost_one_for_each_command_and_the_sdk_s_own_nothing() -> None:
    told = events(upsert("SlaStatus", "SlaNextDeadline"), upsert("SlaStatus"), upsert("TemporalChangeVersion"))
    assert actions(told) == {"search attributes": 2}


def test_a_signal_costs_one_but_nothing_besides_the_start_that_it_came_with() -> None:
    signal: tuple[str, dict[str, Any]] = ("workflow_execution_signaled", {"signal_name": "hear"})
    assert actions(events(STARTED, TASK, signal, signal)) == {"workflow started": 1, "signal": 2}
    assert actions(events(STARTED, signal, TASK)) == {"workflow started": 1}


def test_an_update_costs_one_when_it_is_accepted_and_nothing_when_it_is_answered() -> None:
    told = events(STARTED, TASK, ("workflow_execution_update_accepted", {}), ("workflow_execution_update_completed", {}))
    assert actions(told) == {"workflow started": 1, "update": 1}


def test_a_child_costs_two_of_which_its_own_history_has_one() -> None:
    parent = events(("start_child_workflow_execution_initiated", {}), ("child_workflow_execution_started", {}))
    assert (actions(parent) + actions(events(STARTED))).total() == 2


def test_starts_tasks_and_ends_are_free() -> None:
    free = events(
        TASK,
        ("workflow_task_started", {}),
        ("workflow_task_completed", {}),
        ("workflow_execution_completed", {}),
        ("workflow_execution_continued_as_new", {}),
        ("workflow_properties_modified", {}),
    )
    assert actions(free) == {}


@pytest.mark.parametrize("name", ["0.1.0-all-met", "0.1.0-warned-violated-reassigned", "0.1.0-deadline-moved-earlier"])
def test_a_real_history_costs_what_a_person_counts_in_it(name: str) -> None:
    """Counted anew from its JSON, by the names of events as Temporal's tool shows them."""
    text = (HISTORIES / f"{name}.json").read_text(encoding="utf-8")
    told = json.loads(text)["events"]
    priced = {
        "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED",
        "EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED",
        "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED",
        "EVENT_TYPE_TIMER_STARTED",
        "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED",
        "EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES",
    }
    markers = [event["markerRecordedEventAttributes"] for event in told if "markerRecordedEventAttributes" in event]
    tasks = {one["workflowTaskCompletedEventId"] for one in markers}
    counted = sum(event["eventType"] in priced for event in told) + len(tasks)
    retried = sum(
        event["activityTaskStartedEventAttributes"].get("attempt", 1) - 1
        for event in told
        if "activityTaskStartedEventAttributes" in event
    )
    found = actions(WorkflowHistory.from_json("sla-case/C-1", text))
    assert found.total() == counted + retried
    assert found["local activities"] == len(tasks) > 1
