"""DBOS as a contestant: its program in a process of its own, asked over one connection."""

import asyncio
import itertools
import json
import re
import time
from contextlib import suppress
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from bench.load.contestants import DEADLINE, TARGETS_S
from bench.load.ground import Ground, sqlite_size
from bench.load.postgres import Postgres
from bench.load.processes import Child, python


class OnDbos:
    """The case on DBOS with its system database on SQLite, or on PostgreSQL if there is one to use. A contestant."""

    def __init__(self, here: Ground, name: str = "DBOS", *, postgres: Postgres | None = None) -> None:
        self.name = name
        self._postgres = postgres
        self._database = re.sub(r"\W+", "_", name.lower())
        self._file = here.directory / f"{self._database}.sqlite"
        url = f"sqlite:///{self._file}" if postgres is None else postgres.database(self._database)
        log = here.directory / f"{self._database}.log"
        self.worker = Child(python("bench.rivals.dbos_case", url, str(here.post.port)), log=log, ready="dbos_ready ")
        self._numbers = itertools.count()
        self._asked: dict[int, asyncio.Future[None]] = {}

    async def __aenter__(self) -> Self:
        await self.worker.start()
        try:
            port = re.findall(rb"dbos_ready (\d+) ", self.worker.said())[-1]
            reader, self._writer = await asyncio.open_connection("127.0.0.1", int(port))
        except BaseException:
            self.worker.kill()
            raise
        self._listening = asyncio.create_task(self._listen(reader))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.cancel()
        self._writer.close()
        await self.worker.stop()

    async def whole(self, record: str) -> None:
        """A whole case; a `Contestant`'s."""
        now = time.time()
        due = {milestone: now + within_s for milestone, within_s in TARGETS_S.items()}
        await self._ask(do="open", record=record, due=due)
        for milestone in TARGETS_S:
            await self._ask(do="report", record=record, news={"type": "completed", "milestone": milestone})
        await self._ask(do="report", record=record, news={"type": "closed"})

    async def open(self, record: str, due_at: datetime) -> None:
        """A case that is due then; a `Contestant`'s."""
        await self._ask(do="open", record=record, due={DEADLINE: due_at.timestamp()})

    def workflow(self, record: str) -> str:
        """The id of its workflow."""
        return record

    def sending(self) -> str:
        """The step that sends mail."""
        return "send_letter"

    def stored(self) -> int:
        """Bytes in its system database."""
        return sqlite_size(self._file) if self._postgres is None else self._postgres.size(self._database)

    async def _ask(self, **asked: Any) -> None:
        number = next(self._numbers)
        answered = self._asked[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"n": number, **asked}).encode() + b"\n")
        await answered

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):  # it may be killed
            async for line in reader:
                told = json.loads(line)
                self._answered(self._asked.pop(told["n"]), told["problem"])
        for waiting in self._asked.values():
            self._answered(waiting, "it ended the conversation")

    def _answered(self, waiting: asyncio.Future[None], problem: str | None) -> None:
        if waiting.done():  # whoever asked has gone
            return
        if problem:
            waiting.set_exception(RuntimeError(f"DBOS: {problem}"))
        else:
            waiting.set_result(None)
