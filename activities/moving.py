"""What a migration asks the store: which records come next, what became of those that were told, and how it ends."""

from collections.abc import Callable
from typing import Any

import structlog
from temporalio import activity

from activities.ports import Migrations
from sla.moving import NEXT, SETTLE, TURN, Batch, NextInput, Progress, SettledMoves, SettleInput, TurnInput

logger = structlog.get_logger()


class Mover:
    """The activities of migrations. They tell no case: that the workflow does."""

    def __init__(self, migrations: Migrations) -> None:
        self._migrations = migrations

    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return [self.next, self.settle, self.turn]

    @activity.defn(name=NEXT)
    async def next(self, asked: NextInput) -> Batch:
        """The records that come next."""
        return await self._migrations.next(asked)

    @activity.defn(name=SETTLE)
    async def settle(self, asked: SettleInput) -> SettledMoves:
        """What became of those that were told to move."""
        settled = await self._migrations.settle(asked)
        if settled.progress.failed and (asked.last or asked.problems):
            logger.warning("records_not_moved", migration=asked.migration, failed=settled.progress.failed)
        return settled

    @activity.defn(name=TURN)
    async def turn(self, asked: TurnInput) -> Progress:
        """The migration goes on, or comes to rest."""
        progress = await self._migrations.turn(asked)
        logger.info(
            "migration_turned",
            migration=asked.migration,
            state=asked.state,
            moved=progress.moved,
            failed=progress.failed,
            skipped=progress.skipped,
            waiting=progress.waiting,
        )
        return progress
