"""Whether this process is alive, and whether it is ready for work, as its endpoint tells (`serving`).

Alive: its event loop turns. Ready: the workers run and are not stopping, and what they need answers. The loop writes and
other threads read, one reference at a time, so that there is an answer although the loop is stuck.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import NamedTuple

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from runtime.redaction import clean

BEAT_S = 1.0
STUCK_S = 15.0
LOOK_EVERY_S = 5.0
LOOK_S = 4.0

FINE = "ok"
_LOOP = "event_loop"

Look = Callable[[], Awaitable[object]]
"""Asks something whether it is well; raises if it is not."""


class State(NamedTuple):
    """An answer: whether all is well, and of each part either `ok` or what ails it."""

    well: bool
    parts: Mapping[str, str]


class Health:
    """What a process knows of itself. One that has not beaten for `stuck_s` seconds is stuck."""

    def __init__(
        self, *, doing: str = "workers", stuck_s: float = STUCK_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`doing`: what the process is there for, as it names that part."""
        self._stuck_s, self._clock = stuck_s, clock
        self._beat_at = clock()
        self._doing = doing
        self._parts: dict[str, str] = {doing: "starting"}

    def beat(self) -> None:
        """The event loop has come round."""
        self._beat_at = self._clock()

    def tell(self, part: str, problem: str | None) -> None:
        """What a look at a part has shown; None if it is well."""
        self._parts = {**self._parts, part: problem or FINE}

    def work(self) -> None:
        """Work is being done."""
        self.tell(self._doing, None)

    def drain(self) -> None:
        """What is under way is finished, and no more is taken: we have been told to stop."""
        self.tell(self._doing, "draining")

    def live(self) -> State:
        """Whether the event loop turns; if not, only a restart helps."""
        silent_s = self._clock() - self._beat_at
        stuck = f"stuck: it has not turned for {silent_s:.0f} s" if silent_s > self._stuck_s else FINE
        return _state({_LOOP: stuck})

    def ready(self) -> State:
        """Whether work is being done; if not, it may pass."""
        return _state({**self.live().parts, **self._parts})


def _state(parts: Mapping[str, str]) -> State:
    return State(well=all(what == FINE for what in parts.values()), parts=parts)


@asynccontextmanager
async def attended(
    health: Health, looks: Mapping[str, Look], *, every_s: float = LOOK_EVERY_S, patience_s: float = LOOK_S
) -> AsyncIterator[None]:
    """While the block runs, beat, and look at each part every `every_s` seconds; a look may take `patience_s`.

    Not at each request: whoever asks must neither wait for the answer of a server that is away nor burden it.
    """
    for part in looks:
        health.tell(part, "not looked at yet")
    tasks = [asyncio.create_task(_beat(health))]
    tasks += [asyncio.create_task(_watch(health, part, look, every_s, patience_s)) for part, look in looks.items()]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _beat(health: Health) -> None:
    while True:
        health.beat()
        await asyncio.sleep(BEAT_S)


async def _watch(health: Health, part: str, look: Look, every_s: float, patience_s: float) -> None:
    while True:
        health.tell(part, await _problem(look, patience_s))
        await asyncio.sleep(every_s)


async def _problem(look: Look, patience_s: float) -> str | None:
    try:
        async with asyncio.timeout(patience_s):
            await look()
    except TimeoutError:
        return f"no answer within {patience_s:g} s"
    except Exception as error:  # whatever it is, it is not well
        return str(clean(str(error) or type(error).__name__))
    return None


def namespace(client: Client) -> Look:
    """A look at Temporal: it answers, and has the namespace."""
    asked = DescribeNamespaceRequest(namespace=client.namespace)

    async def look() -> None:
        await client.workflow_service.describe_namespace(asked, timeout=timedelta(seconds=LOOK_S))

    return look
