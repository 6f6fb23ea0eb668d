"""A bench on Temporal's development server, whose clock is the wall's, with histories that are soon found long."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.common import SearchAttributeKey
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from sla import messages
from tests.workflows.harness import Bench
from tests.workflows.servers import IDENTITY, program, quiet

LONG = "limit.historyCount.suggestContinueAsNew"
"""The server's setting: of how many events on it suggests to continue as new. Its default is 4096."""


@asynccontextmanager
async def developing(events: int) -> AsyncIterator[WorkflowEnvironment]:
    """A development server in memory that suggests to continue as new at so many events."""
    keys: dict[str, Callable[[str], SearchAttributeKey[Any]]] = {
        "Keyword": SearchAttributeKey.for_keyword,
        "Datetime": SearchAttributeKey.for_datetime,
    }
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=program("temporal"),
        dev_server_log_level="error",
        dev_server_extra_args=["--dynamic-config-value", f"{LONG}={events}"],
        data_converter=pydantic_data_converter,
        search_attributes=[keys[kind](name) for name, kind in messages.SEARCH_ATTRIBUTES.items()],
        identity=IDENTITY,
        runtime=quiet(),
    ) as env:
        yield env


class LiveBench(Bench):
    """A case on a development server: a minute is a second of the wall, and processes are as short."""

    def __init__(self, *arguments: Any, events: int, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._events = events

    def _environment(self) -> AbstractAsyncContextManager[WorkflowEnvironment]:
        return developing(self._events)

    def instant(self, minute: float | None = None) -> datetime:
        """The planned instant of a second."""
        return self.opened_at + timedelta(seconds=self.minute if minute is None else minute)

    async def at(self, minute: float) -> None:
        """Wait until shortly after a second."""
        self.minute = minute
        ahead = self.instant() + timedelta(seconds=0.2) - datetime.now(UTC)
        await asyncio.sleep(max(0.0, ahead.total_seconds()))

    async def runs(self) -> list[WorkflowHistory]:
        """The histories of all runs, the first one first."""
        found = [run async for run in self.client.list_workflows(f"WorkflowId = '{messages.workflow_id(self.record)}'")]
        found.sort(key=lambda run: run.start_time)
        handles = [self.client.get_workflow_handle(run.id, run_id=run.run_id) for run in found]
        return [await handle.fetch_history() for handle in handles]
