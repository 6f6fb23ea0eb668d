"""`evaluate` on real incidents, on one core; and on a case with very many events, and one with much late news.

Events are read anew for each take, outside the time that counts: nothing may be left over from the take before, as
nothing is when a worker is asked to decide. Process and calendars are compiled once, as in a worker.
"""

import gc
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from bench.cases import examples, incident_lines, late_case, long_case, process, read
from bench.rows import Row, Scale, at_least
from bench.stats import Takes, takes
from sla.engine import evaluate

NAME = "evaluate"
CONTRACT = "Incident Management SLA"
AS_OF = datetime(2026, 12, 31, tzinfo=UTC)

Lines = list[dict[str, Any]]


async def measure(scale: Scale) -> list[Row]:
    """Cases and events a second, then milliseconds for the two hard cases."""
    file, incidents = incident_lines()
    cases = incidents[: scale.pick(short=50, full=len(incidents))]
    repeats = scale.pick(short=2, full=15)
    seconds, of_cpu = _seconds(cases, repeats)
    reading, _ = _seconds(cases, repeats, with_reading=True)
    events = sum(map(len, cases))
    told = f"{len(cases)} incidents of {file}; {len(cases) / of_cpu.median:,.0f} by CPU time"
    rows = [
        at_least(_rate("real incidents", seconds, len(cases), "cases/s", told), 10_000),
        _rate("the same, in events", seconds, events, "events/s", f"{events:,} events, {events / len(cases):.1f} in a case"),
        _rate("the same, reading JSON first", reading, len(cases), "cases/s", "events made and checked, then evaluated"),
    ]
    many, late = scale.pick(short=(100, 10), full=(1000, 100))
    return [
        *rows,
        _one(f"one case with {many:,} events", long_case(many), scale),
        _one(f"one case with {late} late events", late_case(late), scale),
    ]


def _seconds(cases: Sequence[Lines], repeats: int, *, with_reading: bool = False) -> tuple[Takes, Takes]:
    """How long it takes to evaluate all cases once: by the clock, and by the CPU, which others' work does not lengthen."""
    contract, hours = process(CONTRACT), examples().hours
    clock, cpu = [], []
    for _ in range(repeats + 1):
        logs = [read(lines) for lines in cases]
        gc.collect()
        gc.freeze()  # as a worker does when it is ready
        began, began_cpu = time.perf_counter(), time.process_time()
        if with_reading:
            logs = [read(lines) for lines in cases]
        for log in logs:
            evaluate(contract, hours, log, AS_OF)
        clock.append(time.perf_counter() - began)
        cpu.append(time.process_time() - began_cpu)
        gc.unfreeze()
    return takes(clock[1:]), takes(cpu[1:])  # the first compiles process and calendar


def _rate(subject: str, seconds: Takes, count: int, unit: str, note: str) -> Row:
    rates = seconds.each(lambda one: count / one)
    return Row(measure=NAME, subject=subject, figure=rates.median, unit=unit, note=note, detail={"spread": rates.spread})


def _one(subject: str, lines: Lines, scale: Scale) -> Row:
    seconds, _ = _seconds([lines], scale.pick(short=1, full=7))
    each = seconds.median / len(lines)
    return Row(
        measure=NAME,
        subject=subject,
        figure=seconds.median,
        unit="s",
        note=f"{each * 1e6:,.0f} µs for each event",
        detail={"spread": seconds.spread, "events": len(lines)},
    )
