"""Each action recorded once: the port `Ledger`."""

from collections.abc import Sequence, Set
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Insert, select, update

from sla.finding import Settled
from sla.ledger_line import LOST, UNDONE, LedgerLine
from sla.messages import Outcome
from sla.timeline import Timeline
from store.connection import AnyConnection
from store.engine import Database
from store.erasures import line_without, names_for_writing
from store.rows import line_of
from store.tables import effect_attempts, effect_begun, effect_ledger, effects
from store.upsert import insert_into


class StoredLedger:
    """The ledger of one database. A line gives way to one of another outcome, but `performed` stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> LedgerLine | None:
        """What is recorded for this key."""
        async with self._database.reading() as connection:
            return await _find(connection, key)

    async def write(self, record: str, kind: str, line: LedgerLine, *, over: tuple[Outcome, ...] = UNDONE) -> LedgerLine:
        """Record an outcome; returns the line that now stands, which is an earlier one unless its outcome is in `over`."""
        async with self._database.transaction() as connection:
            if (names := await names_for_writing(connection, record)) is not None:
                line = line_without(line, names)
            await _write(connection, record, kind, line, over)
            standing = await _find(connection, line.key)
        assert standing is not None  # noqa: S101 - it was written, or was there
        return standing

    async def attempt(self, record: str, kind: str, key: str, problem: str, *, at: datetime) -> None:
        """Note a failed attempt and when it was; the latest problem is the one that is shown."""
        async with self._database.transaction() as connection:
            if (names := await names_for_writing(connection, record)) is not None:
                problem = names.text(problem)
            values = {"key": key, "record": record, "kind": kind, "attempts": 1, "problem": _plain(problem), "at": at}
            await connection.execute(_one_more_attempt(connection.dialect.name), values)

    async def lost(self, record: str, kind: str, key: str, *, at_least: int, at: datetime) -> None:
        """Note that at least so many attempts have failed by then: those that are not noted were lost with their workers.

        Temporal counts from 1 again when an action is taken up anew: of what was lost after that, fewer may be counted.
        """
        values = {"key": key, "record": record, "kind": kind, "attempts": at_least, "problem": LOST, "at": at}
        async with self._database.transaction() as connection:
            await connection.execute(_so_many_attempts(connection.dialect.name), values)

    async def begin(self, record: str, key: str) -> None:
        """Note that an attempt begins."""
        async with self._database.transaction() as connection:
            await connection.execute(_one_more_begun(connection.dialect.name), {"key": key, "record": record, "begun": 1})

    async def refused(self, key: str) -> None:
        """Note that an attempt that was begun has failed, and reached nobody."""
        one_less = update(effect_begun).where(effect_begun.c.key == key).values(begun=effect_begun.c.begun - 1)
        async with self._database.transaction() as connection:
            await connection.execute(one_less)

    async def unheard(self, key: str) -> bool:
        """Whether an attempt was begun that is not known to have reached nobody."""
        async with self._database.reading() as connection:
            begun = await connection.scalar(select(effect_begun.c.begun).where(effect_begun.c.key == key))
        return bool(begun)


async def enter(connection: AnyConnection, timeline: Timeline, lines: Sequence[LedgerLine]) -> Settled:
    """Write what a decision found ended, in its own transaction; returns the lines that are new, and those that stood.

    A line gives way to one with another outcome, but for `performed`, which stands.
    """
    if not lines:
        return Settled()
    keys = [line.key for line in lines]
    there = await connection.execute(select(effect_ledger).where(effect_ledger.c.key.in_(keys)))
    found = {row["key"]: line_of(row) for row in there.mappings()}
    known = {key: line.outcome for key, line in found.items()}
    stood = [found[line.key] for line in lines if line.outcome != "performed" and known.get(line.key) == "performed"]
    new = [line for line in lines if known.get(line.key) not in ("performed", line.outcome)]
    kinds = {effect.key: effect.action for effect in timeline.effects}
    if any(line.key not in kinds for line in new):  # present knowledge does not list it any more
        rows = await connection.execute(select(effects.c.key, effects.c.action).where(effects.c.key.in_(keys)))
        kinds |= {row.key: row.action for row in rows}
    for line in sorted(new, key=lambda line: line.key):  # in one order everywhere, or two could wait for each other
        await _write(connection, timeline.record, kinds.get(line.key), line)
    return Settled(new=new, stood=stood)


async def dropped(connection: AnyConnection, record: str, *, known: Set[str]) -> list[LedgerLine]:
    """The lines of a record's actions that were dropped, except the `known` ones; in the order in which they came."""
    undone = (effect_ledger.c.record == record) & (effect_ledger.c.outcome == "dropped")
    rows = await connection.execute(select(effect_ledger).where(undone).order_by(effect_ledger.c.number))
    return [line_of(row) for row in rows.mappings() if row["key"] not in known]


async def _find(connection: AnyConnection, key: str) -> LedgerLine | None:
    found = await connection.execute(select(effect_ledger).where(effect_ledger.c.key == key))
    row = found.mappings().one_or_none()
    return line_of(row) if row is not None else None


async def _write(
    connection: AnyConnection, record: str, kind: str | None, line: LedgerLine, over: tuple[Outcome, ...] = UNDONE
) -> None:
    role = line.detail.get("role")
    values: dict[str, Any] = {
        "key": line.key,
        "record": record,
        "kind": kind,
        "outcome": line.outcome,
        "at": line.at,
        "reason": None if line.reason is None else _plain(line.reason),
        "detail": line.detail,
        "chosen_for": role if isinstance(role, str) and line.outcome == "performed" else None,
    }
    await connection.execute(_line(connection.dialect.name, over), values)


@cache
def _line(dialect: str, over: tuple[Outcome, ...]) -> Insert:
    statement = insert_into(dialect, effect_ledger)
    told = {name: statement.excluded[name] for name in ("kind", "outcome", "at", "reason", "detail", "chosen_for")}
    stands, told_now = effect_ledger.c.outcome, statement.excluded.outcome
    gives_way = stands.in_(over) & (stands != told_now)
    return statement.on_conflict_do_update(index_elements=["key"], set_=told, where=gives_way)


@cache
def _one_more_begun(dialect: str) -> Insert:
    statement = insert_into(dialect, effect_begun)
    return statement.on_conflict_do_update(index_elements=["key"], set_={"begun": effect_begun.c.begun + 1})


@cache
def _one_more_attempt(dialect: str) -> Insert:
    statement = insert_into(dialect, effect_attempts)
    again = {
        "attempts": effect_attempts.c.attempts + 1,
        "problem": statement.excluded.problem,
        "at": statement.excluded.at,
    }
    return statement.on_conflict_do_update(index_elements=["key"], set_=again)


@cache
def _so_many_attempts(dialect: str) -> Insert:
    statement = insert_into(dialect, effect_attempts)
    told = {name: statement.excluded[name] for name in ("attempts", "problem", "at")}
    fewer = effect_attempts.c.attempts < statement.excluded.attempts
    return statement.on_conflict_do_update(index_elements=["key"], set_=told, where=fewer)


def _plain(text: str) -> str:
    """Whatever a server answered, PostgreSQL's text cannot hold U+0000."""
    return text.replace("\x00", "�")
