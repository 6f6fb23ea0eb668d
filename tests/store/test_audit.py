"""The audit log of a database: lines in the transaction of their change, in one chain, that nobody changes."""

import asyncio
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from sla.acting import Actor
from sla.audit_chain import NOTHING, Head
from store.audit import BATCH, AuditQuery, StoredAuditLog, note
from store.engine import Database
from store.setup_tables import audit_head, audit_log, products
from store.upsert import add
from tests.store.builders import MONDAY, at

ADA = Actor(name="ada", door="cli")
BRIDGE = Actor(name="bridge (key 1)", door="api", request_id="r-1")


async def noted(database: Database, count: int = 1, actor: Actor = ADA, verb: str = "catalogue.retire", **more: Any) -> None:
    """Lines, a minute from each other, each in a transaction of its own."""
    for number in range(1, count + 1):
        async with database.transaction() as connection:
            when = at("09:00") + timedelta(minutes=number)
            await note(connection, actor, verb, f"process/Premium {number}", at=when, **more)


async def tampered(database: Database, statement: str) -> None:
    """Somebody with all rights in the database does away with its guards first."""
    guards = (
        ["DROP TRIGGER audit_log_no_update", "DROP TRIGGER audit_log_no_delete"]
        if database.is_sqlite
        else ["ALTER TABLE audit_log DISABLE TRIGGER USER"]
    )
    async with database.transaction() as connection:
        for command in [*guards, statement]:
            await connection.execute(text(command))


async def told(database: Database, kept: Head | None = None) -> list[str]:
    walk = await StoredAuditLog(database).verify(kept)
    return [f"{one.number} {one.problem}" for one in walk.breaks]


class TestAdding:
    async def test_a_line_holds_who_did_what_when_to_what_and_by_which_request(self, database: Database) -> None:
        await noted(database, actor=BRIDGE, before={"status": "active"}, after={"status": "retired", "open": 3, "x": 1.5})
        [line] = await StoredAuditLog(database).lines(AuditQuery(), limit=10)
        assert {name: line[name] for name in ("number", "who", "door", "verb", "subject", "request_id")} == {
            "number": 1,
            "who": "bridge (key 1)",
            "door": "api",
            "verb": "catalogue.retire",
            "subject": "process/Premium 1",
            "request_id": "r-1",
        }
        assert (line["at"], line["before"]) == (at("09:01"), {"status": "active"})
        assert line["after"] == {"status": "retired", "open": 3, "x": 1.5}

    async def test_there_is_never_a_line_without_its_change(self, database: Database) -> None:
        async def fail() -> None:
            async with database.transaction() as connection:
                await note(connection, ADA, "catalogue.retire", "process/Premium", at=MONDAY)
                raise RuntimeError

        await noted(database)
        with pytest.raises(RuntimeError):
            await fail()
        await noted(database)
        walk = await StoredAuditLog(database).verify()
        assert (walk.lines, walk.broken) == (2, 0)

    async def test_there_is_never_a_change_without_its_line(self, database: Database) -> None:
        """A line that cannot be written takes the change back."""

        async def change() -> None:
            async with database.transaction() as connection:
                await add(connection, products, [{"id": "p", "name": "P"}])
                await note(connection, ADA, "entitlements.apply", "product/p", at=MONDAY, after={"not": object()})

        with pytest.raises(TypeError):
            await change()
        async with database.reading() as connection:
            assert await connection.scalar(select(func.count()).select_from(products)) == 0

    async def test_a_hundred_at_once_from_two_pools_make_one_chain(self, database: Database, another: Database) -> None:
        await asyncio.gather(*(noted(one, actor=ADA) for one in [database, another] * 50))
        walk = await StoredAuditLog(database).verify()
        assert (walk.lines, walk.at.number, walk.breaks) == (100, 100, [])

    async def test_two_processes_at_once_make_one_chain(self, database: Database, url: str) -> None:
        script = (
            "import asyncio, sys, datetime\n"
            "from sla.acting import Actor\n"
            "from store.audit import note\n"
            "from store.engine import Database\n"
            "async def main():\n"
            "    database = Database(sys.argv[1])\n"
            "    async def one(number):\n"
            "        async with database.transaction() as connection:\n"
            "            at = datetime.datetime(2026, 3, 2, tzinfo=datetime.UTC)\n"
            "            await note(connection, Actor(name=sys.argv[2], door='cli'), 'a.b', f's/{number}', at=at)\n"
            "    await asyncio.gather(*(one(number) for number in range(50)))\n"
            "    await database.dispose()\n"
            "asyncio.run(main())\n"
        )
        running = [subprocess.Popen([sys.executable, "-c", script, url, who]) for who in ("one", "two")]
        assert [await asyncio.to_thread(process.wait, 60) for process in running] == [0, 0]
        walk = await StoredAuditLog(database).verify()
        assert (walk.lines, walk.at.number, walk.breaks) == (100, 100, [])
        whose = [row["who"] for row in await StoredAuditLog(database).lines(AuditQuery(), limit=100)]
        assert {who: whose.count(who) for who in set(whose)} == {"one": 50, "two": 50}

    async def test_those_who_wait_for_each_other_are_not_kept_from_reading(
        self, database: Database, another: Database
    ) -> None:
        await noted(database)
        async with database.transaction() as connection:
            await note(connection, ADA, "catalogue.retire", "process/Premium", at=MONDAY)
            assert len(await StoredAuditLog(another).lines(AuditQuery(), limit=10)) == 1


