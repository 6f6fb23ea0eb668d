"""Pages of records: every record once, in one order whatever the page's size, and no slower in a full store."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from store.engine import Database
from store.pages import ORDERS, Order, position_of
from store.records import Records
from store.tables import records as table
from store.views import StoredRecord
from tests.store.builders import MONDAY

MANY = 100_000
PAGE_S = 0.05
"""What a page of a hundred may take (issue 4)."""


def a_row(number: int, *, out: bool, deadline: int | None, **more: Any) -> dict[str, Any]:
    """A record with a deadline so many minutes after Monday."""
    opened = MONDAY + timedelta(minutes=number // 3)  # three at once
    row: dict[str, Any] = {
        "id": f"C-{number:06}", "type": "case", "account": None, "process": "Support", "version": 1, "revision": 1,
        "status": "compliant", "fields": {}, "owner": None, "queue": None, "opened_at": opened, "out": out,
        "next_wakeup": None, "next_deadline": None if deadline is None else MONDAY + timedelta(minutes=deadline),
        "as_of": opened, "updated_at": opened,
    }  # fmt: skip
    return row | more


async def fill(database: Database, rows: list[dict[str, Any]]) -> None:
    """Have these records, and the planner know of them."""
    async with database.transaction() as connection:
        for start in range(0, len(rows), 5000):
            await connection.execute(table.insert(), rows[start : start + 5000])
    async with database.transaction() as connection:
        if not database.is_sqlite:  # it does so by itself; SQLite never does
            await connection.execute(text("ANALYZE records"))


def key_of(order: Order) -> Any:
    """How a person would sort."""

    def key(one: StoredRecord) -> Any:
        deadline = () if order.endswith("opened_at") else (one.next_deadline or MONDAY,)
        return (*deadline, one.opened_at, one.id)

    return key


async def all_of(store: Records, **asked: Any) -> AsyncIterator[StoredRecord]:
    """Page by page."""
    after = None
    while page := await store.list(after=after, **asked):
        for one in page:
            yield one
        after = position_of(page[-1])


@pytest.mark.parametrize("order", ORDERS)
async def test_pages_are_the_list_in_parts(database: Database, order: Order) -> None:
    deadlines = (None, 5, 5, 90, None, 7, 7, 7)
    await fill(database, [a_row(n, out=n % 2 == 0, deadline=deadlines[n % 8]) for n in range(40)])
    store = Records(database)
    whole = list(await store.list(order_by=order, limit=100))
    with_deadline = [one for one in whole if order.endswith("opened_at") or one.next_deadline]
    without = [one for one in whole if one not in with_deadline]
    assert len(whole) == 40
    assert with_deadline == sorted(with_deadline, key=key_of(order), reverse=order.startswith("-"))
    assert whole == [*with_deadline, *without], "those without a deadline are last"
    assert without == sorted(without, key=key_of(order), reverse=order.startswith("-"))
    for size, is_open in product((1, 3, 7), (None, True, False)):
        found = [one async for one in all_of(store, order_by=order, limit=size, is_open=is_open)]
        assert found == [one for one in whole if is_open is None or one.out is not is_open]


async def test_a_page_goes_on_where_the_one_before_ended_although_its_last_record_is_gone(database: Database) -> None:
    await fill(database, [a_row(n, out=False, deadline=n) for n in range(10)])
    store = Records(database)
    [*_, last] = await store.list(limit=5)
    async with database.transaction() as connection:
        await connection.execute(table.update().where(table.c.id == last.id).values(next_deadline=None, out=True))
    assert [one.id for one in await store.list(limit=3, after=position_of(last))] == ["C-000005", "C-000006", "C-000007"]


@pytest.fixture
async def full(database: Database) -> Records:
    """A hundred thousand records, nine in ten of them closed."""
    rows = [
        a_row(
            n,
            out=n % 10 > 0,
            deadline=n * 7 % 50_000 if n % 10 == 0 else None,
            status="at_risk" if n % 200 == 0 else "violated_closed" if n % 7 == 0 else "compliant",
            account=f"account-{n % 300}",
            owner=f"owner-{n % 60}",
            queue=f"tier-{n % 4}",
            process=f"Process {n % 3}",
        )
        for n in range(MANY)
    ]
    await fill(database, rows)
    return Records(database)


FILTERS: list[dict[str, Any]] = [
    {},
    {"is_open": True},
    {"is_open": False},
    {"status": "at_risk"},
    {"status": "at_risk", "is_open": True},
    {"status": "compliant"},
    {"status": "compliant", "is_open": True},
    {"status": "violated_closed"},
    {"account": "account-7"},
    {"owner": "owner-7", "is_open": True},
    {"queue": "tier-0", "is_open": True},
    {"queue": "tier-2"},
    {"process": "Process 1"},
    {"process": "Process 1", "status": "at_risk", "is_open": True},
]


async def test_a_page_of_a_hundred_thousand_records_is_read_in_no_time(full: Records) -> None:
    slow = {}
    for order, wanted in product(("next_deadline", "-next_deadline"), FILTERS):
        first = await full.list(order_by=order, limit=100, **wanted)
        for name, after in (("first", None), ("next", position_of(first[-1]) if first else None)):
            took = []
            for _ in range(3):
                began = time.perf_counter()
                await full.list(order_by=order, limit=100, after=after, **wanted)
                took.append(time.perf_counter() - began)
            if min(took) > PAGE_S:
                slow[order, str(wanted), name] = round(min(took), 3)
    assert slow == {}
