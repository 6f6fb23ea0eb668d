"""The archive on a real server: whole histories, whatever becomes of the worker, and a file that needs nobody else."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import delete
from temporalio.client import WorkflowHistory
from temporalio.testing import ActivityEnvironment

from activities import archiving
from runtime import histories
from runtime.histories import TemporalHistories, histories_of
from sla.archive_run import ANY, Run
from sla.archiving import KeepTurn, Kept
from sla.engine import evaluate_under
from sla.errors import ServiceUnavailable
from sla.histories import History, JsonObject, digest_of, plain, whole
from starter.bundles import parsed
from starter.files import save
from starter.verifying import verify
from store.archive import StoredArchive
from store.archive_tables import runs as runs_table
from tests.postgres import programs, running_postgres
from tests.workflows.keeping_bench import KeepingBench

RECORD = "C-01"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[KeepingBench]:
    async with KeepingBench(tmp_path) as bench:
        yield bench


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database; none given is a file of the test's own."""
    if request.param == "sqlite":
        yield ""
        return
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server (initdb) on this machine")
    with running_postgres(found) as server:
        yield server.url(server.create())


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


async def test_a_case_that_continued_as_new_and_was_reopened_is_archived_whole(tmp_path: Path, url: str) -> None:
    async with KeepingBench(tmp_path, url=url) as bench:
        await _archived_whole(bench, tmp_path)


async def _archived_whole(bench: KeepingBench, tmp_path: Path) -> None:
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


# ---------------------------------------------------------------------- what goes wrong


class Interrupted(Exception):
    """The worker died."""


class Cut(TemporalHistories):
    """Dies, or is given less than there is, once it has fetched this many pages."""

    def __init__(self, bench: KeepingBench, *, dies: bool) -> None:
        self._whole = histories_of(bench.client)
        self._dies = dies
        super().__init__(bench._connected)

    async def pages(self, record: str, run_id: str) -> AsyncIterator[list[JsonObject]]:
        async for page in self._whole.pages(record, run_id):
            yield page[:-1]
        if self._dies:
            raise Interrupted


async def closed(bench: KeepingBench) -> Run:
    """A case that was closed; its run is on the list."""
    await bench.open(1)
    await bench.tell(RECORD, "closed")
    await bench.over(RECORD)
    [run] = await bench.archive.of(RECORD)
    return run


async def looked_at(bench: KeepingBench, run: Run, histories: TemporalHistories | None = None) -> Kept:
    """What somebody who keeps the archive makes of a run."""
    kept: Kept = await ActivityEnvironment().run(bench.keeper(histories).look_at, run)
    return kept


async def test_who_dies_with_the_history_fetched_leaves_the_run_on_the_list(bench: KeepingBench) -> None:
    async with bench.working():
        run = await closed(bench)
        with pytest.raises(Interrupted):
            await looked_at(bench, run, Cut(bench, dies=True))
        assert await bench.archive.kept(RECORD) == []
        assert [one.run_id for one in await bench.archive.due(datetime.now(UTC), at_most=9)] == [run.run_id]
        kept = await looked_at(bench, run)
        assert (kept.stored, kept.bytes > 0) == (1, True)
        assert await looked_at(bench, run) == Kept(), "storing it twice is storing it once"


async def test_a_history_that_came_in_part_is_not_stored(bench: KeepingBench) -> None:
    async with bench.working():
        run = await closed(bench)
        assert await looked_at(bench, run, Cut(bench, dies=False)) == Kept()
        held = await bench.archive.holdings(behind=datetime.now(UTC))
        assert (held.stored, held.trouble) == (0, "Temporal did not give its whole history")


