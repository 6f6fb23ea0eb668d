"""A bench for migrations: an installation with a store on disk, cases that run, and workers that can be taken away."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import select
from temporalio import workflow
from temporalio.client import Client, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.adapters.web import HttpWeb
from activities.fakes import SetClock
from activities.observing import SILENT
from runtime.settings import Settings
from sla import messages, moving
from sla.acting import Actor
from sla.messages import News
from sla.move_query import MoveQuery, MoveTarget
from sla.moving import MoveInput, Progress
from sla.process.model import Process
from starter.desk import Desk, open_desk
from starter.setup.views.migrations import MigrationView
from store.catalogue import Catalogue
from store.engine import Database
from store.move_lists import MoveLists
from store.records import Records
from store.tables import event_log, records
from tests.workflows.servers import skipping
from workers import wiring
from workflows.migrating import MoveRecords

PATIENCE_S = 120.0
"""Temporal takes half a minute and more to delete a run."""
ANNA = Actor(name="anna", door="cli")
SUPPORT = MoveQuery(process="Support")
SECOND = MoveTarget(version=2)

T = TypeVar("T")
Server = Callable[[], AbstractAsyncContextManager[WorkflowEnvironment]]


@workflow.defn
class Deaf:
    """Takes all news, and heeds none."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.signal(name=messages.HEAR)
    def hear(self, news: News) -> None: ...


class MovingBench:
    """Cases of Support, which begins with an hour to answer. Anna is at the Desk."""

    def __init__(self, directory: Path, server: Server = skipping, *, prefix: str = "") -> None:
        self._url = f"sqlite:///{directory / 'milepost.db'}"
        self._server = server
        self._stack = AsyncExitStack()
        queue = prefix or f"q-{uuid.uuid4().hex[:8]}"
        self.settings = Settings(database_url=self._url, task_queue=queue, data_dir=directory)

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.env = await stack.enter_async_context(self._server())
            self.client: Client = self.env.client
            self.database = Database(self._url)
            stack.push_async_callback(self.database.dispose)
            await self.database.upgrade()
            self._ahead = await self.env.get_current_time() - datetime.now(UTC)
            self.desk: Desk = await stack.enter_async_context(open_desk(self.settings, self._connected, self.now, ANNA))
            self.records, self.lists = Records(self.database), MoveLists(self.database)
            await self.publish("1h")
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    async def _connected(self) -> Client:
        return self.client

    # ------------------------------------------------------------------ the world

    def now(self) -> datetime:
        """The server's time."""
        return datetime.now(UTC) + self._ahead

    async def sleep(self, seconds: float) -> None:
        """Let the server's time pass."""
        await self.env.sleep(timedelta(seconds=seconds))
        self._ahead = await self.env.get_current_time() - datetime.now(UTC)

    async def publish(self, within: str) -> None:
        """A version of Support, which is in force from now on."""
        line = {"milestone": "Answer", "within": within}
        async with Catalogue(self.database).publishing(at=self.now()) as publication:
            await publication.publish_process(Process.model_validate({"process": "Support", "milestones": [line]}))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Workers as in production, as long as the block runs."""
        async with AsyncExitStack() as stack:
            clock = SetClock(self.now())
            web = await stack.enter_async_context(HttpWeb(clock, timeout_s=5))
            made = wiring.parts(self.settings, self.database, web, SILENT, clock)
            for worker in wiring.workers(self.client, self.settings, made):
                await stack.enter_async_context(worker)
            yield

    async def open(self, number: int) -> list[str]:
        """So many cases, under the version that is in force."""
        names = [f"C-{n:02}" for n in range(1, number + 1)]
        for name in names:
            await self.bounded(self.desk.open(record=name, process="Support"))
        return names

    async def lose(self, record: str) -> None:
        """Let somebody terminate the workflow of a record's case."""
        await self.client.get_workflow_handle(messages.workflow_id(record)).terminate("by mistake")

    @asynccontextmanager
    async def deaf(self, record: str) -> AsyncIterator[None]:
        """In the place of a record's case, one that hears and does nothing."""
        await self.lose(record)
        queue = f"{self.settings.task_queue}-deaf"
        async with Worker(self.client, task_queue=queue, workflows=[Deaf], workflow_runner=UnsandboxedWorkflowRunner()):
            await self.client.start_workflow(Deaf.run, id=messages.workflow_id(record), task_queue=queue)
            yield

    # ------------------------------------------------------------------ migrations

    async def start(self, *, per_second: int = 500) -> str:
        """Begin to move all records to the second version; returns the migration's id."""
        return (await self.desk.migrations.start(SUPPORT, SECOND, per_second=per_second)).id

    async def begin_anew(self, migration: str) -> Progress:
        """Carry out a migration once more, as if its workflow had been lost, to its end, once that has closed."""
        await self.bounded(self.client.get_workflow_handle(moving.workflow_id(migration)).result())
        handle = await self.client.start_workflow(
            MoveRecords.run,
            MoveInput(migration=migration, per_second=500),
            id=moving.workflow_id(migration),
            task_queue=messages.task_queue(self.settings.task_queue, "cases"),
        )
        return await self.bounded(handle.result())

    async def until(self, migration: str, holds: Callable[[MigrationView], bool]) -> MigrationView:
        """The migration, once it is so."""

        async def watch() -> MigrationView:
            while not holds(now := await self.desk.migrations.status(migration)):
                await asyncio.sleep(0.05)
            return now

        return await self.bounded(watch())

    async def ended(self, migration: str) -> MigrationView:
        """The migration at its end."""
        return await self.until(migration, lambda now: now.state == "ended")

    # ------------------------------------------------------------------ looking

    async def runs(self, migration: str) -> list[WorkflowHistory]:
        """The histories of all runs of a migration's workflow, the first one first."""
        name = moving.workflow_id(migration)
        last = self.client.get_workflow_handle(name)
        found = [await last.fetch_history()]
        while before := _continued_from(found[0]):
            found.insert(0, await self.client.get_workflow_handle(name, run_id=before).fetch_history())
        return found

    async def versions(self) -> dict[str, int]:
        """Which version each record follows."""
        async with self.database.reading() as connection:
            rows = await connection.execute(select(records.c.id, records.c.version).order_by(records.c.id))
            return {row.id: row.version for row in rows}

    async def told(self) -> list[tuple[str, str]]:
        """What the logs have besides the openings: record and event."""
        later = select(event_log.c.record, event_log.c.id).where(event_log.c.type != "opened")
        async with self.database.reading() as connection:
            return sorted((row.record, row.id) for row in await connection.execute(later))

    async def limits(self, names: Sequence[str]) -> set[int]:
        """The limits that count for these records, in seconds."""
        return {one.limit_s for name in names for one in await self.records.occurrences(name)}

    async def bounded(self, work: Awaitable[T]) -> T:
        """Wait, but not for ever."""
        async with asyncio.timeout(PATIENCE_S):
            return await work


def _continued_from(history: WorkflowHistory) -> str:
    """The run that this one continues; empty for a first run."""
    started = history.events[0].workflow_execution_started_event_attributes
    return started.continued_execution_run_id
