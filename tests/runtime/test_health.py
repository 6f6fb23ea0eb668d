"""Alive and ready, as a supervisor and a balancer see it: over HTTP, also when the event loop is stuck."""

import asyncio
import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.health import Health, attended, namespace
from runtime.metrics import Metrics
from runtime.serving import serve
from runtime.settings import Settings

NOBODY_BETWEEN = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(port: int, path: str) -> tuple[int, dict[str, Any]]:
    """Status and body of an answer."""
    try:
        with NOBODY_BETWEEN.open(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read())


class Clock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


class Answering:
    """Something to look at, well or ill."""

    def __init__(self) -> None:
        self.problem: Exception | None = None
        self.silent = False

    async def look(self) -> None:
        if self.silent:
            await asyncio.sleep(60)
        if self.problem is not None:
            raise self.problem


async def until(true: Any, within_s: float = 5) -> None:
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.01)


def test_a_process_whose_loop_stands_still_is_not_alive() -> None:
    clock = Clock()
    health = Health(stuck_s=15, clock=clock)
    health.beat()
    clock.at += 15
    assert health.live() == (True, {"event_loop": "ok"})
    clock.at += 1
    assert health.live() == (False, {"event_loop": "stuck: it has not turned for 16 s"})
    health.work()
    assert not health.ready().well, "what is stuck does no work"
    health.beat()
    assert health.live().well


def test_a_worker_is_ready_from_its_start_until_it_is_told_to_stop() -> None:
    health = Health()
    assert (health.ready().well, health.ready().parts["workers"]) == (False, "starting")
    health.work()
    assert health.ready().well
    health.drain()
    assert (health.ready().well, health.ready().parts["workers"]) == (False, "draining")
    assert health.live().well, "a worker that finishes its work must not be killed"


async def test_readiness_comes_and_goes_with_what_is_needed() -> None:
    health, database = Health(), Answering()
    health.work()
    async with attended(health, {"database": database.look}, every_s=0.02, patience_s=0.1):
        assert health.ready().parts["database"] == "not looked at yet"
        await until(lambda: health.ready().well)
        database.problem = OSError("refused by smith@support.example")
        await until(lambda: not health.ready().well)
        assert health.ready().parts["database"] == "refused by [address]"
        database.problem, database.silent = None, True
        await until(lambda: health.ready().parts["database"] == "no answer within 0.1 s")
        assert health.live().well, "a restart here would mend nothing there"
        database.silent = False
        await until(lambda: health.ready().well)


async def test_a_temporal_server_that_is_away_or_lacks_the_namespace_is_not_ready() -> None:
    async with TemporalDevServer() as server:
        client = await connect(Settings(), address=server.address)
        elsewhere = await connect(Settings(), address=server.address, namespace="elsewhere")
        health = Health()
        looks = {"temporal": namespace(client), "other": namespace(elsewhere)}
        async with attended(health, looks, every_s=0.05):
            await until(lambda: health.ready().parts["temporal"] == "ok")
            await until(lambda: health.ready().parts["other"] == "Namespace elsewhere is not found.")
            await server.stop()
            await until(lambda: health.ready().parts["temporal"] != "ok", within_s=20)
            await server.start()
            await until(lambda: health.ready().parts["temporal"] == "ok", within_s=20)


def test_the_endpoint_tells_which_part_is_ill() -> None:
    health = Health()
    with serve(Metrics(), health, port=0) as port:
        assert ask(port, "/live") == (200, {"status": "alive", "parts": {"event_loop": "ok"}})
        assert ask(port, "/ready") == (503, {"status": "not ready", "parts": {"event_loop": "ok", "workers": "starting"}})
        health.work()
        health.tell("database", "the disk is full")
        assert ask(port, "/ready?verbose")[1]["parts"]["database"] == "the disk is full"
        health.tell("database", None)
        assert ask(port, "/ready")[0] == 200


def test_who_asks_only_for_the_head_gets_no_body() -> None:
    with serve(Metrics(), Health(), port=0) as port:
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/live", method="HEAD")
        with NOBODY_BETWEEN.open(asked, timeout=5) as answer:
            assert (answer.status, answer.read()) == (200, b"")
        with pytest.raises(urllib.error.HTTPError, match="503") as refused:
            NOBODY_BETWEEN.open(urllib.request.Request(f"http://127.0.0.1:{port}/ready", method="HEAD"), timeout=5)
        refused.value.close()


async def test_a_stuck_loop_is_told_of_all_the_same() -> None:
    health = Health(stuck_s=0.2)
    with serve(Metrics(), health, port=0) as port:

        def asked_until_it_is_told() -> tuple[int, dict[str, Any]]:
            while (answer := ask(port, "/live"))[0] == 200:
                time.sleep(0.05)
            return answer

        with ThreadPoolExecutor() as elsewhere:
            async with attended(health, {}):
                asked = elsewhere.submit(asked_until_it_is_told)
                status, body = asked.result(20)  # the loop waits, as it does for a sink that blocks
    assert (status, body["status"]) == (503, "not alive")
    assert body["parts"]["event_loop"].startswith("stuck")
