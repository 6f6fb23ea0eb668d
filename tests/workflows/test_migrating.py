"""Migrations: many records are moved, one that cannot be stops nothing, and nothing is done twice."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import update

from sla.events import Migrated
from sla.moving import Progress, event_id, workflow_id
from sla.setup_errors import MigrationEnded, NothingToMove
from store.moving import SILENT
from store.setup_tables import migration_records, migrations
from tests.workflows.live import developing
from tests.workflows.moving_bench import SECOND, SUPPORT, MovingBench


async def test_thirty_records_move_while_one_cannot(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        names = await bench.open(30)
        await bench.publish("2h")
        await bench.lose("C-07")
        migration = await bench.start()
        ended = await bench.ended(migration)
        assert ended.progress == Progress(moved=29, failed=1)
        [failed] = await bench.desk.migrations.moves(migration, state="failed")
        assert failed.record == "C-07"
        assert "could not be told" in (failed.problem or "")
        others = [name for name in names if name != "C-07"]
        assert await bench.versions() == {**dict.fromkeys(others, 2), "C-07": 1}
        assert await bench.told() == [(name, event_id(migration)) for name in others]
        assert await bench.limits(others) == {7200}
        assert await bench.limits(["C-07"]) == {3600}


async def test_a_case_that_does_not_answer_fails_after_half_a_minute_and_the_others_go_on(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        await bench.open(3)
        await bench.publish("2h")
        async with bench.deaf("C-02"):
            migration = await bench.start(per_second=2)
            await bench.until(migration, lambda now: now.progress.moved == 1)
            await bench.sleep(40)
            assert (await bench.ended(migration)).progress == Progress(moved=2, failed=1)
        [failed] = await bench.desk.migrations.moves(migration, state="failed")
        assert (failed.record, failed.problem) == ("C-02", SILENT)


async def test_stopped_it_rests_and_resumed_it_goes_on(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        names = await bench.open(12)
        await bench.publish("2h")
        migration = await bench.start(per_second=3)
        await bench.until(migration, lambda now: now.progress.moved >= 3)
        assert (await bench.desk.migrations.stop(migration)).state in ("stopping", "stopped")
        stopped = await bench.until(migration, lambda now: now.state == "stopped")
        assert stopped.progress.waiting > 0
        await asyncio.sleep(1.5)
        assert (await bench.desk.migrations.status(migration)).progress == stopped.progress
        assert (await bench.desk.migrations.stop(migration)).state == "stopped", "it is so already"
        await bench.desk.migrations.resume(migration)
        assert (await bench.ended(migration)).progress == Progress(moved=12)
        assert await bench.told() == [(name, event_id(migration)) for name in names]


async def test_called_off_the_others_stay_where_they_are_and_may_be_moved_anew(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        await bench.open(8)
        await bench.publish("2h")
        migration = await bench.start(per_second=2)
        await bench.until(migration, lambda now: now.progress.moved >= 2)
        ended = await bench.desk.migrations.stop(migration, for_good=True)
        assert (ended.state, ended.progress.waiting) == ("ended", 0)
        handle = bench.client.get_workflow_handle(workflow_id(migration), result_type=Progress)
        told: Progress = await bench.bounded(handle.result())
        assert 0 < told.moved < 8
        with pytest.raises(MigrationEnded):
            await bench.desk.migrations.resume(migration)
        again = await bench.ended(await bench.start())
        assert again.progress == Progress(moved=8 - told.moved)
        assert set((await bench.versions()).values()) == {2}


async def test_carried_out_twice_it_changes_nothing(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        names = await bench.open(5)
        await bench.publish("2h")
        migration = await bench.start()
        await bench.ended(migration)
        logs = {name: await bench.records.log(name) for name in names}
        assert await bench.begin_anew(migration) == Progress(moved=5)
        async with bench.database.transaction() as connection:  # as if a backup had been restored
            await connection.execute(update(migration_records).values(state="waiting"))
            await connection.execute(update(migrations).values(state="running"))
        assert await bench.begin_anew(migration) == Progress(skipped=5)
        with pytest.raises(NothingToMove, match="5 follow it already"):
            await bench.start()
        assert {name: await bench.records.log(name) for name in names} == logs


async def test_a_worker_may_be_restarted_in_the_middle(tmp_path: Path) -> None:
    async with MovingBench(tmp_path, lambda: developing(4000)) as bench:
        async with bench.working():
            names = await bench.open(12)
            await bench.publish("2h")
            migration = await bench.start(per_second=3)
            await bench.until(migration, lambda now: now.progress.moved >= 3)
        await asyncio.sleep(1)
        between = await bench.desk.migrations.status(migration)
        assert (between.state, between.progress.waiting > 0) == ("running", True)
        async with bench.working():
            assert (await bench.ended(migration)).progress == Progress(moved=12)
        assert await bench.told() == [(name, event_id(migration)) for name in names]


async def test_a_record_that_was_closed_meanwhile_is_skipped(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        await bench.open(3)
        await bench.publish("2h")
        migration = await bench.start(per_second=1)
        await bench.until(migration, lambda now: now.progress.moved >= 1)
        await bench.desk.migrations.stop(migration)
        await bench.until(migration, lambda now: now.state == "stopped")
        await bench.bounded(bench.desk.report({"record": "C-03", "id": "closing", "type": "closed"}))
        await bench.desk.migrations.resume(migration)
        assert (await bench.ended(migration)).progress == Progress(moved=2, skipped=1)
        [skipped] = await bench.desk.migrations.moves(migration, state="skipped")
        assert (skipped.record, skipped.problem) == ("C-03", "it was closed meanwhile")
        assert await bench.versions() == {"C-01": 2, "C-02": 2, "C-03": 1}


async def test_a_long_list_is_moved_in_several_runs(tmp_path: Path) -> None:
    async with MovingBench(tmp_path, lambda: developing(60)) as bench, bench.working():
        names = await bench.open(24)
        await bench.publish("2h")
        migration = await bench.start(per_second=4)
        assert (await bench.ended(migration)).progress == Progress(moved=24)
        assert len(await bench.runs(migration)) > 1
        assert await bench.told() == [(name, event_id(migration)) for name in names]


async def test_nothing_is_moved_to_where_the_records_are(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        await bench.open(2)
        with pytest.raises(NothingToMove, match="2 follow it already"):
            await bench.desk.migrations.start(SUPPORT, SECOND.model_copy(update={"version": 1}))


async def test_no_more_are_told_in_a_second_than_the_rate_allows(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        names = await bench.open(8)
        await bench.publish("2h")
        migration = await bench.start(per_second=2)
        assert (await bench.ended(migration)).progress == Progress(moved=8)
        moved = [event for name in names for event in await bench.records.log(name) if isinstance(event, Migrated)]
        each_second = Counter(event.at for event in moved)
        assert (sum(each_second.values()), max(each_second.values())) == (8, 2)
