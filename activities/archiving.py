"""`archive.keep`: for a while, look at the runs that are on the list, and store the histories of those that have closed.

Whatever moment it dies at, nothing is lost: a run stays on the list until its history is stored, and storing it twice is
storing it once. A run that cannot be stored for now holds up no other.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import structlog
from temporalio import activity

from activities.packing import Packing, after, before
from activities.ports import Archive, Cases, Clock, Definitions, Histories
from activities.situation import laws_of
from sla.archive_run import ANY, PackedRun, Run
from sla.archiving import KEEP, KeepTurn, Kept
from sla.dossier import law_kept
from sla.errors import MilepostError, ServiceUnavailable
from sla.histories import JsonObject, LawDigest, RunKept, RunSeen, begun_with, law_digest
from sla.instants import to_instant
from sla.messages import ProcessRef

logger = structlog.get_logger()

AT_ONCE: Final = 50
"""How many runs are read from the list at a time."""
POLL_S: Final = 2.0
"""How long to wait when the list has nothing to look at."""
AWAY_AT_MOST_S: Final = 20.0
"""How long to wait at most until a service that is away is tried again: less than the silence that is taken for death."""


class Keeper:
    """Keeps the archive. `engine` is our version, which is noted beside each history."""

    def __init__(
        self,
        histories: Histories,
        *,
        archive: Archive,
        cases: Cases,
        definitions: Definitions,
        clock: Clock,
        engine: str,
    ) -> None:
        self._archive = archive
        self._histories = histories
        self._cases = cases
        self._definitions = definitions
        self._clock = clock
        self._engine = engine

    def activities(self) -> list[Callable[..., Any]]:
        """All of them, for a worker."""
        return [self.keep]

    @activity.defn(name=KEEP)
    async def keep(self, turn: KeepTurn) -> Kept:
        """Keep histories for so long, or until the worker stops. While a service is away it waits."""
        until = asyncio.get_running_loop().time() + turn.for_s
        done, sweep, away = Kept(), turn.sweep, 0
        while asyncio.get_running_loop().time() < until and not activity.is_worker_shutdown():
            activity.heartbeat()
            try:
                sweep = sweep and await self._sweep()
                runs = await self._archive.due(self._now(), at_most=AT_ONCE)
                for run in runs:
                    done = done.and_also(await self.look_at(run))
                    activity.heartbeat()
                    if activity.is_worker_shutdown():
                        break
                away = 0
            except ServiceUnavailable as problem:
                if not away:
                    logger.warning("archive_waits", problem=str(problem))
                runs, away = [], away + 1
            if not runs and await _stopping(min(AWAY_AT_MOST_S, POLL_S * 2**away)):
                break
        return done

    async def _sweep(self) -> bool:
        """Look for records whose first run is not known; False: that is done."""
        found, after = 0, ""
        while not activity.is_worker_shutdown():
            swept = await self._archive.sweep(self._now(), after=after)
            activity.heartbeat()
            found += swept.added
            if swept.last is None:
                break
            after = swept.last
        if found:
            logger.info("archive_swept", records=found)
        return False

    async def look_at(self, run: Run) -> Kept:
        """Store a run if it has closed. What is wrong with this run alone is noted, and holds up no other.

        Whether a service is away, or has only nothing to say of this run, is not known: others come first then.
        """
        try:
            return await self._stored(run)
        except ServiceUnavailable as problem:
            await self._archive.again(run, at=self._now(), problem=str(problem))
            raise
        except MilepostError as problem:
            logger.warning("history_not_stored", record=run.record, run=run.run_id, problem=problem.code)
            await self._archive.again(run, at=self._now(), problem=str(problem))
            return Kept()

    async def _stored(self, run: Run) -> Kept:
        if run.run_id == ANY:
            await self._archive.all_found(run.record, await self._histories.runs(run.record), at=self._now())
            return Kept()
        seen = await self._histories.seen(run.record, run.run_id)
        if seen is None:
            await self._archive.lose(run, at=self._now())
            if run.state != "lost":
                logger.warning("history_lost", record=run.record, run=run.run_id)
            return Kept(lost=int(run.state != "lost"))
        if seen.closed_at is None:
            await self._archive.again(run, at=self._now())
            return Kept()
        packed = await self._packed(run, seen)
        if packed is None:
            await self._archive.again(run, at=self._now(), problem="Temporal did not give its whole history")
            return Kept()
        new = await self._archive.store(run, packed, at=self._now())
        logger.debug("history_stored", record=run.record, run=run.run_id, events=packed.about.events, bytes=len(packed.body))
        return Kept(stored=int(new), bytes=len(packed.body) if new else 0)

    async def _packed(self, run: Run, seen: RunSeen) -> PackedRun | None:
        """The run with its history; None if that is not as long as it is to be."""
        packing = Packing()
        async for page in self._histories.pages(run.record, run.run_id):
            packing.add(page)
            activity.heartbeat()
        if not packing.events or packing.events < seen.events:
            return None
        digest, body = packing.packed()
        about = RunKept(
            run_id=run.run_id,
            status=seen.status,
            began_us=seen.began_us,
            started_at=seen.started_at,
            closed_at=seen.closed_at,
            continues=before(packing.first),
            continued_by=after(packing.last),
            events=packing.events,
            definitions=await self._laws(run.record, packing.first),
            engine=self._engine,
            archived_at=self._now(),
            digest=digest,
            original_digest=digest,
        )
        return PackedRun(about=about, size=packing.size, body=body)

    async def _laws(self, record: str, first: JsonObject) -> tuple[LawDigest, ...]:
        """The laws that the record followed: the one that it was opened under, and those that it was moved to."""
        case, log = begun_with(first), tuple(await self._cases.log(record))
        if case is None:
            return ()
        laws = await laws_of(self._definitions, case.ref, log)
        moved = {ProcessRef(**version._asdict()): law for version, law in (laws.versions or {}).items()}
        followed = {case.ref: laws.first} | moved
        return tuple(law_digest(law_kept(one, law, log)) for one, law in followed.items())

    def _now(self) -> datetime:
        return to_instant(self._clock.now())


async def _stopping(seconds: float) -> bool:
    """Wait; True if the worker is to stop meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await activity.wait_for_worker_shutdown()
    except TimeoutError:
        return False
    return True
