"""A worker killed with many open cases, whose deadlines pass while it is down: how soon after the restart all is made good.

SIGKILL a second before the deadlines, which all fall into one second; a new worker is started two seconds after them. Time
counts from that start, with all that a new process must do first, to the first and to the last mail.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Literal

from bench.load.bare import Bare
from bench.load.contestants import Contestant
from bench.load.deadlines import pace, ready, repeated
from bench.load.driving import PATIENCE_S, say
from bench.load.ground import Ground, ground
from bench.load.milepost import Milepost
from bench.load.table import Figures
from bench.rows import Row, Scale
from bench.stats import takes

NAME = "recovery"
OURS, BARE = "Milepost", "bare"
BEFORE_S, AFTER_S = 1.0, 2.0
WHATS: tuple[Literal["first", "last"], ...] = ("first", "last")
BUDGET_S = 330.0
"""Seconds for all of it; if the cases cannot be opened and their mails sent in that time, fewer are taken."""
LONG_S = 1800.0
"""How long the last mail is waited for where nothing is cut to fit the time."""


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """Seconds from the restart to the first and the last mail; mails that came twice."""

    first_s: float
    last_s: float
    repeated: int


async def measure(scale: Scale) -> list[Row]:
    """Rows for us and for bare workflows."""
    wanted, patient = scale.pick(short=60, full=5000), scale is Scale.PATIENT
    patience_s = LONG_S if patient else PATIENCE_S
    async with ground() as here:
        async with Milepost(here, OURS) as ours:
            rate = await pace(ours, "R0", scale.pick(short=20, full=150))
            cases = wanted if patient else fitting(wanted, rate)
            found = {OURS: await recovered(ours, here, "R0-all", cases, rate=rate, patience_s=patience_s)}
        async with Bare(here, BARE) as bare:
            rate = await pace(bare, "R1", scale.pick(short=20, full=150))
            found[BARE] = await recovered(bare, here, "R1-all", cases, rate=rate, patience_s=patience_s)
    return _rows(found, f"{cases:,}", "" if cases == wanted else f"cut from {wanted:,} to fit the time")


def fitting(wanted: int, rate: float) -> int:
    """As many cases as can be opened and acted upon in time, twice, if acting takes about as long as opening."""
    return min(wanted, max(50, int(BUDGET_S * rate / 4 / 10) * 10))


async def recovered(
    one: Contestant, here: Ground, name: str, cases: int, *, rate: float, patience_s: float = PATIENCE_S
) -> Recovered:
    """Open cases, kill the worker before they are due, start it again after."""
    made = await ready(one, here, name, cases, rate=rate, spare_s=BEFORE_S)
    due = made.due_at.timestamp()
    mails = here.post.count()
    await asyncio.sleep(due - BEFORE_S - time.time())
    one.worker.kill()
    await asyncio.sleep(due + AFTER_S - time.time())
    began = time.time()
    one.worker.spawn()
    arrived = await here.post.until_each(made.population, since=mails, patience_s=patience_s)
    say(f"{one.name}: {cases} opened in {made.opened_s:.1f} s, all mailed {arrived[-1].at - began:.1f} s after restart")
    return Recovered(first_s=arrived[0].at - began, last_s=arrived[-1].at - began, repeated=repeated(arrived))


def recovery_figures(measure: str, found: dict[str, Recovered], cases: str, what: Literal["first", "last"]) -> Figures:
    """The first or the last action of each."""
    values = {who: takes([one.first_s if what == "first" else one.last_s]) for who, one in found.items()}
    return Figures(measure=measure, what=f"{cases} overdue, {what} action", unit="s", takes=values)


def repetitions(found: dict[str, Recovered]) -> str:
    """Who has sent mails twice, for a note."""
    return "; ".join(f"{who} sent {one.repeated} twice" for who, one in found.items() if one.repeated)


def _rows(found: dict[str, Recovered], cases: str, note: str) -> list[Row]:
    made = []
    for what in WHATS:
        figures = recovery_figures(NAME, found, cases, what)
        notes = [note, repetitions(found)]
        made += [figures.against(OURS, BARE, note="; ".join(part for part in notes if part)), figures.alone(BARE)]
    return made
