"""Decisions with everything that belongs to them: the log evaluated, compared, and written to a real store, in one process.

Cases of five events (opened, three milestones completed, closed) go through the activity `decide` with no Temporal around
it. One after the other tells what a decision takes; twenty cases at a time, how many one worker's store takes in a second.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client

from activities.adapters.clock import SystemClock
from activities.decide import Decider
from bench.baselines.case import MILESTONES
from bench.contract import FIELDS, definitions
from bench.load.postgres import programs, running_postgres
from bench.rows import Row, Scale
from bench.stats import Takes, takes
from runtime.settings import Settings
from sla.events import AnyEvent, read_event
from sla.messages import DecideInput, ProcessRef
from starter.desk import open_desk
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from workers.wiring import note_default_hours

NAME = "deciding"
PROCESS = "Bench, deciding"
HOUR_S = 3600
OPENED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOGETHER = 20


async def measure(scale: Scale) -> list[Row]:
    """Decisions a second on SQLite and on PostgreSQL."""
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as kept:
        rows = await _on(f"sqlite:///{kept}/milepost.db", "SQLite", scale)
    bin_dir = programs()
    if bin_dir is None:
        return [*rows, Row(measure=NAME, subject="PostgreSQL", figure=None, unit="/s", note="no PostgreSQL on this machine")]
    with running_postgres(bin_dir) as postgres:
        return [*rows, *await _on(Settings(database_url=postgres.database("deciding")).database_url, "PostgreSQL", scale)]


async def _on(url: str, name: str, scale: Scale) -> list[Row]:
    repeats, cases = scale.pick(short=1, full=5), scale.pick(short=TOGETHER, full=200)
    one, many = [], []
    async with _decider(url) as (decider, ref):
        await _lap(decider, ref, "W", cases=TOGETHER, together=TOGETHER)
        for number in range(repeats):
            one.append(await _lap(decider, ref, f"A{number}", cases=cases // 4, together=1))
            many.append(await _lap(decider, ref, f"B{number}", cases=cases, together=TOGETHER))
    return [
        _row(f"{name}, one after the other", takes(one)),
        _row(f"{name}, {TOGETHER} cases at a time", takes(many)),
    ]


def _row(subject: str, rate: Takes) -> Row:
    return Row(
        measure=NAME, subject=subject, figure=rate.median, unit="decisions/s", note=f"{1000 / rate.median:.1f} ms each"
    )


@asynccontextmanager
async def _decider(url: str) -> AsyncIterator[tuple[Decider, ProcessRef]]:
    database = Database(url)
    await database.upgrade()

    async def nobody() -> Client:
        raise AssertionError("no Temporal is needed")

    settings = Settings(database_url=url)
    async with open_desk(settings, nobody, lambda: datetime.now(UTC)) as desk:
        await desk.apply(definitions(PROCESS, [4 * HOUR_S, 8 * HOUR_S, 12 * HOUR_S]))
    await note_default_hours(settings, database, SystemClock())  # as a worker does when it begins
    try:
        ref = await Catalogue(database).process_ref(PROCESS)
        yield Decider(StoredDefinitions(database), StoredCases(database)), ref
    finally:
        await database.dispose()


async def _lap(decider: Decider, ref: ProcessRef, name: str, *, cases: int, together: int) -> float:
    """Decisions a second."""
    began = time.perf_counter()
    for first in range(0, cases, together):
        numbers = range(first, min(cases, first + together))
        await asyncio.gather(*(_case(decider, ref, f"{name}-{number}") for number in numbers))
    return cases * len(_story(name)) / (time.perf_counter() - began)


async def _case(decider: Decider, ref: ProcessRef, record: str) -> None:
    log: list[AnyEvent] = []
    view = None
    for event in _story(record):
        log = [*log, event]
        decision = await decider.decide(
            DecideInput(record=record, ref=ref, log=log, news=1, now=event.recorded_at, shown=view)
        )
        view = view if decision.view is None else decision.view.of(view)


def _story(record: str) -> list[Any]:
    told: list[dict[str, Any]] = [
        {"type": "opened", "fields": {"type": "case", **FIELDS}},
        *({"type": "completed", "milestone": milestone} for milestone in MILESTONES),
        {"type": "closed"},
    ]
    instants = [OPENED_AT + timedelta(minutes=10 * number) for number in range(len(told))]
    return [
        read_event({"record": record, "id": f"e-{number}", "at": at, "recorded_at": at, **data}, where="the bench")
        for number, (at, data) in enumerate(zip(instants, told, strict=True))
    ]
