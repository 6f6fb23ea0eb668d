"""Forgetting somebody, in one transaction: every text of every table, but for what is known by its name or never changes.

What is not touched is listed here (`KEPT`); a table that is added later is touched unless it is listed, too.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import JSON, Column, RowMapping, Table, Text, func, literal, select, text, tuple_, update

from sla.acting import Actor
from sla.archive_run import ANY
from sla.audit_chain import ERASURE, REDACTED, digest_of
from sla.forgetting import ERASED, Erased, Names
from sla.histories import digest_of as json_digest
from store import audit
from store.archive import rewrite, unpacked
from store.archive_tables import archived_runs, runs
from store.connection import AnyConnection
from store.engine import Database
from store.erasure_tables import erased_records, erasures, metadata
from store.setup_tables import audit_log
from store.tables import contacts, event_log, records

Row = Mapping[str, Any] | RowMapping
AT_ONCE: Final = 500
"""Rows that are read at once."""
INFLATED_AT_ONCE: Final = 20
"""Histories that are read at once."""

DEFINITIONS: Final = {
    "process_versions": "a version of process '{name}' ({version}) says it, and published versions never change",
    "calendar_versions": "a version of calendar '{name}' ({version}) says it, and published versions never change",
    "hooks": "hook '{id}' says it: apply it without",
    "entitlement_templates": "entitlement template '{id}' says it: apply it without",
    "people": "the colleague '{id}' has that name or address, and is no contact",
    "queues": "queue '{id}' has that name or address",
    "accounts": "account '{id}' has that name: apply it with another",
    "api_keys": "access key '{id}' has that name: revoke it and make another",
}
"""Tables that are looked at and left as they are, and what is said of a row that holds what is to be forgotten."""

KEPT: Final = {
    *DEFINITIONS, "contacts", "event_log", "archived_runs", "audit_log", "audit_head", "erasures", "erased_records",
}  # fmt: skip
"""Tables that are not rewritten text by text: the first are definitions, the others have ways of their own, or no texts."""

FIXED: Final = {"record", "key", "process", "calendar", "milestone", "digest", "request", "hash"}
"""Columns that are not rewritten, besides keys: by these names others know it."""


@dataclass(kw_only=True)
class Found:
    """What there was to forget: rows by place, records that were touched, and sentences about what stays."""

    places: Counter[str] = field(default_factory=Counter)
    touched: set[str] = field(default_factory=set)
    keys: Counter[str] = field(default_factory=Counter)
    """Rows whose keys hold it, by table: keys stay."""
    definitions: list[str] = field(default_factory=list)
    lines: dict[str, str] = field(default_factory=dict)
    """The audit log's lines that were redacted, with the digests of what they say now."""

    def sentences(self) -> list[str]:
        """What holds it and was left as it is."""
        some = (f"the keys of {rows} rows of {table} hold it, and keys stay" for table, rows in self.keys.items())
        return [f"{one[0].upper()}{one[1:]}." for one in dict.fromkeys([*self.definitions, *some])]


class Proof(NamedTuple):
    """Digests of a record's log before and after, and of its figures and verdicts, which are the same."""

    log_before: str
    log_after: str
    outcome: str


class Looked(NamedTuple):
    """Histories that were looked at beforehand: of all that were archived before an instant, those that hold a name."""

    before: datetime
    holding: frozenset[tuple[str, str]] = frozenset()


async def look_ahead(database: Database, names: Names, *, before: datetime) -> Looked:
    """Look through the histories archived before an instant while cases decide: it takes longest, and they never change."""
    key = (archived_runs.c.record, archived_runs.c.run_id)
    found, last, rows = set(), ("", ""), None
    while rows is None or len(rows) == INFLATED_AT_ONCE:
        further = (tuple_(*key) > last) & (archived_runs.c.archived_at < before)
        query = select(*key, archived_runs.c.body).where(further).order_by(*key).limit(INFLATED_AT_ONCE)
        async with database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        for row in rows:
            last = (row["record"], row["run_id"])
            history = unpacked(row["body"], *last)
            if names.of(row["record"]).value(history) is not history:
                found.add(last)
            await asyncio.sleep(0)
    return Looked(before, frozenset(found))


