"""Opening many cases: how fast, and what an open one costs in memory; then all of them fall due in one second.

Each contestant has a Temporal server (in memory) and a worker of its own, one after the other, so that what they hold in
memory is theirs alone. A worker's memory for a case is what was added while its cache (1,000 cases by default) filled; the
server's, what was added by all of them. The deadlines are rows of `lateness`: the cases are there anyway. The bare workflow
that records writes a row for the opening, as Milepost does into its store; the other writes nothing.
"""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

from bench.load.bare import Bare
from bench.load.contestants import Contestant
from bench.load.deadlines import FAR, MARGIN, MARGIN_S, ahead, pace, records, same_second, until_mailed
from bench.load.driving import populate, say
from bench.load.ground import Ground, ground
from bench.load.milepost import Milepost
from bench.load.table import Figures
from bench.rows import Row, Scale, at_most
from bench.stats import percentile, short, takes
from runtime.settings import Settings

NAME, LATENESS = "opening", "lateness"
OURS, RECORDING, BARE = "Milepost", "bare, recording", "bare"
TIME_LIMIT, MEMORY_LIMIT, LATE_LIMIT = 1.25, 1.25, 1.5
SLICES = 5

BUDGET_S = 2100.0
"""Seconds for all of it; if so many cases cannot be opened and acted upon in that time, fewer are taken.

By what it printed of 5,600 on two cores at rest, ten thousand take us some 900 s (opened at 36 in a second, with a margin;
acted upon at 20 in a second, since nine of ten have to be replayed first), and all three contestants some 1,600 s.
"""

OTHERS = 1.7
"""How long all contestants take, in proportion to us, as a guess for the budget."""

Make = Callable[[Ground], Contestant]
MAKE: dict[str, Make] = {
    OURS: lambda here: Milepost(here, OURS),
    RECORDING: lambda here: Bare(here, RECORDING, recording=True),
    BARE: lambda here: Bare(here, BARE),
}


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What opening cost: milliseconds for each case, slice by slice; KiB for each case; how late all were mailed."""

    each_ms: tuple[float, ...]
    worker_kib: float
    server_kib: float
    worker_mib: float
    late: tuple[float, ...]


async def measure(scale: Scale) -> list[Row]:
    """Rows for time, memory, and the lateness of so many deadlines."""
    wanted = scale.pick(short=200, full=10_000)
    cases = wanted if scale is Scale.PATIENT else await fitting(wanted, scale)
    found = {who: await opened(who, cases, scale) for who in MAKE}
    note = "" if cases == wanted else f"cut from {wanted:,} to fit the time"
    return [*_opening_rows(found, cases, note), *_lateness_rows(found, cases, note)]


async def fitting(wanted: int, scale: Scale) -> int:
    """As many cases as fit the time, judged by how fast we open a few, and act upon them: most of them not cached."""
    few = scale.pick(short=20, full=600)  # a tenth is cached, which must be more than are being opened at once
    async with ground() as here, Milepost(here, OURS, cached=few // 10) as ours:
        rate = await pace(ours, "F", few)
        late = await same_second(ours, here, "F-all", few, rate=rate)
    return affordable(wanted, few, opened_s=late.opened_s, acted_s=max(late.accepted))


def affordable(wanted: int, few: int, *, opened_s: float, acted_s: float) -> int:
    """As many cases as fit the budget, if opening a few and acting upon them takes us so long; not fewer than those."""
    each_s = (opened_s * MARGIN + acted_s) / few
    cases = min(wanted, max(few, int(BUDGET_S / each_s / OTHERS / 100) * 100))
    told = f"{few / opened_s:.1f} opened in a second, {few / acted_s:.1f} acted upon"
    say(f"{OURS}: {told}; {cases:,} of {wanted:,} fit the time")
    return cases


async def opened(who: str, cases: int, scale: Scale) -> Opened:
    """Open so many cases on a fresh server, read the memory, and wait for their mails (but of the recording ones)."""
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(ground())
        one = await stack.enter_async_context(MAKE[who](here))
        rate = await pace(one, "O", scale.pick(short=20, full=150))
        due_at = ahead(FAR.total_seconds() if who == RECORDING else cases / rate * MARGIN + MARGIN_S)
        population = records("O-all", cases)
        server_mib, worker_mib, each_ms = here.server_memory(), one.worker.memory(), []
        cached_mib, first = worker_mib, min(cases, Settings().worker_cached_cases)
        for number, part in enumerate(slices(population, first)):
            each_ms.append(await populate(one, part, due_at) / len(part) * 1000)
            if number == 0:
                cached_mib = one.worker.memory()
        say(f"{who}: {cases} opened, {short(sum(each_ms) / len(each_ms))} ms each")
        return Opened(
            each_ms=tuple(each_ms),
            worker_kib=(cached_mib - worker_mib) / first * 1024,
            server_kib=(here.server_memory() - server_mib) / cases * 1024,
            worker_mib=one.worker.memory(),
            late=() if who == RECORDING else await _late(here, who, population, due_at),
        )


def slices(population: list[str], first: int) -> list[list[str]]:
    """The first ones that fill the cache, then the rest in some parts."""
    rest = population[first:]
    size = -(-len(rest) // (SLICES - 1))
    return [population[:first], *(rest[at : at + size] for at in range(0, len(rest), size or 1))]


async def _late(here: Ground, who: str, population: list[str], due_at: datetime) -> tuple[float, ...]:
    if time.time() > due_at.timestamp():
        say(f"{who}: opening took longer than expected, the deadlines passed meanwhile")
        return ()
    mails = await until_mailed(here.post, population, due_at, patience_s=BUDGET_S)
    return tuple(mail.at - due_at.timestamp() for mail in mails)


def _opening_rows(found: dict[str, Opened], cases: int, note: str) -> list[Row]:
    def figures(what: str, unit: str, value: Callable[[Opened], tuple[float, ...]]) -> Figures:
        return Figures(measure=NAME, what=what, unit=unit, takes={who: takes(value(one)) for who, one in found.items()})

    time_ = figures(f"opening {cases:,}, time for each", "ms", lambda one: one.each_ms)
    worker = figures("worker, each cached case", "KiB", lambda one: (one.worker_kib,))
    server = figures("Temporal server, each open case", "KiB", lambda one: (one.server_kib,))
    whole = figures(f"worker with {cases:,} open", "MiB", lambda one: (one.worker_mib,))
    rows = []
    for each, limit in ((time_, TIME_LIMIT), (worker, MEMORY_LIMIT), (server, MEMORY_LIMIT), (whole, None)):
        ours = [each.against(OURS, other, note=note) for other in (RECORDING, BARE)]
        rows += [row if limit is None else at_most(row, limit) for row in ours]
        rows += [each.alone(RECORDING), each.alone(BARE)]
    return rows


def _lateness_rows(found: dict[str, Opened], cases: int, note: str) -> list[Row]:
    late = {who: found[who].late for who in (OURS, BARE)}
    if not all(late.values()):
        why = "opening took longer than expected, so the deadlines passed meanwhile"
        return [Row(measure=LATENESS, subject=f"{cases:,} due at once: {OURS}", figure=None, unit="s", note=why)]
    rows = []
    for name, share in {"p50": 0.50, "p99": 0.99}.items():
        values = {who: takes([percentile(seconds, share)]) for who, seconds in late.items()}
        figures = Figures(measure=LATENESS, what=f"{cases:,} due at once, accepted, {name}", unit="s", takes=values)
        ours = figures.against(OURS, BARE, note=note)
        rows += [at_most(ours, LATE_LIMIT) if name == "p99" else ours, figures.alone(BARE)]
    return rows
