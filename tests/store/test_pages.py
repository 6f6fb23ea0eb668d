"""Pages of records: every record once, in one order whatever the page's size, and no slower in a full store."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import text

from store.engine import Database
from store.pages import ORDERS, Order, Position, page, position_of
from store.records import Records
from store.sqlite import SqliteConnection
from store.tables import records as table
from store.views import StoredRecord
from tests.store.builders import MONDAY

MANY = 100_000
FEW = 6000
"""Rows that a page of a hundred may look at: two parts of a list, or one of the short lists as a whole, sorted."""


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
    while found := await store.list(after=after, **asked):
        for one in found:
            yield one
        after = position_of(found[-1])


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
async def full(database: Database) -> Database:
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
    return database


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
    {"owner": "owner-10", "is_open": True},
    {"queue": "tier-0", "is_open": True},
    {"queue": "tier-2"},
    {"process": "Process 1"},
    {"process": "Process 1", "status": "at_risk", "is_open": True},
]


class Watched:
    """Pages, and how many rows and entries of indexes were looked at for each; of SQLite its steps, some sixty for a row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, order: Order, after: Position | None, wanted: dict[str, Any]) -> tuple[Sequence[Any], int]:
        filters: Any = {**dict.fromkeys(("status", "process", "account", "owner", "queue")), **wanted}
        is_open = filters.pop("is_open", None)
        steps = [0]
        async with self._database.reading() as connection:
            driver: Any = None
            if not isinstance(connection, SqliteConnection):
                steps[0] = int(await connection.scalar(text(_LOOKED_AT)) or 0)
            else:
                driver = await connection.run_sync(lambda sync: sync.connection.driver_connection)
                driver.set_progress_handler(lambda: steps.__setitem__(0, steps[0] + 100), 100)
            rows = await page(connection, filters, is_open=is_open, order_by=order, limit=100, after=after)
            if driver is not None:
                driver.set_progress_handler(None, 0)
                return rows, steps[0] // 60
            return rows, int(await connection.scalar(text(_LOOKED_AT)) or 0) - steps[0]


_LOOKED_AT = """
    SELECT pg_stat_get_xact_tuples_returned('records'::regclass)
         + (SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index WHERE indrelid = 'records'::regclass)
"""


async def test_a_page_looks_at_few_of_a_hundred_thousand_records(full: Database) -> None:
    """Whatever machine this is, and however busy: the figure in milliseconds is the bench's."""
    many = {}
    for order, wanted in product(("next_deadline", "-next_deadline"), FILTERS):
        rows, first = await Watched(full).page(order, None, wanted)
        last = rows[-1]
        _, next_ = await Watched(full).page(order, Position(last["next_deadline"], last["opened_at"], last["id"]), wanted)
        if max(first, next_) > FEW:
            many[order, str(wanted)] = (first, next_)
    assert many == {}
