"""Golden histories of any of our workflows: read, replayed by today's code, and looked at for what must not be in one."""

import json
import re
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, WorkflowRunner

from runtime.sandbox import sandbox
from workflows.case import SlaCase
from workflows.keeping import KeepHistories
from workflows.migrating import MoveRecords


def events_of(path: Path) -> list[dict[str, Any]]:
    """The events of a history, as Temporal writes them."""
    events: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["events"]
    return events


async def replay(events: list[dict[str, Any]], runner: WorkflowRunner | None = None) -> None:
    """Replay a history. Raises NondeterminismError if the workflow would do something else than it did."""
    replayer = Replayer(
        workflows=[SlaCase, MoveRecords, KeepHistories],
        data_converter=pydantic_data_converter,
        workflow_runner=runner or sandbox(),
        identity="golden",
    )
    await replayer.replay_workflow(WorkflowHistory.from_json("golden", {"events": events}))


def assert_names_no_machine_and_nobody(path: Path) -> None:
    """A history is of nobody's machine, of invented people, and small."""
    text = path.read_text("utf-8")
    assert set(re.findall(r'"identity":"([^"]*)"', text)) <= {"golden"}
    assert not re.search(r"stackTrace|site-packages|@|/home/|/root/", text)
    assert path.stat().st_size < 50_000
