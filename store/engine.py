"""The connection to SQLite or PostgreSQL: transactions, and what to say when the database does not answer.

Everything above this module is the same for both databases. SQLite: write-ahead log, foreign keys on, and a writer takes the
database's only write lock at its beginning (`BEGIN IMMEDIATE`), so that what it read is still so when it writes.
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sla.errors import ServiceUnavailable
from store import migrate

_READING = "milepost_reading"
_SQLITE_TROUBLE = ("database is locked", "unable to open", "disk i/o error", "disk is full", "readonly database")


class Database:
    """A pool of connections to one database. `url` names its driver: `sqlite+aiosqlite:///file`, `postgresql+asyncpg://…`.

    Every method raises ServiceUnavailable when the database cannot be reached. For one event loop; `dispose` at the end.
    """

    def __init__(self, url: str, *, patience_s: int = 30) -> None:
        """`patience_s`: how long to wait for a connection, or for another process that writes to the same SQLite file."""
        self.url = make_url(url)
        self.address = _address(self.url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = _engine(self.url, patience_s, is_sqlite=self.is_sqlite)
        self._readers = self._engine.execution_options(**_reading(is_sqlite=self.is_sqlite))
        self._patience_s = patience_s
        self._turn = asyncio.Lock()

    async def connect(self) -> None:
        """See whether the database answers."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One consistent view of everything, for reading only; never waits for a writer."""
        async with self._begun(self._readers) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A writer's transaction: committed at the end, rolled back by any exception. They do not nest."""
        async with AsyncExitStack() as stack:
            if self.is_sqlite:  # one writer at a time anyway; a fair queue of our own spares the others the polling
                await self._wait_for_turn(stack)
            yield await stack.enter_async_context(self._begun(self._engine))

    async def upgrade(self) -> None:
        """Bring the schema to this release's; harmless when it is, also when several processes do it at once.

        Creates an SQLite file and its directory; a PostgreSQL database must exist.
        """
        if self.is_sqlite and self.url.database:
            try:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise self._unavailable(error) from error
        async with self.transaction() as connection:
            await connection.run_sync(migrate.upgrade)

    async def check_schema(self) -> None:
        """Raise SchemaBehind unless the schema is this release's or a later one's."""
        async with self.reading() as connection:
            await connection.run_sync(migrate.check, self.address)

    async def current_revision(self) -> str | None:
        """The schema that the database has; None if it is empty."""
        async with self.reading() as connection:
            return await connection.run_sync(migrate.current_revision)

    def needed_revision(self) -> str:
        """The schema that this release needs."""
        return migrate.needed_revision()

    async def _wait_for_turn(self, stack: AsyncExitStack) -> None:
        try:
            async with asyncio.timeout(self._patience_s):
                await stack.enter_async_context(self._turn)
        except TimeoutError as error:
            raise self._unavailable(TimeoutError("another transaction has not ended")) from error

    @asynccontextmanager
    async def _begun(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        if self.is_sqlite and (obstacle := _obstacle(self.url.database or "")):
            raise self._unavailable(OSError(obstacle))
        try:
            async with AsyncExitStack() as stack:
                try:
                    connection = await stack.enter_async_context(engine.connect())
                except Exception as error:  # whatever a driver says here, it has not connected
                    raise self._unavailable(error) from error
                async with connection.begin():
                    yield connection
        except (DBAPIError, OSError) as error:
            if isinstance(error, OSError) or _is_lost(error):
                raise self._unavailable(error) from error
            raise

    def _unavailable(self, error: Exception) -> ServiceUnavailable:
        cause = getattr(error, "orig", None) or error
        return ServiceUnavailable(
            service="The database",
            address=self.address,
            problem=str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__,
            remedy=_remedy(is_sqlite=self.is_sqlite),
        )


class _SqliteConnection(sqlite3.Connection):
    """What the driver opens. Whoever is interrupted leaves nothing locked, for it all happens in the driver's own thread."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        try:
            self.execute("PRAGMA foreign_keys = ON")
            self.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait for each other
            self.execute("PRAGMA synchronous = FULL")  # a performed action must not be forgotten when the power fails
        except sqlite3.Error:
            self.close()
            raise

    def close(self) -> None:
        """Close it, and give back the write lock, which SQLite would keep as long as a cursor is still referred to."""
        self.rollback()
        super().close()


def _remedy(*, is_sqlite: bool) -> str:
    if is_sqlite:
        return "Make it with: milepost store upgrade (milepost dev does so by itself), or set MILEPOST_DATABASE_URL."
    return "Check that it runs and that MILEPOST_DATABASE_URL is right."


def _address(url: URL) -> str:
    """Where it is, without user, password or options, any of which may hold a secret."""
    if url.get_backend_name() == "sqlite":
        return url.database or "memory"
    socket = url.query.get("host")
    host = url.host or (socket if isinstance(socket, str) else None) or "localhost"
    return f"{host}:{url.port or 5432}/{url.database or ''}"


def _obstacle(file: str) -> str | None:
    """Why an SQLite file cannot be opened; looked for beforehand, since the driver leaves a thread behind when it fails."""
    if file in ("", ":memory:"):
        return "it must be a file; memory is forgotten with each connection"
    path = Path(file)
    if not path.parent.is_dir():
        return f"there is no directory {path.parent}"
    if path.is_dir():
        return "it is a directory"
    if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
        return "it may not be read and written"
    return None


def _engine(url: URL, patience_s: int, *, is_sqlite: bool) -> AsyncEngine:
    if not is_sqlite:
        settings: dict[str, Any] = {"timeout": patience_s, "command_timeout": 2 * patience_s}
        settings["server_settings"] = {"application_name": "milepost"}
        return create_async_engine(url, pool_pre_ping=True, pool_size=10, pool_timeout=patience_s, connect_args=settings)
    opening = {"timeout": patience_s, "isolation_level": None, "factory": _SqliteConnection}
    engine = create_async_engine(url, pool_timeout=patience_s, connect_args=opening)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _reading(*, is_sqlite: bool) -> dict[str, Any]:
    if is_sqlite:
        return {_READING: True}
    return {_READING: True, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _begin_sqlite(connection: Connection) -> None:
    # The driver begins no transactions of its own (`isolation_level` None); it would do so too late.
    reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _is_lost(error: DBAPIError) -> bool:
    said = str(error.orig).lower()
    return error.connection_invalidated or any(trouble in said for trouble in _SQLITE_TROUBLE)
