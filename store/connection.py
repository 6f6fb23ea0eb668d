"""A connection in a transaction, of either database."""

from sqlalchemy.ext.asyncio import AsyncConnection

from store.sqlite import SqliteConnection

AnyConnection = AsyncConnection | SqliteConnection
