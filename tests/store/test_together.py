"""Writers who come while one writes are committed together; none of them notices."""

import asyncio
from pathlib import Path

from sqlalchemy import select, text

from store.engine import Database
from store.tables import queues
from store.upsert import add


async def _write(database: Database, name: str, *, fail: bool = False) -> None:
    async with database.transaction() as connection:
        await add(connection, queues, [{"id": name, "email": None}])
        await asyncio.sleep(0)
        if fail:
            raise RuntimeError(name)


async def _there(database: Database) -> list[str]:
    async with database.reading() as connection:
        return sorted(await connection.scalars(select(queues.c.id)))


async def test_each_is_all_or_nothing_whatever_becomes_of_the_others(database: Database) -> None:
    writing = [_write(database, f"q-{number:02}", fail=number % 3 == 0) for number in range(20)]
    ended = await asyncio.gather(*writing, return_exceptions=True)
    assert [isinstance(one, RuntimeError) for one in ended] == [number % 3 == 0 for number in range(20)]
    assert await _there(database) == [f"q-{number:02}" for number in range(20) if number % 3]


async def test_what_has_ended_is_on_the_disk(database: Database, another: Database) -> None:
    async def write_and_look(number: int) -> None:
        await _write(database, f"q-{number:02}")
        assert f"q-{number:02}" in await _there(another)

    await asyncio.gather(*(write_and_look(number) for number in range(20)))


async def test_whoever_is_interrupted_takes_nobody_along(database: Database) -> None:
    for turn in range(20):
        writing = [asyncio.create_task(_write(database, f"{turn:02}-{number}")) for number in range(6)]
        await asyncio.sleep(0.0007 * turn)
        writing[0].cancel()
        writing[3].cancel()
        ended = await asyncio.gather(*writing, return_exceptions=True)
        assert all(ended[number] is None for number in (1, 2, 4, 5))
        assert {f"{turn:02}-{number}" for number in (1, 2, 4, 5)} <= set(await _there(database))


async def test_who_gives_up_waiting_leaves_nobody_waiting_for_the_disk(database: Database) -> None:
    first, second = (asyncio.create_task(_write(database, name)) for name in ("first", "second"))
    await asyncio.sleep(0)
    second.cancel()
    async with asyncio.timeout(30):
        await first
    assert "first" in await _there(database)


async def test_on_a_full_disk_each_is_told_what_became_of_its_own(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "milepost.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}", patience_s=5)

    async def write(number: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(text(f"PRAGMA max_page_count = {path.stat().st_size // 4096}"))
            size = 1_000_000 if number == 3 else 1
            await add(connection, queues, [{"id": f"q-{number}", "email": "x" * size}])

    ended = await asyncio.gather(*map(write, range(6)), return_exceptions=True)
    assert isinstance(ended[3], Exception)
    assert await _there(database) == [f"q-{number}" for number in range(6) if ended[number] is None]
    await database.dispose()


async def test_a_commit_that_fails_fails_for_all(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "milepost.db"
    path.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{path}", patience_s=5)
    async with database.transaction() as connection:
        await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        await connection.execute(text("SELECT 1"))
    orphan = text("INSERT INTO person_roles (person, role) VALUES ('nobody', 'senior')")

    async def orphaned() -> None:
        async with database.transaction() as connection:
            await connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            await connection.execute(orphan)

    ended = await asyncio.gather(orphaned(), _write(database, "q"), return_exceptions=True)
    assert all(isinstance(one, Exception) for one in ended)
    assert await _there(database) == []
    await _write(database, "q")
    assert await _there(database) == ["q"]
    await database.dispose()
