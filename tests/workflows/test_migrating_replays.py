"""Migrations under way survive a deployment: what earlier releases recorded, this one replays."""

import re
from pathlib import Path
from typing import Any

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from tests.workflows.record_migrations import MIGRATIONS
from tests.workflows.replays import assert_names_no_machine_and_nobody, events_of, replay
from workflows.migrating import MoveRecords

FILES = sorted(MIGRATIONS.glob("*.json"))
PATHS = {"moved", "stopped", "resumed", "before-continuing-as-new", "after-continuing-as-new"}

each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each
async def test_every_history_of_every_release_replays(path: Path) -> None:
    await replay(events_of(path))


def test_the_histories_take_every_path() -> None:
    assert {re.sub(r"^[\d.]+-", "", path.stem) for path in FILES} >= PATHS
    kinds = {kind for path in FILES for event in events_of(path) for kind in event}
    steps = ("SignalExternalWorkflowExecutionFailed", "ExternalWorkflowExecutionSignaled", "WorkflowExecutionContinuedAsNew")
    assert {f"{step[0].lower()}{step[1:]}EventAttributes" for step in steps} <= kinds


@each
def test_a_history_names_no_machine_and_nobody(path: Path) -> None:
    assert_names_no_machine_and_nobody(path)


async def test_a_workflow_that_does_something_else_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tells_nobody(*_: Any) -> None: ...

    [path] = [path for path in FILES if path.stem.endswith("-moved")]
    await replay(events_of(path), UnsandboxedWorkflowRunner())
    monkeypatch.setattr(MoveRecords, "_tell", tells_nobody)
    with pytest.raises(NondeterminismError, match="TMPRL1100"):
        await replay(events_of(path), UnsandboxedWorkflowRunner())
