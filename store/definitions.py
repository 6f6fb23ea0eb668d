"""Published processes and calendars: the port `Definitions`. What is published never changes, so it is read once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select, tuple_

from sla.calendar import ALWAYS, BusinessHours
from sla.errors import UnknownCalendar, UnknownProcess
from sla.messages import ProcessRef
from sla.process.model import Process
from store.connection import AnyConnection
from store.default_hours import default_as_of
from store.engine import Database
from store.tables import calendar_versions, catalogue, process_versions
from store.versions import ever_active

_KEPT = 2000
"""How many definitions of a kind are kept in memory; more than an installation is likely to have in use."""

Key = TypeVar("Key")
Value = TypeVar("Value")


class StoredDefinitions:
    """The definitions of one database.

    `default_hours` names what counts by default as long as no worker has noted what is set; empty means 24/7.
    """

    def __init__(self, database: Database, *, default_hours: str | None = None) -> None:
        self._database = database
        self._default_hours = default_hours or None
        self._processes: dict[tuple[str, int], Process] = {}
        self._hours: dict[tuple[str, int], BusinessHours] = {}
        self._views: dict[tuple[int, int], Mapping[str, BusinessHours]] = {}
        self._defaults: dict[int, BusinessHours] = {}

    async def process(self, ref: ProcessRef) -> Process:
        """The process version; raises UnknownProcess."""
        key = (ref.process, ref.version)
        if key not in self._processes:
            _keep(self._processes, key, Process.model_validate(await self._process_body(ref)))
        return self._processes[key]

    async def calendars(self, ref: ProcessRef) -> Mapping[str, BusinessHours]:
        """All calendars by name: of each the latest version published by `ref.revision`, else its first; no draft."""
        async with self._database.reading() as connection:
            # A calendar that was first published after `ref.revision` is seen too, so that the view may yet grow.
            newest = await connection.scalar(select(catalogue.c.revision)) or 0
            if (ref.revision, newest) in self._views:
                return self._views[ref.revision, newest]
            columns = (calendar_versions.c.name, calendar_versions.c.version, calendar_versions.c.revision)
            published = select(*columns).where(ever_active(calendar_versions))
            chosen = _as_of(ref.revision, await connection.execute(published))
            hours = {key: self._hours[key] for key in chosen if key in self._hours}
            for key, body in await _bodies(connection, [key for key in chosen if key not in hours]):
                hours[key] = BusinessHours.model_validate(body)
                _keep(self._hours, key, hours[key])
        view = {key[0]: hours[key] for key in chosen}
        _keep(self._views, (ref.revision, newest), view)
        return view

    async def default_hours(self, ref: ProcessRef) -> BusinessHours:
        """The default business hours of `ref.revision` (24/7 unless set); UnknownCalendar if they were never published."""
        if (kept := self._defaults.get(ref.revision)) is not None:
            return kept
        async with self._database.reading() as connection:
            noted = await default_as_of(connection, ref.revision)
            newest = await connection.scalar(select(catalogue.c.revision)) or 0
        name = self._default_hours if noted is None else noted.calendar
        hours = ALWAYS if name is None else await self._default_named(name, ref)
        if noted is not None and ref.revision <= newest:  # whatever is set later takes a later revision
            _keep(self._defaults, ref.revision, hours)
        return hours

    async def default_name(self) -> str | None:
        """The name of the business hours that count by default for what is opened now; None: 24/7."""
        async with self._database.reading() as connection:
            noted = await default_as_of(connection)
        return self._default_hours if noted is None else noted.calendar

    async def _default_named(self, name: str, ref: ProcessRef) -> BusinessHours:
        calendars = await self.calendars(ref)
        if name not in calendars:
            known = ", ".join(sorted(calendars)) or "none"
            where = "The setting MILEPOST_DEFAULT_BUSINESS_HOURS"
            raise UnknownCalendar(where=where, calendar=name, known=known)
        return calendars[name]

    async def _process_body(self, ref: ProcessRef) -> Any:
        published = ever_active(process_versions)  # a draft may change, and what is read here is kept
        one = (process_versions.c.name == ref.process, process_versions.c.version == ref.version, published)
        async with self._database.reading() as connection:
            body = await connection.scalar(select(process_versions.c.body).where(*one))
            if body is None:
                known = sorted(set(await connection.scalars(select(process_versions.c.name))))
                raise UnknownProcess(process=f"{ref.process} (version {ref.version})", known=", ".join(known) or "none")
        return body


async def _bodies(connection: AnyConnection, keys: Sequence[tuple[str, int]]) -> list[tuple[tuple[str, int], Any]]:
    if not keys:
        return []
    identity = tuple_(calendar_versions.c.name, calendar_versions.c.version)
    rows = await connection.execute(select(calendar_versions).where(identity.in_(keys)))
    return [((row.name, row.version), row.body) for row in rows]


def _as_of(revision: int, versions: Iterable[Any]) -> list[tuple[str, int]]:
    """Of each calendar the name and the version that count for a case that is held to this revision."""
    chosen: dict[str, int] = {}
    for row in sorted(versions, key=lambda row: row.revision):  # a draft may be published after a later version
        if row.name not in chosen or row.revision <= revision:
            chosen[row.name] = row.version
    return list(chosen.items())


def _keep(cache: dict[Key, Value], key: Key, value: Value) -> None:
    while len(cache) >= _KEPT:
        cache.pop(next(iter(cache)))
    cache[key] = value
