"""Work in a task of its own, so that workers that end by themselves are noticed, told of in a sentence, and confuse nobody.

A worker of the SDK that cannot go on cancels the task that entered it. Here that is a task in which nothing else runs.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from temporalio.service import RPCError

from runtime.connect import in_short
from sla.errors import WorkerFailed


class Work:
    """Work under way."""

    def __init__(self, task: "asyncio.Task[None]") -> None:
        self._task = task

    async def until(self, stopping: asyncio.Event) -> None:
        """Wait for the event; also returns if the work has ended by itself, of which the end of the block tells."""
        await _first(self._task, stopping)


@asynccontextmanager
async def under_way(working: AbstractAsyncContextManager[None]) -> AsyncIterator[Work]:
    """Do the work that is done while `working` is entered, for as long as the block runs.

    Raises what `working` raises; WorkerFailed, at the latest at the end, if the workers could not go on.
    """
    begun, enough = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        async with working:
            begun.set()
            await enough.wait()

    task = asyncio.create_task(work())
    try:
        await _first(task, begun)
        if begun.is_set():
            yield Work(task)
    finally:
        enough.set()
        await _ended(task)


async def _first(task: "asyncio.Task[None]", event: asyncio.Event) -> None:
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


async def _ended(task: "asyncio.Task[None]") -> None:
    await asyncio.wait({task})
    if task.cancelled():  # several failed at once, and the reason of none came through
        raise WorkerFailed(problem="Temporal's SDK ended it; the log says more")
    error = task.exception()
    if isinstance(error, RuntimeError | RPCError):
        raise WorkerFailed(problem=in_short(error)) from None
    if error is not None:
        raise error
