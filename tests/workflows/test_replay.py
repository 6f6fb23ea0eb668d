"""Open cases survive a deployment: what earlier releases recorded, this one replays.

A history here that no longer replays is an open case that would be stuck: see `record_histories` before recording anew.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

import activities.situation
import sla.dispatch
import sla.engine
from sla.messages import WORKFLOW
from tests.workflows.changed import CHANGES
from tests.workflows.golden import HISTORIES
from tests.workflows.replays import assert_names_no_machine_and_nobody, events_of, replay

FILES = sorted(HISTORIES.glob("*.json"))
PATHS = {
    "all-met",
    "warned-violated-reassigned",
    "stopped-and-resumed",
    "deadline-moved-earlier",
    "late-news-retracted",
    "refused",
    "given-up-and-retried",
    "moot-action-cancelled",
    "store-down",
    "closed",
    "next-run-reopened",
    "before-continuing-as-new",
    "after-continuing-as-new",
    "migrated",
    "office-hours",
}
STEPS = {
    "ActivityTaskCancelRequested",
    "ActivityTaskCanceled",
    "ActivityTaskFailed",
    "MarkerRecorded",
    "TimerCanceled",
    "TimerFired",
    "UpsertWorkflowSearchAttributes",
    "WorkflowExecutionCompleted",
    "WorkflowExecutionContinuedAsNew",
    "WorkflowExecutionSignaled",
    "WorkflowExecutionUpdateAccepted",
}

each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def named(name: str) -> Path:
    return next(path for path in FILES if path.stem.endswith(name))


@each
async def test_every_history_of_every_release_replays(path: Path) -> None:
    await replay(events_of(path))


def test_the_histories_take_every_path() -> None:
    assert {re.sub(r"^[\d.]+-", "", path.stem) for path in FILES} >= PATHS
    kinds = {kind for path in FILES for event in events_of(path) for kind in event}
    assert {f"{step[0].lower()}{step[1:]}EventAttributes" for step in STEPS} <= kinds


@each
def test_a_history_names_no_machine_and_nobody(path: Path) -> None:
    assert_names_no_machine_and_nobody(path)


def test_the_histories_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FILES) < 1_000_000


# ---------------------------------------------------------------------- it bites


def without(kind: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """A history in which the first event of a kind did not happen; the numbers of the others stay in order."""

    def mangled(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        first = next(event for event in events if f"{kind}EventAttributes" in event)
        return [event for event in events if event is not first]

    return mangled


@pytest.mark.parametrize(
    "kind", ["upsertWorkflowSearchAttributes", "timerStarted", "markerRecorded", "activityTaskScheduled"]
)
async def test_a_history_of_another_workflow_is_caught(kind: str) -> None:
    events = without(kind)(events_of(named("-all-met")))
    for number, event in enumerate(events, start=1):
        event["eventId"] = str(number)
    with pytest.raises(Exception, match=r"TMPRL1100|[Nn]ondeterminism|missing"):
        await replay(events)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_workflow_that_does_something_else_or_in_another_order_is_caught(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = events_of(named("-warned-violated-reassigned"))
    await replay(events, UnsandboxedWorkflowRunner())
    monkeypatch.setattr(*CHANGES[change])
    with pytest.raises(NondeterminismError, match="TMPRL1100"):
        await replay(events, UnsandboxedWorkflowRunner())


@each
async def test_a_law_that_has_changed_breaks_no_open_case(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def otherwise(*_: Any, **__: Any) -> Any:
        raise AssertionError("decisions are recorded, and never computed anew")

    monkeypatch.setattr(sla.engine, "evaluate", otherwise)
    monkeypatch.setattr(activities.situation, "evaluate_under", otherwise)
    monkeypatch.setattr(sla.dispatch, "dispatch", otherwise)
    await replay(events_of(path))
    await replay(events_of(path), UnsandboxedWorkflowRunner())


def test_the_histories_are_of_our_workflow() -> None:
    for path in FILES:
        assert events_of(path)[0]["workflowExecutionStartedEventAttributes"]["workflowType"]["name"] == WORKFLOW
