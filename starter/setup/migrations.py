"""Moving open records to another version of their process: previewed first, then carried out by a workflow."""

from sla.errors import ServiceUnavailable
from sla.move_query import MoveQuery, MoveTarget
from sla.moving import RATE, RecordState
from sla.setup_errors import MigrationEnded
from starter.migrations_client import MigrationsClient
from starter.setup.context import Context
from starter.setup.foreseeing import Foresight
from starter.setup.views.migrations import MigrationPreview, MigrationView, MoveView
from store.move_lists import MoveLists, StoredMigration


class MigrationsDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lists = MoveLists(context.database)
        self._runs = MigrationsClient(context.cases.connected, queue_prefix=context.settings.task_queue)

    async def preview(self, query: MoveQuery, to: MoveTarget) -> MigrationPreview:
        """What the move would change, were it made now. Changes nothing.

        Raises UnknownProcess, UnknownVersion, VersionNotActive, OtherKindOfRecord or NothingToMove.
        """
        ref = await self._lists.target(query, to)
        foresight = Foresight(self._lists, self._context.definitions, ref, self._context.now())
        found = [one async for page in self._lists.candidates(query, ref) for one in await foresight.of(page)]
        if not found:
            raise await self._lists.nothing(query, ref)
        return foresight.preview(query.process, found)

    async def start(self, query: MoveQuery, to: MoveTarget, *, per_second: int = RATE) -> MigrationView:
        """Make the list and begin to move its records, at most so many in a second. Raises as `preview`.

        Also raises MigrationUnderWay, and ServiceUnavailable without a Temporal server.
        """
        await self._runs.reach()
        now, actor = self._context.now(), self._context.actor
        made = await self._lists.create(query, to, per_second=per_second, actor=actor, at=now)
        try:
            await self._run(made)
        except ServiceUnavailable as down:
            await self._lists.ask(made.id, "stopped", verb="migrations.stop", actor=actor, at=now)
            remedy = f"The list is kept; when the server is there again: milepost migration resume {made.id}"
            raise ServiceUnavailable(**(down.facts | {"remedy": remedy})) from None
        return _view(made)

    async def status(self, migration: str) -> MigrationView:
        """How far one has come. Raises UnknownMigration."""
        return _view(await self._lists.get(migration))

    async def moves(
        self, migration: str, *, state: RecordState | None = None, after: int = 0, limit: int = 1000
    ) -> list[MoveView]:
        """What became of its records, in the order of its list: those after a position. Raises UnknownMigration."""
        await self._lists.get(migration)
        found = await self._lists.moves(migration, state=state, after=after, limit=limit)
        return [
            MoveView(position=one.position, record=one.record, state=one.state, problem=one.problem, at=one.at)
            for one in found
        ]

    async def stop(self, migration: str, *, for_good: bool = False) -> MigrationView:
        """Let it come to rest after the records under way; `for_good`: it ends, and the others stay where they are.

        Raises UnknownMigration or MigrationEnded.
        """
        await self._not_ended(migration)
        now, actor = self._context.now(), self._context.actor
        if for_good:
            # If it runs, it finds nothing waiting any more, and ends by itself.
            return _view(await self._lists.ask(migration, "ended", verb="migrations.stop", actor=actor, at=now))
        asked = await self._lists.ask(migration, "stopping", verb="migrations.stop", actor=actor, at=now)
        if asked.state == "stopping" and not await self._runs.stop(migration):
            asked = await self._lists.ask(migration, "stopped", verb="migrations.stop", actor=actor, at=now)
        return _view(asked)

    async def resume(self, migration: str) -> MigrationView:
        """Let it go on; one whose workflow was lost is begun anew. Raises UnknownMigration or MigrationEnded."""
        await self._not_ended(migration)
        await self._runs.reach()
        now, actor = self._context.now(), self._context.actor
        asked = await self._lists.ask(migration, "running", verb="migrations.resume", actor=actor, at=now)
        await self._run(asked)
        return _view(asked)

    async def list(self, *, limit: int = 100) -> list[MigrationView]:
        """All of them, the latest first."""
        return [_view(one) for one in await self._lists.all(limit=limit)]

    async def _run(self, made: StoredMigration) -> None:
        summary = f"{made.process} to {made.to.process} v{made.to.version}: {made.progress.total} records"
        await self._runs.run(made.id, per_second=made.per_second, summary=summary)

    async def _not_ended(self, migration: str) -> None:
        if (await self._lists.get(migration)).state == "ended":
            raise MigrationEnded(migration=migration)


def _view(stored: StoredMigration) -> MigrationView:
    return MigrationView(
        id=stored.id,
        state=stored.state,
        process=stored.process,
        to_process=stored.to.process,
        to_version=stored.to.version,
        query=stored.wanted,
        per_second=stored.per_second,
        started_at=stored.started_at,
        started_by=stored.started_by,
        ended_at=stored.ended_at,
        records=stored.progress.total,
        progress=stored.progress,
    )
