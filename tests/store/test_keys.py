"""Access keys of a database: found by their id, revoked at once, and known to have been used to the minute."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from store.engine import Database
from store.keys import StoredKey, StoredKeys, find, put, revoke
from store.sqlite import SqliteEngine
from tests.store.builders import at


def a_key(name: str = "bridge", **more: Any) -> StoredKey:
    plain: dict[str, Any] = {
        "id": "0123456789ab",
        "name": name,
        "hash": "f" * 64,
        "role": "agent",
        "scopes": ("records.write",),
        "created_at": at("09:00"),
        "created_by": "ada",
        "expires_at": None,
        "revoked_at": None,
        "used_at": None,
    }
    return StoredKey(**plain | more)


async def added(database: Database, *keys: StoredKey) -> StoredKeys:
    async with database.transaction() as connection:
        for key in keys:
            await put(connection, key)
    return StoredKeys(database)


async def test_a_key_is_found_as_it_was_made(database: Database) -> None:
    key = a_key(expires_at=at("17:00"))
    keys = await added(database, key)
    assert await keys.find(key.id) == key
    assert await keys.find("nothing") is None


async def test_keys_are_listed_the_newest_first(database: Database) -> None:
    keys = await added(database, a_key(id="a"), a_key(id="b", created_at=at("10:00")))
    assert [key.id for key in await keys.all()] == ["b", "a"]


async def test_a_revoked_key_stays_revoked_since_the_first_time(database: Database) -> None:
    await added(database, a_key())
    async with database.transaction() as connection:
        assert await revoke(connection, a_key().id, at=at("10:00"))
        assert not await revoke(connection, a_key().id, at=at("11:00"))
        assert not await revoke(connection, "nothing", at=at("11:00"))
        found = await find(connection, a_key().id)
    assert found is not None
    assert found.revoked_at == at("10:00")


@pytest.mark.parametrize(
    ("more", "clock", "valid"),
    [
        ({}, "23:00", True),
        ({"expires_at": at("12:00")}, "11:59", True),
        ({"expires_at": at("12:00")}, "12:00", False),
        ({"revoked_at": at("10:00")}, "10:00", False),
        ({"revoked_at": at("10:00"), "expires_at": at("12:00")}, "09:00", False),
    ],
)
def test_a_key_is_valid_until_it_expires_or_is_revoked(more: dict[str, Any], clock: str, valid: bool) -> None:
    assert a_key(**more).is_valid(at(clock)) == valid


async def test_when_a_key_was_used_is_known_to_the_minute(database: Database) -> None:
    keys = await added(database, a_key())

    async def use(when: datetime) -> datetime | None:
        found = await keys.find(a_key().id)
        assert found is not None
        await keys.used(found, when)
        after = await keys.find(a_key().id)
        assert after is not None
        return after.used_at

    nine = at("09:00")
    assert await use(nine) == nine
    assert await use(nine + timedelta(seconds=59)) == nine
    assert await use(nine + timedelta(seconds=60)) == nine + timedelta(seconds=60)


async def test_a_busy_key_costs_one_write_a_minute(database: Database) -> None:
    keys = await added(database, a_key())
    writes: list[str] = []
    engine = database._engine._engine if isinstance(database._engine, SqliteEngine) else database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _cu, statement, *_: writes.append(statement))
    for second in range(120):
        found = await keys.find(a_key().id)
        assert found is not None
        await keys.used(found, at("09:00") + timedelta(seconds=second))
    assert len([one for one in writes if one.startswith("UPDATE")]) == 2
