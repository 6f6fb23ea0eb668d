"""The reading side, for the doors: records, what became of them, and the input with which a case starts anew."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Unpack

from sqlalchemy import RowMapping, Select, Table, func, select

from sla.dossier import Deed
from sla.errors import UnknownRecord
from sla.events import Event
from sla.messages import CaseInput, ProcessRef
from sla.timeline import Occurrence
from store.cases import log_of
from store.connection import AnyConnection
from store.engine import Database
from store.facts import OutcomeFact
from store.pages import Filters, Order, Position, page
from store.rows import effect_of, line_of, occurrence_of
from store.tables import effect_attempts, effect_ledger, effects, occurrences, outcome_facts, records, tasks
from store.views import Census, EffectState, StoredRecord, StoredTask

_ACTION = re.compile(r"#\d+/\d+/[a-z]+(-\d+)?/\d+(~\d+)?$")
"""The end of an action's key (SPEC 5). Keys below it tell of an action's parts, of which a case knows nothing."""


class Records:
    """Queries over one database. Of an unknown record the lists are empty; `get` and `case_input` raise UnknownRecord."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, record: str) -> StoredRecord:
        """One record."""
        async with self._database.reading() as connection:
            return await _get(connection, record)

    async def list(
        self,
        *,
        is_open: bool | None = None,
        order_by: Order = "next_deadline",
        limit: int = 100,
        after: Position | None = None,
        **wanted: Unpack[Filters],
    ) -> Sequence[StoredRecord]:
        """Records that match all filters given, in an order: at most `limit`, those that come after a position.

        A page takes as long as its rows do, however many records there are (`store.pages`).
        """
        async with self._database.reading() as connection:
            rows = await page(connection, wanted, is_open=is_open, order_by=order_by, limit=limit, after=after)
        return [_record(row) for row in rows]

    async def census(self) -> Census:
        """How many records are open, by status, and the earliest of their next deadlines."""
        counted = select(records.c.status, func.count().label("number"), func.min(records.c.next_deadline).label("next"))
        rows = await self._rows(counted.where(records.c.out.is_(False)).group_by(records.c.status))
        deadlines = [row["next"] for row in rows if row["next"] is not None]
        return Census(open={row["status"]: row["number"] for row in rows}, next_deadline=min(deadlines, default=None))

    async def log(self, record: str) -> Sequence[Event]:
        """The events in order of arrival."""
        async with self._database.reading() as connection:
            return await log_of(connection, record)

    async def occurrences(self, record: str) -> Sequence[Occurrence]:
        """The milestones' occurrences in the timeline's order."""
        query = select(occurrences).where(occurrences.c.record == record).order_by(occurrences.c.position)
        return [occurrence_of(row) for row in await self._rows(query)]

    async def effects(self, record: str) -> Sequence[EffectState]:
        """The actions in the timeline's order, each with what the ledger knows of it."""
        query = _effects().where(effects.c.record == record).order_by(effects.c.position, effects.c.key)
        return [_effect(row) for row in await self._rows(query)]

    async def facts(self, record: str) -> Sequence[OutcomeFact]:
        """What was found out about the milestones, in the order in which it was."""
        query = select(outcome_facts).where(outcome_facts.c.record == record).order_by(outcome_facts.c.number)
        names = [field.name for field in fields(OutcomeFact)]
        return [OutcomeFact(**{name: row[name] for name in names}) for row in await self._rows(query)]

    async def deeds(self, record: str) -> Sequence[Deed]:
        """What the ledger has of the record's actions and of their parts, in its order; then what was only tried so far."""
        async with self._database.reading() as connection:
            lines = (await connection.execute(_of(effect_ledger, record).order_by(effect_ledger.c.number))).mappings().all()
            tries = {row["key"]: dict(row) for row in (await connection.execute(_of(effect_attempts, record))).mappings()}
        known = {row["key"]: dict(row) for row in lines}
        return [_deed(key, known.get(key), tries.get(key)) for key in [*known, *sorted(tries.keys() - known.keys())]]

    async def tasks(self, record: str) -> Sequence[StoredTask]:
        """The tasks that were opened, the oldest first."""
        query = select(tasks).where(tasks.c.record == record).order_by(tasks.c.opened_at, tasks.c.key)
        return [StoredTask(**{**row, "to": tuple(row["to"])}) for row in await self._rows(query)]

    async def case_input(self, record: str) -> CaseInput:
        """All with which the record's workflow starts anew: its log, and the keys of what was done."""
        of_record = effect_ledger.c.record == record
        async with self._database.reading() as connection:
            known = await _get(connection, record)
            log = await log_of(connection, record)
            ended = await connection.execute(select(effect_ledger.c.key, effect_ledger.c.outcome).where(of_record))
            done = {row.key: row.outcome for row in ended if is_action(row.key)}
        return CaseInput.model_validate(
            {"record": record, "ref": known.opened_under, "log": log, "done": done, "decided_at": known.as_of}
        )

    async def _rows(self, query: Select[*tuple[Any, ...]]) -> Sequence[RowMapping]:
        async with self._database.reading() as connection:
            return (await connection.execute(query)).mappings().all()


def is_action(key: str) -> bool:
    """Whether a key is an action's, and not of a part of one."""
    return _ACTION.search(key) is not None


def _of(table: Table, record: str) -> Select[*tuple[Any, ...]]:
    return select(table).where(table.c.record == record)


def _deed(key: str, line: Mapping[str, Any] | None, tried: Mapping[str, Any] | None) -> Deed:
    ended = {} if line is None else {name: line[name] for name in ("kind", "outcome", "at", "reason", "detail")}
    told = {} if tried is None else {"kind": tried["kind"], "attempts": tried["attempts"], "problem": tried["problem"]}
    at = None if tried is None else tried["at"]
    return Deed.model_validate(told | ended | {"key": key, "attempted_at": at})


async def _get(connection: AnyConnection, record: str) -> StoredRecord:
    found = await connection.execute(select(records).where(records.c.id == record))
    row = found.mappings().one_or_none()
    if row is None:
        raise UnknownRecord(record=record)
    return _record(row)


def _record(row: RowMapping) -> StoredRecord:
    ref = ProcessRef(process=row["process"], version=row["version"], revision=row["revision"])
    first = row["opened_under"]
    names = (field.name for field in fields(StoredRecord) if field.name not in ("ref", "opened_under"))
    return StoredRecord(ref=ref, opened_under=ProcessRef(**first) if first else ref, **{name: row[name] for name in names})


def _effects() -> Select[*tuple[Any, ...]]:
    """Effects beside their ledger lines and attempts, whose columns are told apart by a prefix."""
    ledger = [column.label(f"ledger_{column.name}") for column in effect_ledger.c]
    attempts = [column.label(f"attempt_{column.name}") for column in effect_attempts.c]
    joined = effects.outerjoin(effect_ledger, effect_ledger.c.key == effects.c.key)
    joined = joined.outerjoin(effect_attempts, effect_attempts.c.key == effects.c.key)
    return select(*effects.c, *ledger, *attempts).select_from(joined)


def _effect(row: RowMapping) -> EffectState:
    line = {name.removeprefix("ledger_"): value for name, value in row.items() if name.startswith("ledger_")}
    return EffectState(
        effect=effect_of(row),
        line=line_of(line) if line["key"] is not None else None,
        attempts=row["attempt_attempts"] or 0,
        problem=row["attempt_problem"],
        attempted_at=row["attempt_at"],
    )
