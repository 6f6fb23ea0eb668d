"""What a history costs on Temporal Cloud, in Actions, by Temporal's published counting ("Temporal Cloud Actions").

Counted is what a history shows. Not in it, and so not counted: queries, rejected updates, heartbeats of activities, resets,
exports, what a schedule adds, and the further heartbeats of a workflow task that waits long for its local activities.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

EXEMPT_ATTRIBUTE = "TemporalChangeVersion"
"""A search attribute that the SDK keeps for versioning; setting it alone is free."""

Price = tuple[str, int]
FREE: Price = ("", 0)

ONE_EACH: dict["EventType.ValueType", str] = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: "workflow started",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED: "update",
    EventType.EVENT_TYPE_TIMER_STARTED: "timer started",
    EventType.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: "signal",
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED: "options updated",
    EventType.EVENT_TYPE_NEXUS_OPERATION_SCHEDULED: "nexus operation",
}
"""Where every event is an Action. Continuing as new is one by its run's own start."""


def actions(history: WorkflowHistory | Iterable[HistoryEvent]) -> Counter[str]:
    """How many Actions of which kind one run comes to; `actions(history).total()` is what is billed."""
    events = list(history.events if isinstance(history, WorkflowHistory) else history)
    found: Counter[str] = Counter()
    for event in events:
        name, count = _price(event)
        found[name] += count
    found["local activities"] += _tasks_with_markers(events)
    return +found


def _price(event: HistoryEvent) -> Price:
    if (name := ONE_EACH.get(event.event_type)) is not None:
        return name, 1
    rule = _RULES.get(event.event_type)
    return FREE if rule is None else rule(event)


def _signal(event: HistoryEvent) -> Price:
    """Signal-with-start is one Action in all: its signal stands before the first workflow task, right after the start."""
    return FREE if event.event_id == 2 else ("signal", 1)


def _activity(event: HistoryEvent) -> Price:
    """An activity is an Action when scheduled; what started in the end tells how often it was tried again."""
    return "activity retried", event.activity_task_started_event_attributes.attempt - 1


def _attributes(event: HistoryEvent) -> Price:
    """One for each command, however many search attributes it sets."""
    names = set(event.upsert_workflow_search_attributes_event_attributes.search_attributes.indexed_fields)
    return FREE if names == {EXEMPT_ATTRIBUTE} else ("search attributes", 1)


_RULES: dict["EventType.ValueType", Callable[[HistoryEvent], Price]] = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: _signal,
    EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: lambda _: ("activity", 1),
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED: _activity,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: _attributes,
    # Two: the intent and the execution. The child's own history begins with the second, so here it is the first alone.
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: lambda _: ("child workflow", 1),
}


def _tasks_with_markers(events: Iterable[HistoryEvent]) -> int:
    """All markers of one workflow task are one Action together: local activities, patches, side effects."""
    markers = (event for event in events if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED)
    return len({event.marker_recorded_event_attributes.workflow_task_completed_event_id for event in markers})
