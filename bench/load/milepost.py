"""Milepost as a user has it: `milepost store upgrade`, `milepost worker`, and the Desk that every door uses."""

import asyncio
import subprocess
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

from bench.load.contestants import DEADLINE, HOUR_S, TARGETS_S
from bench.load.ground import Ground, sqlite_size
from bench.load.postgres import Postgres
from bench.load.processes import ROOT, Child, plain_environment, python
from runtime.settings import Settings
from sla import messages
from sla.documents import parse_documents
from starter.definitions import assemble
from starter.desk import Desk
from workers.desks import desk

WHOLE, SINGLE = "Whole", "Deadline"
_MAIL = "{{email: {{to: owner, template: {template}}}}}"


def definitions() -> str:
    """The two processes, a calendar that is always open, one person."""
    lines = [f"process: {WHOLE}", "business_hours: always", "milestones:"]
    for milestone, within_s in TARGETS_S.items():
        lines += _milestone(milestone, within_s)
        lines += [f"    warnings: [{{at: 75%, actions: [{_mail('warning')}]}}]"]
    lines += [f"    success: [{_mail('success')}]"]
    lines += ["---", f"process: {SINGLE}", "business_hours: always", "milestones:", *_milestone(DEADLINE, HOUR_S)]
    lines += ["---", "calendar: always", "timezone: UTC", "hours: always"]
    lines += ["---", "people:", "  - {person: ada, name: Ada Whitlock, email: ada@support.example, timezone: Europe/London}"]
    return "\n".join(lines) + "\n"


def _milestone(name: str, within_s: int) -> list[str]:
    return [f"  - milestone: {name}", f"    within: {within_s}s", f"    violations: [{{actions: [{_mail('violation')}]}}]"]


def _mail(template: str) -> str:
    return _MAIL.format(template=template)


class Milepost:
    """Milepost with a store of its own on SQLite, or on PostgreSQL if there is one to use. A contestant."""

    def __init__(
        self, here: Ground, name: str = "Milepost", *, postgres: Postgres | None = None, cached: int | None = None
    ) -> None:
        """`cached`: how many cases its worker keeps in memory, if not as many as by default."""
        self.name = name
        self._slug = name.lower().replace(" ", "-").replace(",", "")
        self._here = here
        self._postgres = postgres
        self._directory = here.directory / self._slug
        self._directory.mkdir()
        self._database = f"milepost_{self._slug.replace('-', '_')}"
        environ = self._settings()
        if cached is not None:
            environ["MILEPOST_WORKER_CACHED_CASES"] = str(cached)
        self.environ = plain_environment() | environ
        self.settings = Settings.from_environment(environ)
        self.worker = Child(
            python("workers", "worker"), log=self._directory / "worker.log", ready="worker_ready", environ=environ
        )

    async def __aenter__(self) -> Self:
        await asyncio.to_thread(self._upgrade)
        async with AsyncExitStack() as stack:
            self._desk: Desk = await stack.enter_async_context(desk(self.settings))
            await self._desk.apply(assemble(parse_documents(definitions(), "bench")))
            await stack.enter_async_context(self.worker)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def whole(self, record: str) -> None:
        """A whole case; a `Contestant`'s."""
        await self._desk.open(record=record, process=WHOLE, fields=_fields(record))
        for milestone in TARGETS_S:
            await self._desk.report(
                {"record": record, "id": f"completed {milestone}", "type": "completed", "milestone": milestone}
            )
        await self._desk.report({"record": record, "id": "closed", "type": "closed"})

    async def open(self, record: str, due_at: datetime) -> None:
        """A case that is due then; a `Contestant`'s."""
        opened_at = due_at - timedelta(seconds=HOUR_S)
        fields = _fields(record) | {"opened_at": opened_at.astimezone(UTC).isoformat()}
        await self._desk.open(record=record, process=SINGLE, fields=fields)

    def workflow(self, record: str) -> str:
        """The id of its workflow."""
        return messages.workflow_id(record)

    def sending(self) -> str:
        """The activity that sends mail."""
        return f"{messages.ACTION_PREFIX}email"

    def stored(self) -> int:
        """Bytes in the store."""
        if self._postgres is not None:
            return self._postgres.size(self._database)
        return sqlite_size(self._directory / "milepost.db")

    def _upgrade(self) -> None:
        words = python("workers", "store", "upgrade")
        subprocess.run(words, check=True, capture_output=True, env=self.environ, cwd=ROOT)

    def _settings(self) -> dict[str, str]:
        environ = {
            "MILEPOST_DATA_DIR": str(self._directory),
            "MILEPOST_SMTP_PORT": str(self._here.post.port),
            "MILEPOST_TASK_QUEUE": self._slug,
            "MILEPOST_LOG_FORMAT": "json",
            "TEMPORAL_ADDRESS": self._here.server.address,
        }
        if self._postgres is not None:
            environ["MILEPOST_DATABASE_URL"] = self._postgres.database(self._database)
        return environ


def _fields(record: str) -> dict[str, Any]:
    return {"account": "helios", "owner": "ada", "priority": "P1", "subject": f"The VPN is down ({record})"}
