"""`milepost worker` as a supervisor has it: ready or not, drained, told twice to stop, and ended by itself."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activities.observing import SILENT
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.ports import free_port
from runtime.settings import Settings
from sla.documents import parse_documents
from sla.errors import WorkerFailed
from sla.messages import SEARCH_ATTRIBUTES
from starter.definitions import assemble
from store.engine import Database
from tests.e2e.test_draining import a_desk, slow_mail
from tests.e2e.test_killed import UNHURRIED
from tests.runtime.test_health import ask
from workers.supervision import under_way
from workers.wiring import working

PATIENCE_S = 60
ENDED_S = 30
"""Less than a worker would give what is under way when it is stopped."""


class Installation:
    """A Temporal server on a file, a database on a file, and a port for the health of a worker."""

    def __init__(self, directory: Path, server: TemporalDevServer, mail: int) -> None:
        self.directory, self.server, self.port = directory, server, free_port()
        url = f"sqlite:///{directory / 'milepost.db'}"
        self.settings = Settings(data_dir=directory, database_url=url, smtp_port=mail)
        self.environ = {
            "PATH": os.environ["PATH"],
            "MILEPOST_DATA_DIR": str(directory),
            "MILEPOST_SMTP_PORT": str(mail),
            "MILEPOST_METRICS_PORT": str(self.port),
            "TEMPORAL_ADDRESS": server.address,
        }

    @asynccontextmanager
    async def worker(self) -> AsyncIterator[Process]:
        """A worker, ready; killed at the end unless it has ended."""
        command = [sys.executable, "-m", "workers", "worker"]
        root = Path(__file__).parents[2]
        process = await create_subprocess_exec(*command, env=self.environ, cwd=root, stdout=PIPE, stderr=PIPE)
        try:
            await self.until("/ready", 200)
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    async def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        try:
            return await asyncio.to_thread(ask, self.port, path)
        except OSError:
            return 0, {}

    async def until(self, path: str, status: int) -> dict[str, Any]:
        """Ask until the answer has this status, and return its parts."""
        async with asyncio.timeout(PATIENCE_S):
            while (answer := await self.answer(path))[0] != status:
                await asyncio.sleep(0.1)
        parts: dict[str, Any] = answer[1].get("parts", {})
        return parts

    async def with_a_mail_due(self) -> None:
        """A case whose warning is due."""
        client = await connect(self.settings, address=self.server.address)
        async with a_desk(self.settings, client) as desk:
            await desk.apply(assemble(parse_documents(UNHURRIED, "definitions.yaml")))
            await desk.open(record="C-1", fields={"owner": "ada"}, at=datetime.now(UTC) - timedelta(minutes=40))


@asynccontextmanager
async def installed(directory: Path, mail: int = 1) -> AsyncIterator[Installation]:
    """An installation with nothing in it."""
    database = Database(f"sqlite:///{directory / 'milepost.db'}")
    await database.upgrade()
    await database.dispose()
    async with TemporalDevServer(database=directory / "temporal.db", search_attributes=SEARCH_ATTRIBUTES) as server:
        yield Installation(directory, server, mail)


async def ended(process: Process) -> tuple[int, str]:
    """The exit code and what was written to standard error."""
    async with asyncio.timeout(ENDED_S):
        _, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, err.decode()


async def test_a_draining_worker_is_alive_but_not_ready_and_ends_well(tmp_path: Path) -> None:
    async with slow_mail() as (slow, port), installed(tmp_path, port) as here, here.worker() as process:
        await here.with_a_mail_due()
        async with asyncio.timeout(PATIENCE_S):
            await slow.begun.wait()
        process.send_signal(signal.SIGTERM)
        assert (await here.until("/ready", 503))["workers"] == "draining"
        assert await here.answer("/live") == (200, {"status": "alive", "parts": {"event_loop": "ok"}})
        assert slow.accepted == [], "all this while the mail is still under way"
        slow.may.set()
        code, err = await ended(process)
        assert (code, slow.accepted) == (0, ["ada@support.example"])
        assert "Traceback" not in err


async def test_a_second_signal_ends_a_draining_worker_on_the_spot(tmp_path: Path) -> None:
    async with slow_mail() as (slow, port), installed(tmp_path, port) as here, here.worker() as process:
        await here.with_a_mail_due()
        async with asyncio.timeout(PATIENCE_S):
            await slow.begun.wait()
        process.send_signal(signal.SIGTERM)
        await here.until("/ready", 503)
        process.send_signal(signal.SIGTERM)
        code, err = await ended(process)  # long before the time is over that it would give the mail
        assert (code, slow.accepted) == (128 + signal.SIGTERM, [])
        assert "Traceback" not in err


async def test_a_worker_outlives_its_servers_and_says_when_it_cannot_work(tmp_path: Path) -> None:
    async with installed(tmp_path) as here, here.worker() as process:
        await here.server.stop()
        parts = await here.until("/ready", 503)
        assert (parts["workers"], parts["database"]) == ("ok", "ok")
        assert parts["temporal"] != "ok"
        await here.server.start()
        await here.until("/ready", 200)
        database, away = tmp_path / "milepost.db", tmp_path / "away.db"
        database.rename(away)
        database.mkdir()
        assert "it is a directory" in (await here.until("/ready", 503))["database"]
        database.rmdir()
        away.rename(database)
        await here.until("/ready", 200)
        assert process.returncode is None
        process.send_signal(signal.SIGTERM)
        code, err = await ended(process)
        assert (code, "Traceback" in err) == (0, False)


async def test_a_namespace_that_is_not_there_is_a_sentence_at_the_start(tmp_path: Path) -> None:
    async with installed(tmp_path) as here:
        here.environ["TEMPORAL_NAMESPACE"] = "elsewhere"
        command = [sys.executable, "-m", "workers", "worker"]
        root = Path(__file__).parents[2]
        process = await create_subprocess_exec(*command, env=here.environ, cwd=root, stdout=PIPE, stderr=PIPE)
        code, err = await ended(process)
    assert code == 5
    assert err.startswith("Error: The Temporal server has no namespace 'elsewhere'.")
    assert "temporal operator namespace create --namespace elsewhere --retention 30d" in err


async def test_workers_that_cannot_go_on_end_the_work_with_a_reason(tmp_path: Path) -> None:
    """What the SDK's workers do in a namespace that was deleted under them; there it takes them two minutes."""
    async with installed(tmp_path) as here:
        client = await connect(here.settings, address=here.server.address, namespace="elsewhere")
        database = Database(here.settings.database_url)
        never = asyncio.Event()
        with pytest.raises(
            WorkerFailed, match=r"The worker could not go on: .*\. What is wrong is told by: milepost doctor"
        ):
            async with asyncio.timeout(PATIENCE_S), under_way(working(client, here.settings, database, SILENT)) as work:
                await work.until(never)
        await database.dispose()


def a_worker(fails: Callable[[], None]) -> Any:
    @asynccontextmanager
    async def working_() -> AsyncIterator[None]:
        fails()
        yield

    return working_()


async def test_a_defect_of_ours_is_not_told_as_temporals() -> None:
    def defect() -> None:
        raise KeyError("mailer")

    with pytest.raises(KeyError, match="mailer"):
        async with under_way(a_worker(defect)):
            pytest.fail("there is no work to do")


async def test_work_that_is_told_to_stop_just_stops() -> None:
    stopping = asyncio.Event()
    async with under_way(a_worker(lambda: None)) as work:
        asyncio.get_running_loop().call_later(0.05, stopping.set)
        await work.until(stopping)
