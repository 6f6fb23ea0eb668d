"""Questions about the database itself, and about what in it waits for a person: for `milepost doctor`. Changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text

from sla.entitlements.standing import Expiry, expiring
from sla.hooks.model import Hook
from sla.process.model import Process
from store.archive import Holdings, StoredArchive
from store.engine import Database
from store.entitlements import StoredEntitlements
from store.hooks import StoredHooks
from store.tables import effect_ledger, effects, process_versions, records


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """An action that was given up, and may be tried again."""

    record: str
    key: str


class Soundness:
    """How one database is. Every method raises ServiceUnavailable when it cannot be reached."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def address(self) -> str:
        """Where it is, without user and password."""
        return self._database.address

    @property
    def file(self) -> Path | None:
        """The file, if it is one."""
        name = self._database.url.database
        return Path(name) if self._database.is_sqlite and name else None

    async def version(self) -> str:
        """The program's version: `3.46.1`, `16.4 (Debian 16.4-1)`."""
        asked = "SELECT sqlite_version()" if self._database.is_sqlite else "SHOW server_version"
        async with self._database.reading() as connection:
            return str(await connection.scalar(text(asked)))

    async def check_schema(self) -> tuple[str, str]:
        """The schema that the database has, and the one that this release needs; SchemaBehind if it has too little."""
        await self._database.check_schema()
        return await self._database.current_revision() or "none", self._database.needed_revision()

    async def obstacle(self) -> str | None:
        """Why nothing could be written, if that can be seen without writing."""
        if self._database.is_sqlite:
            async with self._database.transaction() as connection:  # takes the write lock, and gives it back
                mode = await connection.scalar(text("PRAGMA journal_mode"))
            return None if mode == "wal" else f"its file system allows no write-ahead log (journal mode '{mode}')"
        async with self._database.reading() as connection:
            if await connection.scalar(text("SELECT pg_is_in_recovery()")):
                return "it is a standby, which can only be read"
            if await connection.scalar(text("SELECT current_setting('default_transaction_read_only')")) == "on":
                return "its transactions are read-only by default"
            allowed = "SELECT has_table_privilege('event_log', 'INSERT') AND has_table_privilege('records', 'UPDATE')"
            return None if await connection.scalar(text(allowed)) else "our user may not write into its tables"

    async def clock(self) -> datetime | None:
        """The server's time of day; None of a file, which has none of its own."""
        if self._database.is_sqlite:
            return None
        async with self._database.reading() as connection:
            at = await connection.scalar(text("SELECT clock_timestamp()"))
        assert isinstance(at, datetime)  # noqa: S101 - PostgreSQL knows what time it is
        return at.astimezone(UTC)

    async def count_open(self) -> int:
        """How many records are open."""
        async with self._database.reading() as connection:
            return await connection.scalar(select(func.count()).select_from(records).where(~records.c.out)) or 0

    async def open_records(self, *, among: Collection[str] | None = None, limit: int) -> list[str]:
        """Ids of open records, the oldest first; `among` these only."""
        query = select(records.c.id).where(~records.c.out).order_by(records.c.opened_at, records.c.id).limit(limit)
        if among is not None:
            query = query.where(records.c.id.in_(among))
        async with self._database.reading() as connection:
            return list(await connection.scalars(query))

    async def known(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that are records."""
        async with self._database.reading() as connection:
            return set(await connection.scalars(select(records.c.id).where(records.c.id.in_(ids))))

    async def given_up(self, *, limit: int) -> tuple[int, Sequence[GivenUp]]:
        """How many actions wait for a person, and the latest of them."""
        waiting = effect_ledger.join(effects, effects.c.key == effect_ledger.c.key)
        gave_up = effect_ledger.c.outcome == "gave_up"
        latest = select(effect_ledger.c.record, effect_ledger.c.key).select_from(waiting).where(gave_up)
        async with self._database.reading() as connection:
            count = await connection.scalar(select(func.count()).select_from(waiting).where(gave_up)) or 0
            rows = await connection.execute(latest.order_by(effect_ledger.c.number.desc()).limit(limit))
            return count, [GivenUp(record=row.record, key=row.key) for row in rows]

    async def expiring(self, now: datetime, days: int) -> list[Expiry]:
        """The entitlements that end within so many days, the nearest first."""
        return expiring(await StoredEntitlements(self._database).ending(now, days), now, days)

    async def archive(self, *, behind: datetime) -> Holdings:
        """How the archive stands; runs that were to be looked at before `behind` wait for too long."""
        return await StoredArchive(self._database).holdings(behind=behind)

    async def hooks(self) -> Sequence[Hook]:
        """The webhooks that are taken."""
        return await StoredHooks(self._database).all()

    async def active_processes(self) -> list[Process]:
        """All versions of processes that a case can be opened under."""
        query = (
            select(process_versions.c.body).where(process_versions.c.status == "active").order_by(process_versions.c.name)
        )
        async with self._database.reading() as connection:
            return [Process.model_validate(body) for body in await connection.scalars(query)]
