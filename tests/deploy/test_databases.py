"""The roles and databases that deploy/postgres/databases.sh makes on a real PostgreSQL, and what each role may reach."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from store.engine import Database
from tests.deploy.files import DEPLOY
from tests.postgres import PostgresServer, programs, running_postgres

STORE_PASSWORD = "it's a \\ secret"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL's server is not installed")
    with running_postgres(found) as running:
        set_up(running)
        yield running


def set_up(server: PostgresServer, store_password: str = STORE_PASSWORD) -> None:
    variables = {"PGHOST": str(server.directory), "STORE_PASSWORD": store_password, "TEMPORAL_PASSWORD": "t"}
    path = f"{server.programs}:{os.environ['PATH']}"
    script = ["sh", str(DEPLOY / "postgres" / "databases.sh")]
    subprocess.run(script, env={**variables, "PATH": path}, check=True, capture_output=True)


def reaches(server: PostgresServer, role: str, database: str) -> bool:
    return psql(server, role, database, "SELECT 1").returncode == 0


def psql(server: PostgresServer, role: str, database: str, statement: str) -> "subprocess.CompletedProcess[str]":
    words = [str(server.programs / "psql"), "-h", str(server.directory), "-U", role, "-d", database, "-qAtXc", statement]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("database", ["milepost", "temporal", "temporal_visibility", "postgres", "template1"])
def test_each_role_reaches_its_own_databases_and_no_other(server: PostgresServer, database: str) -> None:
    assert reaches(server, "milepost", database) == (database == "milepost")
    assert reaches(server, "temporal", database) == (database in ("temporal", "temporal_visibility"))


def test_no_role_may_make_databases_or_roles(server: PostgresServer) -> None:
    ours = "SELECT count(*) FROM pg_roles WHERE rolname IN ('milepost', 'temporal')"
    assert server.sql(ours) == "2"
    assert server.sql(f"{ours} AND (rolsuper OR rolcreatedb OR rolcreaterole)") == "0"


async def test_our_role_is_enough_for_our_schema(server: PostgresServer) -> None:
    database = Database(f"postgresql+asyncpg://milepost@/milepost?host={server.directory}")
    await database.upgrade()
    await database.check_schema()
    await database.dispose()


def test_temporals_role_is_enough_for_the_extension_that_its_schema_wants(server: PostgresServer) -> None:
    made = psql(server, "temporal", "temporal_visibility", "CREATE EXTENSION btree_gin")
    if "could not open extension control file" in made.stderr:
        pytest.skip("PostgreSQL's contrib modules are not installed")
    assert made.returncode == 0, made.stderr


def test_running_it_again_changes_the_password_and_nothing_else(server: PostgresServer) -> None:
    def secret() -> str:
        return server.sql("SELECT rolpassword FROM pg_authid WHERE rolname = 'milepost'")

    before, databases = secret(), server.sql("SELECT count(*) FROM pg_database")
    set_up(server, "another")
    assert secret() != before
    assert server.sql("SELECT count(*) FROM pg_database") == databases


def test_without_a_password_nothing_is_made() -> None:
    script = ["sh", str(DEPLOY / "postgres" / "databases.sh")]
    ran = subprocess.run(script, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False)
    assert ran.returncode != 0
    assert "STORE_PASSWORD" in ran.stderr
