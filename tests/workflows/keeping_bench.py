"""A bench for the archive: an installation on Temporal's development server, whose histories are soon found long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from activities.adapters.clock import SystemClock
from activities.archiving import Keeper
from activities.observing import SILENT
from activities.ports import Histories
from runtime.histories import histories_of
from sla import archiving, messages
from sla.archiving import KeepInput
from sla.histories import RunKept
from sla.instants import to_instant
from store.archive import StoredArchive
from store.cases import StoredCases
from store.definitions import StoredDefinitions
from tests.workflows.live import developing
from tests.workflows.moving_bench import MovingBench
from workers import wiring
from workers.keeping import begin_keeping
from workflows.keeping import KeepHistories

LONG = 16
"""Events after which a case continues as new."""
T = TypeVar("T")


class KeepingBench(MovingBench):
    """Cases of Support, and the archive."""

    def __init__(self, directory: Path, *, long: int = LONG, prefix: str = "", url: str = "") -> None:
        super().__init__(directory, lambda: developing(long), prefix=prefix)
        if url:
            self._url, self.settings = url, self.settings.but(database_url=url)

    @property
    def archive(self) -> StoredArchive:
        return StoredArchive(self.database)

    async def tell(self, record: str, type_: str, **carried: Any) -> None:
        """Report something that happened now."""
        number = len(await self.records.log(record))
        line = {"record": record, "id": f"e-{number}", "type": type_, "at": to_instant(datetime.now(UTC))}
        await self.bounded(self.desk.report(line | carried))

    async def neutral(self, record: str, number: int) -> None:
        """So much news that moves nothing; the case rests after each."""
        for _ in range(number):
            await self.tell(record, "noted", kind="customer.replied")
            await asyncio.sleep(0.1)

    async def over(self, record: str) -> None:
        """Wait until no workflow of the record runs."""
        handle = self.client.get_workflow_handle(messages.workflow_id(record))

        async def watch() -> None:
            while (await handle.describe()).close_time is None:
                await asyncio.sleep(0.02)

        await self.bounded(watch())

    async def keep(self) -> None:
        """Have histories kept, as a worker does when it begins."""
        assert await begin_keeping(self.client, self.settings)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Workers as in production, on the wall's clock."""
        async with wiring.working(self.client, self.settings, self.database, SILENT):
            yield

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Histories are kept as long as the block runs."""
        await self.keep()
        try:
            yield
        finally:
            await self.client.get_workflow_handle(archiving.workflow_id(self.settings.task_queue)).terminate()

    async def stored(self, record: str, runs: int) -> list[RunKept]:
        """What is stored of a record, once it is so many runs."""

        async def watch() -> list[RunKept]:
            while len(found := await self.archive.kept(record)) < runs:
                await asyncio.sleep(0.05)
            return found

        return await self.bounded(watch())

    async def run_ids(self, record: str) -> list[str]:
        """The runs that Temporal has of a record, in order of time."""
        query = f"WorkflowId = '{messages.workflow_id(record)}'"
        found = [run async for run in self.client.list_workflows(query)]
        return [run.run_id for run in sorted(found, key=lambda run: run.start_time)]

    def keeper(self, histories: Histories | None = None) -> Keeper:
        """One who keeps the archive, with the real store."""
        return Keeper(
            histories or histories_of(self.client),
            archive=self.archive,
            cases=StoredCases(self.database),
            definitions=StoredDefinitions(self.database, default_hours=None),
            clock=SystemClock(),
            engine="0.0.0",
        )


__all__ = ["KeepHistories", "KeepInput", "KeepingBench"]