async def test_what_temporal_has_forgotten_is_lost_and_the_outcome_proven_all_the_same(
    bench: KeepingBench, tmp_path: Path
) -> None:
    async with bench.working():
        assert (await looked_at(bench, await closed(bench))).stored == 1
        earlier = str(uuid4())  # a run that Temporal has no more
        await bench.archive.found(RECORD, [earlier], at=datetime.now(UTC))
        assert await looked_at(bench, Run(record=RECORD, run_id=earlier)) == Kept(lost=1)
        held = await bench.archive.holdings(behind=datetime.now(UTC))
        assert (held.missed, held.records) == (1, (RECORD,))
        save(tmp_path / "case.mpb", await bench.desk.evidence.bundle(RECORD))
    verdict = verify(tmp_path / "case.mpb")
    assert (verdict.sound, verdict.runs, verdict.lost) == (True, 2, 1)


async def test_a_namespace_that_is_gone_does_not_make_its_runs_lost(bench: KeepingBench) -> None:
    async with bench.working():
        run = await closed(bench)
        config = bench.client.config()
        config["namespace"] = "nowhere"
        elsewhere = histories_of(type(bench.client)(**config))
        with pytest.raises(ServiceUnavailable, match="nowhere"):
            await looked_at(bench, run, elsewhere)


async def test_a_case_that_runs_is_bundled_with_what_temporal_has_of_it(bench: KeepingBench, tmp_path: Path) -> None:
    async with bench.working():
        await bench.open(1)
        [run] = await bench.archive.of(RECORD)
        assert await looked_at(bench, run) == Kept()
        assert await bench.archive.kept(RECORD) == []
        save(tmp_path / "case.mpb", await bench.desk.evidence.bundle(RECORD))
    verdict = verify(tmp_path / "case.mpb")
    assert (verdict.sound, verdict.runs, verdict.running, verdict.lost) == (True, 1, 1, 0)


async def test_a_closed_case_is_bundled_without_temporal_once_it_is_archived(
    bench: KeepingBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise AssertionError("nobody was to ask Temporal")

    async with bench.working():
        run = await closed(bench)
        assert (await looked_at(bench, run)).stored == 1
        for name in ("seen", "pages", "runs"):
            monkeypatch.setattr(TemporalHistories, name, away)
        [history] = await bench.desk.evidence.histories(RECORD)
        assert history.run_id == run.run_id


async def test_cases_of_a_release_without_an_archive_are_found_as_far_as_temporal_has_them(bench: KeepingBench) -> None:
    async with bench.working():
        runs = await long_and_reopened(bench)
        async with bench.database.transaction() as connection:  # as if an older release had followed it
            await connection.execute(delete(runs_table))
        turn = KeepTurn(for_s=3, sweep=True)
        kept: Kept = await ActivityEnvironment().run(bench.keeper().keep, turn)
        assert kept.stored == len(runs)
        assert [run.run_id for run in await bench.archive.kept(RECORD)] == runs
        assert {run.state for run in await bench.archive.of(RECORD) if run.run_id != ANY} == {"stored"}


async def test_while_the_database_is_away_it_waits_and_goes_on_when_it_is_back(
    bench: KeepingBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    due = StoredArchive.due

    async def away_at_first(self: StoredArchive, now: datetime, *, at_most: int) -> list[Run]:
        nonlocal asked
        asked += 1
        if asked <= 3:
            raise ServiceUnavailable(service="The database", address="there", problem="gone", remedy="Wait.")
        return await due(self, now, at_most=at_most)

    monkeypatch.setattr(archiving, "POLL_S", 0.05)
    monkeypatch.setattr(StoredArchive, "due", away_at_first)
    async with bench.working():
        await closed(bench)
        kept: Kept = await ActivityEnvironment().run(bench.keeper().keep, KeepTurn(for_s=3))
    assert (kept.stored, asked > 4) == (1, True)


async def test_a_long_history_is_fetched_in_pages_and_is_the_same(
    bench: KeepingBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(histories, "PAGE", 1)
    async with bench.working():
        run = await closed(bench)
        found = [page async for page in histories_of(bench.client).pages(RECORD, run.run_id)]
        assert len(found) > 3
        theirs = (await temporals(bench, run.run_id)).to_json_dict()
        assert {"events": whole([event for page in found for event in page])} == theirs
        assert (await looked_at(bench, run)).stored == 1
        assert await bench.archive.history(RECORD, run.run_id) == plain(theirs)
