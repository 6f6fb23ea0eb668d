"""A world for one fault: a Temporal server on a file, a database, a mail server, a webhook endpoint, workers, a Desk."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from string import Template
from typing import Any, Final, Literal

from temporalio.client import Client
from temporalio.runtime import Runtime, TelemetryConfig

from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.settings import Settings
from sla.documents import parse_documents
from sla.messages import SEARCH_ATTRIBUTES
from starter.definitions import assemble
from starter.desk import Desk, open_desk
from store.engine import Database
from tests.faults.mailserver import MailServer
from tests.faults.processes import WorkerProcess
from tests.faults.webserver import WebServer
from tests.postgres import PostgresServer, programs, running_postgres

DatabaseKind = Literal["sqlite", "postgresql"]
MOMENT_S: Final = 1.5
DEFINITIONS: Final = Path(__file__).with_name("definitions.yaml")
LIMITS: Final = {
    "MILEPOST_SMTP_TIMEOUT_S": "4",
    "MILEPOST_WEBHOOK_TIMEOUT_S": "4",
    "MILEPOST_GRACEFUL_SHUTDOWN_S": "8",
    "MILEPOST_LOG_FORMAT": "json",
}
_UPGRADING: Final = asyncio.Lock()
"""Alembic works on one database at a time in a process, and worlds may begin together."""


class World:
    """Everything that a fault may touch. Get it from `a_world`."""

    def __init__(self, directory: Path, settings: Settings, *, seed: int, span_s: float, haste: bool) -> None:
        self.directory = directory
        self.settings = settings
        self.span_s = span_s
        self.haste = haste
        self.dice = Random(f"{seed}/strike")
        self.mail = MailServer()
        self.web = WebServer()
        self.workers: list[WorkerProcess] = []
        self.server: TemporalDevServer
        self.client: Client
        self.desk: Desk
        self.database: Database
        self.postgres: PostgresServer | None = None
        self.desk_clock_off = timedelta(0)
        self.complaints: list[str] = []
        self.closed_cases_answer = True
        self.outages: list[tuple[datetime, datetime]] = []
        self._number = 0
        self._endings: list[Callable[[], Awaitable[None]]] = []

    # ------------------------------------------------------------------ workers

    async def start_worker(self, **environ: str) -> WorkerProcess:
        """One more worker."""
        self._number += 1
        worker = await WorkerProcess.start(self._environ() | environ, self.directory / f"worker-{self._number}.log")
        self.workers.append(worker)
        return worker

    async def end_workers(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End all of them."""
        await asyncio.gather(*(worker.end(number) for worker in self.workers))
        self.workers.clear()

    async def milepost(self, *words: str) -> None:
        """What an administrator types."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "workers", *words,
            env=self._environ(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        if process.returncode:
            self.complaints.append(f"milepost {' '.join(words)}: {said.decode().strip()}")

    def _environ(self) -> dict[str, str]:
        kept = {
            name: text for name, text in os.environ.items() if not name.startswith(("MILEPOST_", "TEMPORAL_", "FAULTS_"))
        }
        return kept | LIMITS | {
            "MILEPOST_DATA_DIR": str(self.settings.data_dir),
            "MILEPOST_DATABASE_URL": self.settings.database_url,
            "MILEPOST_TEMPLATES_DIR": str(self.directory / "templates"),
            "MILEPOST_SMTP_PORT": str(self.mail.port),
            "TEMPORAL_ADDRESS": self.server.address,
            "FAULTS_JOURNAL": str(self.journal),
            "FAULTS_FLAGS": str(self.directory / "flags"),
            "FAULTS_HASTE": "1" if self.haste else "",
        }  # fmt: skip

    def at_the_end(self, ending: Callable[[], Awaitable[None]]) -> None:
        """What a strike leaves for the end of this world."""
        self._endings.append(ending)

    async def end(self) -> None:
        """Everybody goes."""
        await self.end_workers(signal.SIGKILL)
        for ending in self._endings:
            await ending()

    # ------------------------------------------------------------------ what was seen

    @property
    def journal(self) -> Path:
        """Where workers note what must survive their death."""
        return self.directory / "journal"

    def journalled(self, what: str) -> list[dict[str, Any]]:
        """The journal's lines of one kind."""
        text = self.journal.read_text() if self.journal.exists() else ""
        return [line for line in map(json.loads, text.splitlines()) if line["what"] == what]

    def now(self) -> datetime:
        """The time of day at the Desk's host."""
        return datetime.now(UTC) + self.desk_clock_off

    def lasts_s(self, part: float) -> float:
        """How long a trouble lasts that is to last this part of the traffic; in the short form a moment."""
        return MOMENT_S if self.haste else part * self.span_s

    def flag(self, name: str, *, up: bool) -> None:
        """Raise or lower a flag that the workers' database connections look at."""
        flag = self.directory / "flags" / name
        if up:
            flag.touch()
        else:
            flag.unlink(missing_ok=True)

    async def apply(self) -> None:
        """Publish the definitions, with limits as long as this world's traffic needs."""
        unit = max(1, round(self.span_s / 10))
        units = {f"unit{n}": str(n * unit) for n in range(2, 6)}
        web = f"http://127.0.0.1:{self.web.port}/hook"
        text = Template(DEFINITIONS.read_text()).substitute(units, unit=str(unit), web=web)
        await self.desk.apply(assemble(parse_documents(text, DEFINITIONS.name)))


@asynccontextmanager
async def a_world(
    directory: Path, *, database: DatabaseKind = "sqlite", seed: int, span_s: float, haste: bool = False
) -> AsyncIterator[World]:
    """A world in which everything is well, with one worker."""
    for name in ("data", "templates", "flags"):
        (directory / name).mkdir(parents=True)
    async with AsyncExitStack() as stack:
        postgres = stack.enter_context(running_postgres(_programs())) if database == "postgresql" else None
        url = postgres.url(postgres.create()) if postgres else f"sqlite:///{directory / 'data' / 'milepost.db'}"
        settings = Settings(data_dir=directory / "data", database_url=url, templates_dir=directory / "templates")
        world = World(directory, settings, seed=seed, span_s=span_s, haste=haste)
        world.postgres = postgres
        await stack.enter_async_context(world.mail)
        await stack.enter_async_context(world.web)
        world.server = TemporalDevServer(
            database=directory / "temporal" / "temporal.db", search_attributes=SEARCH_ATTRIBUTES
        )
        await stack.enter_async_context(world.server)
        world.database = Database(url)
        stack.push_async_callback(world.database.dispose)
        async with _UPGRADING:
            await world.database.upgrade()
        world.client = await connect(settings, address=world.server.address, runtime=_quiet_runtime())

        async def connected() -> Client:
            return world.client

        world.desk = await stack.enter_async_context(open_desk(settings, connected, world.now))
        await world.apply()
        stack.push_async_callback(world.end)
        await world.start_worker()
        yield world


@cache
def _quiet_runtime() -> Runtime:
    """One for the process. That a server is away is what we want, and no news."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


def _programs() -> Path:
    found = programs()
    if found is None:
        raise RuntimeError("PostgreSQL is not installed here")
    return found


def monotonic() -> float:
    """The clock by which faults, deliveries and ledger lines are compared."""
    return time.monotonic()
