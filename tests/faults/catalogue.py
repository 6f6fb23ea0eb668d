"""Every fault, in the order of the table."""

import asyncio
from typing import Final

from tests.faults.databases import DATABASES
from tests.faults.deployment import DEPLOYMENT
from tests.faults.endpoints import ENDPOINTS
from tests.faults.fault import Fault
from tests.faults.hosts import HOSTS
from tests.faults.kills import KILLS
from tests.faults.poison import POISON
from tests.faults.world import World


async def _nothing(world: World) -> None:
    await asyncio.sleep(world.lasts_s(0.3))


FAULTS: Final = (
    Fault(name="none", means="nothing happens", strike=_nothing),
    *KILLS,
    *HOSTS,
    *DATABASES,
    *ENDPOINTS,
    DEPLOYMENT,
    POISON,
)
