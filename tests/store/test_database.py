"""The connection: how it fails, what it isolates, and how the schema comes to be what it should."""

import asyncio
import re
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, MetaData, Table, insert, inspect, select, text, update

from sla.errors import DatabaseContended, SchemaBehind, ServiceUnavailable
from store import migrate
from store.engine import Database
from store.erasure_tables import metadata
from store.tables import queues
from store.types import UtcInstant
from store.upsert import add
from tests.postgres import PostgresServer


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    found: list[object] = compare_metadata(context, metadata)
    return found


REVISIONS = [script.revision for script in ScriptDirectory.from_config(migrate.config()).walk_revisions()][::-1]
"""Every schema that a release had or will have, from the first on: what lies in the folder of migrations."""


def _upgraded_to(connection: Connection, revision: str) -> None:
    settings = migrate.config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)


def _a_row(connection: Connection, table: str, revision: str) -> dict[str, Any]:
    """A row whose references fit those of the other tables: every text is the same. Only of columns that are there."""
    words: dict[type, Any] = {bool: True, int: 7, str: f"text of {revision}", date: date(2026, 3, 2), bytes: b"packed"}
    nine = datetime(2026, 3, 2, 9, tzinfo=UTC)
    there = {column["name"] for column in inspect(connection).get_columns(table)}
    kinds = {column.name: column.type for column in metadata.tables[table].columns if column.name in there}
    return {
        name: nine if isinstance(kind, UtcInstant) else words.get(kind.python_type, {"deep": [1]})
        for name, kind in kinds.items()
    }


def _rows(connection: Connection, revision: str) -> dict[str, dict[str, Any]]:
    """A row for each table that there is, in an order in which each finds those that it refers to."""
    there = set(inspect(connection).get_table_names())
    return {table.name: _a_row(connection, table.name, revision) for table in metadata.sorted_tables if table.name in there}


def _as_it_was(name: str, row: dict[str, Any]) -> Table:
    """A table as a release knew it that had these columns and no others; none is filled in that the row does not have."""
    return Table(name, MetaData(), *(Column(column, metadata.tables[name].c[column].type) for column in row))


async def _emptied(url: str) -> None:
    database = Database(url)
    async with database.transaction() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(text(f"DROP TABLE {table.name}"))
        await connection.execute(text("DROP TABLE alembic_version"))
    await database.dispose()


