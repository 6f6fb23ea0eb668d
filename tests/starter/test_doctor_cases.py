"""The doctor looks at the cases: those that are stuck, and records and workflows that have lost each other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from sla.documents import parse_documents
from sla.messages import WORKFLOW, task_queue, workflow_id
from starter import temporal_view
from starter.checkups import cases
from starter.checkups.findings import Told
from starter.checkups.patient import Patient
from starter.definitions import assemble
from tests.starter.patients import a_patient, desked, on_file, served, told, with_tables, worked
from tests.workflows.servers import program, quiet

QUEUE = task_queue("milepost", "cases")
REPORTED_AT = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute"
LATER = timedelta(minutes=2)
DEFINITIONS = "process: Slow\nmilestones: [{milestone: Answer, within: 4h}]"


@workflow.defn(name=WORKFLOW)
class Broken:
    """A release with a defect."""

    @workflow.run
    async def run(self, _: Any) -> None:
        raise KeyError("of a defect")


async def until(verdict: str, ask: Callable[[], Any]) -> Told:
    """Ask until the verdict is this: Temporal's lists are a little late."""
    async with asyncio.timeout(60):
        while (found := await ask()).verdict != verdict:
            await asyncio.sleep(0.5)
    answer: Told = found
    return answer


@asynccontextmanager
async def impatient() -> AsyncIterator[Client]:
    """A server that reports a problem at the second failure and not at the fifth, which would take a minute."""
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=program("temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=["--dynamic-config-value", f"{REPORTED_AT}=2"],
        runtime=quiet(),
    ) as env:
        yield env.client


async def test_a_case_whose_decisions_fail_again_and_again_is_named(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path))
    async with impatient() as client:
        assert (await told(cases.stuck, settings, client)) == ("ok", "none", None)
        runner = UnsandboxedWorkflowRunner()
        async with Worker(client, task_queue=QUEUE, workflows=[Broken], workflow_runner=runner):
            for name in ("C-1", "C-2"):
                await client.start_workflow(WORKFLOW, {}, id=workflow_id(name), task_queue=QUEUE)
            found = await until("failed", lambda: both(client, settings))
            assert (found.found.startswith("2 cases: "), set(found.found[9:].split(", "))) == (True, {"C-1", "C-2"})
            assert found.remedy is not None
            assert "temporal workflow show --namespace default --workflow-id sla-case/C-" in found.remedy
            other = settings.but(task_queue="another")
            assert (await told(cases.stuck, other, client)).verdict == "ok", "those are somebody else's"


async def test_a_server_that_does_not_know_of_stuck_cases_is_not_asked_in_vain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(temporal_view, "PROBLEMS", "NoSuchSearchAttribute")
    async with served() as client:
        assert (await told(cases.stuck, on_file(tmp_path), client)).verdict == "not_checked"


async def both(client: Client, settings: Any) -> Told:
    """What is said once both are listed."""
    found = await told(cases.stuck, settings, client)
    return found if found.found.startswith("2 ") else Told("ok", "not yet")


async def test_open_records_and_workflows_that_lost_each_other_are_named(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path))
    async with served() as client, worked(client, settings), desked(client, settings) as desk:
        assert (await told(cases.followed, settings, client)).found == "no record is open"
        await desk.apply(assemble(parse_documents(DEFINITIONS, "definitions.yaml")))
        for name in ("C-1", "C-2", "C-3"):
            await desk.open(record=name)
        well = await until("ok", lambda: three(client, settings))
        assert well.found == "3 open records, each with its workflow"

        await client.get_workflow_handle(workflow_id("C-2")).terminate()
        lost = await until("failed", lambda: told(cases.followed, settings, client))
        assert lost.found == "nobody follows 1 open record: C-2"
        assert lost.remedy is not None
        (command,) = lost.remedy.splitlines()[1:]
        assert command == "milepost case report C-2 noted --kind checked"
        await desk.report({"record": "C-2", "id": "n", "type": "noted", "kind": "checked"})  # what the command does
        await until("ok", lambda: three(client, settings))

        elsewhere = await with_tables(on_file(tmp_path, "other.db"))
        assert (await told(cases.followed, elsewhere, client)).verdict == "ok", "they may have yet to write their records"
        async with a_patient(elsewhere, client) as patient:
            patient.now = lambda: datetime.now(UTC) + LATER
            verdict, found, _ = await cases.followed(patient)
        assert (verdict, found) == ("warning", "3 workflows without a record in this database: C-1, C-2, C-3")


async def three(client: Client, settings: Any) -> Told:
    found = await told(cases.followed, settings, client)
    return found if found.found.startswith("3 ") else Told("failed", "not yet")


class Numbers:
    """A store and a server that only count."""

    def __init__(self, records: int, flows: int) -> None:
        self._records, self._flows = records, flows

    async def count_open(self) -> int:
        return self._records

    async def count_running(self) -> int:
        return self._flows


@pytest.mark.parametrize(("records", "flows", "verdict"), [(9_000, 9_001, "ok"), (9_000, 8_990, "warning")])
async def test_of_very_many_only_the_numbers_are_compared(records: int, flows: int, verdict: str, tmp_path: Path) -> None:
    both_: Any = Numbers(records, flows)
    patient = Patient(settings=on_file(tmp_path), store=both_, connect=both_, now=lambda: datetime.now(UTC), temporal=both_)
    told_ = await cases.followed(patient)
    assert told_.verdict == verdict
    assert f"9,000 open records, {flows:,} running workflows" in told_.found
