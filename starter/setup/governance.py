"""The catalogue as a whole: what in it drifts apart, contradicts itself or is out of use, and how it is brought together."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Final

from sla.governance.auditing import audit
from sla.governance.comparing import compare
from sla.governance.finding import SEVERITIES, Finding, Options
from sla.governance.snapshot import Snapshot
from sla.move_query import MoveQuery, MoveTarget
from sla.setup_errors import CannotConsolidate, InvalidQuery, MigrationUnderWay, NothingToMove
from starter.migrations_client import MigrationsClient
from starter.setup.context import Context
from starter.setup.migrations import MigrationsDesk
from starter.setup.views.governance import (
    AuditQuery,
    ComparisonRow,
    ComparisonView,
    ConsolidatedSource,
    Consolidation,
    FindingView,
)
from store.consolidation import Consolidating
from store.governance import snapshot, uncollected
from store.versions import one_version

_AS_BY_DEFAULT: Final = AuditQuery()


class _DryRun(Exception):
    """Nothing is to be kept."""


def _audited(catalogue: Snapshot, today: date, options: Options) -> list[Finding]:
    """In a thread: of a large catalogue it takes seconds, in which others are to be answered."""
    with uncollected():
        return audit(catalogue, today, options)


class GovernanceDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._migrations = MigrationsDesk(context)
        self._runs = MigrationsClient(context.cases.connected, queue_prefix=context.settings.task_queue)

    async def audit(self, query: AuditQuery = _AS_BY_DEFAULT) -> list[FindingView]:
        """What is to be seen to in the whole catalogue, the gravest first. Dates are UTC's. Changes nothing."""
        now, settings = self._context.now(), self._context.settings
        options = Options(
            near_percent=query.near_percent,
            idle_days=query.idle_days,
            holidays_days=query.holidays_days,
            conventions={
                "process": settings.process_names,
                "milestone": settings.milestone_names,
                "calendar": settings.calendar_names,
            },
        )
        catalogue = await snapshot(self._context.database, now)
        found = await asyncio.to_thread(_audited, catalogue, now.date(), options)
        grave = SEVERITIES[: SEVERITIES.index(query.severity) + 1]
        return [FindingView(**asdict(one)) for one in found if one.severity in grave]

    async def compare(self, names: Sequence[str]) -> ComparisonView:
        """Processes side by side: of each the version in force, else its latest.

        Raises UnknownProcess, or InvalidQuery for fewer than two.
        """
        if len(wanted := list(dict.fromkeys(names))) < 2:
            raise InvalidQuery(field="names", problem="takes two processes or more, to put them side by side")
        async with self._context.database.reading() as connection:
            found = [await one_version(connection, "process", name) for name in wanted]
        comparison = compare([one.process() for one in found])
        return ComparisonView(
            processes=comparison.processes,
            versions=tuple(one.version for one in found),
            rows=tuple(ComparisonRow(**asdict(row)) for row in comparison.rows),
        )

    async def consolidate(
        self, keep: str, sources: Sequence[str], *, move_records: bool = False, dry_run: bool = False
    ) -> Consolidation:
        """Let one process take over others: their entitlements, and their open records if asked; then they are retired.

        Entitlements and retirement are one transaction; the records are moved after it, by a migration for each source.
        Doing it again does what is left to do. Raises UnknownProcess, CannotConsolidate, OtherKindOfRecord, StillNeeded;
        if records are to move, ServiceUnavailable without a Temporal server, before anything is changed.
        """
        wanted = list(dict.fromkeys(sources))
        if move_records and not dry_run:
            await self._runs.reach()
        await self._check_migrations(keep, wanted)
        result = await self._handed_over(keep, wanted, dry_run=dry_run)
        if not move_records:
            return result
        target = MoveTarget(process=keep, version=result.version)
        moved = [await self._moved(source, target, dry_run=dry_run) for source in result.sources]
        return result.model_copy(update={"sources": tuple(moved)})

    async def _handed_over(self, keep: str, sources: Sequence[str], *, dry_run: bool) -> Consolidation:
        found: Consolidation | None = None
        try:
            async with self._context.catalogue.publishing(at=self._context.now(), actor=self._context.actor) as publication:
                consolidating = Consolidating(publication, keep, sources)
                found = Consolidation(dry_run=dry_run, **asdict(await consolidating.done()))
                if dry_run:
                    raise _DryRun
        except _DryRun:
            pass
        assert found is not None  # noqa: S101 - what else is raised is not caught
        return found

    async def _moved(self, source: ConsolidatedSource, target: MoveTarget, *, dry_run: bool) -> ConsolidatedSource:
        """What becomes of the open records of a source: foreseen, or begun to be moved."""
        query = MoveQuery(process=source.process)
        try:
            if dry_run:
                return source.model_copy(update={"preview": await self._migrations.preview(query, target)})
            return source.model_copy(update={"migration": (await self._migrations.start(query, target)).id})
        except NothingToMove:
            return source
        except MigrationUnderWay as one:  # ours, begun before
            return source.model_copy(update={"migration": one.facts["migration"]})

    async def _check_migrations(self, keep: str, sources: Sequence[str]) -> None:
        """Raise CannotConsolidate while records are moved to a source, or from one elsewhere: they would be left behind."""
        for one in await self._migrations.list(limit=1000):
            arriving, elsewhere = one.to_process in sources, one.process in sources and one.to_process != keep
            if one.state != "ended" and one.progress.waiting and (arriving or elsewhere):
                raise CannotConsolidate(
                    keep=keep,
                    sources=", ".join(f"'{name}'" for name in sources),
                    problem=f"migration {one.id} still moves records from '{one.process}' to '{one.to_process}'",
                    remedy=f"Wait for it, or end it: milepost migration stop {one.id} --for-good",
                )
