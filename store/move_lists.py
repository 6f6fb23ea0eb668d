"""Migrations as people see them: which records are meant, the list that is made of them, and what became of it."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, or_, select, update

from sla.acting import Actor
from sla.events import Event
from sla.instants import to_instant
from sla.messages import ProcessRef
from sla.move_query import MoveQuery, MoveTarget
from sla.moving import Progress, RecordState, State, TurnInput
from sla.setup_errors import MigrationUnderWay, NothingToMove, UnknownMigration
from store import audit
from store.connection import AnyConnection
from store.engine import Database
from store.move_choice import PAGE, meant_of, names_of, nothing_of, page_of, target_of
from store.moving import CALLED_OFF, progress_of, turn
from store.rows import event_of
from store.setup_tables import migration_records, migrations
from store.tables import catalogue, event_log, records


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMigration:
    """A migration and how far it has come."""

    id: str
    process: str
    to: ProcessRef
    wanted: MoveQuery
    per_second: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    state: State
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMove:
    """What became of one record of a migration."""

    position: int
    record: str
    state: RecordState
    problem: str | None
    at: datetime | None


class MoveLists:
    """The migrations of one database, for the doors."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def target(self, query: MoveQuery, to: MoveTarget) -> ProcessRef:
        """The version to move to, with the calendars of this moment.

        Raises UnknownProcess, UnknownVersion, VersionNotActive or OtherKindOfRecord.
        """
        async with self._database.reading() as connection:
            return await target_of(connection, query, to)

    async def candidates(self, query: MoveQuery, to: ProcessRef) -> AsyncIterator[Sequence[str]]:
        """The open records that are meant and do not follow the version yet, by id, some hundreds at a time."""
        after = ""
        while True:
            async with self._database.reading() as connection:
                rows = (await connection.execute(page_of(query, to, after))).mappings().all()
            yield meant_of(rows, query)
            if len(rows) < PAGE:
                return
            after = rows[-1]["id"]

    async def logs(self, names: Sequence[str]) -> list[tuple[ProcessRef, list[Event]]]:
        """Of each record what it was opened under, and its events in order of arrival."""
        columns = (records.c.id, records.c.opened_under, records.c.process, records.c.version, records.c.revision)
        of_them = select(event_log).where(event_log.c.record.in_(names)).order_by(event_log.c.record, event_log.c.sequence)
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(*columns).where(records.c.id.in_(names)).order_by(records.c.id))).all()
            told: dict[str, list[Event]] = {row.id: [] for row in rows}
            for row in (await connection.execute(of_them)).mappings():
                told[row["record"]].append(event_of(row))
        refs = {row.id: _opened_under(row) for row in rows}
        return [(refs[name], log) for name, log in told.items() if log]

    async def nothing(self, query: MoveQuery, to: ProcessRef) -> NothingToMove:
        """Why no record is to be moved, to be raised."""
        async with self._database.reading() as connection:
            return await nothing_of(connection, query, to)

    async def create(
        self, query: MoveQuery, to: MoveTarget, *, per_second: int, actor: Actor, at: datetime
    ) -> StoredMigration:
        """Make a list of the records that are meant, to be moved; as `target`, and MigrationUnderWay or NothingToMove."""
        async with self._database.transaction() as connection:
            # Who publishes, or makes another list, waits: the version stays active, and the list the only one.
            await connection.execute(select(catalogue.c.revision).with_for_update())
            ref = await target_of(connection, query, to)
            await _check_alone(connection, query.process, ref.process)
            wanted = await names_of(connection, query, ref)
            name = await _name(connection, at)
            values = {
                "id": name,
                "process": query.process,
                "to_process": ref.process,
                "to_version": ref.version,
                "revision": ref.revision,
                "wanted": query.model_dump(mode="json", exclude_defaults=True),
                "per_second": per_second,
                "started_at": at,
                "started_by": actor.name,
                "state": "running",
            }
            await connection.execute(migrations.insert().values(values))
            rows = [{"migration": name, "record": one, "position": n, "state": "waiting"} for n, one in enumerate(wanted, 1)]
            for first in range(0, len(rows), PAGE):
                await connection.execute(migration_records.insert(), rows[first : first + PAGE])
            told = {"to": f"{ref.process} {ref.version}", "records": len(wanted), "wanted": values["wanted"]}
            await audit.note(connection, actor, "migrations.start", f"migration/{name}", at=at, after=told)
            return await _get(connection, name)

    async def get(self, migration: str) -> StoredMigration:
        """One of them. Raises UnknownMigration."""
        async with self._database.reading() as connection:
            return await _get(connection, migration)

    async def all(self, *, limit: int = 100) -> list[StoredMigration]:
        """The latest first."""
        latest = select(migrations.c.id).order_by(migrations.c.started_at.desc(), migrations.c.id.desc()).limit(limit)
        async with self._database.reading() as connection:
            return [await _get(connection, name) for name in (await connection.scalars(latest)).all()]

    async def moves(
        self, migration: str, *, state: RecordState | None = None, after: int = 0, limit: int = 1000
    ) -> list[StoredMove]:
        """Its records in the order of the list, those after a position; only those in a state, if one is given."""
        mine = [migration_records.c.migration == migration, migration_records.c.position > after]
        if state is not None:
            mine.append(migration_records.c.state == state)
        columns = [migration_records.c[name] for name in ("position", "record", "state", "problem", "at")]
        listed = select(*columns).where(*mine).order_by(migration_records.c.position).limit(limit)
        async with self._database.reading() as connection:
            return [StoredMove(**row) for row in (await connection.execute(listed)).mappings()]

    async def ask(self, migration: str, state: State, *, verb: str, actor: Actor, at: datetime) -> StoredMigration:
        """Have it stop, go on or end. Raises UnknownMigration. What is so already changes nothing.

        One that is ended before all records had their turn leaves the others where they are.
        """
        async with self._database.transaction() as connection:
            before = await _get(connection, migration)
            if await turn(connection, TurnInput(migration=migration, state=state, now=to_instant(at))):
                if state == "ended":
                    await _call_off(connection, migration, at)
                was, now, subject = {"state": before.state}, {"state": state}, f"migration/{migration}"
                await audit.note(connection, actor, verb, subject, at=at, before=was, after=now)
            return await _get(connection, migration)


