"""One `apply`: everything that it publishes, in one transaction, checked as a whole at its end.

So a process or a person may name a calendar that the same apply brings later, and nothing is ever half-done.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Table, func, select, update

from sla.calendar import BusinessHours
from sla.errors import LimitExceeded, UnknownCalendar
from sla.people import People
from sla.process.model import Process
from store.connection import AnyConnection
from store.people import Counts, StoredPeople
from store.tables import calendar_versions, catalogue, process_versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of a definition: the version that is in force, and whether it was created or there already."""

    name: str
    version: int
    created: bool


class Publication:
    """An apply under way. Get one from `Catalogue.publishing`; it counts when that ends without an error."""

    def __init__(self, connection: AnyConnection, *, revision: int, at: datetime, years: range, max_processes: int) -> None:
        self._connection = connection
        self._people = StoredPeople(connection)
        self._at = at
        self._years = years
        self._max_processes = max_processes
        self._calendars_named: list[tuple[str, str]] = []
        self.revision = revision
        """The catalogue's revision so far; each published version of anything takes the next."""

    async def publish_process(self, process: Process, source: str | None = None) -> Published:
        """Make this the active default version; a definition equal to the one in force is left as it is.

        Older versions stay active for the cases that are held to them. `source` is the text of the file. Raises
        LimitExceeded for one process too many.
        """
        name = process.process
        self._calendars_named += ((f"Process '{name}', {path},", calendar) for path, calendar in process.calendars())
        in_force = process_versions.c.is_default, process_versions.c.status == "active"
        same = await self._version(process_versions, name, digest_of(process), *in_force)
        if same is not None:
            return Published(name=name, version=same, created=False)
        await self._check_limit(name)
        of_name = process_versions.c.name == name
        await self._connection.execute(update(process_versions).where(of_name).values(is_default=False))
        version = await self._add(process_versions, name, process, source, status="active", is_default=True)
        return Published(name=name, version=version, created=True)

    async def publish_calendar(self, hours: BusinessHours, source: str | None = None) -> Published:
        """Publish business hours, their countries' holidays resolved to dates; left as they are if equal to the latest.

        A country's dates are those of the publication's years: applied again a year later, the calendar gets a version with
        one year more.
        """
        resolved = hours.resolved(self._years)
        newest = select(func.max(calendar_versions.c.version)).where(calendar_versions.c.name == hours.calendar)
        latest = calendar_versions.c.version == newest.scalar_subquery()
        same = await self._version(calendar_versions, hours.calendar, digest_of(resolved), latest)
        if same is not None:
            return Published(name=hours.calendar, version=same, created=False)
        version = await self._add(calendar_versions, hours.calendar, resolved, source)
        return Published(name=hours.calendar, version=version, created=True)

    async def publish_people(self, people: People, where: str = "people") -> Counts:
        """Make the directory hold what this file says; what it does not mention stays. `where` names the file in errors."""
        self._calendars_named += ((f"{where}: {path}", calendar) for path, calendar in people.calendars())
        return await self._people.put(people, where)

    async def finish(self) -> None:
        """Check what could not be checked before all was there: UnknownCalendar."""
        known = set(await self._connection.scalars(select(calendar_versions.c.name)))
        for where, calendar in self._calendars_named:
            if calendar not in known:
                raise UnknownCalendar(where=where, calendar=calendar, known=known_text(known))
        await self._connection.execute(update(catalogue).values(revision=self.revision))

    async def _check_limit(self, name: str) -> None:
        names = set(await self._connection.scalars(select(process_versions.c.name).distinct()))
        if name in names or len(names) < self._max_processes:
            return
        raise LimitExceeded(
            where="This installation",
            count=len(names) + 1,
            what=f"processes with '{name}'",
            limit=self._max_processes,
            remedy="Raise MILEPOST_MAX_PROCESSES, or publish a new version of a process that there is.",
        )

    async def _version(self, table: Table, name: str, digest: str, *conditions: Any) -> int | None:
        """The version of these conditions if it is equal."""
        same = select(table.c.version).where(table.c.name == name, table.c.digest == digest, *conditions)
        version: int | None = await self._connection.scalar(same)
        return version

    async def _add(self, table: Table, name: str, definition: BaseModel, source: str | None, **more: Any) -> int:
        last = await self._connection.scalar(select(func.max(table.c.version)).where(table.c.name == name))
        version = int(last or 0) + 1
        self.revision += 1
        row = {
            "name": name,
            "version": version,
            "revision": self.revision,
            "body": definition.model_dump(mode="json"),
            "source": source,
            "digest": digest_of(definition),
            "created_at": self._at,
            **more,
        }
        await self._connection.execute(table.insert().values(row))
        return version


def digest_of(definition: BaseModel) -> str:
    """SHA-256 of the definition's canonical JSON: keys sorted, no white space, nothing that is as by default.

    So neither a file's layout nor a field that a later release adds with a default makes a definition a different one.
    """
    data = definition.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def known_text(names: Iterable[str]) -> str:
    """The names as errors list them."""
    return ", ".join(sorted(set(names))) or "none"
