"""SQLite for an event loop: statements run where they are called, and only what may wait runs in a thread.

A statement on a local file takes microseconds, which is less than handing it to another thread and back. What can take
long is to become the writer (another process may be it) and to commit (the disk): these are done aside, and the loop turns.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, CursorResult, Dialect, Executable, ScalarResult, create_engine, event

READING_MS = 1000
"""How long a reader waits for a file that another process keeps to itself. It holds up the loop, and is very rare."""

_READING = "milepost_reading"

T = TypeVar("T")


class SqliteConnection:
    """A connection in a transaction, with the methods of SQLAlchemy's `AsyncConnection` that the store uses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        """Which database this is."""
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement; its rows are there when it returns."""
        return self._connection.execute(statement, parameters)

    async def scalar(self, statement: Executable) -> Any:
        """The first column of the first row; None if there is none."""
        return self._connection.scalar(statement)

    async def scalars(self, statement: Executable) -> ScalarResult[Any]:
        """The first column of all rows."""
        return self._connection.scalars(statement)

    async def run_sync(self, work: Callable[..., T], *arguments: Any) -> T:
        """Call a function with the connection as SQLAlchemy has it without an event loop."""
        return work(self._connection, *arguments)


class SqliteEngine:
    """The connections to one file. One writer at a time: whoever calls sees to that within the process."""

    def __init__(self, url: URL, patience_s: int) -> None:
        self._engine = create_engine(
            url.set(drivername="sqlite"),
            max_overflow=-1,  # to wait for a connection would hold up the loop, and with it whoever has one
            connect_args={"isolation_level": None, "check_same_thread": False, "factory": _Connection},
        )
        self._patience_ms = 1000 * patience_s
        self._thread = ThreadPoolExecutor(1, "sqlite")
        event.listen(self._engine, "begin", self._begin)

    @asynccontextmanager
    async def begun(self, *, reading: bool) -> AsyncIterator[SqliteConnection]:
        """A transaction: committed at the end, rolled back by any exception. Raises what the driver does."""
        with self._engine.connect().execution_options(**{_READING: reading}) as connection:
            transaction = connection.begin() if reading else await self._aside(connection.begin)
            try:
                yield SqliteConnection(connection)
            except BaseException:
                transaction.rollback()
                raise
            if reading:
                transaction.rollback()
            else:
                await self._aside(transaction.commit)

    async def dispose(self) -> None:
        """Close all connections."""
        self._engine.dispose()
        self._thread.shutdown(wait=False)

    async def _aside(self, work: Callable[[], T]) -> T:
        doing = asyncio.get_running_loop().run_in_executor(self._thread, work)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait([doing])  # the connection is not given back while the thread has it
            raise

    def _begin(self, connection: Connection) -> None:
        # The driver begins no transactions of its own (`isolation_level` None); it would do so too late.
        reading = connection.get_execution_options()[_READING]
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {READING_MS if reading else self._patience_ms}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class _Connection(sqlite3.Connection):
    """What the driver opens."""

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
