"""Many deadlines in the same second: when the actions began, and when their mails were accepted."""

import asyncio
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from bench.load.contestants import Contestant
from bench.load.driving import IN_FLIGHT, PATIENCE_S, populate, say, together
from bench.load.ground import Ground
from bench.load.post import Arrival

MARGIN, MARGIN_S = 1.3, 4.0
"""How much longer than expected the opening may take before the deadlines would pass it by."""

FAR = timedelta(days=3)


class TooSlow(RuntimeError):
    """The deadlines passed while cases were still being opened."""


@dataclass(frozen=True, kw_only=True)
class Late:
    """How late the actions were, in seconds after they were due: when they began (if asked), and when the mail was taken."""

    began: tuple[float, ...]
    accepted: tuple[float, ...]
    opened_s: float
    repeated: int

    @property
    def drained_s(self) -> float:
        """Until the last mail was taken."""
        return max(self.accepted)


async def pace(one: Contestant, name: str, cases: int) -> float:
    """How many cases it opens in a second, tried with a few that are not due for days."""
    took_s = await populate(one, records(f"{name}-pace", cases), datetime.now(UTC) + FAR)
    return cases / took_s


async def same_second(one: Contestant, here: Ground, name: str, cases: int, *, rate: float, began: bool = False) -> Late:
    """Open cases that are all due in one second ahead, and wait until each has sent its mail.

    `rate`: cases opened in a second, as expected. Raises TooSlow if that was too hopeful, after the mails went out.
    """
    due_at = ahead(cases / rate * MARGIN + MARGIN_S)
    mails, population = here.post.count(), records(name, cases)
    opened_s = await populate(one, population, due_at)
    late_s = time.time() - due_at.timestamp()
    if late_s < 0:
        await asyncio.sleep(-late_s)
    await here.post.until(mails + cases, patience_s=PATIENCE_S)
    if late_s > 0:
        raise TooSlow(f"{one.name}: opening {cases} cases took {opened_s:.1f} s, {late_s:.1f} s too long")
    accepted = here.post.arrivals(since=mails)
    beginnings = await begun(await here.client(), one, population, due_at) if began else ()
    say(f"{one.name}: {cases} opened in {opened_s:.1f} s, all mailed {accepted[-1].at - due_at.timestamp():.1f} s after due")
    return Late(
        began=beginnings,
        accepted=tuple(mail.at - due_at.timestamp() for mail in accepted),
        opened_s=opened_s,
        repeated=repeated(accepted),
    )


def records(name: str, cases: int) -> list[str]:
    """Their ids."""
    return [f"{name}-{number}" for number in range(cases)]


def ahead(seconds: float) -> datetime:
    """The next whole second at least so far ahead."""
    return datetime.fromtimestamp(math.ceil(time.time() + seconds), UTC)


def repeated(mails: Sequence[Arrival]) -> int:
    """How many mails came more than once."""
    return len(mails) - len({mail.message_id for mail in mails})


async def begun(client: Client, one: Contestant, population: Sequence[str], due_at: datetime) -> tuple[float, ...]:
    """When the server says that the first attempt of each mail's activity began, in seconds after the deadline."""
    waiting = iter(population)
    found: list[float] = []

    async def read() -> None:
        for record in waiting:
            found.append(await _beginning(client, one.workflow(record), one.sending()) - due_at.timestamp())

    await together([read] * IN_FLIGHT)
    return tuple(found)


async def _beginning(client: Client, workflow: str, activity: str) -> float:
    for _ in range(200):  # an activity that has just sent its mail may not have told the server yet
        scheduled: set[int] = set()
        async for event in client.get_workflow_handle(workflow).fetch_history_events():
            if event.activity_task_scheduled_event_attributes.activity_type.name == activity:
                scheduled.add(event.event_id)
            if event.activity_task_started_event_attributes.scheduled_event_id in scheduled:
                return event.event_time.ToNanoseconds() / 1e9
        await asyncio.sleep(0.05)
    raise RuntimeError(f"{workflow} has sent its mail, but its history does not say so")
