"""Which runs the archive holds, page by page: for replaying what Temporal has forgotten."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select, tuple_

from store.archive_tables import archived_runs
from store.engine import Database

PAGE: Final = 1000
_ID: Final = (archived_runs.c.record, archived_runs.c.run_id)


class ArchivedRuns:
    """The archive of one database, as a list of (record, run), in the order of both; of what has closed since an instant."""

    def __init__(self, database: Database, since: datetime | None) -> None:
        self._database = database
        self._wanted: list[ColumnElement[bool]] = [] if since is None else [archived_runs.c.closed_at >= since]

    async def count(self) -> int:
        """How many there are."""
        async with self._database.reading() as connection:
            found = await connection.scalar(select(func.count()).select_from(archived_runs).where(*self._wanted))
        return found or 0

    async def listed(self, *, page: int = PAGE) -> AsyncIterator[tuple[str, str]]:
        """All of them; while they are listed, others may use the database."""
        after: tuple[str, str] = ("", "")
        while True:
            further = tuple_(*_ID) > after
            query = select(*_ID).where(further, *self._wanted).order_by(*_ID).limit(page)
            async with self._database.reading() as connection:
                rows = (await connection.execute(query)).all()
            for row in rows:
                after = (row.record, row.run_id)
                yield after
            if len(rows) < page:
                return
