"""The database away, locked, full and read-only: as real as each database lets it be without a kernel's help.

SQLite is limited by its own pragmas on every connection of the worker, because root, as whom many test machines run, may
write read-only files; what it answers is what it answers on a full disk and in a read-only file.
"""

import asyncio
import sqlite3
import subprocess
from typing import Final

from sqlalchemy import make_url

from tests.faults.fault import Fault, Strike
from tests.faults.world import DatabaseKind, World
from tests.postgres import OPTIONS, PostgresServer, programs

MINUTE_S: Final = 60.0
TABLES: Final = "records, event_log, occurrences, effects, effect_ledger, outcome_facts"


def _lasts_s(world: World) -> float:
    return world.lasts_s(0) or MINUTE_S


# ---------------------------------------------------------------------- SQLite


async def _directory_gone(world: World) -> None:
    here, there = world.settings.data_dir, world.settings.data_dir.with_name("elsewhere")
    here.rename(there)
    await asyncio.sleep(_lasts_s(world))
    there.rename(here)


async def _file_locked(world: World) -> None:
    connection = sqlite3.connect(world.settings.data_dir / "milepost.db", isolation_level=None, timeout=30)
    connection.execute("BEGIN EXCLUSIVE")
    await asyncio.sleep(_lasts_s(world))
    connection.rollback()
    connection.close()


def _flagged(flag: str) -> Strike:
    async def strike(world: World) -> None:
        world.flag(flag, up=True)
        await asyncio.sleep(_lasts_s(world))
        world.flag(flag, up=False)

    return strike


# ---------------------------------------------------------------------- PostgreSQL


def _server(world: World) -> PostgresServer:
    assert world.postgres is not None, "this fault is PostgreSQL's"
    return world.postgres


async def _server_gone(world: World) -> None:
    await _pg_ctl(world, "stop", "-m", "immediate")
    await asyncio.sleep(_lasts_s(world))
    server = _server(world)
    options = " ".join(["-k", str(server.directory), *OPTIONS])
    await _pg_ctl(world, "start", "-w", "-o", options, "-l", str(server.directory / "data" / "second.log"))
    world.at_the_end(lambda: _pg_ctl(world, "stop", "-m", "fast"))


async def _pg_ctl(world: World, *words: str) -> None:
    server = _server(world)
    data = server.directory / "data"
    command = [str(server.programs / "pg_ctl"), "-D", str(data), "-s", *words]
    # PostgreSQL is its owner's, who is not root
    await asyncio.to_thread(subprocess.run, command, check=True, user=data.stat().st_uid, cwd=server.directory)


async def _tables_locked(world: World) -> None:
    server = _server(world)
    lock = f"BEGIN; LOCK TABLE {TABLES} IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({_lasts_s(world)}); COMMIT"
    await asyncio.to_thread(server.sql, lock, make_url(world.settings.database_url).database or "")


async def _server_read_only(world: World) -> None:
    server = _server(world)
    await asyncio.to_thread(server.sql, "ALTER SYSTEM SET default_transaction_read_only = on")
    await asyncio.to_thread(server.sql, "SELECT pg_reload_conf()")
    await asyncio.sleep(_lasts_s(world))
    await asyncio.to_thread(server.sql, "ALTER SYSTEM RESET default_transaction_read_only")
    await asyncio.to_thread(server.sql, "SELECT pg_reload_conf()")


def _not_installed() -> str | None:
    return None if programs() else "PostgreSQL is not installed here"


_WAYS: Final[tuple[tuple[DatabaseKind, str, str, Strike], ...]] = (
    ("sqlite", "gone", "its directory is moved away for a minute", _directory_gone),
    ("sqlite", "locked", "another process holds BEGIN EXCLUSIVE for a minute", _file_locked),
    ("sqlite", "full", "the worker's connections may add no page for a minute (max_page_count)", _flagged("full")),
    ("sqlite", "read-only", "the worker's connections may write nothing for a minute (query_only)", _flagged("readonly")),
    ("postgresql", "gone", "stopped at once, started a minute later", _server_gone),
    ("postgresql", "locked", "another session locks the tables against everybody for a minute", _tables_locked),
    ("postgresql", "read-only", "default_transaction_read_only is on for a minute", _server_read_only),
)
DATABASES: Final = tuple(
    Fault(
        name=f"database: {name} ({kind})",
        means=means,
        strike=strike,
        repeats=True,  # what the other side took in this minute could not be written down
        database=kind,
        obstacle=_not_installed if kind == "postgresql" else lambda: None,
    )
    for kind, name, means, strike in _WAYS
)
