"""The histories of a record's workflow: from the archive, or else from Temporal. One of the doors' modules that speak it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from activities.packing import after, before
from runtime.histories import TemporalHistories
from sla.archive_run import ANY
from sla.errors import UnreadablePayload
from sla.evidence_errors import DamagedHistory
from sla.histories import History, JsonObject, RunKept, digest_of
from store.archive import StoredArchive
from store.engine import Database

if TYPE_CHECKING:
    from temporalio.client import Client


class Unread(NamedTuple):
    """A run whose history is there, and cannot be read."""

    run_id: str
    problem: DamagedHistory | UnreadablePayload


class Histories:
    """Histories of one installation. `connect` is called only if something is not in the archive."""

    def __init__(self, database: Database, connect: "Callable[[], Awaitable[Client]]") -> None:
        self._archive = StoredArchive(database)
        self._temporal = TemporalHistories(connect)

    async def of(self, record: str) -> list[History]:
        """All runs of a record, in order of time; those that are lost have no history.

        Raises as `each`; DamagedHistory or UnreadablePayload if one of them cannot be read.
        """
        found = []
        async for run in self.each(record):
            if isinstance(run, Unread):
                raise run.problem
            found.append(run)
        return sorted(found, key=lambda run: (run.began_us, run.run_id))

    async def each(self, record: str) -> AsyncIterator[History | Unread]:
        """The same one by one, so that one at a time is in memory: what is stored first, which is in order of time.

        Raises ServiceUnavailable if one is neither in the archive nor lost, and Temporal cannot be reached.
        """
        stored = {run.run_id: run for run in await self._archive.kept(record)}
        known = {run.run_id: run.state for run in await self._archive.of(record)}
        ahead = [*stored, *(run_id for run_id in known if run_id not in stored)]
        if known.get(ANY) == "waiting" or not ahead:
            ahead += await self._temporal.runs(record)
        told = {ANY}
        while ahead:
            run_id = ahead.pop(0)
            if run_id in told:
                continue
            told.add(run_id)
            try:
                run = await self._one(record, run_id, stored.get(run_id), lost=known.get(run_id) == "lost")
            except (DamagedHistory, UnreadablePayload) as problem:
                yield Unread(run_id, problem)
                continue
            ahead += [near for near in (run.continues, run.continued_by) if near]
            yield run

    async def _one(self, record: str, run_id: str, stored: RunKept | None, *, lost: bool) -> History:
        if stored is not None:
            return History(**dict(stored), history=await self._archive.history(record, run_id))
        # What is lost is looked for by whoever keeps the archive.
        seen = None if lost else await self._temporal.seen(record, run_id)
        if seen is None:
            return History(run_id=run_id, status="lost")
        events: list[JsonObject] = []
        async for page in self._temporal.pages(record, run_id):
            events += page
        whole: dict[str, Any] = {"events": events}
        names = await self._archive.forgotten(record)  # Temporal still knows whoever was forgotten here
        history = whole if names is None else names.value(whole)
        return History(
            run_id=run_id,
            status=seen.status,
            began_us=seen.began_us,
            started_at=seen.started_at,
            closed_at=seen.closed_at,
            continues=before(events[0]) if events else None,
            continued_by=after(events[-1]) if events else None,
            events=len(events),
            redacted_at=names.at if names is not None and history is not whole else None,
            digest=digest_of(history),
            original_digest=digest_of(whole),
            history=history,
        )