class TestGuards:
    @pytest.mark.parametrize(
        "statement",
        ["UPDATE audit_log SET who = 'nobody'", "DELETE FROM audit_log", "DELETE FROM audit_log WHERE number = 1"],
    )
    async def test_the_database_itself_refuses_to_change_or_remove_a_line(self, database: Database, statement: str) -> None:
        await noted(database, 2)
        with pytest.raises(DBAPIError, match="audit_log is only added to"):
            async with database.transaction() as connection:
                await connection.execute(text(statement))
        assert await told(database) == []

    async def test_nor_does_postgresql_empty_the_table(self, database: Database) -> None:
        if database.is_sqlite:
            pytest.skip("SQLite knows no TRUNCATE")
        await noted(database, 2)
        with pytest.raises(DBAPIError, match="audit_log is only added to"):
            async with database.transaction() as connection:
                await connection.execute(text("TRUNCATE audit_log"))


class TestVerifying:
    async def test_an_empty_log_is_sound(self, database: Database) -> None:
        walk = await StoredAuditLog(database).verify()
        assert (walk.at, walk.lines, walk.breaks) == (NOTHING, 0, [])

    async def test_what_was_written_reads_back_with_the_hash_that_it_had(self, database: Database) -> None:
        deep = {"list": [1, None, True, 'ü \U0001f600 \\ "'], "number": 1e20, "small": 0.1, "nested": {"b": 1, "a": {}}}
        await noted(database, 3, before=deep, after={"ü": -0.0, "empty": ""})
        assert await told(database) == []

    @pytest.mark.parametrize(
        ("statement", "found"),
        [
            ("UPDATE audit_log SET who = 'mallory' WHERE number = 3", "3 was altered: what it says does not fit its hash"),
            ("UPDATE audit_log SET after = NULL WHERE number = 3", "3 was altered: what it says does not fit its hash"),
            ("DELETE FROM audit_log WHERE number = 1", "1 is missing"),
            ("DELETE FROM audit_log WHERE number = 3", "3 is missing"),
            ("DELETE FROM audit_log WHERE number = 5", "5 is missing"),
            ("DELETE FROM audit_log WHERE number > 2", "3 and all up to line 5 are missing"),
            ("DELETE FROM audit_log", "1 and all up to line 5 are missing"),
            ("DELETE FROM audit_head", "1 was not added by Milepost: the last line that was, is 0"),
        ],
    )
    async def test_what_was_done_to_it_is_found(self, database: Database, statement: str, found: str) -> None:
        await noted(database, 5, after={"status": "retired"})
        await tampered(database, statement)
        assert await told(database) == [found]

    async def test_lines_that_changed_their_numbers_are_found(self, database: Database) -> None:
        await noted(database, 5)
        for statement in ("= 99 WHERE number = 2", "= 2 WHERE number = 3", "= 3 WHERE number = 99"):
            async with database.transaction() as connection:
                guards = (
                    "DROP TRIGGER IF EXISTS audit_log_no_update"
                    if database.is_sqlite
                    else ("ALTER TABLE audit_log DISABLE TRIGGER USER")
                )
                await connection.execute(text(guards))
                await connection.execute(text(f"UPDATE audit_log SET number {statement}"))
        assert {line.partition(" ")[0] for line in await told(database)} == {"2", "3", "4"}

    async def test_a_long_log_is_walked_in_batches(self, database: Database) -> None:
        async with database.transaction() as connection:
            for number in range(BATCH + 5):
                await note(connection, ADA, "catalogue.retire", f"process/{number}", at=MONDAY)
        walk = await StoredAuditLog(database).verify()
        assert (walk.lines, walk.breaks) == (BATCH + 5, [])

    async def test_lines_that_are_added_while_it_is_verified_are_no_break(
        self, database: Database, another: Database
    ) -> None:
        await noted(database, 5)
        verdicts = await asyncio.gather(*(told(database) for _ in range(5)), noted(another, 20))
        assert verdicts[:5] == [[]] * 5

    async def test_a_head_kept_elsewhere_tells_that_end_and_head_were_cut_off_together(self, database: Database) -> None:
        await noted(database, 5)
        kept = (await StoredAuditLog(database).verify()).at
        before = (await StoredAuditLog(database).lines(AuditQuery(), limit=2))[1]
        await tampered(database, "DELETE FROM audit_log WHERE number = 5")
        async with database.transaction() as connection:
            await connection.execute(audit_head.update().values(number=4, hash=before["hash"]))
        assert await told(database) == []
        assert await told(database, kept) == ["5 is missing"]


