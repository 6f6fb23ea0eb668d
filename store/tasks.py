"""Tasks for people: the port `Tasks`."""

from collections.abc import Sequence
from datetime import datetime

from store.engine import Database
from store.tables import tasks
from store.upsert import add


class StoredTasks:
    """The tasks of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self, *, key: str, record: str, to: Sequence[str], subject: str, due_at: datetime | None, at: datetime
    ) -> None:
        """Open a task once for each key."""
        row = {"key": key, "record": record, "to": list(to), "subject": subject, "due_at": due_at, "opened_at": at}
        async with self._database.transaction() as connection:
            await add(connection, tasks, [row])
