"""The histories of a record: what the archive has needs no Temporal, and one that cannot be read leaves the others be."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import update

from runtime.histories import TemporalHistories
from runtime.settings import Settings
from sla.archive_run import ANY, Run
from sla.errors import ServiceUnavailable, UnreadablePayload
from sla.evidence_errors import DamagedHistory
from sla.finding import Finding
from sla.histories import JsonObject, RunSeen, canonical
from starter.answers import FINE
from starter.histories import Histories
from store.archive import StoredArchive
from store.archive_tables import archived_runs
from store.cases import StoredCases
from store.engine import Database
from tests.starter.command_line import Ran, milepost, no_desk
from tests.starter.replaying.builders import golden, history_of, premium
from tests.store.builders import REF, at, opened, packed, the_timeline


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """With C-1, whose workflow has decided nothing that is known of."""
    database = Database(f"sqlite:///{tmp_path / 'milepost.db'}")
    await database.upgrade()
    log = [opened()]
    await StoredCases(database).settle(Finding(ref=REF, log=log, timeline=the_timeline(log, "09:00"), run=None))
    yield database
    await database.dispose()


async def away() -> NoReturn:
    raise ServiceUnavailable(service="The Temporal server", address="nowhere", problem="it is away", remedy="Start it.")


async def keep(database: Database, run_id: str, history: JsonObject, *, began_us: int = 0) -> None:
    whole = packed(run_id, history, began_us=began_us, archived_at=at("10:00"))
    await StoredArchive(database).store(Run(record="C-1", run_id=run_id), whole, at=at("10:00"))


async def lost(database: Database, run_id: str) -> None:
    archive = StoredArchive(database)
    await archive.found("C-1", [run_id], at=at("10:00"))
    await archive.lose(Run(record="C-1", run_id=run_id), at=at("10:01"))


async def damage(database: Database, run_id: str, body: bytes) -> None:
    async with database.transaction() as connection:
        await connection.execute(update(archived_runs).where(archived_runs.c.run_id == run_id).values(body=body))


def a_history() -> JsonObject:
    return history_of("refused")


async def test_a_record_with_a_lost_run_needs_no_temporal(database: Database) -> None:
    await keep(database, "run-1", a_history())
    await lost(database, "run-2")
    runs = await Histories(database, away).of("C-1")
    assert {run.run_id: run.status for run in runs} == {"run-1": "completed", "run-2": "lost"}


async def test_nor_does_one_of_which_temporal_knew_nothing(database: Database) -> None:
    archive = StoredArchive(database)
    await archive.sweep(at("10:00"))
    with pytest.raises(ServiceUnavailable):
        await Histories(database, away).of("C-1")
    await archive.all_found("C-1", [], at=at("10:01"))
    assert await Histories(database, away).of("C-1") == []


async def test_while_it_is_not_known_which_runs_there_were_temporal_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def runs(_self: TemporalHistories, _record: str) -> list[str]:
        return ["run-1", "run-0"]

    async def seen(_self: TemporalHistories, _record: str, _run_id: str) -> RunSeen | None:
        return None

    monkeypatch.setattr(TemporalHistories, "runs", runs)
    monkeypatch.setattr(TemporalHistories, "seen", seen)
    await keep(database, "run-1", a_history())
    await StoredArchive(database).found("C-1", [ANY], at=at("10:00"))
    assert [(run.run_id, run.status) for run in await Histories(database, away).of("C-1")] == [
        ("run-0", "lost"),
        ("run-1", "completed"),
    ]


DAMAGED: Mapping[str, Callable[[bytes], bytes]] = {
    "cut off": lambda body: body[:-20],
    "no compression": lambda _: b"{}",
    "no JSON": lambda _: zlib.compress(b'{"ev'),
}


@pytest.mark.parametrize("damaged", DAMAGED)
async def test_a_damaged_history_is_named_and_the_others_are_replayed(
    database: Database, damaged: str, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        await keep(database, f"run-{number}", a_history(), began_us=number)
    await damage(database, "run-2", DAMAGED[damaged](zlib.compress(canonical(a_history()).encode())))
    with pytest.raises(DamagedHistory, match="history of run run-2 of record 'C-1' is damaged"):
        await Histories(database, away).of("C-1")
    ran = await replay(tmp_path, "C-1")
    assert ran.code == FINE
    assert [(one["source"], one["verdict"]) for one in ran.objects] == [
        ("C-1, run run-1", "same"),
        ("C-1, run run-2", "skipped"),
        ("C-1, run run-3", "same"),
    ]
    assert ran.objects[1]["skipped"].startswith("The archive's history of run run-2 of record 'C-1' is damaged.")


async def test_one_that_temporal_keeps_under_a_lost_key_is_named_and_the_others_are_replayed(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def seen(_self: TemporalHistories, _record: str, _run_id: str) -> RunSeen | None:
        return RunSeen(status="running", events=3)

    async def pages(_self: TemporalHistories, _record: str, _run_id: str) -> AsyncIterator[list[JsonObject]]:
        yield a_history()["events"][:3]
        raise UnreadablePayload(problem="its key 'b' is not there", remedy="Give it.")

    monkeypatch.setattr(TemporalHistories, "seen", seen)
    monkeypatch.setattr(TemporalHistories, "pages", pages)
    await keep(database, "run-1", a_history())
    await StoredArchive(database).found("C-1", ["run-2"], at=at("10:00"))
    with pytest.raises(UnreadablePayload):
        await Histories(database, away).of("C-1")
    file = tmp_path / "replay.xml"
    ran = await replay(tmp_path, "C-1", golden("refused"), "--junit", file)
    assert ran.code == FINE
    assert [one["verdict"] for one in ran.objects] == ["same", "skipped", "same"]
    assert "its key 'b' is not there" in ran.objects[1]["skipped"]
    assert file.is_file()


async def replay(directory: Path, *names: str | Path) -> Ran:
    """`milepost replay` beside the database, with nothing else there."""
    address = {"TEMPORAL_ADDRESS": "127.0.0.1:1"}
    settings = Settings(data_dir=directory, database_url=f"sqlite:///{directory / 'milepost.db'}", temporal=address)
    arguments = ("replay", *names, "--process", premium(directory), "--json")
    return await asyncio.to_thread(milepost, *arguments, services=no_desk(lambda: settings))
