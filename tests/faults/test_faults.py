"""The short form: few cases, every kind of fault at least once, several in one world. `make faults` is the long one.

What cannot be done on this machine is left out; the long form's table says so, with the reason. Wrong clocks and deployments
take too long for it.
"""

from tests.faults.catalogue import FAULTS
from tests.faults.fault import Fault
from tests.faults.kills import dies
from tests.faults.points import POINTS
from tests.faults.run import Scale, run

SCALE = Scale(cases=16, span_s=24.0, patience_s=60.0, haste=True)
ALL_POINTS = Fault(
    name="killed at every point",
    means="one after the other",
    strike=dies(*POINTS),
    repeats=True,
    answers_lost=True,
)


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
    assert await judged(ALL_POINTS, *named("killed: while stopping", "all workers", "Temporal"), *sqlite) == []


async def test_nothing_is_lost_with_postgresql_mail_and_webhooks_in_trouble_and_poisoned_cases_beside() -> None:
    postgresql = [fault for fault in named("database") if fault.database == "postgresql"]
    assert await judged(*postgresql, *named("mail server", "webhook", "poisoned")) == []
