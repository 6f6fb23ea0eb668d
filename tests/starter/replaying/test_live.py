"""`milepost replay` on an installation: records, lists, bundles, what Temporal's own tool wrote; with keys and without."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHistoryEventAsyncIterator

from runtime.keys import new_key
from runtime.settings import Settings
from sla.documents import parse_documents
from sla.messages import workflow_id
from starter.answers import BAD_INPUT, DECISIONS_DIFFER, FINE, NOT_THERE
from starter.bundles import bundle_of, written
from starter.definitions import assemble
from starter.desk import Desk
from starter.histories import Histories
from starter.replaying import sources
from store.archive import StoredArchive
from tests.e2e.installation import Installation, an_installation
from tests.starter.command_line import Ran, milepost, no_desk
from tests.workflows.servers import program
from workers.keeping import begin_keeping

PATIENCE_S = 60
KEY = new_key(b"B" * 32).written
DEFINITIONS = """
process: Support
business_hours: office
milestones:
  - milestone: First Response
    within: {0}
    complete_when: {{event: response.sent}}
    warnings: [{{at: 75%, actions: [{{email: {{to: owner, template: warning}}}}]}}]
  - milestone: Resolution
    within: 8h
---
{{calendar: office, timezone: Europe/London, hours: always}}
---
people: [{{person: ada, name: Ada, email: ada@support.example, timezone: Europe/London}}]
"""


class Live:
    """An installation with two records: C-1 is open, C-2 was closed and reopened."""

    def __init__(self, installation: Installation, client: Client, keys: str) -> None:
        self.installation = installation
        self.client = client
        address = {"TEMPORAL_ADDRESS": installation.server.address}
        self.settings = installation.settings.but(encryption_keys=SecretStr(keys), temporal=address)

    async def replay(self, *arguments: str | Path, settings: Settings | None = None) -> Ran:
        """Run it beside the installation; it never ends in a trace."""
        services = no_desk(lambda: settings or self.settings)
        ran = await asyncio.to_thread(milepost, "replay", *arguments, services=services)
        assert "Traceback" not in ran.err
        assert "defect of Milepost" not in ran.err
        return ran

    async def listed(self, query: str, runs: int) -> None:
        """Wait until Temporal's list, which lags behind, has so many runs."""
        while (await self.client.count_workflows(query)).count < runs:
            await asyncio.sleep(0.05)

    async def forget(self, record: str, run_id: str) -> None:
        """What Temporal does by itself when its retention is over; and wait until its list knows."""
        execution = WorkflowExecution(workflow_id=workflow_id(record), run_id=run_id)
        asked = DeleteWorkflowExecutionRequest(namespace=self.client.namespace, workflow_execution=execution)
        await self.client.workflow_service.delete_workflow_execution(asked)
        while (await self.client.count_workflows(f"RunId = '{run_id}'")).count:
            await asyncio.sleep(0.05)


@asynccontextmanager
async def a_live_installation(directory: Path, keys: str = "") -> AsyncIterator[Live]:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(asyncio.timeout(PATIENCE_S))
        installation = await stack.enter_async_context(an_installation(directory))
        await stack.enter_async_context(installation.worker(keys))
        desk, client = await stack.enter_async_context(installation.people(keys))
        await _told(desk)
        live = Live(installation, client, keys)
        await live.listed("WorkflowType = 'SlaCase'", 3)
        yield live


async def _told(desk: Desk) -> None:
    await desk.apply(assemble(parse_documents(DEFINITIONS.format("1h"), "definitions.yaml")))
    for record in ("C-1", "C-2"):
        await desk.open(record=record, fields={"type": "case", "owner": "ada", "subject": "Dashboard down"})
        await desk.report({"record": record, "id": "answer", "type": "noted", "kind": "response.sent"})
    await desk.report({"record": "C-2", "id": "closed", "type": "closed"})
    await desk.report({"record": "C-2", "id": "again", "type": "reopened"})
    # What changed since: the law of the day is the version that a record was opened under, with the calendars of then.
    shorter = DEFINITIONS.format("2h").replace("hours: always", 'hours: {mon: ["03:00-03:01"]}')
    await desk.apply(assemble(parse_documents(shorter, "definitions.yaml")))


def verdicts(ran: Ran) -> list[tuple[str, str]]:
    return sorted((one["record"], one["verdict"]) for one in ran.objects)


async def test_records_and_lists_replay_under_the_definitions_of_their_day(tmp_path: Path) -> None:
    async with a_live_installation(tmp_path) as live:
        one = await live.replay("C-1")
        assert (one.code, one.err) == (FINE, "")
        assert "1 history replayed, 2 decisions taken again: 1 the same." in one.out

        both = await live.replay("C-2", "--json")
        assert verdicts(both) == [("C-2", "same")] * 2
        [last] = [run for run in both.objects if run["decisions"] == min(run["decisions"] for run in both.objects)]
        chosen = await live.replay("C-2", "--run", last["run_id"][:13], "--json")
        assert [run["run_id"] for run in chosen.objects] == [last["run_id"]]

        everything = [("C-1", "same"), ("C-2", "same"), ("C-2", "same")]
        assert verdicts(await live.replay("--all", "--json")) == everything
        assert verdicts(await live.replay("--all", "--since", "1h", "--json", "--jobs", "2")) == everything
        of_one = await live.replay("--query", f"WorkflowId = '{workflow_id('C-2')}'", "--since", "7d", "--json")
        assert (of_one.code, verdicts(of_one)) == (FINE, [("C-2", "same")] * 2)

        debugged = await live.replay("C-2", "--debug")
        assert debugged.code == BAD_INPUT
        assert "Choose one with --run: " in debugged.err


