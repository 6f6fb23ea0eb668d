"""The list of runs whose histories are to be stored: an outbox.

Whoever decides writes it, in the transaction of the decision: a run that has decided anything is on it, also if its worker
died a moment later, and it costs the case's history nothing. Every method may be told twice.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import Insert, func, select, update

from sla.archive_run import ANY, Run, Swept
from store.archive_tables import runs
from store.connection import AnyConnection
from store.engine import Database
from store.tables import event_log, records
from store.upsert import add, insert_into

REST: Final = timedelta(hours=6)
"""How often to look at a run that is not known to end. Temporal keeps what has closed for a day at least."""
RESTING: Final = 13
"""So many looks in vain make a rest: the pauses begin with two seconds and double."""
FORGOTTEN_LOOKS: Final = 5
"""How often to look again for a run that Temporal has forgotten, for a month in all: it may have been another server."""
PROMPTLY: Final = timedelta(minutes=10)
"""When the first event of a record is heard at the latest by its first run; after that, an earlier one may have heard it."""
SWEPT: Final = 500
"""Records that are looked at together."""


def pause(looks: int) -> timedelta:
    """How long to wait after so many looks in vain."""
    return REST if looks >= RESTING else timedelta(seconds=2 ** (looks + 1))


async def heard(connection: AnyConnection, record: str, run_id: str, *, at: datetime, ending: bool) -> None:
    """A run of the record has decided something, and is perhaps about to end. What ran before it has ended."""
    row = {"record": record, "run_id": run_id, "seen_at": at, "state": "waiting", "look_at": at + REST, "looks": RESTING}
    added = await connection.execute(_unless_there(connection.dialect.name), row | {"problem": None})
    others, this = runs.c.run_id != run_id, runs.c.run_id == run_id
    for applies, which in ((added.rowcount > 0, others), (ending, this)):
        if applies:
            due = update(runs).where(runs.c.record == record, which, runs.c.state == "waiting")
            await connection.execute(due.values(look_at=at, looks=0))


async def listed(connection: AnyConnection, record: str, run_ids: Iterable[str], *, at: datetime) -> None:
    """Put these runs on the list, to be looked at now; those that are on it stay as they are."""
    row = {"record": record, "seen_at": at, "state": "waiting", "look_at": at, "looks": 0, "problem": None}
    await add(connection, runs, [row | {"run_id": run_id} for run_id in sorted(set(run_ids))])


@cache
def _unless_there(dialect: str) -> Insert:
    return insert_into(dialect, runs).on_conflict_do_nothing(index_elements=["record", "run_id"])


async def _known(connection: AnyConnection, some: Sequence[str]) -> set[str]:
    """Of these records, those whose runs are on the list from the first one on, or are asked for already."""
    first = select(event_log.c.record, event_log.c.recorded_at).where(
        event_log.c.record.in_(some), event_log.c.sequence == 1
    )
    began = {row["record"]: row["recorded_at"] for row in (await connection.execute(first)).mappings()}
    asked, heard_at = func.min(runs.c.run_id) == ANY, func.min(runs.c.seen_at)  # `ANY` is the least id
    told = select(runs.c.record, asked.label("asked"), heard_at.label("heard_at")).where(runs.c.record.in_(some))
    return {
        row["record"]
        for row in (await connection.execute(told.group_by(runs.c.record))).mappings()
        if row["asked"] or row["heard_at"] <= began.get(row["record"], row["heard_at"]) + PROMPTLY
    }


class StoredRuns:
    """The list of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime, *, at_most: int) -> list[Run]:
        """Runs that are to be looked at now, those first that have waited longest."""
        query = select(runs).where(runs.c.look_at <= now).order_by(runs.c.look_at, runs.c.record, runs.c.run_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.limit(at_most))).mappings().all()
        return [Run(record=row["record"], run_id=row["run_id"], state=row["state"], looks=row["looks"]) for row in rows]

    async def again(self, run: Run, *, at: datetime, problem: str | None = None) -> None:
        """It still runs, or could not be stored for now: look at it later; at one that was lost, after a rest."""
        later: dict[str, Any] = {"look_at": at + pause(run.looks), "looks": run.looks + 1}
        if run.state == "lost":
            later = {"look_at": at + REST}
        await self._note(run, later | {"problem": problem}, was=(run.state,))

    async def lose(self, run: Run, *, at: datetime) -> None:
        """Temporal has forgotten it. It is looked for again for some days, with longer and longer pauses."""
        looks = run.looks if run.state == "lost" else 0
        look_at = at + timedelta(days=2**looks) if looks < FORGOTTEN_LOOKS else None
        await self._note(
            run, {"state": "lost", "look_at": look_at, "looks": looks + 1, "problem": None}, was=("waiting", "lost")
        )

    async def found(self, record: str, run_ids: Iterable[str], *, at: datetime) -> None:
        """These runs there are as well; they are to be looked at."""
        async with self._database.transaction() as connection:
            await listed(connection, record, run_ids, at=at)

    async def all_found(self, record: str, run_ids: Iterable[str], *, at: datetime) -> None:
        """These are all the runs that Temporal knows of the record, which was asked for by `sweep`."""
        await self.found(record, run_ids, at=at)
        await self._note(Run(record=record, run_id=ANY), {"state": "stored", "look_at": None}, was=("waiting", "lost"))

    async def sweep(self, at: datetime, *, after: str = "") -> Swept:
        """Put on the list, to be asked for, records whose first run is not known: older releases kept none.

        Either of no run at all, or of none that can have heard the first event, so that an earlier one must have. Looks
        at some records that come `after` one in the order of their ids, so that nobody has to wait for it.
        """
        some = select(records.c.id).where(records.c.id > after).order_by(records.c.id).limit(SWEPT)
        async with self._database.transaction() as connection:
            ids = list(await connection.scalars(some))
            known = await _known(connection, ids)
            row = {"run_id": ANY, "seen_at": at, "state": "waiting", "look_at": at, "looks": 0, "problem": None}
            unknown = [row | {"record": record} for record in ids if record not in known]
            await add(connection, runs, unknown)
        return Swept(added=len(unknown), last=ids[-1] if len(ids) == SWEPT else None)

    async def of(self, record: str) -> list[Run]:
        """The runs of a record in the order in which they were first heard of."""
        query = select(runs).where(runs.c.record == record).order_by(runs.c.seen_at, runs.c.run_id)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [Run(record=row["record"], run_id=row["run_id"], state=row["state"], looks=row["looks"]) for row in rows]

    async def _note(self, run: Run, values: dict[str, Any], *, was: tuple[str, ...]) -> None:
        this = (runs.c.record == run.record, runs.c.run_id == run.run_id, runs.c.state.in_(was))
        async with self._database.transaction() as connection:
            await connection.execute(update(runs).where(*this).values(values))
