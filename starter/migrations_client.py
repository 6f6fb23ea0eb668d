"""Speaking with the workflows of migrations, by Temporal's client. Its failures become ours here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError, RPCStatusCode

from sla import fitting, messages, moving
from sla.errors import ServiceUnavailable
from sla.moving import MoveInput
from workflows.migrating import MoveRecords

ANSWER_S = 20.0
"""How long to wait for the server."""


class MigrationsClient:
    """The migrations, as far as they run. Every method raises ServiceUnavailable when the server cannot be reached."""

    def __init__(self, connect: Callable[[], Awaitable[Client]], *, queue_prefix: str) -> None:
        self._connect = connect
        self._queue = messages.task_queue(queue_prefix, "cases")

    async def reach(self) -> None:
        """See that there is a server, before anything is promised."""
        async with self._reaching():
            await self._connect()

    async def run(self, migration: str, *, per_second: int, summary: str) -> None:
        """Have it carried out; one that is stopping goes on, one that runs is left alone."""
        async with self._reaching():
            client = await self._connect()
            await client.start_workflow(
                MoveRecords.run,
                MoveInput(migration=migration, per_second=per_second),
                id=moving.workflow_id(migration),
                task_queue=self._queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary=fitting.summary(summary),
                start_signal=moving.RESUME,
            )

    async def stop(self, migration: str) -> bool:
        """Have it come to rest after the records under way; False if it does not run."""
        async with self._reaching():
            client = await self._connect()
            try:
                await client.get_workflow_handle(moving.workflow_id(migration)).signal(moving.STOP)
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return False
                raise
            return True

    @asynccontextmanager
    async def _reaching(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(ANSWER_S):
                yield
        except (TimeoutError, RPCError) as error:
            problem = error.message.rstrip(".") if isinstance(error, RPCError) else f"no answer within {ANSWER_S:g} s"
            raise ServiceUnavailable(
                service="The Temporal server",
                address="the address in use",
                problem=problem,
                remedy="See that it runs: milepost dev, or check TEMPORAL_ADDRESS.",
            ) from None
