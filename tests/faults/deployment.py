"""Two versions of the worker side by side: the cases of the old one move, under way as they are, and it is stopped."""

import asyncio
import signal
from typing import Final

from starter.deployments import Deployments
from tests.faults.fault import Fault
from tests.faults.traffic import Story
from tests.faults.world import World

OLD: Final = "v1"
NEW: Final = "v2"
MOVED_S: Final = 150.0
"""An attempt under way ends before its case moves; the longest takes two minutes."""


async def _begin_with_the_old(world: World) -> list[Story]:
    await world.end_workers()
    await world.start_worker(MILEPOST_BUILD_ID=OLD)
    return []


async def _deploy(world: World) -> None:
    old = list(world.workers)
    await world.start_worker(MILEPOST_BUILD_ID=NEW)
    await asyncio.sleep(world.lasts_s(0.1))
    before = await _open_cases(world)
    if not before.get(OLD) or before.get(NEW):
        world.complaints.append(f"before the deployment the open cases are with {before}")
    await world.milepost("deployment", "make-current", NEW)
    try:
        async with asyncio.timeout(MOVED_S):
            while (await _open_cases(world)).get(OLD):
                await asyncio.sleep(1)
    except TimeoutError:
        world.complaints.append(f"cases stay with the old version: {await _open_cases(world)}")
    await asyncio.gather(*(worker.end(signal.SIGTERM) for worker in old))
    world.closed_cases_answer = False  # those that ended with the old version could be asked by nobody else


async def _open_cases(world: World) -> dict[str, int]:
    deployments = Deployments(world.client, queue_prefix=world.settings.task_queue)
    return {build.build_id: build.open_cases for build in await deployments.builds()}


DEPLOYMENT: Final = Fault(
    name="deployment",
    means=f"{OLD} and {NEW} side by side; milepost deployment make-current {NEW}; {OLD} is stopped once no case is with it",
    strike=_deploy,
    guests=_begin_with_the_old,
)
