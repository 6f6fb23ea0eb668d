"""Migrations under way survive a deployment: what earlier releases recorded, this one replays."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowRunner
from temporalio.workflow import NondeterminismError

from runtime.sandbox import sandbox
from tests.workflows.record_migrations import MIGRATIONS
from workflows.migrating import MoveRecords

FILES = sorted(MIGRATIONS.glob("*.json"))
PATHS = {"moved", "stopped", "resumed", "before-continuing-as-new", "after-continuing-as-new"}

each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def events_of(path: Path) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["events"]
    return events


async def replay(path: Path, runner: WorkflowRunner | None = None) -> None:
    history = WorkflowHistory.from_json("migration-20260302-090000", {"events": events_of(path)})
    replayer = Replayer(
        workflows=[MoveRecords],
        data_converter=pydantic_data_converter,
        workflow_runner=runner or sandbox(),
        identity="golden",
    )
    await replayer.replay_workflow(history)


@each
async def test_every_history_of_every_release_replays(path: Path) -> None:
    await replay(path)


def test_the_histories_take_every_path() -> None:
    assert {re.sub(r"^[\d.]+-", "", path.stem) for path in FILES} >= PATHS
    kinds = {kind for path in FILES for event in events_of(path) for kind in event}
    steps = ("SignalExternalWorkflowExecutionFailed", "ExternalWorkflowExecutionSignaled", "WorkflowExecutionContinuedAsNew")
    assert {f"{step[0].lower()}{step[1:]}EventAttributes" for step in steps} <= kinds


@each
def test_a_history_names_no_machine_and_nobody(path: Path) -> None:
    text = path.read_text("utf-8")
    assert set(re.findall(r'"identity":"([^"]*)"', text)) <= {"golden"}
    assert not re.search(r"stackTrace|site-packages|@|/home/|/root/", text)
    assert path.stat().st_size < 50_000


async def test_a_workflow_that_does_something_else_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    async def tells_nobody(*_: Any) -> None: ...

    [path] = [path for path in FILES if path.stem.endswith("-moved")]
    await replay(path, UnsandboxedWorkflowRunner())
    monkeypatch.setattr(MoveRecords, "_tell", tells_nobody)
    with pytest.raises(NondeterminismError, match="TMPRL1100"):
        await replay(path, UnsandboxedWorkflowRunner())
