"""The keeper of the archive survives a deployment, and goes on with whichever workers there are."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from runtime.settings import Settings
from sla import archiving
from starter.deployments import Deployments
from tests.workflows.live import developing
from tests.workflows.record_keeping import KEEPING, Turns, turning
from tests.workflows.replays import assert_names_no_machine_and_nobody, events_of, replay
from workers.keeping import begin_keeping
from workflows.keeping import KeepHistories

FILES = sorted(KEEPING.glob("*.json"))
PATHS = {"before-continuing-as-new", "after-continuing-as-new"}
PATIENCE_S = 60

each = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each
async def test_every_history_of_every_release_replays(path: Path) -> None:
    await replay(events_of(path))


def test_the_histories_take_every_path() -> None:
    assert {re.sub(r"^[\d.]+-", "", path.stem) for path in FILES} >= PATHS
    kinds = {kind for path in FILES for event in events_of(path) for kind in event}
    assert {"activityTaskCompletedEventAttributes", "workflowExecutionContinuedAsNewEventAttributes"} <= kinds


@each
def test_a_history_names_no_machine_and_nobody(path: Path) -> None:
    assert_names_no_machine_and_nobody(path)


async def test_a_workflow_that_does_something_else_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keeps_nothing(*_: Any, **__: Any) -> None: ...

    [path] = [path for path in FILES if path.stem.endswith("-before-continuing-as-new")]
    await replay(events_of(path), UnsandboxedWorkflowRunner())
    monkeypatch.setattr(KeepHistories, "_turn", keeps_nothing)
    with pytest.raises(NondeterminismError, match="TMPRL1100"):
        await replay(events_of(path), UnsandboxedWorkflowRunner())


async def test_counts_are_carried_over_and_each_run_looks_once_for_records_that_no_run_is_known_of() -> None:
    settings, turns = Settings(task_queue="keeping"), Turns()
    async with developing(16) as env, turning(env.client, settings, turns), asyncio.timeout(PATIENCE_S):
        await begin_keeping(env.client, settings)
        handle = env.client.get_workflow_handle(archiving.workflow_id("keeping"))
        while len(turns.seen) < 9:
            await asyncio.sleep(0.05)
        assert (await handle.query(KeepHistories.so_far)).stored >= 14
        swept = [number for number, turn in enumerate(turns.seen) if turn.sweep]
        assert swept[0] == 0
        assert 1 < swept[1] < 9
        assert len(turns.seen) > len(swept)


async def test_a_second_worker_finds_it_running_and_leaves_it_alone() -> None:
    settings, turns = Settings(task_queue="keeping"), Turns()
    async with developing(4000) as env, turning(env.client, settings, turns), asyncio.timeout(PATIENCE_S):
        assert await begin_keeping(env.client, settings)
        handle = env.client.get_workflow_handle(archiving.workflow_id("keeping"))
        first = (await handle.describe()).run_id
        assert await begin_keeping(env.client, settings)
        assert (await handle.describe()).run_id == first


async def test_it_goes_on_with_the_workers_of_the_next_version_when_those_that_began_it_are_gone() -> None:
    async with developing(4000) as env, asyncio.timeout(2 * PATIENCE_S):
        deployments = Deployments(env.client, queue_prefix="keeping")
        old, new = (Settings(task_queue="keeping", build_id=build) for build in ("v1", "v2"))
        before, after = Turns(), Turns()
        async with turning(env.client, old, before):
            assert await deployments.begin("v1")
            assert await begin_keeping(env.client, old)
            while len(before.seen) < 2:
                await asyncio.sleep(0.05)
            async with turning(env.client, new, after):
                assert not await deployments.begin("v2")
                await deployments.make_current("v2")
        async with turning(env.client, new, after):
            seen = len(after.seen)
            while len(after.seen) < seen + 3:
                await asyncio.sleep(0.05)


async def test_a_server_that_refuses_is_a_warning_and_no_end() -> None:
    async with developing(4000) as env:
        config = env.client.config()
        config["namespace"] = "nowhere"
        assert not await begin_keeping(Client(**config), Settings(task_queue="keeping"))
