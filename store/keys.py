"""The keys with which programs come to the API: of a key's secret only a hash is here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, or_, select, update

from sla.access import Right, Role
from store.connection import AnyConnection
from store.engine import Database
from store.setup_tables import api_keys

USED_WITHIN: Final = timedelta(minutes=1)
"""How exactly it is known when a key was used last: a busy key costs one write in this time, not one for each request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """A key as it is kept. `scopes` empty: all rights of its role. All instants but the first may be None."""

    id: str
    name: str
    hash: str
    role: Role
    scopes: tuple[Right, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens the door at this instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class StoredKeys:
    """The keys of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> StoredKey | None:
        """The key of that id."""
        async with self._database.reading() as connection:
            return await find(connection, key)

    async def all(self) -> Sequence[StoredKey]:
        """All keys, the newest first; also those that are no longer valid."""
        query = select(api_keys).order_by(api_keys.c.created_at.desc(), api_keys.c.id)
        async with self._database.reading() as connection:
            return [_key(row) for row in (await connection.execute(query)).mappings()]

    async def used(self, key: StoredKey, now: datetime) -> None:
        """Note that a key was used, unless that is known to the minute."""
        if key.used_at is not None and now - key.used_at < USED_WITHIN:
            return
        before = or_(api_keys.c.used_at.is_(None), api_keys.c.used_at <= now - USED_WITHIN)
        async with self._database.transaction() as connection:
            await connection.execute(update(api_keys).where(api_keys.c.id == key.id, before).values(used_at=now))


async def find(connection: AnyConnection, key: str) -> StoredKey | None:
    """The key of that id, in a transaction of somebody else's."""
    found = (await connection.execute(select(api_keys).where(api_keys.c.id == key))).mappings().one_or_none()
    return None if found is None else _key(found)


async def put(connection: AnyConnection, key: StoredKey) -> None:
    """Add a key."""
    row: dict[str, Any] = {column.name: getattr(key, column.name) for column in api_keys.c}
    await connection.execute(api_keys.insert(), {**row, "scopes": list(key.scopes)})


async def revoke(connection: AnyConnection, key: str, *, at: datetime) -> bool:
    """Have a key open nothing any more; whether it was not revoked before."""
    valid = update(api_keys).where(api_keys.c.id == key, api_keys.c.revoked_at.is_(None))
    return bool((await connection.execute(valid.values(revoked_at=at))).rowcount)


def _key(row: RowMapping) -> StoredKey:
    return StoredKey(**{**row, "scopes": tuple(row["scopes"])})
