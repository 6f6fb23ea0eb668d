"""Driving load: so many cases under way at once, for a while or until all are done."""

import asyncio
import itertools
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from bench.load.contestants import Contestant
from bench.load.post import Post

IN_FLIGHT = 32
"""Cases that a client has under way at once: the same for all contestants."""

PATIENCE_S = 240.0
"""How long the last mail may be waited for."""

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Lap:
    """So many cases in so many seconds, until their last mail was accepted."""

    cases: int
    took_s: float

    @property
    def rate(self) -> float:
        """Cases a second."""
        return self.cases / self.took_s


async def lap(one: Contestant, post: Post, *, name: str, seconds: float) -> Lap:
    """Drive whole cases for so long; those begun are finished, and each has sent its mail."""
    numbers, mails = itertools.count(), post.count()
    began = time.monotonic()

    async def drive() -> list[str]:
        done = []
        while time.monotonic() - began < seconds:
            done.append(f"{name}-{next(numbers)}")
            await one.whole(done[-1])
        return done

    cases = [record for done in await together([drive] * IN_FLIGHT) for record in done]
    await post.until_each(cases, since=mails, patience_s=PATIENCE_S)
    return Lap(cases=len(cases), took_s=time.monotonic() - began)


async def populate(one: Contestant, records: Sequence[str], due_at: datetime) -> float:
    """Open these cases; answers how many seconds it took."""
    waiting = iter(records)
    began = time.monotonic()

    async def drive() -> None:
        for record in waiting:
            await one.open(record, due_at)

    await together([drive] * IN_FLIGHT)
    return time.monotonic() - began


async def together(calls: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
    """All at once; if one fails, the others are ended, and its problem is raised."""

    async def run(call: Callable[[], Awaitable[T]]) -> T:
        return await call()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(call)) for call in calls]
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    return [task.result() for task in tasks]


def say(words: str) -> None:
    """Tell how far a measure is."""
    print(f"  {words}", file=sys.stderr, flush=True)
