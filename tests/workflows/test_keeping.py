"""The archive on a real server: whole histories, whatever becomes of the worker, and a file that needs nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from sla.engine import evaluate_under
from sla.histories import History, digest_of
from starter.bundles import parsed, save
from starter.verifying import verify
from tests.workflows.keeping_bench import KeepingBench

RECORD = "C-01"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[KeepingBench]:
    async with KeepingBench(tmp_path) as bench:
        yield bench


async def long_and_reopened(bench: KeepingBench) -> list[str]:
    """A case that continued as new, was closed, and opened once more; it runs no more. Returns its runs."""
    await bench.open(1)
    await bench.neutral(RECORD, 8)
    await bench.tell(RECORD, "completed", milestone="Answer")
    await bench.tell(RECORD, "closed")
    await bench.over(RECORD)
    await bench.tell(RECORD, "reopened")
    await bench.neutral(RECORD, 2)
    await bench.tell(RECORD, "closed")
    await bench.over(RECORD)
    return await bench.run_ids(RECORD)


async def temporals(bench: KeepingBench, run_id: str) -> WorkflowHistory:
    return await bench.client.get_workflow_handle(f"sla-case/{RECORD}", run_id=run_id).fetch_history()


async def test_a_case_that_continued_as_new_and_was_reopened_is_archived_whole(bench: KeepingBench, tmp_path: Path) -> None:
    async with bench.working(), bench.keeping():
        runs = await long_and_reopened(bench)
        assert len(runs) >= 4
        stored = await bench.stored(RECORD, len(runs))
        assert [run.run_id for run in stored] == runs
        for run in stored:
            history = History(**dict(run), history=await bench.archive.history(RECORD, run.run_id))
            theirs = await temporals(bench, run.run_id)
            assert history.as_temporal() == theirs.to_json_dict()
            assert (history.events, history.digest) == (len(theirs.events), digest_of(history.history))
        assert {run.status for run in stored} == {"continued_as_new", "completed"}
        [law] = stored[0].definitions
        assert law.ref.process == "Support"
        data = await bench.desk.evidence.bundle(RECORD)
    path = tmp_path / "case.mpb"
    save(path, data)
    verdict = verify(path)
    assert (verdict.sound, verdict.runs, verdict.lost, verdict.running) == (True, len(runs), 0, 0)
    dossier = parsed(data, source="case").dossier
    shown = await bench.desk.show(RECORD)
    assert dossier.timeline().milestones == shown.timeline.milestones
    assert dossier.timeline().milestones == evaluate_under(dossier.law(), dossier.log, dossier.taken_at).milestones
    assert dossier.timeline().status == "compliant"