def _opened_under(row: Row[*tuple[Any, ...]]) -> ProcessRef:
    if row.opened_under is not None:
        return ProcessRef(**row.opened_under)
    return ProcessRef(process=row.process, version=row.version, revision=row.revision)


async def _check_alone(connection: AnyConnection, process: str, to_process: str) -> None:
    """Raise MigrationUnderWay if another one moves the same records, or brings or takes them."""
    others = and_(
        migrations.c.state != "ended",
        or_(
            migrations.c.process.in_([process, to_process]),
            migrations.c.to_process == process,
        ),
    )
    other = await connection.scalar(select(migrations.c.id).where(others).order_by(migrations.c.started_at).limit(1))
    if other is None:
        return
    found = await _get(connection, other)
    way_out = f"milepost migration stop {other} --for-good"
    waits = f"Wait for it, or call it off: {way_out}"
    rests = f"Let it go on (milepost migration resume {other}), or call it off: {way_out}"
    raise MigrationUnderWay(
        migration=other,
        process=found.process,
        state=found.state,
        waiting=found.progress.waiting,
        remedy=rests if found.state == "stopped" else waits,
    )


async def _name(connection: AnyConnection, at: datetime) -> str:
    """The id of a migration: the instant at which it was started, with a number if there are several."""
    stem = f"{at:%Y%m%d-%H%M%S}"
    taken = set(await connection.scalars(select(migrations.c.id).where(migrations.c.id.startswith(stem))))
    number = 1
    while (name := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return name


async def _get(connection: AnyConnection, migration: str) -> StoredMigration:
    row = (await connection.execute(select(migrations).where(migrations.c.id == migration))).mappings().one_or_none()
    if row is None:
        raise UnknownMigration(migration=migration)
    names = ("id", "process", "per_second", "started_at", "started_by", "ended_at", "state")
    return StoredMigration(
        to=ProcessRef(process=row["to_process"], version=row["to_version"], revision=row["revision"]),
        wanted=MoveQuery.model_validate(row["wanted"]),
        progress=await progress_of(connection, migration),
        **{name: row[name] for name in names},
    )


async def _call_off(connection: AnyConnection, migration: str, at: datetime) -> None:
    waiting = (migration_records.c.migration == migration, migration_records.c.state == "waiting")
    left = {"state": "skipped", "problem": CALLED_OFF, "at": at}
    await connection.execute(update(migration_records).where(*waiting).values(left))
