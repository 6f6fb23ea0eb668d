"""Very many records at once, for whoever evaluates them all: their names in pages, and the logs of many in one query."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Text, bindparam, cast, select, tuple_

from sla.events import Event
from sla.kept_events import kept_event
from sla.messages import ProcessRef
from store.engine import Database
from store.tables import event_log, records

PAGE: Final = 5_000
"""Names in a page."""

_RECORD = itemgetter(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A record with all that was told of it, in order of arrival. `fields` are as its latest decision saw them."""

    record: str
    opened_under: ProcessRef
    fields: Mapping[str, Any]
    log: list[Event]


class Bulk:
    """The records of one database, read only. Every method raises what `Database` does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def names(
        self,
        *,
        opened_from: datetime | None = None,
        process: str | None = None,
        newest_first: bool = False,
        size: int = PAGE,
    ) -> AsyncIterator[list[str]]:
        """The ids of all records in order of their opening, or the other way round, in pages of at most `size`.

        `opened_from`: those that were opened then or later; `process`: those that follow one of that name. Each page begins
        where the one before ended, so a record that is opened meanwhile changes nothing of the others.
        """
        columns = (records.c.opened_at, records.c.id)
        place, order = tuple_(*columns), [column.desc() if newest_first else column for column in columns]
        query = select(*columns).order_by(*order).limit(size)
        if opened_from is not None:
            query = query.where(records.c.opened_at >= opened_from)
        if process is not None:
            query = query.where(records.c.process == process)
        last: tuple[datetime, str] | None = None
        while True:
            wanted = query
            if last is not None:
                bound = tuple_(*_bound(last))
                wanted = query.where(place < bound if newest_first else place > bound)
            async with self._database.reading() as connection:
                page = (await connection.execute(wanted)).all()
            if page:
                yield [row.id for row in page]
            if len(page) < size:
                return
            last = page[-1].opened_at, page[-1].id

    async def read(self, names: Sequence[str]) -> list[Recorded]:
        """These records, as far as they are there, by their ids: some hundreds at once, in two queries."""
        shown = select(
            records.c.id, records.c.process, records.c.version, records.c.revision, records.c.opened_under, records.c.fields
        )
        told = select(event_log.c.record, cast(event_log.c.body, Text)).order_by(event_log.c.record, event_log.c.sequence)
        async with self._database.reading() as connection:
            rows = (await connection.execute(shown.where(records.c.id.in_(names)))).all()
            bodies = (await connection.execute(told.where(event_log.c.record.in_(names)))).all()
        logs = {record: _log(record, [body for _, body in group]) for record, group in groupby(bodies, _RECORD)}
        return [
            Recorded(record=row.id, opened_under=_ref(row), fields=row.fields, log=logs[row.id])
            for row in rows
            if row.id in logs
        ]


def _bound(last: tuple[datetime, str]) -> tuple[Any, Any]:
    opened_at, record = last
    return bindparam(None, opened_at, type_=records.c.opened_at.type), bindparam(None, record, type_=records.c.id.type)


def _ref(row: Any) -> ProcessRef:
    if row.opened_under:
        return ProcessRef(**row.opened_under)
    return ProcessRef(process=row.process, version=row.version, revision=row.revision)


def _log(record: str, bodies: list[str]) -> list[Event]:
    """All bodies are read as one JSON text, which is a good deal faster than one by one."""
    where = f"log of {record}"
    return [kept_event(body, where=where) for body in json.loads(f"[{','.join(bodies)}]")]
