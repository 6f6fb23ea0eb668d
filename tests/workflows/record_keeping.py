"""Records the golden histories of the archive's keeper anew: python -m tests.workflows.record_keeping

When to do so, and when never: see `record_histories`.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Worker

from runtime.sandbox import sandbox
from runtime.settings import Settings
from sla import archiving, messages
from sla.archiving import KeepTurn, Kept
from tests.workflows.live import developing
from tests.workflows.record_histories import HISTORIES, PREFIX, RELEASE, as_text
from tests.workflows.servers import IDENTITY
from workers.keeping import begin_keeping
from workers.wiring import versioned
from workflows.keeping import KeepHistories

KEEPING = HISTORIES / "keeping"


class Turns:
    """In the place of the activity: each turn takes a moment, and stores two."""

    def __init__(self) -> None:
        self.seen: list[KeepTurn] = []

    @activity.defn(name=archiving.KEEP)
    async def keep(self, turn: KeepTurn) -> Kept:
        self.seen.append(turn)
        await asyncio.sleep(0.1)
        return Kept(stored=2, bytes=4000)


@asynccontextmanager
async def turning(client: Client, settings: Settings, turns: Turns) -> AsyncIterator[None]:
    """A worker that has only that."""
    worker = Worker(
        client,
        task_queue=messages.task_queue(settings.task_queue, "cases"),
        workflows=[KeepHistories],
        activities=[turns.keep],
        workflow_runner=sandbox(),
        identity=IDENTITY,
        deployment_config=versioned(settings),
    )
    async with worker:
        yield


async def rolled() -> dict[str, WorkflowHistory]:
    """Some turns, until it continues as new; and the run after that, in the middle of a turn."""
    settings, turns = Settings(task_queue=PREFIX), Turns()
    async with developing(16) as env, turning(env.client, settings, turns):
        assert await begin_keeping(env.client, settings)
        handle = env.client.get_workflow_handle(archiving.workflow_id(PREFIX))
        first = (await handle.describe()).run_id
        while (now := await handle.describe()).run_id == first or now.history_length < 11:
            await asyncio.sleep(0.02)
        before = env.client.get_workflow_handle(archiving.workflow_id(PREFIX), run_id=first)
        return {
            "before-continuing-as-new": await before.fetch_history(),
            "after-continuing-as-new": await handle.fetch_history(),
        }


async def record() -> None:
    KEEPING.mkdir(exist_ok=True)
    for name, history in (await rolled()).items():
        path = KEEPING / f"{RELEASE}-{name}.json"
        path.write_text(as_text(history), "utf-8")
        sys.stdout.write(f"{path.name}: {len(history.events)} events, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    asyncio.run(record())
    time.sleep(0.5)  # see tests/conftest.py
