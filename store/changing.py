"""What every change of the catalogue is made of: one transaction, rows of versions, a line in the audit log, a last check.

Only `store.lifecycle` and `store.publication` build upon it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel
from sqlalchemy import select, update

from sla.acting import Actor
from sla.calendar import BusinessHours
from sla.errors import LimitExceeded, UnknownCalendar
from sla.governance.differences import Difference
from sla.process.model import Process
from store import audit
from store.connection import AnyConnection
from store.tables import calendar_versions, catalogue, process_versions
from store.versions import TABLES, StoredVersion, VersionStatus, digest_of, kind_and_name, known_text

Facts = Mapping[str, Any]
_Line = tuple[str, str, Facts | None, Facts | None]

NOBODY: Final = Actor(name="unknown", door="cli")


class Changing:
    """A change under way: it counts when it ends without an error, or not at all."""

    def __init__(
        self,
        connection: AnyConnection,
        *,
        revision: int,
        at: datetime,
        years: range,
        max_processes: int,
        actor: Actor = NOBODY,
    ) -> None:
        self.connection = connection
        """For what else belongs to the same transaction."""
        self.actor = actor
        self.at = at
        self.revision = revision
        """The catalogue's revision so far; each version of anything takes the next, and another when it becomes active."""
        self._years = years
        self._max_processes = max_processes
        self._calendars_named: list[tuple[str, str]] = []
        self._lines: list[_Line] = []

    def names_calendars(self, process: Process) -> None:
        """See at the end that the calendars which this process names are there."""
        self._calendars_named += ((f"Process '{process.process}', {path},", name) for path, name in process.calendars())

    def next_revision(self) -> int:
        """Count one change of what cases may see."""
        self.revision += 1
        return self.revision

    def resolved(self, hours: BusinessHours) -> BusinessHours:
        """The calendar as it is published now: countries' holidays are dates."""
        return hours.resolved(self._years)

    def note(self, verb: str, subject: str, *, before: Facts | None = None, after: Facts | None = None) -> None:
        """Have a line in the audit log when all is done: who else has one to add waits for us from then on, not before."""
        self._lines.append((verb, subject, before, after))

    async def check(self) -> None:
        """Check what could not be checked before all was there: UnknownCalendar."""
        active = select(calendar_versions.c.name).where(calendar_versions.c.status == "active")
        known = set(await self.connection.scalars(active))
        for where, calendar in self._calendars_named:
            if calendar not in known:
                raise UnknownCalendar(where=where, calendar=calendar, known=known_text(known))

    async def finish(self) -> None:
        """Check, and write what is written last. `Catalogue.publishing` does it."""
        await self.check()
        await self.connection.execute(update(catalogue).values(revision=self.revision))
        for verb, subject, before, after in self._lines:
            await audit.note(self.connection, self.actor, verb, subject, at=self.at, before=before, after=after)

    # ------------------------------------------------------------------ rows

    async def _let_be_default(self, name: str, version: int | None) -> None:
        """Let new cases of a process follow this version, or none."""
        of_name = process_versions.c.name == name
        defaults = update(process_versions).where(of_name, process_versions.c.is_default)
        await self.connection.execute(defaults.values(is_default=False))
        this = update(process_versions).where(of_name, process_versions.c.version == version)
        await self.connection.execute(this.values(is_default=True))

    async def _let_be_active(self, draft: StoredVersion) -> None:
        """Publish a draft. From now on what it says never changes."""
        dated: dict[str, Any] = {}
        if draft.kind == "calendar":
            hours = draft.calendar()
            resolved = self.resolved(hours)
            dated = {"source": as_written(hours), "body": resolved.model_dump(mode="json"), "digest": digest_of(resolved)}
        await self._alter(draft, status="active", activated_at=self.at, revision=self.next_revision(), **dated)

    async def _alter(self, version: StoredVersion, **values: Any) -> None:
        """Write some columns of a version. Whoever calls answers for it that nothing changes what was ever active."""
        table = TABLES[version.kind]
        one = update(table).where(table.c.name == version.name, table.c.version == version.version)
        await self.connection.execute(one.values(**values))

    async def _check_limit(self, versions: list[StoredVersion], name: str) -> None:
        if any(one.status != "retired" for one in versions):
            return
        there = select(process_versions.c.name).where(process_versions.c.status != "retired").distinct()
        count = len(set(await self.connection.scalars(there)))
        if count >= self._max_processes:
            raise LimitExceeded(
                where="This installation",
                count=count + 1,
                what=f"processes with '{name}'",
                limit=self._max_processes,
                remedy="Retire one that is not needed, or raise MILEPOST_MAX_PROCESSES.",
            )

    async def _add(
        self,
        versions: list[StoredVersion],
        definition: BaseModel,
        *,
        source: str | None,
        notes: str | None,
        based_on: int | None,
        status: VersionStatus = "active",
    ) -> int:
        """Add a version behind those that there are."""
        kind, name = kind_and_name(definition)
        version = max((one.version for one in versions), default=0) + 1
        row = {
            "name": name,
            "version": version,
            "status": status,
            "revision": self.next_revision(),
            "body": definition.model_dump(mode="json"),
            "source": source,
            "digest": digest_of(definition),
            "created_at": self.at,
            "created_by": self.actor.name,
            "notes": notes,
            "based_on": based_on,
            "activated_at": self.at if status == "active" else None,
        }
        more = {"is_default": False} if kind == "process" else {}
        await self.connection.execute(TABLES[kind].insert().values(**row, **more))
        return version

    def _note_version(
        self, verb: str, subject: str, before: StoredVersion | None, after: Facts, changes: tuple[Difference, ...] = ()
    ) -> None:
        told = {**after, "changes": [one.sentence for one in changes]} if changes else after
        self.note(verb, subject, before=None if before is None else before.facts(), after=told)


def as_written(hours: BusinessHours) -> str:
    """What is kept of a calendar beside its dates: the entries of `holidays` as they were given."""
    return json.dumps(hours.model_dump(mode="json"), ensure_ascii=False)
