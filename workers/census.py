"""The worker's look at the store, every few seconds: how many records are open, and whether a deadline passed unseen.

What is counted when something happens cannot tell that nothing happens: a case that sleeps through its target is seen here.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Protocol, get_args

import structlog

from activities.ports import Clock
from sla.errors import MilepostError
from sla.timeline import RollUp
from store.views import Census

logger = structlog.get_logger()

EVERY_S = 15.0


class Counted(Protocol):
    """Whose records they are."""

    async def census(self) -> Census:
        """The open records."""
        ...


class Figures(Protocol):
    """Where the numbers go."""

    def open_records(self, by_status: Mapping[str, int] | None, unseen_s: float) -> None:
        """How many there are of each status; None: nobody knows."""
        ...


@asynccontextmanager
async def taken(records: Counted, figures: Figures, clock: Clock, *, every_s: float = EVERY_S) -> AsyncIterator[None]:
    """While the block runs, take the census now and every `every_s` seconds. A store that is away has no figures."""
    task = asyncio.create_task(_take(records, figures, clock, every_s))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _take(records: Counted, figures: Figures, clock: Clock, every_s: float) -> None:
    while True:
        try:
            census = await records.census()
        except Exception as error:  # whatever it is, work goes on; without numbers an alert rings
            logger.warning("census_failed", problem=error.code if isinstance(error, MilepostError) else type(error).__name__)
            figures.open_records(None, 0.0)
        else:
            every_status: dict[str, int] = {status: census.open.get(status, 0) for status in get_args(RollUp)}
            figures.open_records(every_status, _unseen_s(census.next_deadline, clock.now()))
        await asyncio.sleep(every_s)


def _unseen_s(next_deadline: datetime | None, now: datetime) -> float:
    return max(0.0, (now - next_deadline).total_seconds()) if next_deadline else 0.0