class Erasing:
    """One erasure, in somebody's transaction. What is done is undone with it."""

    def __init__(
        self, connection: AnyConnection, names: Names, *, contact: str | None, at: datetime, looked: Looked
    ) -> None:
        self._connection = connection
        self._names = names
        self._contact = contact
        self._at = at
        self._looked = looked
        self.found = Found()

    async def begin(self) -> None:
        """Have the cases' decisions wait until this has ended: on SQLite a writer is alone anyway."""
        if self._connection.dialect.name == "postgresql":
            await self._connection.execute(text("LOCK TABLE records IN EXCLUSIVE MODE"))
            await self._connection.execute(text("LOCK TABLE event_log, effect_ledger, effect_attempts IN EXCLUSIVE MODE"))

    async def logs(self) -> AsyncIterator[tuple[str, list[dict[str, Any]], list[dict[str, Any]]]]:
        """The logs that hold a name, one record after the other, as they are and as they will be; then they are written."""
        changed: dict[str, dict[str, dict[str, Any]]] = {}
        async for row in self._rows(event_log):
            body = self._names.of(row["record"]).event(row["body"])
            if self._in(row, ["id", "record"]):
                self.found.keys["event_log"] += 1
            if body != row["body"]:
                changed.setdefault(row["record"], {})[row["id"]] = body
        for record, bodies in changed.items():
            before = await self.log(record)
            yield record, before, [bodies.get(body["id"], body) for body in before]
            for name, body in bodies.items():
                this = (event_log.c.record == record) & (event_log.c.id == name)
                await self._connection.execute(update(event_log).where(this).values(body=body))
            self._count("event_log", record, rows=len(bodies))

    async def log(self, record: str) -> list[dict[str, Any]]:
        """A record's log as it is now."""
        query = select(event_log.c.body).where(event_log.c.record == record).order_by(event_log.c.sequence)
        return list(await self._connection.scalars(query))

    async def counts(self) -> dict[str, Any]:
        """Of the records that were touched: how many are open, how many runs Temporal may still hold as they were told.

        `last_closed_at`: when the last of the archived ones closed. How long Temporal retains it, nobody here knows.
        """
        touched = sorted(self.found.touched)
        open_, held, closed = 0, 0, []
        may_be_there = (runs.c.state == "waiting") | ((runs.c.state == "stored") & (runs.c.run_id != ANY))
        for first in range(0, len(touched), AT_ONCE):
            some = touched[first : first + AT_ONCE]
            still = select(func.count()).select_from(records).where(records.c.id.in_(some), records.c.out.is_(False))
            runs_of = select(func.count()).select_from(runs).where(runs.c.record.in_(some), may_be_there)
            last = select(func.max(archived_runs.c.closed_at)).where(archived_runs.c.record.in_(some))
            open_ += await self._connection.scalar(still) or 0
            held += await self._connection.scalar(runs_of) or 0
            closed.append(await self._connection.scalar(last))
        last_closed_at = max((at for at in closed if at is not None), default=None)
        return {"open_records": open_, "still_in_temporal": held, "last_closed_at": last_closed_at}

    async def everything_else(self) -> None:
        """All other tables, the archive, and the audit log."""
        await self._forget_contact()
        for table in metadata.sorted_tables:
            if table.name in DEFINITIONS:
                await self._look_at(table)
            elif table.name not in KEPT:
                await self._table(table)
        await self._archive()
        await self._audit_log()

    async def finish(self, actor: Actor, erased: Erased, proofs: Mapping[str, Proof], pseudonym: str | None) -> int:
        """Note the erasure, whom it touched, and a line in the audit log that names nobody. Returns its number."""
        number = (await self._connection.scalar(select(func.max(erasures.c.number))) or 0) + 1
        places = dict(sorted(self.found.places.items()))
        told = erased.model_dump()
        row = {**told, "number": number, "by": actor.name, "contact": pseudonym, "places": places}
        await self._connection.execute(erasures.insert(), row)
        if proofs:
            rows = [{"erasure": number, "record": name, **proof._asdict()} for name, proof in proofs.items()]
            await self._connection.execute(erased_records.insert(), rows)
        after = {"records": len(proofs), "places": places} | ({REDACTED: self.found.lines} if self.found.lines else {})
        await audit.note(self._connection, actor, ERASURE, f"erasure/{number}", at=self._at, after=after)
        return number

    # ------------------------------------------------------------------ table by table

    async def _rows(self, table: Table, *only: Column[Any]) -> AsyncIterator[RowMapping]:
        """All rows in the order of their keys, some at a time. They may be changed meanwhile, but for their keys."""
        keys = list(table.primary_key)
        types = [key.type for key in keys]
        last: tuple[Any, ...] | None = None
        query = select(*only or table.c).order_by(*keys).limit(AT_ONCE)
        while True:
            wanted = query if last is None else query.where(tuple_(*keys) > tuple_(*map(literal, last, types)))
            rows = (await self._connection.execute(wanted)).mappings().all()
            for row in rows:
                yield row
            if len(rows) < AT_ONCE:
                return
            last = tuple(rows[-1][key.name] for key in keys)

    async def _table(self, table: Table) -> None:
        texts = [column for column in table.c if _is_text(column) and not _is_fixed(column)]
        fixed = [column.name for column in table.c if _is_text(column) and _is_fixed(column)]
        async for row in self._rows(table):
            record = row["id"] if table is records else row.get("record")
            names = self._names if record is None else self._names.of(record)
            values = {column.name: names.value(row[column.name]) for column in texts}
            changed = {name: value for name, value in values.items() if value is not row[name] and value != row[name]}
            if changed:
                this = [column == row[column.name] for column in table.primary_key]
                await self._connection.execute(update(table).where(*this).values(changed))
                self._count(table.name, record)
            elif table is records and self._contact is not None and row["fields"].get("contact") == self._contact:
                self.found.touched.add(row["id"])
            if self._in(row, fixed):
                self.found.keys[table.name] += 1

    async def _look_at(self, table: Table) -> None:
        texts = [column.name for column in table.c if _is_text(column)]
        async for row in self._rows(table):
            if self._in(row, texts):
                facts = {name: self._names.value(row[name]) for name in row if name in ("id", "name", "version")}
                self.found.definitions.append(DEFINITIONS[table.name].format(**facts))

    def _in(self, row: Row, columns: Sequence[str]) -> bool:
        return any(self._names.value(row[name]) != row[name] for name in columns)

    async def _forget_contact(self) -> None:
        """The contact has no name and no address any more. One whose id is what is to be forgotten goes altogether."""
        async for row in self._rows(contacts):
            this = contacts.c.id == row["id"]
            if self._in(row, ["id"]):
                await self._connection.execute(contacts.delete().where(this))
                self._count("contacts", None)
            elif row["id"] == self._contact:
                await self._connection.execute(update(contacts).where(this).values(name=ERASED, email=None))
                self._count("contacts", None)
            elif self._in(row, ["name"]):
                told = f"another contact, '{row['id']}', has that name; elsewhere it is taken out for both"
                self.found.definitions.append(told)
            if row["id"] != self._contact and row["email"] is not None and self._in(row, ["email"]):
                await self._connection.execute(update(contacts).where(this).values(email=None))
                self._count("contacts", None)

    async def _archive(self) -> None:
        keys = (archived_runs.c.record, archived_runs.c.run_id)
        async for row in self._rows(archived_runs, *keys, archived_runs.c.archived_at):
            this = record, run_id = row["record"], row["run_id"]
            if row["archived_at"] < self._looked.before and this not in self._looked.holding:
                continue
            query = select(archived_runs.c.body).where(tuple_(*keys) == this)
            body: bytes = await self._connection.scalar(query) or b""
            history = unpacked(body, record, run_id)
            plain = self._names.of(record).value(history)
            if plain is not history:
                await rewrite(self._connection, record, run_id, plain, at=self._at)
                self._count("archived_runs", record)

    async def _audit_log(self) -> None:
        """Lines that hold it say `[erased]`; the digests of what they say then go into the chain, by the erasure's line."""
        changed: dict[int, dict[str, Any]] = {}
        async for row in self._rows(audit_log):
            values = {name: self._names.value(row[name]) for name in ("subject", "before", "after")}
            if any(values[name] != row[name] for name in values):
                changed[row["number"]] = values
                self.found.lines[str(row["number"])] = digest_of({**row, **values})
        if not changed:
            return
        async with audit.unguarded(self._connection):
            for number, values in changed.items():
                await self._connection.execute(update(audit_log).where(audit_log.c.number == number).values(values))
                self._count("audit_log", None)

    def _count(self, place: str, record: str | None, *, rows: int = 1) -> None:
        self.found.places[place] += rows
        if record is not None:
            self.found.touched.add(record)


def log_digest(bodies: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of a log's canonical JSON."""
    return json_digest(list(bodies))


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, Text | JSON)


def _is_fixed(column: Column[Any]) -> bool:
    return column.primary_key or bool(column.foreign_keys) or column.name in FIXED
