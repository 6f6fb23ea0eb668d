"""The short form: few cases, every kind of fault at least once, several in one world. `make faults` is the long one.

What cannot be done on this machine is left out; the long form's table says so, with the reason. Wrong clocks and deployments
take too long for it.
"""

import asyncio

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.endpoints import ENDPOINTS
from tests.faults.fault import Fault
from tests.faults.kills import dies
from tests.faults.points import POINTS
from tests.faults.run import Scale, run
from tests.faults.world import World
from tests.postgres import programs

SCALE = Scale(cases=16, span_s=24.0, patience_s=60.0, haste=True)
ALL_POINTS = Fault(
    name="killed at every point",
    means="one after the other",
    strike=dies(*POINTS),
    repeats=True,
    answers_lost=True,
)


def _in_both_moods(mail: Fault, web: Fault) -> Fault:
    async def strike(world: World) -> None:
        await asyncio.gather(mail.strike(world), web.strike(world))

    return Fault(
        name=f"{mail.name}, {web.name}",
        means="both at once",
        strike=strike,
        repeats=mail.repeats or web.repeats,
        gives_up=mail.gives_up or web.gives_up,
    )


# In this order each is met: what the first two took anew, and what all others keep waiting, tries again; the last gives up.
_MAIL, _WEB = (
    {fault.name.rpartition(" ")[2]: fault for fault in ENDPOINTS if fault.name.startswith(place)}
    for place in ("mail server", "webhook")
)
MOODS = [
    _in_both_moods(_MAIL[mail], _WEB[web])
    for mail, web in (
        ("slow", "slow"), ("drops", "drops"), ("hangs", "hangs"), ("down", "down"),
        ("421", "503"), ("450", "429"), ("550", "410"),
    )
]  # fmt: skip


def named(*words: str) -> list[Fault]:
    """The faults whose name begins with one of these words, as far as they can be done here."""
    return [fault for fault in FAULTS if fault.name.startswith(words) and fault.obstacle() is None]


async def judged(*faults: Fault) -> list[str]:
    """What there is to complain of, after all of these in one world."""
    result = await run(faults, seed=1, scale=SCALE, name=faults[0].name)
    assert result.cases >= SCALE.cases
    assert result.deadlines > SCALE.cases
    return result.complaints


async def test_nothing_is_lost_when_workers_die_wherever_they_can_and_temporal_and_the_sqlite_file_fail_too() -> None:
    sqlite = [fault for fault in named("database") if fault.database == "sqlite"]
    # all down first, while there is traffic whose deadlines pass
    assert await judged(*named("all workers"), ALL_POINTS, *named("killed: while stopping", "Temporal"), *sqlite) == []


async def test_nothing_is_lost_with_postgresql_mail_and_webhooks_in_trouble_and_poisoned_cases_beside() -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed here")
    postgresql = [fault for fault in named("database") if fault.database == "postgresql"]
    assert await judged(*postgresql, *MOODS, *named("poisoned")) == []