class TestSchema:
    async def test_an_empty_database_is_behind(self, empty_url: str) -> None:
        database = Database(empty_url)
        with pytest.raises(SchemaBehind, match="at schema 'none', this Milepost needs"):
            await database.check_schema()
        assert await database.current_revision() is None
        await database.dispose()

    async def test_an_upgrade_from_nothing_gives_the_tables_that_the_code_knows(self, empty_url: str) -> None:
        database = Database(empty_url)
        await database.upgrade()
        await database.check_schema()
        assert await database.current_revision() == database.needed_revision()
        async with database.reading() as connection:
            assert await connection.run_sync(_differences) == []
        await database.dispose()

    async def test_an_upgrade_of_what_is_up_to_date_changes_nothing(self, database: Database) -> None:
        async with database.transaction() as connection:
            await add(connection, queues, [{"id": "tier-1", "email": None}])
        await database.upgrade()
        async with database.reading() as connection:
            assert list(await connection.scalars(select(queues.c.id))) == ["tier-1"]

    async def test_several_processes_may_upgrade_at_once(self, empty_url: str) -> None:
        databases = [Database(empty_url) for _ in range(4)]
        await asyncio.gather(*(one.upgrade() for one in databases))
        await databases[0].check_schema()
        await asyncio.gather(*(one.dispose() for one in databases))

    async def test_data_of_every_released_schema_is_there_after_the_upgrade(self, empty_url: str) -> None:
        """Filled as each release could, by the tables that it knew; then brought up to this one's."""
        for revision in REVISIONS:
            database = Database(empty_url)
            async with database.transaction() as connection:
                await connection.run_sync(_upgraded_to, revision)
                rows = await connection.run_sync(_rows, revision)
                for name, row in rows.items():
                    await connection.execute(insert(_as_it_was(name, row)), row)
            await database.upgrade()
            async with database.reading() as connection:
                assert await connection.run_sync(_differences) == []
                for name, row in rows.items():
                    columns = [metadata.tables[name].c[column] for column in row]
                    found = (await connection.execute(select(*columns))).mappings().all()
                    assert [dict(one) for one in found] == [row]
            await database.dispose()
            await _emptied(empty_url)

    async def test_what_older_releases_write_and_read_they_can_on_this_ones_schema(self, empty_url: str) -> None:
        """They run on for as long as a deployment takes, and after a roll-back; they know only the columns that they had."""
        for revision in REVISIONS[:-1]:
            database = Database(empty_url)
            async with database.transaction() as connection:
                await connection.run_sync(_upgraded_to, revision)
                rows = await connection.run_sync(_rows, revision)
            await database.upgrade()
            async with database.transaction() as connection:
                for name, row in rows.items():
                    known = _as_it_was(name, row)
                    await connection.execute(insert(known), row)
                    assert [dict(one) for one in (await connection.execute(select(known))).mappings()] == [row]
            await database.dispose()
            await _emptied(empty_url)

    async def test_a_schema_of_a_later_release_is_neither_refused_nor_changed(self, database: Database) -> None:
        async with database.transaction() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        await database.check_schema()
        await database.upgrade()
        assert await database.current_revision() == "9999"

    async def test_a_failed_upgrade_leaves_nothing_behind(self, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
        def upgrade_and_fail(connection: Connection) -> None:
            connection.execute(text("CREATE TABLE half_done (id INTEGER)"))
            raise RuntimeError("power cut")

        database = Database(empty_url)
        monkeypatch.setattr("store.migrate.upgrade", upgrade_and_fail)
        with pytest.raises(RuntimeError):
            await database.upgrade()
        monkeypatch.undo()
        await database.upgrade()
        async with database.reading() as connection:
            assert await connection.run_sync(_differences) == []
        await database.dispose()

    async def test_an_upgrade_makes_the_directory_of_an_sqlite_file(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path}/data/deep/milepost.db")
        await database.upgrade()
        await database.check_schema()
        await database.dispose()


class TestTransaction:
    async def test_an_error_undoes_all_of_it(self, database: Database) -> None:
        async def fail() -> None:
            async with database.transaction() as connection:
                await add(connection, queues, [{"id": "tier-1", "email": None}])
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await fail()
        async with database.reading() as connection:
            assert list(await connection.scalars(select(queues.c.id))) == []

    async def test_a_reader_sees_one_moment_and_does_not_wait_for_a_writer(
        self, database: Database, another: Database
    ) -> None:
        async with database.reading() as reader:
            assert list(await reader.scalars(select(queues.c.id))) == []
            async with another.transaction() as writer:
                await add(writer, queues, [{"id": "tier-1", "email": None}])
            assert list(await reader.scalars(select(queues.c.id))) == []
        async with database.reading() as reader:
            assert list(await reader.scalars(select(queues.c.id))) == ["tier-1"]

    async def test_a_connection_that_was_for_reading_can_write_again(self, database: Database) -> None:
        async with database.reading() as connection:
            await connection.execute(text("SELECT 1"))
        async with database.transaction() as connection:
            await add(connection, queues, [{"id": "tier-1", "email": None}])


class TestNoAnswer:
    @pytest.mark.parametrize(
        ("url", "address"),
        [
            ("postgresql+asyncpg://kim:s3cret@127.0.0.1:1/cases?ssl=disable", "127.0.0.1:1/cases"),
            ("sqlite:////no/such/directory/x.db", "/no/such/directory/x.db"),
            ("sqlite:////tmp", "/tmp"),
        ],
    )
    async def test_it_is_told_where_but_not_with_which_password(self, url: str, address: str) -> None:
        database = Database(url, patience_s=2)
        with pytest.raises(ServiceUnavailable, match=rf"^The database at {re.escape(address)} does not answer") as refusal:
            await database.connect()
        assert "s3cret" not in str(refusal.value)
        await database.dispose()

    async def test_a_database_that_does_not_exist(self, postgres: PostgresServer) -> None:
        database = Database(postgres.url("nowhere"), patience_s=2)
        with pytest.raises(ServiceUnavailable, match='database "nowhere" does not exist'):
            await database.connect()
        await database.dispose()

    async def test_a_connection_that_breaks_in_between(self, postgres: PostgresServer, postgres_template: str) -> None:
        name = postgres.create(postgres_template)
        database = Database(postgres.url(name), patience_s=5)

        async def be_cut_off() -> None:
            async with database.transaction() as connection:
                await connection.execute(text("SELECT 1"))
                postgres.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
                await connection.execute(text("SELECT 1"))

        with pytest.raises(ServiceUnavailable):
            await be_cut_off()
        await database.connect()
        await database.dispose()

    async def test_who_is_undone_in_a_deadlock_is_told_to_do_it_again(
        self, postgres: PostgresServer, postgres_template: str
    ) -> None:
        database = Database(postgres.url(postgres.create(postgres_template)), patience_s=10)
        async with database.transaction() as connection:
            await add(connection, queues, [{"id": name, "email": None} for name in ("a", "b")])
        both_hold_one = asyncio.Barrier(2)

        async def take(first: str, then: str) -> None:
            async with database.transaction() as connection:
                await connection.execute(select(queues).where(queues.c.id == first).with_for_update())
                await both_hold_one.wait()
                await connection.execute(select(queues).where(queues.c.id == then).with_for_update())

        taken = await asyncio.gather(take("a", "b"), take("b", "a"), return_exceptions=True)
        [undone] = [one for one in taken if one is not None]
        assert isinstance(undone, DatabaseContended)
        assert re.search(r"at the same time \(.*deadlock detected\)\. Nothing was changed; do it again\.$", str(undone))
        await database.dispose()

    async def test_what_cannot_be_serialized_is_to_be_done_again(
        self, postgres: PostgresServer, postgres_template: str
    ) -> None:
        database = Database(postgres.url(postgres.create(postgres_template)), patience_s=10)
        row = update(queues).values(email="desk@x.example")
        async with database.transaction() as connection:
            await add(connection, queues, [{"id": "a", "email": None}])

        async def overtaken() -> None:
            async with database.transaction() as connection:
                await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                await connection.execute(select(queues))
                async with database.transaction() as other:
                    await other.execute(row)
                await connection.execute(row)

        with pytest.raises(DatabaseContended, match="could not serialize access"):
            await overtaken()
        await database.dispose()

    async def test_a_database_that_may_only_be_read_for_now(self, postgres: PostgresServer, postgres_template: str) -> None:
        name = postgres.create(postgres_template)
        database = Database(postgres.url(name))
        async with database.transaction() as connection:
            await connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
        await database.dispose()
        with pytest.raises(ServiceUnavailable, match="read-only transaction"):
            async with database.transaction() as connection:
                await add(connection, queues, [{"id": "tier-1", "email": None}])
        await database.dispose()

    async def test_an_sqlite_file_that_somebody_else_keeps_locked(self, sqlite_template: Path, tmp_path: Path) -> None:
        path = tmp_path / "milepost.db"
        path.write_bytes(sqlite_template.read_bytes())
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        database = Database(f"sqlite:///{path}", patience_s=1)
        with pytest.raises(ServiceUnavailable, match="database is locked"):
            async with database.transaction():
                pass
        other.close()
        async with database.transaction():
            pass
        await database.dispose()

    async def test_a_transaction_within_a_transaction_is_refused_and_does_not_hang(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path}/x.db", patience_s=1)
        with pytest.raises(ServiceUnavailable, match="another transaction has not ended"):
            async with database.transaction(), database.transaction():
                pass
        await database.dispose()