async def test_a_history_of_several_pages_is_fetched_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_live_installation(tmp_path) as live:
        query = f"WorkflowId = '{workflow_id('C-1')}'"
        [whole] = (await live.replay("--query", query, "--json")).objects
        pages = counted_pages(monkeypatch)
        monkeypatch.setattr(sources, "PAGE", 2)
        [paged] = (await live.replay("--query", query, "--json", "--jobs", "1")).objects
    assert len(pages) > 2
    assert {**paged, "seconds": 0} == {**whole, "seconds": 0}
    assert (paged["verdict"], paged["decisions"]) == ("same", 2)


def counted_pages(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events there were in each page that is fetched from now on."""
    pages: list[int] = []
    fetch = WorkflowHistoryEventAsyncIterator.fetch_next_page

    async def counting(self: WorkflowHistoryEventAsyncIterator, **more: Any) -> None:
        await fetch(self, **more)
        pages.append(len(self.current_page or ()))

    monkeypatch.setattr(WorkflowHistoryEventAsyncIterator, "fetch_next_page", counting)
    return pages


async def test_what_is_not_there_is_bad_input_and_a_server_that_is_away_is_not(tmp_path: Path) -> None:
    async with a_live_installation(tmp_path) as live:
        unknown = await live.replay("C-404", "--json")
        assert unknown.code == BAD_INPUT
        assert (unknown.error["code"], "There is no record 'C-404'" in unknown.error["message"]) == ("not_replayable", True)

        malformed = await live.replay("--query", "colour of = 'blue'")
        assert malformed.code == BAD_INPUT
        assert "--query: Temporal does not take it" in malformed.err

        nothing = await live.replay("--query", "WorkflowId = 'nobody'")
        assert nothing.code == BAD_INPUT
        assert "there was nothing to replay" in nothing.out

        away = live.settings.but(temporal={"TEMPORAL_ADDRESS": "127.0.0.1:1"})
        assert (await live.replay("--all", settings=away)).code == NOT_THERE
        assert (await live.replay("C-1", settings=away)).code == NOT_THERE


async def test_a_history_that_temporals_tool_wrote_replays(tmp_path: Path) -> None:
    async with a_live_installation(tmp_path) as live:
        file = tmp_path / "C-1.json"
        file.write_text(await asyncio.to_thread(_shown, live.installation.server.address, "C-1"), "utf-8")
        ran = await live.replay(file, "--json")
        assert (ran.code, verdicts(ran)) == (FINE, [("C-1", "same")])

        changed = tmp_path / "support.yaml"
        changed.write_text(DEFINITIONS.format("2h"), "utf-8")
        ran = await live.replay(file, "--process", changed)
        assert ran.code == DECISIONS_DIFFER
        assert "First Response's target: " in ran.out


def _shown(address: str, record: str) -> str:
    command = [program("temporal"), "workflow", "show", "-w", workflow_id(record), "--address", address, "-o", "json"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout


async def test_a_bundle_replays_without_server_store_and_keys(tmp_path: Path) -> None:
    async with a_live_installation(tmp_path, KEY) as live:
        histories = Histories(live.installation.database, _connected(live.client))
        async with live.installation.people(KEY) as (desk, _):
            bundle = bundle_of(await desk.evidence.dossier("C-2"), await histories.of("C-2"))
    file = tmp_path / "C-2.mpb"
    file.write_bytes(written(bundle))
    nowhere = Settings(data_dir=tmp_path / "nowhere", temporal={"TEMPORAL_ADDRESS": "127.0.0.1:1"})
    ran = await asyncio.to_thread(milepost, "replay", file, "--json", services=no_desk(lambda: nowhere))
    assert (ran.code, verdicts(ran)) == (FINE, [("C-2", "same")] * 2)
    assert not (tmp_path / "nowhere").exists()


def _connected(client: Client) -> Callable[[], Awaitable[Client]]:
    async def connected() -> Client:
        return client

    return connected


async def test_encrypted_histories_replay_with_the_keys_and_are_skipped_without(tmp_path: Path) -> None:
    async with a_live_installation(tmp_path, KEY) as live:
        ran = await live.replay("--all", "--json")
        assert (ran.code, verdicts(ran)) == (FINE, [("C-1", "same"), ("C-2", "same"), ("C-2", "same")])

        without = await live.replay("--all", "--json", settings=live.settings.but(encryption_keys=SecretStr("")))
        assert without.code == BAD_INPUT
        assert {one["verdict"] for one in without.objects} == {"skipped"}
        assert all("it is encrypted, and this process has no keys" in one["skipped"] for one in without.objects)


async def test_what_temporal_has_forgotten_is_replayed_from_the_archive(tmp_path: Path) -> None:
    async with a_live_installation(tmp_path) as live:
        assert await begin_keeping(live.client, live.settings)
        archive = StoredArchive(live.installation.database)
        while not (kept := await archive.kept("C-2")):
            await asyncio.sleep(0.1)
        everything = [("C-1", "same"), ("C-2", "same"), ("C-2", "same")]
        assert verdicts(await live.replay("--all", "--json")) == everything

        await live.forget("C-2", kept[0].run_id)
        again = await live.replay("--all", "--since", "7d", "--json")
        assert verdicts(again) == everything
        assert kept[0].run_id in [one["run_id"] for one in again.objects]
        assert verdicts(await live.replay("C-2", "--json")) == everything[1:]

        foreign = await live.replay("--query", "WorkflowType = 'KeepHistories'")
        assert foreign.code == BAD_INPUT
        assert "it is of the workflow 'KeepHistories'; only cases ('SlaCase') are replayed" in foreign.out
