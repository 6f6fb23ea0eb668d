"""Bare workflows, driven as Milepost's cases are: the same messages in the same order, each awaited. A contestant."""

import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from bench.load.bare_case import SEND, BareCase, Case, News
from bench.load.contestants import DEADLINE, TARGETS_S
from bench.load.ground import Ground, sqlite_size
from bench.load.postgres import Postgres
from bench.load.processes import Child, python


class Bare:
    """Bare workflows; with `recording` they write each piece of news into a table of SQLite, or of PostgreSQL."""

    def __init__(
        self, here: Ground, name: str = "bare", *, recording: bool = False, postgres: Postgres | None = None
    ) -> None:
        self.name = name
        self._slug = name.replace(" ", "-").replace(",", "")
        self._here = here
        self._recording = recording
        self._postgres = postgres
        self._file: Path = here.directory / f"{self._slug}.db"
        self._database = self._slug.replace("-", "_")
        words = [here.server.address, self._slug, str(here.post.port)]
        if recording:
            words.append(str(self._file) if postgres is None else postgres.database(self._database))
        self.worker = Child(
            python("bench.load.bare_worker", *words), log=here.directory / f"{self._slug}.log", ready="worker_ready"
        )

    async def __aenter__(self) -> Self:
        self._client: Client = await self._here.client()
        await self.worker.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.worker.stop()

    async def whole(self, record: str) -> None:
        """A whole case; a `Contestant`'s."""
        now = time.time()
        await self._start(record, {milestone: now + within_s for milestone, within_s in TARGETS_S.items()})
        handle = self._client.get_workflow_handle_for(BareCase.run, record)
        for milestone in TARGETS_S:
            await handle.execute_update(BareCase.report, News(record, f"completed {milestone}", "completed", milestone))
        await handle.execute_update(BareCase.report, News(record, "closed", "closed"))

    async def open(self, record: str, due_at: datetime) -> None:
        """A case that is due then; a `Contestant`'s."""
        await self._start(record, {DEADLINE: due_at.timestamp()})

    async def _start(self, record: str, due: dict[str, float]) -> None:
        start = WithStartWorkflowOperation(
            BareCase.run,
            Case(record, due, self._recording),
            id=record,
            task_queue=self._slug,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self._client.execute_update_with_start_workflow(
            BareCase.report, News(record, "opened", "opened"), start_workflow_operation=start
        )

    def workflow(self, record: str) -> str:
        """The id of its workflow."""
        return record

    def sending(self) -> str:
        """The activity that sends mail."""
        return SEND

    def stored(self) -> int:
        """Bytes in its table's database."""
        if not self._recording:
            return 0
        return sqlite_size(self._file) if self._postgres is None else self._postgres.size(self._database)
