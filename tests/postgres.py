"""A real PostgreSQL for tests: a server of our own on a unix socket, in a directory of its own, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

STARTING_S = 120
# The keeper ends the server and removes its directory when its input ends: at our end, also if we were killed.
KEEPER = 'dir=$1; shift; "$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$dir"'
OPTIONS = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server; `create` gives a database of one's own."""

    programs: Path
    directory: Path

    def create(self, template: str = "template0") -> str:
        """The name of a new database that is a copy of the template."""
        name = f"t{uuid4().hex}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def url(self, database: str) -> str:
        """The address of a database, as `store.Database` takes it."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.directory}"

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What `psql` answers."""
        command = [
            str(self.programs / "psql"),
            "-h",
            str(self.directory),
            "-U",
            "postgres",
            "-d",
            database,
            "-qAtX",
            "-c",
            statement,
        ]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        return answer.stdout.strip()


def programs() -> Path | None:
    """Where the server's programs are; None if it is not installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running_postgres(bin_dir: Path) -> Iterator[PostgresServer]:
    """Start a server, and stop it at the end. It refuses to run as root, so root lends it to somebody else."""
    user = _unprivileged() if os.geteuid() == 0 else None
    directory = Path(tempfile.mkdtemp(prefix="milepost-pg-", dir="/tmp"))  # a socket's path must be short
    if user is not None:
        shutil.chown(directory, user)
    data = directory / "data"
    try:
        init = [
            str(bin_dir / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(init, check=True, capture_output=True, user=user, cwd=directory)
        server = [str(bin_dir / "postgres"), "-D", str(data), "-k", str(directory), *OPTIONS]
        with (directory / "log").open("wb") as log:
            keeper = subprocess.Popen(
                ["/bin/sh", "-c", KEEPER, "keeper", str(directory), *server],
                stdin=subprocess.PIPE, stdout=log, stderr=log, user=user, cwd=directory, start_new_session=True,
            )  # fmt: skip
        try:
            _wait(bin_dir, directory)
            yield PostgresServer(programs=bin_dir, directory=directory)
        finally:
            keeper.communicate(timeout=STARTING_S)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _unprivileged() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _wait(bin_dir: Path, directory: Path) -> None:
    until = time.monotonic() + STARTING_S
    while subprocess.run([bin_dir / "pg_isready", "-q", "-h", directory], check=False).returncode:
        if time.monotonic() > until:
            raise RuntimeError((directory / "log").read_text())
        time.sleep(0.05)
