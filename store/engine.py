"""The connection to SQLite or PostgreSQL: transactions, and what to say when the database does not answer.

Everything above this module is the same for both databases. SQLite (`store.sqlite`): write-ahead log, foreign keys on, and
a writer takes the only write lock at its beginning (`BEGIN IMMEDIATE`), so that what it read is still so when it writes.
"""

import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from sla.errors import DatabaseContended, ServiceUnavailable
from store import migrate
from store.connection import AnyConnection
from store.sqlite import SqliteEngine

_READING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_TROUBLE = (
    "database is locked", "unable to open", "disk i/o error", "disk is full", "readonly database",  # SQLite
    "read-only transaction", "no space left on device",  # PostgreSQL
)  # fmt: skip
"""What a database says that answers, and yet cannot be used."""
_CONTENDED = ("40P01", "40001")
"""PostgreSQL's codes for a deadlock and for what cannot be serialized: of several it has undone this one."""


class Database:
    """A pool of connections to one database. `url` is `sqlite:///file`, or `postgresql+asyncpg://…`.

    Every method raises ServiceUnavailable when the database cannot be reached, and DatabaseContended, which is one, when
    it has undone a transaction in favour of others. For one event loop; `dispose` at the end.
    """

    def __init__(self, url: str, *, patience_s: int = 30) -> None:
        """`patience_s`: how long to wait for a connection, or for another process that writes to the same SQLite file."""
        self.url = make_url(url)
        self.address = _address(self.url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = SqliteEngine(self.url, patience_s) if self.is_sqlite else _postgresql(self.url, patience_s)

    async def connect(self) -> None:
        """See whether the database answers."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def dispose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AnyConnection]:
        """One consistent view of everything, for reading only; never waits for a writer."""
        async with self._begun(reading=True) as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AnyConnection]:
        """A writer's transaction: committed at the end, rolled back by any exception. They do not nest."""
        async with self._begun(reading=False) as connection:
            yield connection

    async def upgrade(self) -> None:
        """Bring the schema to this release's; harmless when it is, also when several processes do it at once.

        Creates an SQLite file and its directory; a PostgreSQL database must exist. Within a process one upgrade at a time:
        Alembic's context is the process's.
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

    async def rewrite(self) -> bool:
        """Have the files hold nothing any more that was changed or removed; whether that could be done now.

        SQLite writes its file anew, which takes twice its place meanwhile, and empties the write-ahead log; it cannot while
        others have the file in hand. PostgreSQL gives the room of old rows to new ones; only `VACUUM FULL` clears it.
        """
        if isinstance(self._engine, SqliteEngine):
            return await self._engine.rewrite()
        async with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            await connection.execute(text("VACUUM"))
        return False

    @asynccontextmanager
    async def _begun(self, *, reading: bool) -> AsyncIterator[AnyConnection]:
        if self.is_sqlite and (obstacle := _obstacle(self.url.database or "")):
            raise self._unavailable(OSError(obstacle))
        try:
            if isinstance(self._engine, SqliteEngine):
                async with self._engine.reading() if reading else self._engine.writing() as sqlite:
                    yield sqlite
            else:
                async with self._begun_on_server(self._engine, reading=reading) as connection:
                    yield connection
        except (DBAPIError, OSError) as error:
            if isinstance(error, OSError) or _is_lost(error):
                raise self._unavailable(error) from error
            if getattr(error.orig, "sqlstate", None) in _CONTENDED:
                raise self._contended(error) from error
            raise

    @asynccontextmanager
    async def _begun_on_server(self, engine: AsyncEngine, *, reading: bool) -> AsyncIterator[AsyncConnection]:
        async with AsyncExitStack() as stack:
            try:
                chosen = engine.execution_options(**_READING) if reading else engine
                connection = await stack.enter_async_context(chosen.connect())
            except Exception as error:  # whatever a driver says here, it has not connected
                raise self._unavailable(error) from error
            async with connection.begin():
                yield connection

    def _unavailable(self, error: Exception) -> ServiceUnavailable:
        remedy = _remedy(is_sqlite=self.is_sqlite)
        return ServiceUnavailable(service="The database", address=self.address, problem=_said(error), remedy=remedy)

    def _contended(self, error: DBAPIError) -> DatabaseContended:
        remedy = "Nothing was changed; do it again."
        return DatabaseContended(service="The database", address=self.address, problem=_said(error), remedy=remedy)


def _said(error: Exception) -> str:
    """The first line of what went wrong."""
    cause = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__


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
    """Why an SQLite file cannot be used, for the driver says no more than that it cannot."""
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


def _postgresql(url: URL, patience_s: int) -> AsyncEngine:
    settings: dict[str, Any] = {"timeout": patience_s, "command_timeout": 2 * patience_s}
    settings["server_settings"] = {"application_name": "milepost"}
    return create_async_engine(url, pool_pre_ping=True, pool_size=10, pool_timeout=patience_s, connect_args=settings)


def _is_lost(error: DBAPIError) -> bool:
    said = str(error.orig).lower()
    return error.connection_invalidated or any(trouble in said for trouble in _TROUBLE)
