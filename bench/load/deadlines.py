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
from bench.load.post import Arrival, Post

MARGIN, MARGIN_S = 1.4, 4.0
"""How much longer than expected the opening may take before the deadlines would pass it by."""

ATTEMPTS = 3
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


async def pace(one: Contestant, name: str, cases: int) -> float:
    """How many cases it opens in a second, tried with a few that are not due for days."""
    took_s = await populate(one, records(f"{name}-pace", cases), datetime.now(UTC) + FAR)
    return cases / took_s


@dataclass(frozen=True, kw_only=True)
class Ready:
    """Cases that are all open, and due in one second that still lies ahead."""

    population: list[str]
    due_at: datetime
    opened_s: float


async def ready(one: Contestant, here: Ground, name: str, cases: int, *, rate: float, spare_s: float = 0.0) -> Ready:
    """Open cases that are due together, `spare_s` seconds or more after the last was opened.

    `rate`: cases opened in a second, as expected. If that was too hopeful, it is tried again with more time, once those have
    sent their mails. Raises TooSlow in the end.
    """
    for attempt in range(ATTEMPTS):
        mails, due_at = here.post.count(), ahead(cases / rate * MARGIN * 2**attempt + MARGIN_S + spare_s)
        population = records(f"{name}-{attempt}", cases)
        opened_s = await populate(one, population, due_at)
        if time.time() + spare_s < due_at.timestamp():
            return Ready(population=population, due_at=due_at, opened_s=opened_s)
        say(f"{one.name}: opening {cases} took {opened_s:.1f} s, too long; once more")
        await here.post.until_each(population, since=mails, patience_s=PATIENCE_S)
    raise TooSlow(f"{one.name}: {cases} cases were due before all of them were open")


async def same_second(one: Contestant, here: Ground, name: str, cases: int, *, rate: float, began: bool = False) -> Late:
    """Open cases that are all due in one second, and wait until each has sent its mail. Raises TooSlow."""
    made = await ready(one, here, name, cases, rate=rate)
    mails = await until_mailed(here.post, made.population, made.due_at)
    beginnings = await begun(await here.client(), one, made.population, made.due_at) if began else ()
    accepted = tuple(mail.at - made.due_at.timestamp() for mail in mails)
    say(f"{one.name}: {cases} opened in {made.opened_s:.1f} s, all mailed {accepted[-1]:.1f} s after due")
    return Late(began=beginnings, accepted=accepted, opened_s=made.opened_s, repeated=repeated(mails))


async def until_mailed(
    post: Post, population: Sequence[str], due_at: datetime, *, patience_s: float = PATIENCE_S
) -> list[Arrival]:
    """Wait for the deadline, and then so long until each of these cases has sent its mail; all of them that come."""
    before = post.count()
    await asyncio.sleep(max(0.0, due_at.timestamp() - time.time()))
    return await post.until_each(population, since=before, patience_s=patience_s)


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
