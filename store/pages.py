"""Pages of records: each begins where the one before ended, and is read from an index in the order that is wanted.

The orders have records without a deadline last. A database would have to look at every record to sort them so; hence the
list is put together from strata, in each of which an index has them in order: open and closed, with a deadline and without.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypedDict, get_args

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    RowMapping,
    Select,
    UnaryExpression,
    bindparam,
    select,
    tuple_,
    union_all,
)

from sla.timeline import RollUp
from store.connection import AnyConnection
from store.tables import records
from store.views import StoredRecord

Order = Literal["next_deadline", "-next_deadline", "opened_at", "-opened_at"]
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
"""A minus: the latest first."""


class Filters(TypedDict, total=False):
    """Columns and what they must hold; None, as if it were not there, is anything."""

    status: RollUp | None
    process: str | None
    account: str | None
    owner: str | None
    queue: str | None


class Position(NamedTuple):
    """A record's place in every order."""

    next_deadline: datetime | None
    opened_at: datetime
    record: str


def position_of(stored: StoredRecord) -> Position:
    """Where a record stands."""
    return Position(stored.next_deadline, stored.opened_at, stored.id)


class _Stratum(NamedTuple):
    """Records that an index has in order: by which columns, which records these are, and after what they begin.

    Those without a deadline are ordered by it all the same: it keeps PostgreSQL, which does not know that hardly any of them
    is open, from looking for them in the index of all openings.
    """

    columns: tuple[Column[Any], ...]
    of: ColumnElement[bool] | None
    after: tuple[object, ...] | None
    """Values of the last of the columns."""


async def page(
    connection: AnyConnection,
    wanted: Filters,
    *,
    is_open: bool | None,
    order_by: Order,
    limit: int,
    after: Position | None,
) -> Sequence[RowMapping]:
    """Rows of `records` that match, at most `limit`, after a position."""
    conditions = [records.c[name] == value for name, value in wanted.items() if value is not None]
    found: list[RowMapping] = []
    for stratum in _strata(order_by, after):
        if len(found) < limit:
            parts = [[*conditions, *part] for part in _parts(is_open, order_by)]
            query = _within(stratum, parts, descending=order_by.startswith("-"), limit=limit - len(found))
            found += (await connection.execute(query)).mappings().all()
    return found


def _parts(is_open: bool | None, order_by: Order) -> list[list[ColumnElement[bool]]]:
    """The indexes by deadline begin with `out`, and neither database merges two ranges of one by itself."""
    if is_open is not None:
        return [[records.c.out == (not is_open)]]
    return [[]] if order_by.endswith("opened_at") else [[records.c.out.is_(False)], [records.c.out.is_(True)]]


def _strata(order_by: Order, after: Position | None) -> Iterator[_Stratum]:
    """The parts of the list that follow the position, one after the other."""
    opened, timed = (records.c.opened_at, records.c.id), records.c.next_deadline
    of_opening = None if after is None else (after.opened_at, after.record)
    if order_by.endswith("opened_at"):
        yield _Stratum(opened, None, of_opening)
        return
    if after is None or after.next_deadline is not None:
        yield _Stratum((timed, *opened), timed.is_not(None), None if after is None else tuple(after))
    beyond = after is not None and after.next_deadline is None
    yield _Stratum((timed, *opened), timed.is_(None), of_opening if beyond else None)


def _within(
    stratum: _Stratum, parts: Sequence[Sequence[ColumnElement[bool]]], *, descending: bool, limit: int
) -> Select[*tuple[Any, ...]]:
    """The first rows of a stratum: of each part the ids in order, by an index alone; then the rows of the first of those."""
    where = [] if stratum.of is None else [stratum.of]
    if stratum.after is not None:
        columns = stratum.columns[-len(stratum.after) :]
        place, last = tuple_(*columns), tuple_(*_bound(columns, stratum.after))
        where.append(place < last if descending else place > last)
    firsts = [
        select(*stratum.columns).where(*part, *where).order_by(*_order(stratum.columns, descending)).limit(limit).subquery()
        for part in parts
    ]
    ids = union_all(*(select(*first.c) for first in firsts)).subquery()
    joined = select(records).join(ids, ids.c.id == records.c.id)
    return joined.order_by(*_order([ids.c[column.name] for column in stratum.columns], descending)).limit(limit)


def _order(columns: Sequence[ColumnElement[Any]], descending: bool) -> list[UnaryExpression[Any]]:
    return [column.desc() if descending else column.asc() for column in columns]


def _bound(columns: Sequence[Column[Any]], values: Sequence[object]) -> list[BindParameter[Any]]:
    """Values, each as its column's type has it."""
    return [bindparam(None, value, type_=column.type) for column, value in zip(columns, values, strict=True)]
