"""Insert, unless or else: the one statement that SQLite and PostgreSQL spell alike, but SQLAlchemy does not.

The statements are made once for each table and kept, for to make one takes longer than to run it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

from store.connection import AnyConnection

Row = Mapping[str, Any]


def insert_into(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


async def put(connection: AnyConnection, table: Table, rows: Sequence[Row]) -> None:
    """Make each of these rows (all with the same columns) the one of its primary key."""
    if rows:
        upsert = _upsert(connection.dialect.name, table, tuple(rows[0]))
        await connection.execute(upsert, [dict(row) for row in rows])


async def add(connection: AnyConnection, table: Table, rows: Sequence[Row]) -> None:
    """Add these rows; one whose primary key is there already is left as it is."""
    if rows:
        await connection.execute(_insert(connection.dialect.name, table), [dict(row) for row in rows])


@cache
def _upsert(dialect: str, table: Table, columns: tuple[str, ...]) -> Insert:
    keys = [column.name for column in table.primary_key]
    statement = insert_into(dialect, table)
    values = {name: statement.excluded[name] for name in columns if name not in keys}
    if values:
        return statement.on_conflict_do_update(index_elements=keys, set_=values)
    return statement.on_conflict_do_nothing(index_elements=keys)


@cache
def _insert(dialect: str, table: Table) -> Insert:
    return insert_into(dialect, table).on_conflict_do_nothing(index_elements=[column.name for column in table.primary_key])
