"""The measure of what-if, at its smallest; and that the records which it makes are such as the store would have made."""

from pathlib import Path

from bench.cases import examples, process
from bench.measures.whatif import measure
from bench.recorded import AS_OF, CONTRACT, fill
from bench.rows import Scale
from sla.engine import evaluate
from sla.finding import Finding
from store.bulk import Bulk
from store.cases import StoredCases
from store.engine import Database
from store.records import Records


async def test_what_if_is_measured_alone_and_on_record() -> None:
    rows = await measure(Scale.SHORT)
    assert [row.unit for row in rows] == ["cases/s", "cases/s", "s", "records/s"]
    assert all(row.figure and row.figure > 0 for row in rows)


async def test_the_records_that_it_makes_are_as_the_store_would_have_made_them(tmp_path: Path) -> None:
    made, own = (Database(f"sqlite:///{tmp_path / name}.db") for name in ("made", "own"))
    ref = await fill(made, 450)
    await fill(own, 0)
    names = ["INC0000000", "INC0000007", "INC0000449"]  # the last is the seventh in its second round
    for one in await Bulk(made).read(names):
        timeline = evaluate(process(CONTRACT), examples().hours, one.log, AS_OF)
        await StoredCases(own).settle(Finding(ref=ref, log=one.log, timeline=timeline))
        assert await Records(own).get(one.record) == await Records(made).get(one.record)
        assert await Records(own).log(one.record) == await Records(made).log(one.record) == one.log
    first, _, again = [(await Records(made).get(name)).opened_at for name in names]
    assert again != first
    for database in (made, own):
        await database.dispose()
