"""Events told over HTTP: one in a request, and many as JSON Lines; and what the API's process holds in memory.

`milepost serve` and `milepost worker`, each a process of its own, Temporal's server in memory, the store on SQLite. Events
are notes on open records that change nothing; each is decided on and recorded before it is answered.
"""

import asyncio
import json
import subprocess
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx

from bench.load.ground import Ground, ground
from bench.load.milepost import Milepost
from bench.load.processes import ROOT, Child, plain_environment, python
from bench.rows import Row, Scale
from bench.stats import Takes, takes
from runtime.ports import free_port

NAME = "intake"
AT_ONCE = 16
TIMEOUT_S = 120.0


async def measure(scale: Scale) -> list[Row]:
    """Events a second, single and in bulk; memory before and afterwards."""
    count, repeats = scale.pick(short=16, full=400), scale.pick(short=1, full=3)
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(ground())
        one = await stack.enter_async_context(Milepost(here))
        served = await _served(stack, here, one)
        async with served.client:
            before = served.process.memory()
            population = [f"I-{number}" for number in range(scale.pick(short=8, full=100))]
            await asyncio.gather(*(one.open(record, _far()) for record in population))
            single = [await _single(served.client, population, count) for _ in range(repeats)]
            bulk = [await _bulk(served.client, population, count, wait=True) for _ in range(repeats)]
            sent = [await _bulk(served.client, population, count, wait=False) for _ in range(repeats)]
            memory = served.process.memory()
    return [
        _rate("one event in a request", takes(single), f"{AT_ONCE} requests at a time"),
        _rate("in bulk, each answered", takes(bulk), f"{count} lines in a request"),
        _rate("in bulk, `wait=false`", takes(sent), f"{count} lines in a request; answered when they are on their way"),
        Row(measure=NAME, subject="memory of the API, idle", figure=before, unit="MiB", note="resident"),
        Row(measure=NAME, subject="memory of the API, after all this", figure=memory, unit="MiB", note="resident"),
    ]


class _Served:
    """The API's process, and a client that may ask it."""

    def __init__(self, process: Child, client: httpx.AsyncClient) -> None:
        self.process = process
        self.client = client


async def _served(stack: AsyncExitStack, here: Ground, one: Milepost) -> _Served:
    port = free_port()
    environ = one.environ | {"MILEPOST_HTTP_PORT": str(port), "MILEPOST_HTTP_REQUESTS_PER_MINUTE": "0"}
    words = python("workers", "access", "create-key", "bench", "--role", "admin", "--json")
    made = await asyncio.to_thread(
        subprocess.run, words, check=True, capture_output=True, env=plain_environment() | environ, cwd=ROOT
    )
    process = Child(python("workers", "serve"), log=here.directory / "api.log", ready="api_ready", environ=environ)
    await stack.enter_async_context(process)
    headers = {"Authorization": f"Bearer {json.loads(made.stdout)['key']}"}
    return _Served(
        process, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=TIMEOUT_S, trust_env=False)
    )


def _far() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def _notes(population: Sequence[str], count: int) -> list[dict[str, str]]:
    """Notes on the records in turn, each of which is news."""
    return [
        {"record": population[number % len(population)], "id": uuid4().hex, "type": "noted", "kind": "bench.note"}
        for number in range(count)
    ]


async def _single(client: httpx.AsyncClient, population: Sequence[str], count: int) -> float:
    """Events a second."""
    slots = asyncio.Semaphore(AT_ONCE)

    async def tell(note: dict[str, str]) -> None:
        body = {name: value for name, value in note.items() if name != "record"}
        async with slots:
            answer = await client.post(f"/v1/records/{note['record']}/events", json=body)
        answer.raise_for_status()

    began = time.perf_counter()
    await asyncio.gather(*map(tell, _notes(population, count)))
    return count / (time.perf_counter() - began)


async def _bulk(client: httpx.AsyncClient, population: Sequence[str], count: int, *, wait: bool) -> float:
    """Events a second."""
    lines = "\n".join(json.dumps(note) for note in _notes(population, count))
    began = time.perf_counter()
    answer = await client.post(
        "/v1/events",
        content=lines.encode(),
        headers={"Content-Type": "application/x-ndjson"},
        params={} if wait else {"wait": "false"},
    )
    took_s = time.perf_counter() - began
    answer.raise_for_status()
    outcomes = json.loads(answer.text.splitlines()[-1])["outcomes"]
    if sum(outcomes.get(name, 0) for name in ("accepted", "sent")) != count:
        raise RuntimeError(f"not all events were taken: {outcomes}")
    return count / took_s


def _rate(subject: str, rate: Takes, note: str) -> Row:
    return Row(measure=NAME, subject=subject, figure=rate.median, unit="events/s", note=f"{note}; {rate.spread}")
