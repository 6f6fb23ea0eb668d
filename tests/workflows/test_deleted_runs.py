"""Runs deleted from Temporal before their histories were kept: lost, and said to be; the outcome stands all the same."""

import asyncio
from pathlib import Path

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest

from runtime.histories import histories_of
from sla.archiving import Kept
from sla.messages import workflow_id
from starter.files import save
from starter.verifying import verify
from tests.workflows.keeping_bench import KeepingBench
from tests.workflows.test_keeping import RECORD, closed, looked_at


async def deleted(bench: KeepingBench, run_id: str) -> None:
    """What Temporal does by itself when its retention is over; and wait until it is done."""
    execution = WorkflowExecution(workflow_id=workflow_id(RECORD), run_id=run_id)
    asked = DeleteWorkflowExecutionRequest(namespace=bench.client.namespace, workflow_execution=execution)
    await bench.client.workflow_service.delete_workflow_execution(asked)

    async def watch() -> None:
        while await histories_of(bench.client).seen(RECORD, run_id) is not None:
            await asyncio.sleep(0.05)

    await bench.bounded(watch())


async def test_a_run_that_was_deleted_before_it_was_kept_is_lost_and_the_outcome_proven_all_the_same(tmp_path: Path) -> None:
    async with KeepingBench(tmp_path) as bench, bench.working():
        run = await closed(bench)
        await deleted(bench, run.run_id)
        assert await looked_at(bench, run) == Kept(lost=1)
        assert await bench.archive.kept(RECORD) == []
        [history] = await bench.desk.evidence.histories(RECORD)
        assert (history.run_id, history.status, history.history) == (run.run_id, "lost", None)
        save(tmp_path / "case.mpb", await bench.desk.evidence.bundle(RECORD))
    verdict = verify(tmp_path / "case.mpb")
    assert (verdict.sound, verdict.runs, verdict.lost) == (True, 1, 1)


async def test_one_that_was_kept_before_it_was_deleted_is_whole(tmp_path: Path) -> None:
    async with KeepingBench(tmp_path) as bench, bench.working():
        run = await closed(bench)
        assert (await looked_at(bench, run)).stored == 1
        await deleted(bench, run.run_id)
        [history] = await bench.desk.evidence.histories(RECORD)
        assert history.history is not None
        save(tmp_path / "case.mpb", await bench.desk.evidence.bundle(RECORD))
    verdict = verify(tmp_path / "case.mpb")
    assert (verdict.sound, verdict.runs, verdict.lost) == (True, 1, 0)
