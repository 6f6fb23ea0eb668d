"""The doctor looks at a real Temporal server: what is missing there, who works, and whether the clocks agree."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client

from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.ports import free_port
from runtime.settings import Settings
from sla.errors import ServiceUnavailable, UnknownNamespace
from sla.messages import SEARCH_ATTRIBUTES
from starter import doctor
from starter.checkups import temporal
from starter.checkups.clocks import judged
from starter.checkups.findings import Finding
from starter.definitions import load
from starter.temporal_view import Poller, Queue, TemporalView
from tests.activities.smtp_servers import Accepting, speaking
from tests.starter.command_line import EXAMPLES
from tests.starter.patients import a_patient, desked, now, on_file, served, told, with_tables, worked
from tests.workflows.servers import program as installed

NEEDED = ("settings", "database", "schema", "Temporal", "namespace", "search attributes", "workers", "Temporal clock")

LACKING_ONE = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name != "SlaStatus"}


def a_queue(*pollers: Poller, current: str = "") -> Queue:
    return Queue(pollers=pollers, current_build=current)


def a_poller(*, versioned: bool = False, ago_s: float = 1) -> Poller:
    seen_at = datetime.now(UTC) - timedelta(seconds=ago_s)
    return Poller(identity="1@host", build="v2" if versioned else "", versioned=versioned, seen_at=seen_at)


class Told(TemporalView):
    """A server whose task queues look like this."""

    def __init__(self, every: Queue, but: Mapping[str, Queue] | None = None, *, behind: int = 0) -> None:
        self._every, self._but, self._behind = every, but or {}, behind

    async def queue(self, name: str, *, workflows: bool) -> Queue:
        del workflows
        return self._but.get(name, self._every)

    async def behind(self) -> int:
        return self._behind


async def seen(view: TemporalView) -> tuple[str, str]:
    """What is said of the workers."""
    async with a_patient(Settings()) as patient:
        patient.temporal = view
        verdict, found, _ = await temporal.workers(patient)
    return verdict, found


# ---------------------------------------------------------------------- the server and its namespace


async def test_a_server_that_answers_is_named_with_its_release() -> None:
    async with TemporalDevServer() as server, a_patient(Settings()) as patient:

        async def reached() -> Client:
            return await connect(Settings(), address=server.address)

        patient.connect = reached
        verdict, found, _ = await temporal.server(patient)
        assert (verdict, found.startswith("1."), found.endswith(f"at {server.address}")) == ("ok", True, True)
        assert patient.server.namespace == "default"


async def test_a_server_that_went_away_is_a_refusal_with_a_remedy() -> None:
    async with TemporalDevServer() as server:
        view = TemporalView(await connect(Settings(), address=server.address), queue_prefix="milepost")
    with pytest.raises(ServiceUnavailable, match=server.address):
        await view.retention()


async def test_a_namespace_that_is_not_there_is_named() -> None:
    async with TemporalDevServer() as server:
        client = await connect(Settings(), address=server.address, namespace="elsewhere")
        with pytest.raises(UnknownNamespace, match="temporal operator namespace create --namespace elsewhere"):
            await told(temporal.namespace, Settings(), client)


async def test_a_namespace_that_soon_forgets_is_warned_of() -> None:
    async with served() as client:
        verdict, found, remedy = await told(temporal.namespace, Settings(), client)
    assert (verdict, found.startswith("'default' keeps ended cases for 1 day")) == ("warning", True)
    assert remedy is not None
    assert remedy.splitlines()[1] == "temporal operator namespace update --namespace default --retention 30d"


# ---------------------------------------------------------------------- search attributes


async def test_missing_search_attributes_come_with_the_command_that_mends_it(tmp_path: Path) -> None:
    async with TemporalDevServer(search_attributes={"SlaStatus": "Keyword"}) as server:
        client = await connect(Settings(), address=server.address)
        verdict, found, remedy = await told(temporal.search_attributes, Settings(), client)
        assert verdict == "failed"
        assert found == "missing: SlaProcess, SlaAccount, SlaNextDeadline, SlaOwnerKind; cases cannot be opened"
        assert remedy is not None
        (command,) = remedy.splitlines()[1:]
        await typed(command, server.address)
        async with asyncio.timeout(60):
            while (mended := await told(temporal.search_attributes, Settings(), client)).verdict != "ok":
                await asyncio.sleep(0.2)
    assert mended.found == f"all 5 are there: {', '.join(SEARCH_ATTRIBUTES)}"


async def typed(command: str, address: str) -> None:
    """Do what the remedy says, with the program that it names."""
    program, *words = command.split()
    assert program == "temporal"
    process = await asyncio.create_subprocess_exec(installed(program), *words, "--address", address)
    assert await process.wait() == 0


async def test_a_search_attribute_of_another_type_is_named_besides() -> None:
    async with TemporalDevServer(search_attributes={**LACKING_ONE, "SlaNextDeadline": "Text"}) as server:
        client = await connect(Settings(), address=server.address)
        verdict, found, remedy = await told(temporal.search_attributes, Settings(), client)
    assert verdict == "failed"
    assert found == "SlaNextDeadline is Text, not Datetime; missing: SlaStatus; cases cannot be opened"
    assert remedy is not None
    assert remedy.splitlines()[1:] == [
        "temporal operator search-attribute remove --namespace default --name SlaNextDeadline --yes",
        "temporal operator search-attribute create --namespace default --name SlaNextDeadline --type Datetime "
        "--name SlaStatus --type Keyword",
    ]


# ---------------------------------------------------------------------- workers and clocks


async def test_without_a_worker_nobody_decides_and_with_one_all_is_well(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path))
    async with served() as client:
        verdict, found, remedy = await told(temporal.workers, settings, client)
        assert (verdict, found.partition(":")[0], remedy) == ("failed", "none asks for work", "Start one:\nmilepost worker")
        assert (await told(temporal.clock, settings, client)).verdict == "not_checked"
        async with worked(client, settings):
            async with asyncio.timeout(60):
                while (seen_ := await told(temporal.workers, settings, client)).verdict != "ok":
                    await asyncio.sleep(0.1)
            assert seen_.found.startswith("1 worker on all 4 task queues")
            verdict, found, _ = await told(temporal.clock, settings, client)
            assert (verdict, found.startswith("Temporal's and ours")) == ("ok", True)
            other = settings.but(task_queue="another")
            assert (await told(temporal.workers, other, client)).verdict == "failed", "those work for somebody else"


async def test_a_task_queue_that_nobody_serves_is_named() -> None:
    assert await seen(Told(a_queue(a_poller()), {"milepost-mail": a_queue()})) == (
        "failed", "none asks for work on milepost-mail",
    )  # fmt: skip


async def test_versioned_workers_without_a_current_version_get_no_work() -> None:
    verdict, found = await seen(Told(a_queue(a_poller(versioned=True))))
    assert (verdict, found.endswith("no version is current")) == ("warning", True)
    assert (await seen(Told(a_queue(a_poller(versioned=True), current="v2"))))[0] == "ok"
    assert (await seen(Told(a_queue(a_poller(versioned=True), a_poller()))))[0] == "ok"


async def test_cases_that_were_left_with_another_version_are_told_of() -> None:
    verdict, found = await seen(Told(a_queue(a_poller(versioned=True), current="v2"), behind=2))
    assert (verdict, found) == (
        "warning",
        "1 worker on all 4 task queues, build v2; 2 open cases not with the current version",
    )


@pytest.mark.parametrize(
    ("ago_s", "verdict", "words"),
    [
        (30, "ok", "may agree"),
        (-30, "warning", "Temporal's is ahead of ours by 30 s or more"),
        (-400, "failed", "ahead of ours by 400 s or more; an event more than 5 minutes ahead is refused"),
        (100, "warning", "behind ours by 35 s or more"),
        (900, "failed", "behind ours by 835 s or more"),
    ],
)
async def test_temporals_clock_shows_in_when_workers_last_asked(ago_s: float, verdict: str, words: str) -> None:
    async with a_patient(Settings()) as patient:
        patient.temporal = Told(a_queue(a_poller(ago_s=ago_s), a_poller(ago_s=ago_s + 50)))
        told_ = await temporal.clock(patient)
    assert (told_.verdict, words in told_.found) == (verdict, True), told_.found


def test_clocks_that_differ_by_less_than_can_be_seen_are_well() -> None:
    s = timedelta(seconds=1)
    assert judged(least=-0.01 * s, most=0.2 * s, whose="its").found == "its and ours agree to within a second"
    assert judged(least=-60 * s, most=5 * s, whose="its").verdict == "ok"


# ---------------------------------------------------------------------- all of it


async def test_a_bare_server_is_told_of_as_a_whole(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path, smtp_port=free_port()))
    async with served(attributes=False) as client:

        async def reached() -> Client:
            return client

        findings = {finding.check: finding for finding in await doctor.examine(settings, reached, now)}
    verdicts = {name: findings[name].verdict for name in NEEDED}
    assert verdicts == {
        "settings": "ok", "database": "ok", "schema": "ok", "Temporal": "ok", "namespace": "warning",
        "search attributes": "failed", "workers": "failed", "Temporal clock": "not_checked",
    }  # fmt: skip
    assert findings["stuck cases"] == Finding(check="stuck cases", verdict="ok", found="none")
    assert findings["open records"].found == "no record is open"
    assert not any("the check itself failed" in finding.found for finding in findings.values())


async def test_of_a_whole_installation_nothing_has_failed(tmp_path: Path) -> None:
    post = Accepting()
    async with speaking(post) as port, served() as client:
        settings = await with_tables(on_file(tmp_path, smtp_port=port))
        async with worked(client, settings), desked(client, settings) as desk:
            await desk.apply(load([EXAMPLES / "processes", EXAMPLES / "calendars", EXAMPLES / "people.yaml"]))
            await desk.open(record="C-1", process="Premium Support SLA", fields={"owner": "ben"})

            async def reached() -> Client:
                return client

            async def verdicts() -> dict[str, str]:
                return {finding.check: finding.verdict for finding in await doctor.examine(settings, reached, now)}

            async with asyncio.timeout(60):
                while "failed" in (found := await verdicts()).values():
                    await asyncio.sleep(0.2)
    odd = {name: verdict for name, verdict in found.items() if verdict != "ok"}
    assert odd == {"database clock": "not_checked", "namespace": "warning"}
    assert post.mails == []
