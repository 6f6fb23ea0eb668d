"""The doctor looks at the archive: what was lost, what waits, and whether anybody keeps it."""

from datetime import timedelta
from pathlib import Path

from sla.archive_run import Run
from sla.events import read_event
from sla.finding import Finding
from sla.messages import ProcessRef
from starter.checkups import archive
from store.archive import StoredArchive
from store.cases import StoredCases
from store.engine import Database
from tests.starter.patients import now, on_file, told, with_tables
from tests.store.builders import the_timeline

REF = ProcessRef(process="Support", version=1, revision=1)


async def listed(database: Database, *records: str) -> list[Run]:
    """Records whose workflows were begun just now."""
    for record in records:
        event = read_event({"record": record, "id": "o", "type": "opened", "at": now(), "fields": {}}, where="test")
        timeline = the_timeline([event], "09:00").model_copy(update={"record": record, "as_of": now()})
        await StoredCases(database).settle(Finding(ref=REF, log=[event], timeline=timeline, run=f"run-of-{record}"))
    return [run for record in records for run in await StoredArchive(database).of(record)]


async def test_an_archive_that_is_up_to_date(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path))
    database = Database(settings.database_url)
    await listed(database, "C-1")
    assert await told(archive.kept, settings) == ("ok", "0 histories stored", None)
    await database.dispose()


async def test_what_was_lost_is_told_with_some_records(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path))
    database = Database(settings.database_url)
    for run in await listed(database, "C-1", "C-2", "C-3", "C-4"):
        await StoredArchive(database).lose(run, at=now())
    found = await told(archive.kept, settings)
    assert found.verdict == "warning"
    assert found.found == "Temporal forgot 4 histories before they could be stored, of C-1, C-2, C-3 and others"
    await database.dispose()


async def test_what_cannot_be_stored_is_told_with_its_reason(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path))
    database = Database(settings.database_url)
    [run] = await listed(database, "C-1")
    await StoredArchive(database).again(run, at=now(), problem="the key 'old' is missing")
    found = await told(archive.kept, settings)
    assert (found.verdict, found.found) == ("warning", "1 history could not be stored so far: the key 'old' is missing")
    await database.dispose()


async def test_nobody_keeps_it(tmp_path: Path) -> None:
    settings = await with_tables(on_file(tmp_path))
    database = Database(settings.database_url)
    [run] = await listed(database, "C-1")
    await StoredArchive(database).found("C-1", ["another"], at=now() - timedelta(hours=1))
    found = await told(archive.kept, settings)
    assert (found.verdict, found.found) == ("warning", "1 run of cases should have been looked at 15 minutes ago")
    assert run.run_id == "run-of-C-1"
    await database.dispose()
