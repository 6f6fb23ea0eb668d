"""Many histories, in this process or in several: what came of each, in their order, while the next are under way."""

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import AsyncExitStack
from multiprocessing.util import Finalize
from types import TracebackType
from typing import Any, Final, Self

from runtime.converter import data_converter
from runtime.processes import Crew
from sla.evidence_errors import NotReplayable
from starter.replaying.results import Replayed
from starter.replaying.session import Replays, quiet_runtime
from starter.replaying.sources import Found, Library, Recipe, Source

AT_ONCE: Final = 8
"""How many a process is given at once: few, so that all have work to the end and memory stays bounded."""


class Replaying:
    """Fetches histories and replays them, one after the other, within the block."""

    def __init__(self, recipe: Recipe, **debugging: Any) -> None:
        runtime = quiet_runtime()
        self.library = Library(recipe, runtime)
        self._replays = Replays(data_converter(recipe.settings), runtime, **debugging)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self.library)
            await stack.enter_async_context(self._replays)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    async def of(self, source: Source) -> AsyncIterator[Replayed]:
        """What comes of each history of a source. Raises ServiceUnavailable when something it needs does not answer."""
        async for found in self.library.open(source):
            yield await self.one(found) if isinstance(found, Found) else found

    async def one(self, found: Found) -> Replayed:
        """What comes of a history that was fetched. Raises the same."""
        return await self._replays.replay(found.run, found.definitions)


async def replayed(sources: AsyncIterator[Source], recipe: Recipe, *, jobs: int) -> AsyncIterator[Replayed]:
    """What comes of each history, in the order of the sources. Raises as `Replaying.of`."""
    if jobs > 1:
        async for one in _in_processes(sources, recipe, jobs):
            yield one
        return
    async with Replaying(recipe) as replaying:
        async for source in sources:
            async for one in replaying.of(source):
                yield one


# ---------------------------------------------------------------------- processes


_BROKEN: Final = "A process that was replaying has ended by itself, perhaps for want of memory. Try fewer: --jobs 1."


async def _in_processes(sources: AsyncIterator[Source], recipe: Recipe, jobs: int) -> AsyncIterator[Replayed]:
    under_way: deque[asyncio.Future[list[Replayed]]] = deque()
    crew = Crew(jobs, _begin, recipe)
    try:
        async for batch in _batches(sources):
            under_way.append(asyncio.wrap_future(crew.submit(_work, batch)))
            while len(under_way) >= 2 * jobs:
                for one in await under_way.popleft():
                    yield one
        while under_way:
            for one in await under_way.popleft():
                yield one
    except BrokenProcessPool:
        raise NotReplayable(problem=_BROKEN) from None
    finally:
        for future in under_way:
            future.cancel()
        crew.shutdown(cancel_futures=True)


async def _batches(sources: AsyncIterator[Source]) -> AsyncIterator[list[Source]]:
    batch: list[Source] = []
    async for source in sources:
        batch.append(source)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


class _Here:
    """What a process of the crew keeps from batch to batch."""

    loop: asyncio.AbstractEventLoop
    replaying: Replaying


def _begin(recipe: Recipe) -> None:
    """Make a process ready; see `runtime.exits` for how it ends."""
    Finalize(None, os._exit, args=(0,), exitpriority=-1000)
    _Here.loop = asyncio.new_event_loop()
    _Here.replaying = _Here.loop.run_until_complete(_entered(recipe))


async def _entered(recipe: Recipe) -> Replaying:
    return await Replaying(recipe).__aenter__()


def _work(batch: list[Source]) -> list[Replayed]:
    return _Here.loop.run_until_complete(_batch(batch))


async def _batch(batch: list[Source]) -> list[Replayed]:
    return [one for source in batch async for one in _Here.replaying.of(source)]
