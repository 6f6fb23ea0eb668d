"""The same case on DBOS: cases a second, lateness, recovery after SIGKILL and bytes, each system on the same databases.

Ours is Temporal's server on a file (WAL) with our store on SQLite or PostgreSQL; theirs is one program on one database. Both
are given the same news in the same order, 32 cases under way at once, and send the same kind of mail. What DBOS does not do
here: it applies no rules and keeps no record of a case beyond its own tables; what a case's news did, nobody is told.
"""

from collections.abc import Sequence
from contextlib import AsyncExitStack

from bench.load.contestants import Contestant
from bench.load.deadlines import Late, pace, same_second
from bench.load.driving import lap, say
from bench.load.ground import Ground, ground
from bench.load.milepost import Milepost
from bench.load.postgres import Postgres, programs, running_postgres
from bench.load.table import Figures
from bench.measures.recovery import WHATS, Recovered, recovered, recovery_figures, repetitions
from bench.rivals.installed import missing
from bench.rows import Row, Scale
from bench.stats import Takes, percentile, takes

NAME = "dbos"
OURS, THEIRS = "Milepost", "DBOS"


async def measure(scale: Scale) -> list[Row]:
    """Rows on SQLite, then on PostgreSQL."""
    why = missing("dbos")
    if why is not None:
        return [Row(measure=NAME, subject=THEIRS, figure=None, unit="cases/s", note=why)]
    bin_dir = programs()
    rows = await _on("SQLite", scale, None)
    if bin_dir is None:
        return [*rows, Row(measure=NAME, subject="PostgreSQL", figure=None, unit="cases/s", note="none on this machine")]
    with running_postgres(bin_dir) as postgres:
        return [*rows, *await _on("PostgreSQL", scale, postgres)]


async def _on(database: str, scale: Scale, postgres: Postgres | None) -> list[Row]:
    from bench.rivals.on_dbos import OnDbos

    say(f"on {database}")
    async with ground(on_disk=True) as here:
        both: list[Contestant] = [Milepost(here, OURS, postgres=postgres), OnDbos(here, THEIRS, postgres=postgres)]
        rows = await _race(here, database, both, scale)
        rows += await _late(here, database, both, scale)
        return rows + await _killed(here, database, both, scale)


async def _race(here: Ground, database: str, contestants: Sequence[Contestant], scale: Scale) -> list[Row]:
    """Cases a second, by turns, and what a case takes up."""
    repeats, seconds = scale.pick(short=1, full=3), scale.pick(short=1.0, full=8.0)
    rates: dict[str, list[float]] = {one.name: [] for one in contestants}
    sizes: dict[str, list[float]] = {one.name: [] for one in contestants}
    async with AsyncExitStack() as stack:
        for one in contestants:
            await stack.enter_async_context(one)
        for turn in range(repeats + 1):
            for one in contestants:
                before = _size(here, one)
                driven = await lap(one, here.post, name=f"{one.name}-{turn}", seconds=seconds if turn else min(seconds, 3))
                say(f"{one.name}: {driven.cases} cases in {driven.took_s:.1f} s{'' if turn else ' (to warm up)'}")
                if turn:
                    rates[one.name].append(driven.rate)
                    sizes[one.name].append((_size(here, one) - before) / driven.cases / 1024)
    speed = Figures(measure=NAME, what=f"{database}, whole cases", unit="cases/s", takes=_taken(rates))
    size = Figures(measure=NAME, what=f"{database}, size of a whole case", unit="KiB", takes=_taken(sizes))
    return [*_both(speed, more=True), *_both(size, more=False, note="ours: Temporal's file and our store")]


async def _late(here: Ground, database: str, contestants: Sequence[Contestant], scale: Scale) -> list[Row]:
    """Deadlines in one second; until the mail was accepted."""
    cases = scale.pick(short=40, full=500)
    found: dict[str, Late] = {}
    for one in contestants:
        async with one:
            rate = await pace(one, f"{one.name}-late", scale.pick(short=20, full=50))
            found[one.name] = await same_second(one, here, f"{one.name}-late-all", cases, rate=rate)
    made = []
    for name, share in {"p50": 0.50, "p99": 0.99}.items():
        values = {who: takes([percentile(late.accepted, share)]) for who, late in found.items()}
        figures = Figures(measure=NAME, what=f"{database}, {cases} due at once, {name}", unit="s", takes=values)
        made += _both(figures, more=False, note="until the mail is accepted")
    return made


async def _killed(here: Ground, database: str, contestants: Sequence[Contestant], scale: Scale) -> list[Row]:
    """SIGKILL, deadlines, a new process."""
    cases = scale.pick(short=40, full=500)
    found: dict[str, Recovered] = {}
    for one in contestants:
        async with one:
            rate = await pace(one, f"{one.name}-killed", scale.pick(short=20, full=50))
            found[one.name] = await recovered(one, here, f"{one.name}-killed-all", cases, rate=rate)
    return [
        row
        for what in WHATS
        for row in _both(recovery_figures(NAME, found, f"{database}, {cases}", what), more=False, note=repetitions(found))
    ]


def _both(figures: Figures, *, more: bool, note: str = "") -> list[Row]:
    """Ours against theirs, and theirs. `more`: whether more is better."""
    row = figures.against(OURS, THEIRS)
    winner = OURS if row.ratio is not None and (row.ratio > 1) is more else THEIRS
    told = "; ".join(part for part in (f"{winner} wins", note) if part)
    return [figures.against(OURS, THEIRS, note=told), figures.alone(THEIRS)]


def _taken(values: dict[str, list[float]]) -> dict[str, Takes]:
    return {who: takes(found) for who, found in values.items()}


def _size(here: Ground, one: Contestant) -> int:
    """Bytes of all that keeps its cases."""
    return one.stored() + (here.server_size() if one.name == OURS else 0)
