"""What breaches next: pages of 100 out of 100,000 open records by their next deadline, from the first page to the last.

As the API asks for them (`Records.list`), on SQLite and on PostgreSQL. Pages from the whole list are taken, and such as are
filtered by status: every tenth record is at risk.
"""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.load.postgres import programs, running_postgres
from bench.rows import Row, Scale, at_most
from bench.stats import percentile, takes
from runtime.settings import Settings
from sla.timeline import RollUp
from store.engine import Database
from store.pages import Position, position_of
from store.records import Records
from store.tables import records

NAME = "listing"
MOST_S = 0.05
PAGE, AT_ONCE = 100, 2_000
OPENED_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


async def measure(scale: Scale) -> list[Row]:
    """Rows for the whole list and for a filtered one, on both databases."""
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as kept:
        rows = await _on(f"sqlite:///{kept}/milepost.db", "SQLite", scale)
    bin_dir = programs()
    if bin_dir is None:
        return [*rows, Row(measure=NAME, subject="PostgreSQL", figure=None, unit="s", note="no PostgreSQL on this machine")]
    with running_postgres(bin_dir) as postgres:
        url = Settings(database_url=postgres.database("listing")).database_url
        await _filled(url, scale)
        await asyncio.to_thread(postgres.sql, "ANALYZE", database="listing")  # as its own housekeeping does in time
        return [*rows, *await _read(url, "PostgreSQL", scale)]


async def _on(url: str, name: str, scale: Scale) -> list[Row]:
    await _filled(url, scale)
    return await _read(url, name, scale)


async def _filled(url: str, scale: Scale) -> None:
    """So many open records, whose deadlines are in another order than their names."""
    count = scale.pick(short=1_000, full=100_000)
    database = Database(url)
    await database.upgrade()
    for first in range(0, count, AT_ONCE):
        numbers = range(first, min(count, first + AT_ONCE))
        async with database.transaction() as connection:
            await connection.execute(records.insert(), [_record(number, count) for number in numbers])
    await database.dispose()


def _record(number: int, count: int) -> dict[str, Any]:
    shuffled = number * 7_919 % count
    return {
        "id": f"C-{number:06}",
        "type": "case",
        "account": f"account-{number % 500}",
        "process": f"Process {number % 20}",
        "version": 1,
        "revision": 1,
        "status": "at_risk" if number % 10 == 0 else "compliant",
        "fields": {"type": "case", "priority": f"P{number % 4 + 1}", "subject": "No reading arrives from any site"},
        "owner": f"agent-{number % 200}",
        "queue": f"queue-{number % 12}",
        "opened_at": OPENED_AT + timedelta(seconds=number),
        "out": False,
        "next_wakeup": OPENED_AT + timedelta(minutes=shuffled),
        "next_deadline": OPENED_AT + timedelta(minutes=shuffled),
        "as_of": OPENED_AT,
        "updated_at": OPENED_AT,
    }


async def _read(url: str, name: str, scale: Scale) -> list[Row]:
    database = Database(url)
    try:
        whole = await _pages(Records(database), None, scale)
        risky = await _pages(Records(database), "at_risk", scale)
    finally:
        await database.dispose()
    count = scale.pick(short=1_000, full=100_000)
    return [
        _row(f"{name}, a page of {count:,}", whole, judged=scale is not Scale.SHORT),
        _row(f"{name}, a page of those at risk", risky, judged=scale is not Scale.SHORT),
    ]


async def _pages(there: Records, status: RollUp | None, scale: Scale) -> list[float]:
    """Seconds for each page, one after the other until the end, or for so many of them."""
    seconds: list[float] = []
    after: Position | None = None
    for _ in range(scale.pick(short=10, full=1_000)):
        began = time.perf_counter()
        found = await there.list(status=status, is_open=True, limit=PAGE, after=after)
        seconds.append(time.perf_counter() - began)
        if len(found) < PAGE:
            break
        after = position_of(found[-1])
    return seconds


def _row(subject: str, seconds: Sequence[float], *, judged: bool) -> Row:
    slow, pages = percentile(tuple(seconds), 0.99), f"{len(seconds)} pages of {PAGE}"
    row = Row(
        measure=NAME,
        subject=subject,
        figure=takes(list(seconds)).median,
        unit="s",
        note=f"p99 {slow * 1000:.1f} ms; {pages}",
    )
    return at_most(row, MOST_S) if judged else row
