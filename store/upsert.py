"""Insert, unless or else: the one statement that SQLite and PostgreSQL spell alike, but SQLAlchemy does not."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Row = Mapping[str, Any]


def insert_into(connection: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


async def put(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Make each of these rows (all with the same columns) the one of its primary key."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = insert_into(connection, table)
    values = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    if values:
        upsert = statement.on_conflict_do_update(index_elements=keys, set_=values)
    else:
        upsert = statement.on_conflict_do_nothing(index_elements=keys)
    await connection.execute(upsert, [dict(row) for row in rows])


async def add(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Add these rows; one whose primary key is there already is left as it is."""
    if rows:
        keys = [column.name for column in table.primary_key]
        statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=keys)
        await connection.execute(statement, [dict(row) for row in rows])
