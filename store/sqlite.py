"""SQLite for an event loop: statements run where they are called, and only what may wait runs in a thread.

A statement on a local file takes microseconds, which is less than handing it to another thread and back. What can take
long is to become the writer (another process may be it) and to commit (the disk): these are done aside, and the loop turns.
Who comes while the disk is busy is committed together with the others that wait: the disk takes its time once for all.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from typing import Any, TypeVar

from sqlalchemy import (
    URL,
    Connection,
    CursorResult,
    Dialect,
    Executable,
    RootTransaction,
    ScalarResult,
    create_engine,
    event,
)

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
    """The connections to one file. Writers take turns; those who wait while one writes are committed together."""

    def __init__(self, url: URL, patience_s: int) -> None:
        self._engine = create_engine(
            url.set(drivername="sqlite"),
            max_overflow=-1,  # to wait for a connection would hold up the loop, and with it whoever has one
            connect_args={"isolation_level": None, "check_same_thread": False, "factory": _Connection},
        )
        self._patience_s = patience_s
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._turn = asyncio.Lock()
        self._batch: _Batch | None = None
        self._closing: asyncio.Task[None] | None = None
        event.listen(self._engine, "begin", self._begin)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqliteConnection]:
        """One consistent view. Raises what the driver does."""
        with self._connected(reading=True) as connection, connection.begin() as transaction:
            yield SqliteConnection(connection)
            transaction.rollback()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqliteConnection]:
        """A writer's transaction: on the disk when the block has ended, rolled back by any exception.

        Raises what the driver does, and TimeoutError when no turn has come within the patience.
        """
        await self._take_turn()
        try:
            batch = self._batch or await self._open()
            with self._part_of(batch):
                yield SqliteConnection(batch.connection)
        finally:
            self._turn.release()
        await asyncio.shield(batch.committed)

    async def rewrite(self) -> bool:
        """Write the file anew from what it holds, and empty the log beside it; whether nobody else was in the way."""
        file, patience_s = self._engine.url.database or "", self._patience_s

        def anew() -> bool:
            with closing(sqlite3.connect(file, timeout=patience_s, isolation_level=None)) as connection:
                try:
                    connection.execute("VACUUM")
                    [busy, _, _] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                except sqlite3.OperationalError:
                    return False
                return not busy

        return await asyncio.to_thread(anew)  # not where commits are made, for one of them may be in the way

    async def _take_turn(self) -> None:
        try:
            async with asyncio.timeout(self._patience_s):
                await self._turn.acquire()
        except TimeoutError:
            raise TimeoutError("another transaction has not ended") from None

    async def _open(self) -> "_Batch":
        """Become the process's writer. Who ends that comes after all who wait by now: turns are given in order."""
        connection = self._connected(reading=False)
        try:
            transaction = await self._aside(connection.begin)
        except BaseException:
            connection.close()
            raise
        self._batch = _Batch(connection, transaction)
        self._closing = asyncio.create_task(self._close(self._batch))
        return self._batch

    async def _close(self, batch: "_Batch") -> None:
        """Bring to the disk what the members wrote; each of them learns whether that succeeded."""
        async with self._turn:
            if batch is not self._batch:
                return
            self._batch = None
            try:
                await self._aside(batch.transaction.commit)
            except Exception as error:
                batch.end(error)
            else:
                batch.end(None)

    @contextmanager
    def _part_of(self, batch: "_Batch") -> Iterator[None]:
        """One member's part: all or nothing, whatever becomes of the others'."""
        part = batch.connection.begin_nested()
        try:
            yield
        except BaseException as error:
            if batch.stands:
                part.rollback()
            else:  # on a full disk, say, SQLite takes everything back by itself
                self._batch = None
                batch.end(error if isinstance(error, Exception) else RuntimeError("a writer was interrupted"))
            raise
        part.commit()

    def _connected(self, *, reading: bool) -> Connection:
        return self._engine.connect().execution_options(**{_READING: reading})

    async def dispose(self) -> None:
        """Close all connections."""
        if self._closing is not None:
            await asyncio.wait([self._closing])
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
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {READING_MS if reading else 1000 * self._patience_s}")
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


class _Batch:
    """Writers whose transactions go to the disk together, each within a savepoint of its own."""

    def __init__(self, connection: Connection, transaction: RootTransaction) -> None:
        self.connection = connection
        self.transaction = transaction
        self.committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def stands(self) -> bool:
        """Whether the transaction is still there, which SQLite may have rolled back by itself."""
        driver = self.connection.connection.driver_connection
        return isinstance(driver, sqlite3.Connection) and driver.in_transaction

    def end(self, error: Exception | None) -> None:
        """Tell the members, and give back the connection."""
        if error is None:
            self.committed.set_result(None)
        else:
            self.committed.set_exception(error)
            self.committed.exception()  # whoever was interrupted does not ask
            self.connection.invalidate()  # it may still be in the transaction: the next one begins with another
        self.connection.close()


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
