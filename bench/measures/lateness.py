"""How late deadlines are that all fall into one second, against bare timers on the same server, and against a poller.

Lateness counts from the deadline to two instants: when the action *began* (the Temporal server's own time of the first
attempt's start), and when its mail was *accepted* by the mail server, which is one yardstick for all designs, however they
work. The poller looks once a minute, and its deadlines are spread evenly over the minute before it does: one second of it
would only tell how far off the next poll is. Ten thousand deadlines are measured by `opening`, which opens them anyway.
"""

from bench.load.bare import Bare
from bench.load.contestants import Contestant
from bench.load.deadlines import Late, pace, same_second
from bench.load.driving import say
from bench.load.ground import Ground, ground
from bench.load.milepost import Milepost
from bench.load.postgres import programs, running_postgres
from bench.load.table import Figures
from bench.rivals.installed import missing
from bench.rows import Row, Scale, at_most
from bench.stats import Takes, percentile, takes

NAME = "lateness"
TARGET = 1.5
OURS, BARE, POLLER = "Milepost", "bare timers", "poller"
SHARES = {"p50": 0.50, "p99": 0.99}


async def measure(scale: Scale) -> list[Row]:
    """Rows for us and bare timers, then for the poller on SQLite and on PostgreSQL."""
    cases, repeats = scale.pick(short=40, full=1000), scale.pick(short=1, full=3)
    async with ground() as here:
        found = await by_turns(here, cases, repeats, scale)
        polls = await _polls(here, cases, scale)
    rows = [row for what in ("began", "accepted") for row in _rows(found, what, cases)]
    for name, late in polls.items():
        rows += _poller_rows(name, late, found[OURS], cases, scale)
    return rows + _absent()


async def by_turns(here: Ground, cases: int, repeats: int, scale: Scale) -> dict[str, list[Late]]:
    """Several takes of each, one after the other, both workers up."""
    found: dict[str, list[Late]] = {OURS: [], BARE: []}
    async with Milepost(here, OURS) as ours, Bare(here, "bare") as bare:
        contestants: dict[str, Contestant] = {OURS: ours, BARE: bare}
        rates = {
            name: await pace(one, f"L{number}", scale.pick(short=20, full=100))
            for number, (name, one) in enumerate(contestants.items())
        }
        for turn in range(repeats):
            for number, (name, one) in enumerate(contestants.items()):
                late = await same_second(one, here, f"L{number}-{turn}", cases, rate=rates[name], began=True)
                rates[name] = min(rates[name], cases / late.opened_s)
                found[name].append(late)
    return found


async def _polls(here: Ground, cases: int, scale: Scale) -> dict[str, tuple[float, ...]]:
    if missing("apscheduler"):
        return {}
    from bench.rivals.polling import polled

    period_s = scale.pick(short=4, full=60)
    found = {f"{POLLER} on SQLite": await polled(here, "poller", cases, period_s=period_s)}
    bin_dir = programs()
    if bin_dir is not None and not missing("psycopg"):
        with running_postgres(bin_dir) as postgres:
            url = postgres.database("poller").replace("postgresql:", "postgresql+psycopg:")
            found[f"{POLLER} on PostgreSQL"] = await polled(here, "poller-pg", cases, period_s=period_s, url=url)
    say(f"{len(found)} polls of {period_s} s")
    return found


def _rows(found: dict[str, list[Late]], what: str, cases: int) -> list[Row]:
    rows = []
    for name, share in SHARES.items():
        values = {who: _percentiles(lates, what, share) for who, lates in found.items()}
        figures = Figures(measure=NAME, what=f"{cases:,} due at once, {what}, {name}", unit="s", takes=values)
        repeated = sum(late.repeated for late in found[OURS])
        ours = figures.against(OURS, BARE, note=f"{repeated} mails repeated" if repeated else "")
        rows += [at_most(ours, TARGET) if name == "p99" else ours, figures.alone(BARE)]
    return rows


def _percentiles(lates: list[Late], what: str, share: float) -> Takes:
    return takes([percentile(late.began if what == "began" else late.accepted, share) for late in lates])


def _poller_rows(who: str, late: tuple[float, ...], ours: list[Late], cases: int, scale: Scale) -> list[Row]:
    """We against the poller: its expected wait is half the time between two polls, its greatest the whole."""
    period_s = scale.pick(short=4, full=60)
    note = f"polls every {period_s} s, deadlines spread over it"
    return [
        Figures(
            measure=NAME,
            what=f"{cases:,} due, accepted, {name}",
            unit="s",
            takes={who: takes([percentile(late, share)]), OURS: _percentiles(ours, "accepted", share)},
        ).against(who, OURS, note=note)
        for name, share in SHARES.items()
    ]


def _absent() -> list[Row]:
    why = missing("apscheduler")
    return [] if why is None else [Row(measure=NAME, subject=POLLER, figure=None, unit="s", note=why)]
