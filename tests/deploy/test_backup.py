"""A backup is what has been restored: a real server, archived as docker-compose.yml has it, brought back to an instant."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.files import DEPLOY, services
from tests.postgres import programs

PATIENCE_S = 60


class Server:
    """A server with an archive, in directories of its own; whoever is root lends it to somebody else."""

    def __init__(self, bin_dir: Path, directory: Path) -> None:
        self.bin_dir, self.directory, self.user = bin_dir, directory, "postgres" if os.geteuid() == 0 else None
        self.data, self.archive = directory / "data", directory / "archive"
        for place in (self.archive / "wal", self.archive / "base", directory / "deploy"):
            place.mkdir(parents=True)
        shutil.copytree(DEPLOY / "postgres", directory / "deploy", dirs_exist_ok=True)
        if self.user:
            subprocess.run(["chown", "-R", self.user, str(directory)], check=True)
        self.must(str(bin_dir / "initdb"), "-D", str(self.data), "-U", "postgres", "-A", "trust", "--no-sync")

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a program as the server's user."""
        path = f"{self.bin_dir}:{os.environ['PATH']}"
        given = {"PATH": path, "PGHOST": str(self.directory), "PGDATA": str(self.data), "ARCHIVE": str(self.archive)}
        return subprocess.run(
            words, env=given, user=self.user, cwd=self.directory, capture_output=True, text=True, check=False,
            timeout=PATIENCE_S,
        )  # fmt: skip

    def must(self, *words: str) -> str:
        """What it printed; it must succeed."""
        ran = self.run(*words)
        assert ran.returncode == 0, ran.stderr + ran.stdout
        return ran.stdout.strip()

    def sql(self, statement: str) -> str:
        """What psql answers."""
        return self.must("psql", "-U", "postgres", "-d", "postgres", "-qAtXc", statement)

    def backup(self) -> str:
        """The name of a new backup."""
        return self.must("sh", str(self.directory / "deploy" / "backup.sh")).splitlines()[-1]

    @contextmanager
    def running(self) -> Iterator[None]:
        """While the block runs, with the options of docker-compose.yml."""
        options = [word.replace("/archive/", f"{self.archive}/") for word in services()["postgres"]["command"][1:]]
        local = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self.directory}", "-c", "fsync=off"]
        log = self.directory / "log"
        words = [f"'{word}'" for word in [*options, *local]]
        self.must("pg_ctl", "start", "-w", "-l", str(log), "-o", " ".join(words))
        try:
            self.until_writable()
            yield
        finally:
            self.must("pg_ctl", "stop", "-w", "-m", "fast")

    def until_writable(self) -> None:
        """Wait until recovery is over."""
        deadline = time.monotonic() + PATIENCE_S
        while self.sql("SELECT pg_is_in_recovery()") != "f":
            assert time.monotonic() < deadline, (self.directory / "log").read_text()
            time.sleep(0.1)


@pytest.fixture
def server() -> Iterator[Server]:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL's server is not installed")
    directory = Path(tempfile.mkdtemp(prefix="milepost-backup-", dir="/tmp"))
    directory.chmod(0o755)
    try:
        yield Server(found, directory)
    finally:
        shutil.rmtree(directory)


def test_all_is_put_back_to_the_instant_before_the_mistake(server: Server) -> None:
    with server.running():
        server.sql("CREATE TABLE told (what text)")
        server.sql("INSERT INTO told VALUES ('before the backup')")
        backup = server.backup()
        server.sql("INSERT INTO told VALUES ('after it')")
        before = server.sql("SELECT clock_timestamp()")
        time.sleep(0.1)
        server.sql("DELETE FROM told")
        refused = server.run("sh", str(server.directory / "deploy" / "restore.sh"), backup, before)
        assert "The server is running" in refused.stderr
    server.must("sh", str(server.directory / "deploy" / "restore.sh"), backup, before)
    with server.running():
        assert server.sql("SELECT what FROM told ORDER BY 1").splitlines() == ["after it", "before the backup"]
        server.sql("INSERT INTO told VALUES ('life goes on')")


def test_old_backups_go_and_with_them_the_log_that_only_they_need(server: Server) -> None:
    with server.running():
        server.sql("CREATE TABLE told (what text)")
        names = []
        for _ in range(3):
            names.append(server.backup())
            time.sleep(1.1)  # a backup is named for its second
        assert sorted(place.name for place in (server.archive / "base").iterdir()) == names[1:]
        assert "000000010000000000000001" not in {file.name for file in (server.archive / "wal").iterdir()}
        server.sql("INSERT INTO told VALUES ('the last thing')")
    refused = server.run("sh", str(server.directory / "deploy" / "restore.sh"), names[0])
    assert f"There is no backup {names[0]}" in refused.stderr
    assert (server.data / "PG_VERSION").is_file(), "what was there is there"
    server.must("sh", str(server.directory / "deploy" / "restore.sh"), names[1])
    with server.running():
        assert server.sql("SELECT what FROM told") == "the last thing", "without an instant, as late as the log goes"
