"""Histories as people have them: JSON as Temporal writes it, checked so far that Temporal's Replayer can be given it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf.json_format import ParseError
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from sla import messages

_PREFIX: Final = messages.workflow_id("")
_UNKNOWN: Final = f"{_PREFIX}?"
_ANSWERS: Final = ("WorkflowExecutionUpdateAccepted", "WorkflowExecutionUpdateCompleted")
_LOCAL: Final = "core_local_activity"
"""What the SDK calls the marker with which it records the answer of a local activity."""


class Unplayable(Exception):
    """A history that cannot be replayed, and why: it is named and skipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A history that can be replayed. `source` is what messages call it."""

    source: str
    history: WorkflowHistory

    @property
    def events(self) -> Sequence[HistoryEvent]:
        """Its events, numbered from 1."""
        return self.history.events

    @property
    def record(self) -> str | None:
        """The record, if the history says which."""
        name = self.history.workflow_id
        return name.removeprefix(_PREFIX) if name.startswith(_PREFIX) and name != _UNKNOWN else None

    def kind(self, number: int) -> str:
        """What an event is, in Temporal's words: `TimerStarted`."""
        return kind_of(self.events[min(number, len(self.events)) - 1])

    def done(self) -> WorkflowHistory:
        """As far as workflow tasks were done: to what comes after them nobody has an answer yet, also no replay."""
        last = 0
        for number, event in enumerate(self.events, 1):
            follows = last == number - 1 and is_of_the_workflow(event)
            if follows or event.HasField("workflow_task_completed_event_attributes"):
                last = number
        return WorkflowHistory(self.history.workflow_id, self.events[:last])

    def decisions(self) -> Iterator[HistoryEvent]:
        """The events that record a decision, in order; attempts that failed are none."""
        for event in self.events:
            marker = event.marker_recorded_event_attributes  # empty in events of other types
            if marker.marker_name == _LOCAL and "result" in marker.details and _activity(marker.details) == messages.DECIDE:
                yield event


def kind_of(event: HistoryEvent) -> str:
    """What an event is, in Temporal's words."""
    words = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").split("_")
    return "".join(word.capitalize() for word in words)


def is_of_the_workflow(event: HistoryEvent) -> bool:
    """Whether the workflow brought it about, and nobody outside."""
    attributes: Any = getattr(event, event.WhichOneof("attributes") or "", None)
    return hasattr(attributes, "workflow_task_completed_event_id") or kind_of(event) in _ANSWERS


def _activity(details: Any) -> str | None:
    try:
        found: Any = json.loads(details["data"].payloads[0].data)
        return found.get("activity_type") if isinstance(found, dict) else None
    except (IndexError, ValueError):
        return None


def parsed(content: bytes, source: str) -> Run:
    """A history from JSON, as `temporal workflow show -o json` writes it. Raises Unplayable."""
    try:
        told = json.loads(content)
    except UnicodeDecodeError:
        raise Unplayable("it is not text, so it is no history in JSON") from None
    except (ValueError, RecursionError) as problem:
        where = f" (line {problem.lineno}: {problem.msg})" if isinstance(problem, json.JSONDecodeError) else ""
        raise Unplayable(f"it is not JSON, or its end is missing{where}") from None
    return of_json(told, source)


def of_json(told: Any, source: str, workflow_id: str = "") -> Run:
    """A history from a JSON value, whose events may lie under `history`. Raises Unplayable."""
    if isinstance(told, dict) and isinstance(told.get("history"), dict):
        told = told["history"]
    if not isinstance(told, dict) or not isinstance(told.get("events"), list):
        raise Unplayable('it is JSON, but no history: there are no "events" in it')
    try:
        history = WorkflowHistory.from_json(workflow_id, told)
    except (ParseError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise Unplayable(f"its events are not as Temporal writes them ({_first_line(problem)})") from None
    return of_history(history, source)


def of_history(history: WorkflowHistory, source: str) -> Run:
    """A history that is whole, from its first event on, and of a case. Raises Unplayable."""
    events = history.events
    if not events or not events[0].HasField("workflow_execution_started_event_attributes"):
        raise Unplayable("it does not begin with the event WorkflowExecutionStarted")
    started = events[0].workflow_execution_started_event_attributes
    if (name := started.workflow_type.name) != messages.WORKFLOW:
        raise Unplayable(f"it is of the workflow '{name}'; only cases ('{messages.WORKFLOW}') are replayed")
    for number, event in enumerate(events, 1):
        if event.event_id != number:
            raise Unplayable(f"event {number} is missing: after {number - 1} comes {event.event_id}")
    known = history.workflow_id or started.workflow_id or _UNKNOWN
    return Run(source=source, history=WorkflowHistory(known, events))


def _first_line(problem: Exception) -> str:
    text = str(problem).strip().splitlines()
    return text[0].rstrip(".")[:200] if text else type(problem).__name__
