"""What-if: real incidents held to other promises, alone on one core; and 100,000 of them on record, swept over five.

The first is evaluation alone: the events of a case heard once, one walk under the new law, and its figures. What is on
record is all that `milepost simulate --recorded --sweep` does: ids and logs read from SQLite, events made of them, each case
evaluated under what it is held to and under each promise, added up by priority. Making the records is not counted.
"""

import asyncio
import gc
import resource
import tempfile
import time
from pathlib import Path

from bench.cases import examples, incident_lines, process, read
from bench.recorded import AS_OF, CONTRACT, fill
from bench.rows import Row, Scale, at_least, at_most
from bench.stats import Takes, takes
from runtime.processes import cores
from sla.apart import SideBySide
from sla.evaluation.following import Followed, Laws
from sla.outcomes import Known
from sla.sweeping import Sweep, sweep
from starter.recorded import Task, Weighed, weigh
from starter.weighing import Asked, NewLaw
from store.bulk import Bulk
from store.engine import Database

NAME = "whatif"
SWEPT = "First Response.within=30m,1h,2h,4h,8h"
WITHIN_S, CASES_A_SECOND = 60.0, 10_000


async def measure(scale: Scale) -> list[Row]:
    """Cases a second on one core; then what is on record, read and swept."""
    return [*_alone(scale), *await _on_record(scale)]


# ---------------------------------------------------------------------- one core, no database


def _alone(scale: Scale) -> list[Row]:
    file, incidents = incident_lines()
    cases = incidents[: scale.pick(short=50, full=len(incidents))]
    one, five = _laws(sweep(process(CONTRACT), "First Response.within=45m")), _laws(sweep(process(CONTRACT), SWEPT))
    repeats = scale.pick(short=2, full=15)
    once, swept = _seconds(cases, SideBySide(one), repeats), _seconds(cases, SideBySide(five), repeats)
    counted = f"{len(cases)} incidents of {file}, events at hand; by CPU time"
    single = _rate("one new law, evaluated and counted", once, len(cases), counted)
    return [
        at_least(single, CASES_A_SECOND) if scale is not Scale.SHORT else single,
        _rate(
            "five promises, the same", swept, len(five) * len(cases), "an evaluation of one case under one promise is a case"
        ),
    ]


def _laws(found: Sweep) -> list[Laws]:
    hours = examples().hours
    return [Laws(Followed(process=one.process, calendars=hours)) for one in found.promises]


def _seconds(cases: list[list[dict[str, object]]], laws: SideBySide, repeats: int) -> Takes:
    """CPU seconds to hold all cases to all these laws once; events are read anew for each take, outside of it.

    As in the processes that weigh what is on record, rubbish is collected between the parts, of which each take is one.
    """
    seconds = []
    for _ in range(repeats + 1):
        logs = [read(lines) for lines in cases]
        gc.collect()
        gc.freeze()
        gc.disable()
        began = time.process_time()
        for log in logs:
            laws.outcomes(Known(log, AS_OF))
        seconds.append(time.process_time() - began)
        gc.enable()
        gc.unfreeze()
    return takes(seconds[1:])  # the first compiles processes and calendars


def _rate(subject: str, seconds: Takes, count: int, note: str) -> Row:
    rates = seconds.each(lambda one: count / one)
    return Row(
        measure=NAME, subject=subject, figure=rates.median, unit="cases/s", note=note, detail={"spread": rates.spread}
    )


# ---------------------------------------------------------------------- on record


async def _on_record(scale: Scale) -> list[Row]:
    count = scale.pick(short=1_000, full=100_000)
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as kept:
        url = f"sqlite:///{Path(kept) / 'milepost.db'}"
        database = Database(url)
        try:
            await fill(database, count)
            return await _swept(database, url, count, scale)
        finally:
            await database.dispose()


async def _swept(database: Database, url: str, count: int, scale: Scale) -> list[Row]:
    promises = sweep(process(CONTRACT), SWEPT).promises
    law = NewLaw(processes=tuple(one.process for one in promises), calendars=examples().hours)
    task = Task.of(url, law, Asked(by=("priority",)), AS_OF, None)
    reading = await _read(database, count)
    jobs = scale.pick(short=2, full=cores())
    began, cpu_s = time.perf_counter(), _cpu_s()
    found = await weigh(database, task, jobs=jobs)
    took_s, cpu_s = time.perf_counter() - began, _cpu_s() - cpu_s
    _check(found, count)
    row = Row(
        measure=NAME,
        subject=f"{count:,} on record, swept over {len(promises)} promises",
        figure=took_s,
        unit="s",
        note=f"{jobs} processes, which took {cpu_s:.0f} s of CPU together; {1e6 * cpu_s / count:.0f} µs for each record",
        detail={"jobs": jobs, "cpu_s": cpu_s},
    )
    read_row = Row(
        measure=NAME,
        subject="of that, reading logs on one core",
        figure=count / reading,
        unit="records/s",
        note=f"{1e6 * reading / count:.0f} µs for each, events made of rows",
    )
    return [at_most(row, WITHIN_S) if scale is not Scale.SHORT else row, read_row]


def _cpu_s() -> float:
    """CPU seconds of this process and of those that it has ended with."""
    own, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


async def _read(database: Database, count: int) -> float:
    """CPU seconds to read the logs of all, without anything done with them."""
    bulk, began, seen = Bulk(database), time.process_time(), 0
    async for page in bulk.names():
        for first in range(0, len(page), 500):
            seen += len(await bulk.read(page[first : first + 500]))
            await asyncio.sleep(0)
    if seen != count:
        raise RuntimeError(f"{seen} of {count} records were read")
    return time.process_time() - began


def _check(found: Weighed, count: int) -> None:
    """A sweep that lost records would be fast, too."""
    decided = {side.milestones["First Response"].decided for side in found.tally.afters}
    if found.tally.seen != count or found.tally.left_out or not found.complete or len(decided) != 1:
        raise RuntimeError(f"{found.tally.seen} of {count} records were weighed, {found.tally.left_out} left out")
