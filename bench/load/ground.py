"""Where load is measured: a directory, a mail server and a Temporal server of one's own, all gone afterwards."""

import sqlite3
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from bench.load.post import Post, running_post
from bench.load.processes import cpu_s, memory
from runtime.embedded import TemporalDevServer
from sla.messages import SEARCH_ATTRIBUTES


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What all contestants of one measure share."""

    directory: Path
    post: Post
    server: TemporalDevServer

    async def client(self) -> Client:
        """A plain client of the Temporal server."""
        return await Client.connect(self.server.address)

    def server_memory(self) -> float:
        """What the Temporal server holds in memory, in MiB."""
        return memory(self._server_pid())

    def server_cpu_s(self) -> float:
        """CPU time that the Temporal server has taken so far, in seconds."""
        return cpu_s(self._server_pid())

    def server_size(self) -> int:
        """Bytes of the Temporal server's database file."""
        if self.server.database is None:
            raise RuntimeError("the Temporal server keeps everything in memory")
        return sqlite_size(self.server.database)

    def _server_pid(self) -> int:
        if self.server.pid is None:
            raise RuntimeError("the Temporal server does not run")
        return self.server.pid


@asynccontextmanager
async def ground(*, on_disk: bool = False) -> AsyncIterator[Ground]:
    """Everything up until the block ends. With `on_disk` the Temporal server keeps a file (WAL), else memory."""
    with tempfile.TemporaryDirectory(prefix="milepost-bench-load-") as name:
        directory = Path(name)
        database = directory / "temporal.db" if on_disk else None
        async with (
            running_post(directory) as post,
            TemporalDevServer(database=database, search_attributes=SEARCH_ATTRIBUTES) as server,
        ):
            yield Ground(directory=directory, post=post, server=server)


def sqlite_size(file: Path) -> int:
    """Bytes that a database file takes up, with what is in its write-ahead log and without what is free."""
    connection = sqlite3.connect(file, timeout=30)
    try:
        size, pages, free = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_size", "page_count", "freelist_count")
        )
    finally:
        connection.close()
    return size * (pages - free)
