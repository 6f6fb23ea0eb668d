"""What is published: processes, business hours, people; and which version a new case is held to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import ColumnElement, select

from sla.errors import ProcessNotNamed, UnknownProcess
from sla.messages import ProcessRef
from store.connection import AnyConnection
from store.engine import Database
from store.publication import Publication, known_text
from store.tables import calendar_versions, catalogue, process_versions
from store.upsert import add

YEARS_AHEAD = 5


class Catalogue:
    """The catalogue of one database."""

    def __init__(self, database: Database, *, max_processes: int = 1000) -> None:
        self._database = database
        self._max_processes = max_processes

    @asynccontextmanager
    async def publishing(self, *, at: datetime, years: range | None = None) -> AsyncIterator[Publication]:
        """One apply: all that is published inside counts together when it ends, or not at all after an error.

        `years` are those for which countries' holidays become dates; from the year before `at` to five years after it if
        not given. Two publications wait for each other.
        """
        years = years if years is not None else range(at.year - 1, at.year + YEARS_AHEAD + 1)
        async with self._database.transaction() as connection:
            await add(connection, catalogue, [{"id": 1, "revision": 0}])
            revision = (await connection.execute(select(catalogue.c.revision).with_for_update())).scalar_one()
            publication = Publication(connection, revision=revision, at=at, years=years, max_processes=self._max_processes)
            yield publication
            await publication.finish()

    async def process_ref(self, name: str | None = None, version: int | None = None) -> ProcessRef:
        """What a case is held to from now on: the process's active default, or the given active version of it.

        Without a name: the only process that there is. The calendars are those of this moment. Raises UnknownProcess.
        """
        async with self._database.reading() as connection:
            active = process_versions.c.status == "active"
            if name is None:
                name = await _only_process(connection, active)
            wanted = process_versions.c.is_default if version is None else process_versions.c.version == version
            of_name = process_versions.c.name == name
            found = await connection.scalar(select(process_versions.c.version).where(active, of_name, wanted))
            if found is None:
                names = await connection.scalars(
                    select(process_versions.c.name).where(active, process_versions.c.is_default)
                )
                asked = name if version is None else f"{name} (version {version})"
                raise UnknownProcess(process=asked, known=known_text(names))
            revision = await connection.scalar(select(catalogue.c.revision))
        return ProcessRef(process=name, version=found, revision=revision or 0)

    async def processes(self) -> list[str]:
        """The names of all processes that new cases can be held to, sorted."""
        active = (process_versions.c.status == "active", process_versions.c.is_default)
        async with self._database.reading() as connection:
            return sorted(await connection.scalars(select(process_versions.c.name).where(*active)))

    async def calendar_names(self) -> list[str]:
        """The names of all published business hours, sorted."""
        async with self._database.reading() as connection:
            return sorted(set(await connection.scalars(select(calendar_versions.c.name))))


async def _only_process(connection: AnyConnection, active: ColumnElement[bool]) -> str:
    """The name to take when none was given."""
    query = select(process_versions.c.name).where(active, process_versions.c.is_default)
    names: list[str] = sorted(await connection.scalars(query))
    if len(names) == 1:
        return names[0]
    raise ProcessNotNamed(known=known_text(names)) if names else UnknownProcess(process="(any)", known=known_text(names))
