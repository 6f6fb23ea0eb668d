"""Instants: UTC, aware, whole seconds (SPEC 1). `_s` is epoch seconds inside the engine, `_at` a datetime at its edges."""

from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_instant(value: Any) -> datetime:
    """Read an aware date-time, in UTC, rounded down to the second. Raises ValueError when naive or no date-time."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError(f"'{value}' is not a date-time; write it as 2026-03-02T14:30:00Z") from None
    if not isinstance(value, datetime):
        raise ValueError(f"{value!r} is not a date-time; write it as text, as in 2026-03-02T14:30:00Z")
    if value.tzinfo is UTC and not value.microsecond:
        return value
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError(f"'{value.isoformat()}' has no time zone; write it as in 2026-03-02T14:30:00Z")
    try:
        return value.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise ValueError(f"'{value.isoformat()}' lies outside the years 1 to 9999") from None


FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Something of the life of a case lies within; beyond are the empty dates of other systems, and mistakes."""


def to_plausible(value: Any) -> datetime:
    """As `to_instant`, for instants that events tell. Raises ValueError also beyond the years 1900 to 2199."""
    at = to_instant(value)
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"'{to_text(at)}' lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return at


def to_s(at: datetime) -> int:
    """Epoch seconds of an aware instant, rounded down."""
    since = at - _EPOCH
    return since.days * 86_400 + since.seconds  # the microseconds of a timedelta are never negative


def from_s(at_s: int) -> datetime:
    """The UTC instant of epoch seconds."""
    return datetime.fromtimestamp(at_s, UTC)


def to_text(at: datetime) -> str:
    """An instant as everything outside sees it: `2026-03-02T14:30:00Z`."""
    return f"{at.isoformat()[:19]}Z"


DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Spelled here, because `strftime` takes them from the machine's locale."""


def date_in_words(on: date) -> str:
    """A local date for people: `Mon 2 Mar 2026`."""
    return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]} {on.year}"


_AS_TEXT = PlainSerializer(to_text, return_type=str, when_used="json")
_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time"})

Instant = Annotated[datetime, BeforeValidator(to_instant), _AS_TEXT, _SCHEMA]
ToldInstant = Annotated[datetime, BeforeValidator(to_plausible), _AS_TEXT, _SCHEMA]
"""An instant that an event tells."""
