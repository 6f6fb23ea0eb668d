"""A process takes over another whose cases are running: they are moved, and the other is retired."""

from pathlib import Path

import pytest

from sla.process.model import Process
from sla.setup_errors import CannotConsolidate
from store.catalogue import Catalogue
from tests.workflows.moving_bench import MovingBench


async def gold(bench: MovingBench) -> None:
    """Gold, which promises an answer in two hours."""
    process = Process.model_validate({"process": "Gold", "milestones": [{"milestone": "Answer", "within": "2h"}]})
    async with Catalogue(bench.database).publishing(at=bench.now()) as publication:
        await publication.publish_process(process)


async def test_running_cases_follow_the_process_that_takes_over(tmp_path: Path) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        names = await bench.open(3)
        await gold(bench)
        foreseen = await bench.desk.governance.consolidate("Gold", ["Support"], move_records=True, dry_run=True)
        [source] = foreseen.sources
        assert source.preview is not None
        assert (source.preview.counts["target_moved"], source.migration) == (3, None)

        done = await bench.desk.governance.consolidate("Gold", ["Support"], move_records=True)
        [source] = done.sources
        assert source.migration is not None
        assert (await bench.ended(source.migration)).progress.moved == 3
        assert await bench.limits(names) == {7200}
        assert {(await bench.desk.show(name)).record.process for name in names} == {"Gold"}
        assert [one.status for one in await bench.desk.catalogue.versions("Support")] == ["retired"]

        again = await bench.desk.governance.consolidate("Gold", ["Support"], move_records=True)
        assert not again.changes
        assert again.sources[0].migration is None


async def test_while_records_are_on_their_way_done_again_it_names_the_migration_and_nobody_else_takes_over(
    tmp_path: Path,
) -> None:
    async with MovingBench(tmp_path) as bench, bench.working():
        await bench.open(4)
        await gold(bench)
        await bench.publish("3h")
        migration = await bench.start(per_second=1)
        with pytest.raises(CannotConsolidate, match=f"migration {migration} still moves records"):
            await bench.desk.governance.consolidate("Gold", ["Support"], move_records=True)
        await bench.ended(migration)
        first = await bench.desk.governance.consolidate("Gold", ["Support"], move_records=True)
        again = await bench.desk.governance.consolidate("Gold", ["Support"], move_records=True)
        begun = first.sources[0].migration
        assert begun is not None
        assert again.sources[0].migration in (begun, None)  # None: all had arrived by then
        await bench.ended(begun)
