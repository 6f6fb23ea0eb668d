"""Column types that mean the same on SQLite and on PostgreSQL. Migrations use them too: what is stored never changes."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator, TypeEngine

from sla.instants import to_instant, to_text


class UtcInstant(TypeDecorator[datetime]):
    """An aware UTC instant of whole seconds: `timestamptz` on PostgreSQL, `2026-03-02T14:30:00Z` as text on SQLite.

    Both sort and compare as instants do, in the years 1000 to 9999, and a person who looks at a table can read them. A naive
    date-time is refused with ValueError, a fraction of a second is rounded down.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text of a fixed width where the database knows no instants."""
        return dialect.type_descriptor(String(20) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """What the driver is given."""
        if value is None:
            return None
        at = to_instant(value)
        return to_text(at) if dialect.name == "sqlite" else at

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """What the driver gave."""
        if isinstance(value, str):
            return to_instant(value)
        return value.astimezone(UTC) if isinstance(value, datetime) else None


# `json` and not `jsonb`: what is read must be what was written. `jsonb` turns 1e20 into an integer and refuses U+0000.
Json = JSON(none_as_null=True)

Seconds = BigInteger
"""Whole seconds; a limit may be longer than 68 years."""

Counter = BigInteger().with_variant(Integer, "sqlite")
"""A number that the database draws itself; SQLite does so only for a plain INTEGER."""
