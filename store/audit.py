"""The audit log: who changed what, when, from what to what. Lines are only added, each with the hash of the one before.

A line is added in the transaction of the change that it tells of: there is never one without the other. Whoever removes or
alters a line breaks the chain, which `verify` finds (`sla.audit_chain`); the database itself refuses to do either
(triggers, migration 0003). The last line's number and hash are kept once more in `audit_head`, so that an end that was cut
off is found, too.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, func, select, text, update
from sqlalchemy.exc import ProgrammingError

from sla.acting import Actor
from sla.audit_chain import NOTHING, Head, Walk, digest_of
from sla.evidence_errors import InvalidErasure
from sla.instants import to_instant
from store.connection import AnyConnection
from store.engine import Database
from store.setup_tables import audit_head, audit_log
from store.upsert import add

Facts = Mapping[str, Any]

BATCH: Final = 1000
"""Lines that are read at once when all are verified."""

ANY_END: Final = "*"
"""At the end of what is looked for: anything that begins so."""


async def note(
    connection: AnyConnection,
    actor: Actor,
    verb: str,
    subject: str,
    *,
    at: datetime,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Add a line, in the transaction of the change. `verb` is the Desk's, `subject` what was changed: `process/Premium 3`.

    `before` and `after` are JSON, without secrets. Those who add lines at the same time wait for each other until they
    commit: add it last, so that they wait briefly and never in a circle.
    """
    last = await _locked_head(connection)
    line = {
        "number": last.number + 1,
        "at": to_instant(at),
        "who": actor.name,
        "door": actor.door,
        "verb": verb,
        "subject": subject,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
        "request_id": actor.request_id,
        "previous": last.hash,
    }
    written = digest_of(line)
    await connection.execute(audit_log.insert(), {**line, "hash": written})
    await connection.execute(_MOVE_HEAD, {"number": last.number + 1, "hash": written})


_NOT_THE_OWNER: Final = (
    "the audit log holds the name, and only the database user who owns its table may have it redacted; say the same as the "
    "one by whom the tables were made (milepost store upgrade)"
)


@asynccontextmanager
async def unguarded(connection: AnyConnection) -> AsyncIterator[None]:
    """Without the triggers by which the database refuses to change lines, within a transaction: for an erasure only.

    On PostgreSQL only the owner of the table may do so, who has also made it. Raises InvalidErasure for anybody else.
    """
    if connection.dialect.name == "postgresql":
        try:
            await connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER audit_log_keeps_row"))
        except ProgrammingError:
            raise InvalidErasure(problem=_NOT_THE_OWNER) from None
        yield
        await connection.execute(text("ALTER TABLE audit_log ENABLE TRIGGER audit_log_keeps_row"))
        return
    guard = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'audit_log_no_update'")
    made = await connection.scalar(guard)
    await connection.execute(text("DROP TRIGGER audit_log_no_update"))
    yield
    await connection.execute(text(made))


_HEAD = select(audit_head.c.number, audit_head.c.hash)
_LOCKED_HEAD = _HEAD.with_for_update()  # on SQLite there is one writer anyway
_MOVE_HEAD = update(audit_head)


async def _locked_head(connection: AnyConnection) -> Head:
    row = (await connection.execute(_LOCKED_HEAD)).one_or_none()
    if row is None:
        await add(connection, audit_head, [{"id": 1, "number": NOTHING.number, "hash": NOTHING.hash}])
        row = (await connection.execute(_LOCKED_HEAD)).one()
    return Head(number=row.number, hash=row.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which lines are wanted; what is None is any. `verb` and `subject` may end with `*`. `until` is not included."""

    who: str | None = None
    verb: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    request_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a query."""
        wanted = {"who": self.who, "verb": self.verb, "subject": self.subject, "request_id": self.request_id}
        found = [_is(name, value) for name, value in wanted.items() if value is not None]
        if self.since is not None:
            found.append(audit_log.c.at >= to_instant(self.since))
        if self.until is not None:
            found.append(audit_log.c.at < to_instant(self.until))
        return found


def _is(name: str, value: str) -> ColumnElement[bool]:
    column: ColumnElement[str] = audit_log.c[name]
    if value.endswith(ANY_END):
        beginning = value.removesuffix(ANY_END)
        return func.substr(column, 1, len(beginning)) == beginning
    return column == value


class StoredAuditLog:
    """The reading side, over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lines(self, query: AuditQuery, *, limit: int, before: int | None = None) -> Sequence[RowMapping]:
        """The latest lines first, at most `limit`; with `before`, only those whose numbers are smaller."""
        conditions = query.conditions()
        if before is not None:
            conditions.append(audit_log.c.number < before)
        wanted = select(audit_log).where(*conditions).order_by(audit_log.c.number.desc()).limit(limit)
        async with self._database.reading() as connection:
            return (await connection.execute(wanted)).mappings().all()

    async def verify(self, kept: Head | None = None) -> Walk:
        """Walk along all lines, in batches; lines may be added meanwhile."""
        walk = Walk(kept=kept)
        while True:
            async with self._database.reading() as connection:
                batch = select(audit_log).where(audit_log.c.number > walk.at.number).order_by(audit_log.c.number)
                rows = (await connection.execute(batch.limit(BATCH))).mappings().all()
                head = (await connection.execute(_HEAD)).one_or_none()
            for row in rows:
                walk.follow(dict(row))
            if len(rows) < BATCH:  # both were read at one instant: nothing was added in between
                walk.end(NOTHING if head is None else Head(number=head.number, hash=head.hash))
                return walk
