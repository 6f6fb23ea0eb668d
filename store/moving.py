"""Migrations as their workflow sees them: the port `Migrations`. What became of a record stands, whoever asks again."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import RowMapping, and_, func, or_, select, update

from sla.messages import ProcessRef
from sla.moving import (
    Batch,
    NextInput,
    Progress,
    RecordState,
    SettledMoves,
    SettleInput,
    State,
    TurnInput,
    event_id,
)
from store.connection import AnyConnection
from store.engine import Database
from store.setup_tables import migration_records, migrations
from store.tables import event_log, records

CLOSED: Final = "it was closed meanwhile"
THERE: Final = "it follows that version already"
SILENT: Final = "its case has not answered in time; it moves if it hears of it yet"
UNHEEDED: Final = "its case has heard of it, but follows version {version} of {process} all the same: is its worker older?"
UNKNOWN: Final = "there is no such record"
CALLED_OFF: Final = "the migration was called off"

Verdict = tuple[RecordState, str | None]

_TURNS: Final[Mapping[State, tuple[State, ...]]] = {
    "running": ("stopping", "stopped"),
    "stopping": ("running",),
    "stopped": ("running", "stopping"),
    "ended": ("running", "stopping", "stopped"),
}
"""Which states a migration can come from."""


class StoredMigrations:
    """The migrations of one database. Every method is idempotent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def next(self, asked: NextInput) -> Batch:
        """The records that come next; those that are closed or follow the version already are skipped there and then."""
        async with self._database.transaction() as connection:
            to = await _target(connection, asked.migration)
            waiting = (
                select(migration_records.c.record, migration_records.c.position, *_FOLLOWED)
                .outerjoin(records, records.c.id == migration_records.c.record)
                .where(
                    migration_records.c.migration == asked.migration,
                    migration_records.c.state == "waiting",
                    migration_records.c.position > asked.after,
                )
                .order_by(migration_records.c.position)
                .limit(asked.at_most + 1)
            )
            found = (await connection.execute(waiting)).mappings().all()
            rows = found[: asked.at_most]
            needless = {row["record"]: verdict for row in rows if (verdict := _needless(row, to)) is not None}
            await _note(connection, asked.migration, needless, asked)
            return Batch(
                to=to,
                records=[row["record"] for row in rows if row["record"] not in needless],
                position=rows[-1]["position"] if rows else asked.after,
                finished=len(found) <= asked.at_most,
                progress=await progress_of(connection, asked.migration),
            )

    async def settle(self, asked: SettleInput) -> SettledMoves:
        """Note which of these records follow the version now, which need not any more, and which have failed."""
        async with self._database.transaction() as connection:
            to = await _target(connection, asked.migration)
            heard = and_(event_log.c.record == records.c.id, event_log.c.id == event_id(asked.migration))
            there = select(records.c.id, *_FOLLOWED, event_log.c.id.label("heard")).outerjoin(event_log, heard)
            rows = await connection.execute(there.where(records.c.id.in_(asked.records)))
            known = {row["id"]: row for row in rows.mappings()}
            verdicts = {
                record: verdict for record in asked.records if (verdict := _verdict(known.get(record), to, record, asked))
            }
            await _note(connection, asked.migration, verdicts, asked)
            waiting = [record for record in asked.records if record not in verdicts]
            return SettledMoves(waiting=waiting, progress=await progress_of(connection, asked.migration))

    async def turn(self, asked: TurnInput) -> Progress:
        """Note that the migration goes on or comes to rest. One that has ended stays so.

        At rest those that were too slow, or told while it was called off, and have moved after all, are counted as moved.
        """
        async with self._database.transaction() as connection:
            await turn(connection, asked)
            if asked.state != "running":  # a workflow that was asked to stop says so, though it was called off meanwhile
                await _recount(connection, asked)
            return await progress_of(connection, asked.migration)


_FOLLOWED = (records.c.out, records.c.process, records.c.version)


async def turn(connection: AnyConnection, asked: TurnInput) -> bool:
    """Note another state of the migration; returns whether it could come to be so."""
    changed = {"state": asked.state} | ({"ended_at": asked.now} if asked.state == "ended" else {})
    one = (migrations.c.id == asked.migration, migrations.c.state.in_(_TURNS[asked.state]))
    return bool((await connection.execute(update(migrations).where(*one).values(changed))).rowcount)


async def progress_of(connection: AnyConnection, migration: str) -> Progress:
    """How far a migration has come."""
    counted = select(migration_records.c.state, func.count().label("number"))
    of_migration = counted.where(migration_records.c.migration == migration).group_by(migration_records.c.state)
    rows = await connection.execute(of_migration)
    return Progress.model_validate({row.state: row.number for row in rows})


async def _target(connection: AnyConnection, migration: str) -> ProcessRef:
    columns = (migrations.c.to_process, migrations.c.to_version, migrations.c.revision)
    row = (await connection.execute(select(*columns).where(migrations.c.id == migration))).one()
    return ProcessRef(process=row.to_process, version=row.to_version, revision=row.revision)


def _follows(row: RowMapping, to: ProcessRef) -> bool:
    return (row["process"], row["version"]) == (to.process, to.version)


def _needless(row: RowMapping, to: ProcessRef) -> Verdict | None:
    """Why a record whose turn has come needs no moving; None if it does."""
    if _follows(row, to):
        return ("skipped", THERE)
    return ("skipped", CLOSED) if row["out"] else None


def _verdict(row: RowMapping | None, to: ProcessRef, record: str, asked: SettleInput) -> Verdict | None:
    """What became of a record that was told to move; None if nothing is known yet."""
    if row is None:
        return ("failed", UNKNOWN)
    if _follows(row, to):
        return ("moved", None)
    if row["out"]:
        return ("skipped", CLOSED)
    if record in asked.problems:
        return ("failed", f"its case could not be told: {asked.problems[record]}")
    if not asked.last:
        return None
    return ("failed", SILENT if row["heard"] is None else UNHEEDED.format(version=row["version"], process=row["process"]))


async def _note(
    connection: AnyConnection, migration: str, verdicts: Mapping[str, Verdict], asked: NextInput | SettleInput
) -> None:
    by_verdict: dict[Verdict, list[str]] = {}
    for record, verdict in verdicts.items():
        by_verdict.setdefault(verdict, []).append(record)
    for (state, problem), those in by_verdict.items():
        still = _waiting(migration, those)
        values = {"state": state, "problem": problem, "at": asked.now}
        await connection.execute(update(migration_records).where(*still).values(values))


def _waiting(migration: str, those: Sequence[str]) -> tuple[Any, ...]:
    mine = (migration_records.c.migration == migration, migration_records.c.state == "waiting")
    return (*mine, migration_records.c.record.in_(those))


async def _recount(connection: AnyConnection, asked: TurnInput) -> None:
    to = await _target(connection, asked.migration)
    there = select(records.c.id).where(records.c.process == to.process, records.c.version == to.version)
    given_up = or_(migration_records.c.state == "failed", migration_records.c.problem == CALLED_OFF)
    failed = (migration_records.c.migration == asked.migration, given_up)
    moved = {"state": "moved", "problem": None, "at": asked.now}
    await connection.execute(update(migration_records).where(*failed, migration_records.c.record.in_(there)).values(moved))
