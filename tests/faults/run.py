"""One run: a world, a population, a fault or several in turn, quiet, and the judgement."""

import asyncio
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sla.errors import MilepostError, UnknownEffect
from tests.faults import cases, deliveries, outcomes
from tests.faults.fault import Fault
from tests.faults.outcomes import Told
from tests.faults.seen import Seen, look
from tests.faults.traffic import Traffic, population
from tests.faults.world import DatabaseKind, World, a_world, monotonic

STRIKE: Final = 0.25
"""When the fault strikes, as part of the traffic's span: every case has been opened."""
POLL_S: Final = 1.0
RETRIED_S: Final = 180.0
"""How long what a person had tried again may take, all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How large a run is: cases, seconds of traffic, seconds to wait for quiet; `haste` see `tests.faults.haste`."""

    cases: int = 200
    span_s: float = 50.0
    patience_s: float = 420.0
    haste: bool = False


@dataclass(slots=True, kw_only=True)
class Result:
    """A row of the table, and what the judge had to complain of."""

    fault: str
    database: DatabaseKind
    cases: int = 0
    deadlines: int = 0
    lost: int = 0
    repeated: int = 0
    recovery_s: float = 0.0
    skipped: str | None = None
    complaints: list[str] = field(default_factory=list)


async def run(
    faults: Sequence[Fault], *, seed: int, scale: Scale, database: DatabaseKind = "sqlite", name: str | None = None
) -> Result:
    """Let the faults happen one after the other in one world, and judge what became of every case."""
    database = next((fault.database for fault in faults if fault.database), database)
    result = Result(fault=name or faults[0].name, database=database)
    if obstacle := next((why for fault in faults if (why := fault.obstacle())), None):
        result.skipped = obstacle
        return result
    with tempfile.TemporaryDirectory(prefix="milepost-faults-", dir="/tmp") as directory:
        here = Path(directory) / "world"
        try:
            async with a_world(here, database=database, seed=seed, span_s=scale.span_s, haste=scale.haste) as world:
                await _run(world, faults, seed, scale, result)
        except Exception as problem:  # a world that breaks is the fault's to answer for, and not the other faults'
            result.complaints.append(f"the world broke: {type(problem).__name__}: {problem}")
    return result


async def _run(world: World, faults: Sequence[Fault], seed: int, scale: Scale, result: Result) -> None:
    stories = population(seed, scale.cases, scale.span_s)
    guests = [story for fault in faults if fault.guests for story in await fault.guests(world)]
    traffic = Traffic(world.desk, [*stories, *guests])
    telling = asyncio.create_task(traffic.tell())
    try:
        await asyncio.sleep(STRIKE * scale.span_s)
        for fault in faults:
            await fault.strike(world)
        ended, ended_at = monotonic(), datetime.now(UTC)
        await asyncio.wait_for(telling, scale.patience_s)
        seen = await _quiet(world, scale, traffic)
        result.complaints += [words for fault in faults for words in fault.check(world, seen)]
        if any(fault.gives_up for fault in faults):
            await _retry_what_was_given_up(world, seen)
            seen = await _quiet(world, scale, traffic)
    finally:
        telling.cancel()
        with suppress(asyncio.CancelledError, TimeoutError):
            await telling
    result.recovery_s = _recovery(world, seen, ended, ended_at)
    await _judge(world, faults, traffic, seen, result=result, guests={story.record for story in guests})


async def _quiet(world: World, scale: Scale, traffic: Traffic) -> dict[str, Seen]:
    """Wait until every case rests, and everybody knows it; what does not come to rest in time is judged as it is.

    A case may hold news for a moment before it decides on them (decision 0003): until they are in its log it does not rest.
    """
    until = monotonic() + scale.patience_s
    while True:
        idle = not await cases.at_work(world)  # asked first: whatever was done by then the store has
        seen = await look(world.database, datetime.now(UTC))
        rest = all(record in seen and seen[record].rests for record in traffic.told) and not traffic.unheard(seen)
        if (idle and rest) or monotonic() > until:
            return seen
        await asyncio.sleep(POLL_S)


async def _retry_what_was_given_up(world: World, seen: dict[str, Seen]) -> None:
    """As a person does who sees the timeline. What is not wanted any more is dropped then; what it does not list, stays."""
    retried: set[str] = set()
    for record, one in seen.items():
        for key, line in one.ledger.items():
            if line.outcome == "gave_up":
                with suppress(UnknownEffect):
                    await world.desk.retry(record, key)
                    retried.add(key)
    async with asyncio.timeout(RETRIED_S):
        while any(one.ledger[key].outcome == "gave_up" for one in seen.values() for key in retried & one.ledger.keys()):
            await asyncio.sleep(POLL_S)
            seen = await look(world.database, datetime.now(UTC))


def _recovery(world: World, seen: dict[str, Seen], ended: float, ended_at: datetime) -> float:
    """Seconds from the fault's end until the last action was done that had fallen due by then."""
    due = {effect.key for one in seen.values() for effect in one.due if effect.due_at <= ended_at}
    done = [line["at"] for line in world.journalled("ledgered") if line["key"] in due]
    return max(0.0, max(done, default=ended) - ended)


async def _judge(
    world: World, faults: Sequence[Fault], traffic: Traffic, seen: dict[str, Seen], *, result: Result, guests: set[str]
) -> None:
    result.cases = len(traffic.told)
    result.complaints += traffic.complaints + world.complaints
    for record, events in traffic.told.items():
        told = Told(events=events, refused=traffic.refused[record], gives_up=record in guests)
        result.complaints += outcomes.complaints(seen[record], told) if record in seen else [f"{record}: not in the store"]
    result.deadlines = sum(outcomes.deadlines(one) for one in seen.values())
    result.lost = sum(outcomes.lost(one) for one in seen.values())
    post = deliveries.judge(seen, [*world.mail.accepted, *world.web.accepted], world.journalled("ledgered"))
    result.repeated = post.repeated
    result.complaints += deliveries.complaints(post, repeats=any(fault.repeats for fault in faults))
    # In haste an attempt that is merely slow is taken for lost, and its answer with it (`tests.faults.haste`).
    answers_lost = world.haste or any(fault.answers_lost for fault in faults)
    try:
        result.complaints += await cases.complaints(world, seen, answers_lost=answers_lost)
    except MilepostError as error:
        result.complaints.append(f"the cases cannot be asked: {error}")
