"""Workers that die: at every named point, in the middle of stopping, and all of them for a while."""

import asyncio
import signal
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from tests.faults import outcomes
from tests.faults.fault import Fault, Strike
from tests.faults.points import POINTS
from tests.faults.seen import Seen
from tests.faults.world import World

DEATHS: Final = 3
DEATH_S: Final = 60.0
UNTIL_MAIL_S: Final = 30.0


def dies(*points: str) -> Strike:
    """Workers that kill themselves there, one after the other, each at a passing of its own; then one that lives."""

    async def strike(world: World) -> None:
        await world.end_workers()
        for point in points:
            worker = await world.start_worker(FAULTS_POINT=point, FAULTS_PASSING=str(world.dice.randint(1, 8)))
            if not await worker.death(DEATH_S):
                world.complaints.append(f"the worker did not die {point.replace('_', ' ')}: {worker.log.read_text()[-500:]}")
            await world.end_workers(signal.SIGKILL)
        await world.start_worker()

    return strike


async def _dies_while_stopping(world: World) -> None:
    """SIGTERM with mails under way, and SIGKILL before they are through: an impatient host."""
    await world.mail.become("slow")
    async with asyncio.timeout(UNTIL_MAIL_S):
        await world.mail.begun.wait()
    for worker in world.workers:
        worker.send(signal.SIGTERM)
    await asyncio.sleep(0.5)
    world.complaints += [f"stopped too early: {one.log.read_text()[-500:]}" for one in world.workers if not one.lives]
    await world.end_workers(signal.SIGKILL)
    await world.mail.become("willing")
    await world.start_worker()


async def _all_down(world: World) -> None:
    await world.end_workers()
    since = datetime.now(UTC)
    await asyncio.sleep(world.lasts_s(0.35))
    world.outages.append((since, datetime.now(UTC)))
    await world.start_worker()


def _deadlines_passed(world: World, seen: Mapping[str, Seen]) -> Iterator[str]:
    for since, until in world.outages:
        if not sum(outcomes.deadlines_between(one, since, until) for one in seen.values()):
            yield f"no deadline passed while all workers were down, from {since} to {until}"


KILLS: Final = (
    *(
        Fault(
            name=f"killed: {point.replace('_', ' ')}",
            means=f"SIGKILL {words}",
            strike=dies(*[point] * DEATHS),
            # whoever dies takes down with it the mails that it has under way, wherever the point lies
            repeats=True,
            answers_lost=True,
        )
        for point, words in POINTS.items()
    ),
    Fault(
        name="killed: while stopping",
        means="SIGTERM, and SIGKILL while mails are under way",
        strike=_dies_while_stopping,
        repeats=True,
        answers_lost=True,
    ),
    Fault(
        name="all workers down",
        means="SIGTERM; none is there for a third of the traffic, and its deadlines pass",
        strike=_all_down,
        check=_deadlines_passed,
    ),
)
