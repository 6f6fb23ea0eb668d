"""What the tests of migrations tell: two versions of a process, a morning of records, and a list of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from sla.acting import Actor
from sla.move_query import MoveQuery, MoveTarget
from sla.moving import Batch, NextInput, Progress, SettledMoves, SettleInput, State, TurnInput
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.engine import Database
from store.move_lists import MoveLists, StoredMigration
from store.moving import StoredMigrations
from store.setup_tables import audit_log
from store.tables import records
from tests.store.builders import REF, a_process, append, at, opened

ANNA = Actor(name="anna", door="cli")
ALL = MoveQuery(process="Support")
SECOND = MoveTarget(version=2)


async def publish(database: Database) -> None:
    """Support in two versions, Gold in one, and Repair for work orders."""
    support = (a_process(), a_process(within="2h"))
    for process in (*support, a_process("Gold"), a_process("Repair", applies_to="work_order")):
        async with Catalogue(database).publishing(at=at("08:00")) as publication:
            await publication.publish_process(process)


async def a_morning(cases: StoredCases, names: Sequence[str] = ("C-1", "C-2", "C-3"), **fields: Any) -> None:
    """Records of Support's first version."""
    for name in names:
        await append(cases, name, REF, [opened(record=name, **fields)])


async def is_now(database: Database, record: str, **columns: Any) -> None:
    """Let the record's row say so, as its case would have it."""
    async with database.transaction() as connection:
        await connection.execute(update(records).where(records.c.id == record).values(**columns))


async def begin(
    lists: MoveLists, query: MoveQuery = ALL, to: MoveTarget = SECOND, *, clock: str = "09:30"
) -> StoredMigration:
    return await lists.create(query, to, per_second=20, actor=ANNA, at=at(clock))


async def ask_next(migrations: StoredMigrations, name: str, *, after: int = 0, at_most: int = 10) -> Batch:
    return await migrations.next(NextInput(migration=name, after=after, at_most=at_most, now=at("09:31")))


async def settle(migrations: StoredMigrations, name: str, *those: str, last: bool = False, **problems: str) -> SettledMoves:
    unheard = {record.replace("_", "-"): problem for record, problem in problems.items()}
    asked = SettleInput(migration=name, records=list(those), problems=unheard, last=last, now=at("09:32"))
    return await migrations.settle(asked)


async def turn(migrations: StoredMigrations, name: str, state: State) -> Progress:
    return await migrations.turn(TurnInput(migration=name, state=state, now=at("09:40")))


async def listed(lists: MoveLists, name: str) -> dict[str, str]:
    return {one.record: one.state for one in await lists.moves(name)}


async def audited(database: Database) -> Sequence[Row[Any]]:
    """What the audit log says of migrations."""
    lines = select(audit_log).where(audit_log.c.verb.startswith("migrations.")).order_by(audit_log.c.number)
    async with database.reading() as connection:
        return (await connection.execute(lines)).all()
