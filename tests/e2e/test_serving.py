"""`milepost serve` as a process: it answers what can be read without Temporal, and ends when it is told to."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from runtime.ports import free_port
from runtime.settings import Settings
from store.engine import Database
from tests.house.sources import ROOT
from workers.api import development_key

PATIENCE_S = 60


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Those of an installation with a database, and no Temporal."""
    made = Settings(data_dir=tmp_path)

    async def upgraded() -> None:
        database = Database(made.database_url)
        await database.upgrade()
        await database.dispose()
        await development_key(made)

    asyncio.run(upgraded())
    return made


@contextmanager
def serving(settings: Settings, *options: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """`milepost serve`, and where its log is."""
    log = settings.data_dir / "serve.log"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "TEMPORAL_"))}
    own = {
        "MILEPOST_DATA_DIR": str(settings.data_dir),
        "MILEPOST_LOG_FORMAT": "json",
        "TEMPORAL_ADDRESS": f"127.0.0.1:{free_port()}",
    }
    with log.open("wb") as out:
        command = [sys.executable, "-m", "workers", "serve", *options]
        process = subprocess.Popen(command, env=environ | own, stdout=out, stderr=out, cwd=ROOT)
    try:
        yield process, log
    finally:
        process.kill()
        process.wait()


def address(log: Path) -> str:
    """Where it listens, once it says so."""
    until = time.monotonic() + PATIENCE_S
    while not (found := re.search(rb'"address": ?"(http://[^"]+)"', log.read_bytes())):
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
    return found[1].decode()


def test_it_reads_without_temporal_says_what_it_cannot_do_and_ends_when_it_is_told_to(settings: Settings) -> None:
    key = (settings.data_dir / "api-key").read_text("utf-8").strip()
    with serving(settings, "--port", "0") as (process, log):
        client = httpx.Client(base_url=address(log), headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False)
        with client:
            assert client.get("/ready").json()["status"] == "ready"
            assert client.get("/v1/records").json() == {"records": [], "next": None}
            definition = {"process": "P", "milestones": [{"milestone": "M", "within": "1h"}]}
            assert client.post("/v1/definitions", json={"documents": [definition]}).status_code == 200
            refused = client.post("/v1/records", json={"record": "C-1"})
            assert (refused.status_code, refused.json()["code"]) == (503, "service_unavailable")
            assert refused.headers["Retry-After"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE_S) == 0, log.read_text()
        assert key not in log.read_text()


def test_the_development_key_is_for_its_owner_alone_and_is_kept(settings: Settings) -> None:
    path = settings.data_dir / "api-key"
    before = path.read_text("utf-8")
    asyncio.run(development_key(settings))
    assert path.read_text("utf-8") == before
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("mp_something_else", "utf-8")
    asyncio.run(development_key(settings))
    assert path.read_text("utf-8") not in (before, "mp_something_else")


def test_a_port_that_is_taken_is_named(settings: Settings) -> None:
    with serving(settings, "--port", "0") as (_, log):
        port = address(log).rpartition(":")[2]
        with serving(settings, "--port", port) as (second, told):
            assert second.wait(timeout=PATIENCE_S) == 5
            assert f"Port {port} (API) is in use" in told.read_text()


def test_a_database_that_is_behind_is_not_served(tmp_path: Path) -> None:
    (tmp_path / "milepost.db").touch()
    with serving(Settings(data_dir=tmp_path), "--port", "0") as (process, log):
        assert process.wait(timeout=PATIENCE_S) == 5
        assert "milepost store upgrade" in log.read_text()


def test_its_lines_are_json(settings: Settings) -> None:
    with serving(settings, "--port", "0") as (_, log):
        address(log)
        assert all(json.loads(line) for line in log.read_text().splitlines())
