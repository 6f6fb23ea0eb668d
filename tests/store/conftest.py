"""Every test of the store runs on SQLite and on PostgreSQL, each time on a database of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.move_lists import MoveLists
from store.moving import StoredMigrations
from store.records import Records
from tests.postgres import PostgresServer, programs, running_postgres

BACKENDS = ("sqlite", "postgresql")


async def _upgrade(url: str) -> None:
    database = Database(url)
    await database.upgrade()
    await database.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run."""
    found = programs()
    if found is None:
        pytest.skip("no PostgreSQL server (initdb) on this machine")
    with running_postgres(found) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> str:
    """The name of a database with all tables, to copy."""
    name = postgres.create()
    asyncio.run(_upgrade(postgres.url(name)))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, to copy."""
    path = tmp_path_factory.mktemp("template") / "milepost.db"
    asyncio.run(_upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Which database this test runs on."""
    return str(request.param)


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path / 'milepost.db'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.create())


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with all tables and no rows."""
    if backend == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "milepost.db")
        return f"sqlite:///{tmp_path / 'milepost.db'}"
    template = request.getfixturevalue("postgres_template")
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.create(template))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A database with all tables and no rows."""
    database = Database(url)
    yield database
    await database.dispose()


@pytest.fixture
async def another(url: str) -> AsyncIterator[Database]:
    """The same database, as another process would see it."""
    database = Database(url)
    yield database
    await database.dispose()


# ---------------------------------------------------------------------- what is in it


@pytest.fixture
def cases(database: Database) -> StoredCases:
    """What cases write."""
    return StoredCases(database)


@pytest.fixture
def records(database: Database) -> Records:
    """What the doors read."""
    return Records(database)


@pytest.fixture
def catalogue(database: Database) -> Catalogue:
    """What is published."""
    return Catalogue(database)


@pytest.fixture
def definitions(database: Database) -> StoredDefinitions:
    """The same, as cases ask for it."""
    return StoredDefinitions(database)


@pytest.fixture
def lists(database: Database) -> MoveLists:
    """Lists of records to move."""
    return MoveLists(database)


@pytest.fixture
def migrations(database: Database) -> StoredMigrations:
    """What becomes of those on a list."""
    return StoredMigrations(database)
