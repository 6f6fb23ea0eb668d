"""Whole cases a second, against a workflow written by hand for the same case (see `bench.load.bare_case`).

A case: opened, three milestones completed, closed; each step waits for its answer; one timer, one mail. Client, mail server,
Temporal server and each worker are processes of their own; contestants take turns on the same server, 32 cases under way at
once. The bare workflow comes in two kinds: one that only works, and one that also writes each piece of news into a table of
the same kind of database, in a local activity, as Milepost does into its store.

Where the time goes, the CPU time of each process tells, for each case. What a worker still does after its lap (Milepost's
stores the histories of closed cases) is not counted for it.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bench.load.bare import Bare
from bench.load.contestants import Contestant
from bench.load.driving import lap, say
from bench.load.ground import Ground, ground
from bench.load.milepost import Milepost
from bench.load.postgres import programs, running_postgres
from bench.load.table import Figures
from bench.rows import Row, Scale, at_least
from bench.stats import Takes, short, takes

NAME = "throughput"
UNIT = "cases/s"
TARGET = 0.8

OURS, PLAIN, RECORDING = "Milepost", "bare", "bare, recording"


@dataclass(frozen=True, kw_only=True)
class Raced:
    """Cases a second of each contestant, and of each the CPU time for a case in milliseconds, process by process."""

    rates: dict[str, Takes]
    cpu_ms: dict[str, dict[str, Takes]]


async def measure(scale: Scale) -> list[Row]:
    """Rows for the store on SQLite, for a Temporal server with a file, and for the store on PostgreSQL."""
    return [*await _in_memory(scale), *await _on_disk(scale), *await _on_postgres(scale)]


async def _in_memory(scale: Scale) -> list[Row]:
    async with ground() as here:
        found = await race(here, [Milepost(here, OURS), Bare(here, PLAIN), Bare(here, RECORDING, recording=True)], scale)
    figures = Figures(measure=NAME, what="store on SQLite", unit=UNIT, takes=found.rates)
    return [
        at_least(figures.against(OURS, RECORDING, note="both record and mail"), TARGET),
        at_least(figures.against(OURS, PLAIN, note="which records nothing"), TARGET),
        figures.alone(RECORDING),
        figures.alone(PLAIN),
        *(_cpu_row(process, by_contestant) for process, by_contestant in found.cpu_ms.items()),
    ]


def _cpu_row(process: str, by_contestant: dict[str, Takes]) -> Row:
    figures = Figures(measure=NAME, what=f"CPU for each case, {process}", unit="ms", takes=by_contestant)
    return figures.against(OURS, RECORDING, note=f"to {short(by_contestant[RECORDING].median)}")


async def _on_disk(scale: Scale) -> list[Row]:
    async with ground(on_disk=True) as here:
        found = await race(here, [Milepost(here, OURS), Bare(here, RECORDING, recording=True)], scale)
    figures = Figures(measure=NAME, what="Temporal on a file", unit=UNIT, takes=found.rates)
    return [at_least(figures.against(OURS, RECORDING, note="SQLite, WAL"), TARGET), figures.alone(RECORDING)]


async def _on_postgres(scale: Scale) -> list[Row]:
    bin_dir = programs()
    what = "store on PostgreSQL"
    if bin_dir is None:
        return [Row(measure=NAME, subject=f"{what}: {OURS}", figure=None, unit=UNIT, note="no PostgreSQL on this machine")]
    with running_postgres(bin_dir) as postgres:
        async with ground() as here:
            ours = Milepost(here, OURS, postgres=postgres)
            found = await race(here, [ours, Bare(here, RECORDING, recording=True, postgres=postgres)], scale)
    figures = Figures(measure=NAME, what=what, unit=UNIT, takes=found.rates)
    return [at_least(figures.against(OURS, RECORDING), TARGET), figures.alone(RECORDING)]


async def race(here: Ground, contestants: Sequence[Contestant], scale: Scale) -> Raced:
    """All by turns; a short lap before, unmeasured, so that nobody pays for first use."""
    repeats, seconds = scale.pick(short=1, full=3), scale.pick(short=1.0, full=10.0)
    rates: dict[str, list[float]] = {one.name: [] for one in contestants}
    cpu_ms: dict[str, dict[str, list[float]]] = {}
    async with AsyncExitStack() as stack:
        for one in contestants:
            await stack.enter_async_context(one)
        for turn in range(repeats + 1):
            for number, one in enumerate(contestants):
                before = _cpu_s(here, one)
                driven = await lap(one, here.post, name=f"W{number}-{turn}", seconds=seconds if turn else min(seconds, 3))
                say(f"{one.name}: {driven.cases} cases in {driven.took_s:.1f} s{'' if turn else ' (to warm up)'}")
                if turn:
                    rates[one.name].append(driven.rate)
                    for process, spent_s in _cpu_s(here, one).items():
                        each_ms = (spent_s - before[process]) / driven.cases * 1000
                        cpu_ms.setdefault(process, {}).setdefault(one.name, []).append(each_ms)
    return Raced(rates=_takes(rates), cpu_ms={process: _takes(of_each) for process, of_each in cpu_ms.items()})


def _cpu_s(here: Ground, one: Contestant) -> dict[str, float]:
    """CPU seconds so far of those who work on a contestant's cases; who reports is this process, Milepost's Desk in it."""
    return {"worker": one.worker.cpu_s(), "Temporal server": here.server_cpu_s(), "who reports": time.process_time()}


def _takes(found: Mapping[str, list[float]]) -> dict[str, Takes]:
    return {name: takes(values) for name, values in found.items()}
