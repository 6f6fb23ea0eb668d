"""A real PostgreSQL for tests: the bench's, but in haste, for what it holds need not outlive the machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from bench.load.postgres import LOCAL, Postgres, programs
from bench.load.postgres import running_postgres as running

__all__ = ["OPTIONS", "PostgresServer", "programs", "running_postgres"]

OPTIONS = (*LOCAL, "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60")


class PostgresServer(Postgres):
    """A running server; `create` gives a database of one's own."""

    def create(self, template: str = "template0") -> str:
        """The name of a new database that is a copy of the template."""
        name = f"t{uuid4().hex}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def url(self, database: str) -> str:
        """The address of a database, as `store.Database` takes it."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.directory}"


@contextmanager
def running_postgres(bin_dir: Path) -> Iterator[PostgresServer]:
    """Start a server, and stop it at the end."""
    with running(bin_dir, OPTIONS) as server:
        yield PostgresServer(programs=server.programs, directory=server.directory)
