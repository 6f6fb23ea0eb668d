"""Instants: UTC, aware, whole seconds (SPEC 1). `_s` is epoch seconds inside the engine, `_at` a datetime at its edges."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema


def to_instant(value: Any) -> datetime:
    """Read an aware date-time, in UTC, rounded down to the second. Raises ValueError when naive or no date-time."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"'{value}' is not a date-time; write it as 2026-03-02T14:30:00Z") from None
    if not isinstance(value, datetime):
        raise ValueError(f"{value!r} is not a date-time; write it as text, as in 2026-03-02T14:30:00Z")
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError(f"'{value.isoformat()}' has no time zone; write it as in 2026-03-02T14:30:00Z")
    try:
        return value.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError(f"'{value.isoformat()}' lies outside the years 1 to 9999") from None


def to_s(at: datetime) -> int:
    """Epoch seconds of an aware instant, rounded down."""
    return int(at.timestamp() // 1)


def from_s(at_s: int) -> datetime:
    """The UTC instant of epoch seconds."""
    return datetime.fromtimestamp(at_s, UTC)


def to_text(at: datetime) -> str:
    """An instant as everything outside sees it: `2026-03-02T14:30:00Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at.year >= 1000 else f"{at.isoformat()[:19]}Z"


Instant = Annotated[
    datetime,
    BeforeValidator(to_instant),
    PlainSerializer(to_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
