"""The archive, with processes that are killed and keys that are thrown away: what was told can be read without either."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from runtime.keys import new_key
from sla.documents import parse_documents
from starter.bundles import read_bundle
from starter.definitions import assemble
from store.archive import StoredArchive
from tests.e2e.installation import an_installation
from tests.e2e.test_killed import MILEPOST, UNHURRIED, Installation
from workers.keeping import begin_keeping

PATIENCE_S = 60
SECRET = "Umbridge-Pell"
FULL = "the disk is full"
OLD, NEW = new_key(b"A" * 32, "a").written, new_key(b"B" * 32, "b").written


def stored(file: Path) -> int:
    with sqlite3.connect(file) as database:
        return int(database.execute("SELECT count(*) FROM archived_runs").fetchone()[0])


def listed(file: Path) -> list[str]:
    """How the runs on the list stand."""
    with sqlite3.connect(file) as database:
        return [state for (state,) in database.execute("SELECT state FROM runs WHERE run_id <> ''")]


def change(file: Path, statement: str) -> None:
    """Change the database behind everybody's back."""
    with sqlite3.connect(file) as database:
        database.execute(statement)


def alone(directory: Path, *words: str) -> Any:
    """What a command answers where there is nothing: no server, no database, no setting."""
    environ = {"MILEPOST_DATABASE_URL": f"sqlite:///{directory}/none.db", "TEMPORAL_ADDRESS": "127.0.0.1:1"}
    command = [*MILEPOST, *words, "--json"]
    done = subprocess.run(command, check=False, env=environ, cwd=directory, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_worker_that_is_killed_while_nothing_can_be_stored_loses_nothing(tmp_path: Path) -> None:
    here = Installation(tmp_path)
    (tmp_path / "definitions.yaml").write_text(UNHURRIED)
    file = tmp_path / "data" / "milepost.db"
    with here.dev(signal.SIGKILL):
        here.ask("apply", str(tmp_path / "definitions.yaml"))
        here.ask("case", "open", "--id", "C-1", "--owner", "ada")
        here.ask("case", "report", "C-1", "noted", "--kind", "response.sent")
        change(file, f"CREATE TRIGGER full BEFORE INSERT ON archived_runs BEGIN SELECT RAISE(ABORT, '{FULL}'); END")
        here.ask("case", "report", "C-1", "closed")
        here.until(lambda: FULL in (tmp_path / "dev.log").read_text())  # the keeper has tried
    assert (stored(file), listed(file)) == (0, ["waiting"])
    change(file, "DROP TRIGGER full")
    with here.dev(signal.SIGTERM):
        here.until(lambda: stored(file) == 1)
        here.ask("bundle", "C-1", "-o", str(tmp_path / "C-1.mpb"))
        time.sleep(3)
        assert (stored(file), listed(file)) == (1, ["stored"])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    verdict = alone(elsewhere, "verify", str(tmp_path / "C-1.mpb"))
    assert (verdict["sound"], verdict["runs"], verdict["lost"], verdict["running"]) == (True, 1, 0, 0)
    assert verdict["status"] == "compliant"
    assert verdict["events"] > 10


async def test_a_bundle_of_an_encrypted_case_is_read_without_keys_also_when_those_are_thrown_away(tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE_S), an_installation(tmp_path) as here:
        settings = here.settings.but(encryption_keys=SecretStr(OLD))
        async with here.people(OLD) as (desk, client), here.worker(OLD):
            await desk.apply(assemble(parse_documents(UNHURRIED, source="test")))
            await desk.open(record="C-1", fields={"owner": "ada", "subject": SECRET})
            await desk.report({"record": "C-1", "id": "c", "type": "closed"})
            history = (await client.get_workflow_handle("sla-case/C-1").fetch_history()).to_json()
            assert "binary/encrypted" not in history
            assert "YmluYXJ5L2VuY3J5cHRlZA" in history, "the encoding, in base 64"
            assert await begin_keeping(client, settings)
            archive = StoredArchive(here.database)
            while not await archive.kept("C-1"):
                await asyncio.sleep(0.1)
        async with here.people(NEW) as (desk, _):
            (tmp_path / "C-1.mpb").write_bytes(await desk.evidence.bundle("C-1"))
    [run] = read_bundle(tmp_path / "C-1.mpb").runs
    assert SECRET in json.dumps(run.history)
    assert "YmluYXJ5L2VuY3J5cHRlZA" not in json.dumps(run.as_temporal())
    assert alone(tmp_path, "verify", "C-1.mpb")["sound"]


async def test_a_history_whose_key_is_missing_waits_and_is_told_of(tmp_path: Path) -> None:
    async with asyncio.timeout(PATIENCE_S), an_installation(tmp_path) as here:
        async with here.people(OLD) as (desk, _), here.worker(OLD):
            await desk.apply(assemble(parse_documents(UNHURRIED, source="test")))
            await desk.open(record="C-1", fields={"owner": "ada"})
            await desk.report({"record": "C-1", "id": "c", "type": "closed"})
        archive = StoredArchive(here.database)
        async with here.people(NEW) as (_, client), here.worker(NEW):
            assert await begin_keeping(client, here.settings.but(encryption_keys=SecretStr(NEW)))
            while not (held := await archive.holdings(behind=datetime.now(UTC))).troubled:
                await asyncio.sleep(0.1)
            assert held.trouble
            assert held.trouble.startswith("A payload")
            assert await archive.kept("C-1") == []
        async with here.worker(f"{NEW},{OLD}"):
            while not await archive.kept("C-1"):
                await asyncio.sleep(0.1)
