"""A PostgreSQL of our own: as it is by default, so that what it has accepted is on the disk, or as told; gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STARTING_S: Final = 120
# Ends the server and removes its directory when its input ends: at our end, also if we were killed.
_KEEPER = 'dir=$1; shift; "$@" & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf "$dir"'
LOCAL: Final = ("-c", "listen_addresses=")
"""What a server is told: to be reached by its socket only."""


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running server, reached by a socket in its directory."""

    programs: Path
    directory: Path

    def database(self, name: str) -> str:
        """A new, empty database; its address without the driver's name: `postgresql://…`."""
        self.sql(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={self.directory}"

    def size(self, name: str) -> int:
        """Bytes of a database."""
        return int(self.sql(f"SELECT pg_database_size('{name}')"))

    def sql(self, statement: str, database: str = "postgres") -> str:
        """What `psql` answers."""
        words = [str(self.programs / "psql"), "-h", str(self.directory), "-U", "postgres", "-d", database, "-qAtX"]
        words += ["-c", statement]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


def programs() -> Path | None:
    """Where the server's programs are; None if there are none."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def running_postgres(bin_dir: Path, options: Sequence[str] = LOCAL) -> Iterator[Postgres]:
    """Start a server, and stop it at the end. It refuses to run as root, so root lends it to somebody else."""
    user = _unprivileged() if os.geteuid() == 0 else None
    directory = Path(tempfile.mkdtemp(prefix="milepost-pg-", dir="/tmp"))  # a socket's path must be short
    if user is not None:
        shutil.chown(directory, user)
    data = str(directory / "data")
    try:
        init = [str(bin_dir / "initdb"), "-D", data, "-U", "postgres", "-A", "trust"]
        init += ["-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(init, check=True, capture_output=True, user=user, cwd=directory)
        server = [str(bin_dir / "postgres"), "-D", data, "-k", str(directory), *options]
        with (directory / "log").open("wb") as log:
            keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "keeper", str(directory), *server],
                stdin=subprocess.PIPE, stdout=log, stderr=log, user=user, cwd=directory, start_new_session=True,
            )  # fmt: skip
        try:
            _wait(bin_dir, directory)
            yield Postgres(programs=bin_dir, directory=directory)
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
            raise RuntimeError((directory / "log").read_text()[-1500:])
        time.sleep(0.05)
