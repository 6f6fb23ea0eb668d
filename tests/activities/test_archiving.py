"""Keeping the archive where Temporal has no answer for one run: the others are stored all the same."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities import archiving
from activities.archiving import Keeper
from activities.fakes import SetClock
from sla.archiving import KeepTurn, Kept
from sla.errors import ServiceUnavailable
from sla.finding import Finding
from sla.histories import JsonObject, RunSeen
from store.archive import StoredArchive
from store.cases import StoredCases
from store.definitions import StoredDefinitions
from store.engine import Database
from tests.store.builders import REF, at, opened, the_timeline

PATIENCE_S = 60
BAD, GOOD = "run-bad", "run-good"


class Histories:
    """Each run has closed after one event; of the bad one Temporal says nothing."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def seen(self, _record: str, run_id: str) -> RunSeen | None:
        self.asked.append(run_id)
        if run_id == BAD:
            raise ServiceUnavailable(service="Temporal", address="there", problem="history is corrupted", remedy="Wait.")
        return RunSeen(status="completed", events=1, closed_at=datetime.now(UTC))

    async def pages(self, _record: str, run_id: str) -> AsyncIterator[list[JsonObject]]:
        yield [{"eventId": "1", "of": run_id}]

    async def runs(self, _record: str) -> list[str]:
        return []


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path}/milepost.db"
    found = Database(url)
    await found.upgrade()
    yield found
    await found.dispose()


async def test_a_run_that_temporal_does_not_answer_for_holds_up_no_other(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "POLL_S", 0.05)
    cases, archive = StoredCases(database), StoredArchive(database)
    for record, run in (("C-1", BAD), ("C-2", GOOD)):
        log = [opened(record=record)]
        await cases.settle(Finding(ref=REF, log=log, timeline=the_timeline(log, "09:00"), run=run))
        await archive.found(record, [f"{run}-of-old"], at=at("09:00"))
    histories = Histories()
    definitions = StoredDefinitions(database)
    keeper = Keeper(
        histories, archive=archive, cases=cases, definitions=definitions, clock=SetClock(at("48:00")), engine="0.1.0"
    )
    worker = ActivityEnvironment()
    keeping: asyncio.Future[Kept] = asyncio.ensure_future(worker.run(keeper.keep, KeepTurn(for_s=PATIENCE_S)))
    async with asyncio.timeout(PATIENCE_S):
        while len(await archive.kept("C-1")) + len(await archive.kept("C-2")) < 3:
            await asyncio.sleep(0.05)
    worker.worker_shutdown()
    kept = await keeping
    assert [run.run_id for run in await archive.kept("C-2")] == [GOOD, f"{GOOD}-of-old"]
    assert kept.stored == 3
    assert histories.asked.count(BAD) == 1, "it is looked at again after a while"
    held = await archive.holdings(behind=at("09:00"))
    assert held.trouble
    assert "history is corrupted" in held.trouble
