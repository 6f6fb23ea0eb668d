"""The worker of the bare cases: `python -m bench.load.bare_worker ADDRESS QUEUE SMTP-PORT [DATABASE]`.

As many slots and as large a cache as Milepost's has by default, one process, the same sandbox.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from bench.load.bare_case import RECORD, SEND, BareCase, Letter, News
from bench.load.letters import letter, send
from runtime.exits import leave
from runtime.settings import Settings

Write = Callable[[News], Awaitable[None]]
_COLUMNS = "record text, id text, type text, milestone text, at double precision, PRIMARY KEY (record, id)"
_TABLE = f"CREATE TABLE IF NOT EXISTS news ({_COLUMNS})"


def activities(smtp_port: int, write: Write | None) -> list[Callable[..., Any]]:
    """Sending and recording."""

    @activity.defn(name=SEND)
    async def send_letter(asked: Letter) -> None:
        await send(smtp_port, letter(asked.record, asked.milestone, asked.kind))

    @activity.defn(name=RECORD)
    async def record(news: News) -> None:
        if write is not None:
            await write(news)

    return [send_letter, record]


async def sqlite(file: str) -> Write:
    """One connection, as safe as Milepost's: write-ahead log, and on the disk at every commit."""
    import aiosqlite

    connection = await aiosqlite.connect(file, isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", _TABLE):
        await connection.execute(statement)

    async def write(news: News) -> None:
        values = (news.record, news.id, news.type, news.milestone, time.time())
        await connection.execute("INSERT OR IGNORE INTO news VALUES (?, ?, ?, ?, ?)", values)

    return write


async def postgres(url: str) -> Write:
    """Ten connections, as Milepost has."""
    import asyncpg  # type: ignore[import-untyped]

    pool = await asyncpg.create_pool(url, max_size=10)
    await pool.execute(_TABLE)

    async def write(news: News) -> None:
        values = (news.record, news.id, news.type, news.milestone, time.time())
        await pool.execute("INSERT INTO news VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", *values)

    return write


async def work(address: str, queue: str, smtp_port: int, database: str | None) -> None:
    """Work until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    write = None
    if database is not None:
        write = await (postgres(database) if database.startswith("postgresql:") else sqlite(database))
    settings = Settings()
    worker = Worker(
        await Client.connect(address),
        task_queue=queue,
        workflows=[BareCase],
        activities=activities(smtp_port, write),
        max_cached_workflows=settings.worker_cached_cases,
        max_concurrent_workflow_tasks=settings.worker_workflow_tasks,
        max_concurrent_activities=settings.worker_activities,
        max_concurrent_local_activities=settings.worker_local_activities,
        graceful_shutdown_timeout=timedelta(seconds=1),
    )
    async with worker:
        print("worker_ready", flush=True)
        await stopping.wait()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] if len(sys.argv) > 4 else None))
    leave(0)
