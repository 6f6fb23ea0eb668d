"""What is published: processes, business hours, people; and which version a new case is held to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from sla.acting import Actor
from sla.errors import ProcessNotNamed, UnknownProcess
from sla.messages import ProcessRef
from store.changing import NOBODY
from store.connection import AnyConnection
from store.default_hours import default_as_of, let_be_default
from store.engine import Database
from store.publication import Publication
from store.tables import calendar_versions, catalogue, process_versions, records
from store.upsert import add
from store.versions import Kind, StoredVersion, known_text, one_version, unknown, versions_of

YEARS_AHEAD = 5


class Catalogue:
    """The catalogue of one database."""

    def __init__(self, database: Database, *, max_processes: int = 1000) -> None:
        self._database = database
        self._max_processes = max_processes

    @asynccontextmanager
    async def publishing(
        self, *, at: datetime, actor: Actor = NOBODY, years: range | None = None
    ) -> AsyncIterator[Publication]:
        """One change: all that is done inside counts together when it ends, or not at all after an error.

        `years` are those for which countries' holidays become dates; from the year before `at` to five years after it if
        not given. Two publications wait for each other.
        """
        years = years if years is not None else range(at.year - 1, at.year + YEARS_AHEAD + 1)
        async with self._database.transaction() as connection:
            await add(connection, catalogue, [{"id": 1, "revision": 0}])
            revision = (await connection.execute(select(catalogue.c.revision).with_for_update())).scalar_one()
            publication = Publication(
                connection, revision=revision, at=at, years=years, max_processes=self._max_processes, actor=actor
            )
            yield publication
            await publication.finish()

    async def let_be_default(self, calendar: str | None, *, at: datetime, actor: Actor) -> None:
        """Let these business hours count for new cases where nothing else names any; None: 24/7."""
        async with self._database.reading() as connection:
            noted = await default_as_of(connection)
        if noted is None or noted.calendar != calendar:
            async with self.publishing(at=at, actor=actor) as publication:
                await let_be_default(publication, calendar)

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

    async def versions(self, kind: Kind, name: str | None = None) -> list[StoredVersion]:
        """All versions by name and number, or those of one: drafts and retired ones too. UnknownProcess, NoSuchCalendar."""
        async with self._database.reading() as connection:
            found = await versions_of(connection, kind, name)
            if name is not None and not found:
                raise await unknown(connection, kind, name)
        return found

    async def version(self, kind: Kind, name: str, version: int | None = None) -> StoredVersion:
        """A version; without a number that in force, else the latest. UnknownProcess, NoSuchCalendar, UnknownVersion."""
        async with self._database.reading() as connection:
            return await one_version(connection, kind, name, version)

    async def open_records(self, process: str | None = None) -> dict[tuple[str, int], int]:
        """How many open records follow each version of each process, or of one."""
        counted = select(records.c.process, records.c.version, func.count()).where(~records.c.out)
        if process is not None:
            counted = counted.where(records.c.process == process)
        async with self._database.reading() as connection:
            rows = await connection.execute(counted.group_by(records.c.process, records.c.version))
            return {(row[0], row[1]): row[2] for row in rows}

    async def calendar_names(self) -> list[str]:
        """The names of all business hours that are in force, sorted."""
        active = calendar_versions.c.status == "active"
        async with self._database.reading() as connection:
            return sorted(set(await connection.scalars(select(calendar_versions.c.name).where(active))))


async def _only_process(connection: AnyConnection, active: ColumnElement[bool]) -> str:
    """The name to take when none was given."""
    query = select(process_versions.c.name).where(active, process_versions.c.is_default)
    names: list[str] = sorted(await connection.scalars(query))
    if len(names) == 1:
        return names[0]
    raise ProcessNotNamed(known=known_text(names)) if names else UnknownProcess(process="(any)", known=known_text(names))