class TestReading:
    async def numbers(self, database: Database, limit: int = 100, before: int | None = None, **wanted: Any) -> list[int]:
        rows = await StoredAuditLog(database).lines(AuditQuery(**wanted), limit=limit, before=before)
        return [row["number"] for row in rows]

    async def test_the_latest_line_comes_first_and_pages_follow_each_other(self, database: Database) -> None:
        await noted(database, 5)
        assert await self.numbers(database, 2) == [5, 4]
        assert await self.numbers(database, 2, before=4) == [3, 2]
        assert await self.numbers(database, 2, before=1) == []

    async def test_lines_are_found_by_who_verb_subject_and_request(self, database: Database) -> None:
        await noted(database, 2)
        await noted(database, 1, BRIDGE, "records.report")
        assert await self.numbers(database, who="ada") == [2, 1]
        assert await self.numbers(database, verb="records.report") == [3]
        assert await self.numbers(database, subject="process/Premium 1") == [3, 1]
        assert await self.numbers(database, request_id="r-1") == [3]
        assert await self.numbers(database, who="ada", subject="process/Premium 2") == [2]
        assert await self.numbers(database, who="nobody") == []

    async def test_with_a_star_at_its_end_a_text_stands_for_all_that_begin_so(self, database: Database) -> None:
        await noted(database, 1)
        await noted(database, 1, BRIDGE, "records.report")
        assert await self.numbers(database, verb="catalogue.*") == [1]
        assert await self.numbers(database, subject="process/*") == [2, 1]
        assert await self.numbers(database, subject="process/%") == []
        assert await self.numbers(database, verb="CATALOGUE.*") == []

    async def test_lines_are_found_by_time_of_which_the_end_is_not_included(self, database: Database) -> None:
        await noted(database, 5)
        assert await self.numbers(database, since=at("09:02"), until=at("09:04")) == [3, 2]

    async def test_a_table_that_nobody_wrote_to_has_no_lines(self, database: Database) -> None:
        assert await self.numbers(database) == []
        async with database.reading() as connection:
            assert await connection.scalar(select(func.count()).select_from(audit_log)) == 0
