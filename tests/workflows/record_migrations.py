"""Records the golden histories of migrations anew: python -m tests.workflows.record_migrations [STORY…]

When to do so, and when never: see `record_histories`.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from temporalio.client import WorkflowHistory

from tests.workflows.live import developing
from tests.workflows.moving_bench import MovingBench
from tests.workflows.record_histories import HISTORIES, PREFIX, RELEASE, as_text

MIGRATIONS = HISTORIES / "migrations"

Told = dict[str, WorkflowHistory]


async def moved(directory: Path) -> Told:
    """Three records in two batches, of which one cannot be told."""
    async with MovingBench(directory, prefix=PREFIX) as bench, bench.working():
        await bench.open(3)
        await bench.publish("2h")
        await bench.lose("C-02")
        migration = await bench.start(per_second=2)
        await bench.ended(migration)
        return {"moved": (await bench.runs(migration))[-1]}


async def stopped(directory: Path) -> Told:
    """Stopped after a record, and resumed: two workflows under one id, neither of which continues the other."""
    async with MovingBench(directory, prefix=PREFIX) as bench, bench.working():
        await bench.open(3)
        await bench.publish("2h")
        migration = await bench.start(per_second=1)
        await bench.until(migration, lambda now: now.progress.moved > 0)
        await bench.desk.migrations.stop(migration)
        await bench.until(migration, lambda now: now.state == "stopped")
        first = (await bench.runs(migration))[-1]
        await bench.desk.migrations.resume(migration)
        await bench.ended(migration)
        return {"stopped": first, "resumed": (await bench.runs(migration))[-1]}


async def rolled(directory: Path) -> Told:
    """Before and after continuing as new."""
    async with MovingBench(directory, lambda: developing(16), prefix=PREFIX) as bench, bench.working():
        await bench.open(3)
        await bench.publish("2h")
        migration = await bench.start(per_second=1)
        await bench.ended(migration)
        before, after, *_ = await bench.runs(migration)
        return {"before-continuing-as-new": before, "after-continuing-as-new": after}


STORIES: tuple[Callable[[Path], Awaitable[Told]], ...] = (moved, stopped, rolled)


async def record(wanted: list[str]) -> None:
    MIGRATIONS.mkdir(exist_ok=True)
    for story in STORIES:
        if wanted and story.__name__ not in wanted:
            continue
        with tempfile.TemporaryDirectory() as directory:
            for name, history in (await story(Path(directory))).items():
                path = MIGRATIONS / f"{RELEASE}-{name}.json"
                path.write_text(as_text(history), "utf-8")
                sys.stdout.write(f"{path.name}: {len(history.events)} events, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1:]))
    time.sleep(0.5)  # see tests/conftest.py
