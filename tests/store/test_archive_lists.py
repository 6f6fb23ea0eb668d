"""The archive as a list: each run once, whatever the pages; of what has closed since."""

import pytest

from sla.archive_run import Run
from store.archive import StoredArchive
from store.archive_lists import ArchivedRuns
from store.cases import StoredCases
from store.engine import Database
from tests.store.builders import at, opened
from tests.store.test_archive import decided, packed

EARLY, LATE = "run-early", "run-late"


@pytest.fixture
async def archived(database: Database) -> Database:
    """Two runs of C-1, closed at ten and at noon, and one of C-2, closed at noon."""
    cases, archive = StoredCases(database), StoredArchive(database)
    for record in ("C-1", "C-2"):
        await decided(cases, LATE, opened(record=record))
    for record, run_id, closed in (("C-1", EARLY, "10:00"), ("C-1", LATE, "12:00"), ("C-2", LATE, "12:00")):
        assert await archive.store(Run(record=record, run_id=run_id), packed(run_id, closed_at=at(closed)), at=at("12:01"))
    return database


@pytest.mark.parametrize("page", [1, 2, 3, 1000])
async def test_every_run_is_listed_once_whatever_the_pages(archived: Database, page: int) -> None:
    runs = ArchivedRuns(archived, None)
    assert [one async for one in runs.listed(page=page)] == [("C-1", EARLY), ("C-1", LATE), ("C-2", LATE)]
    assert await runs.count() == 3


async def test_of_the_last_days_only_what_closed_since_is_listed(archived: Database) -> None:
    runs = ArchivedRuns(archived, at("12:00"))
    assert [one async for one in runs.listed()] == [("C-1", LATE), ("C-2", LATE)]
    assert await runs.count() == 2


async def test_an_empty_archive_lists_nothing(database: Database) -> None:
    assert [one async for one in ArchivedRuns(database, None).listed()] == []
