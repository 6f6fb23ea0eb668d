"""Between aware date-times and the integer seconds since 1970-01-01T00:00Z in which open time is reckoned.

The supported axis is the years 1 to 9999, as far as a date-time reaches. Nothing here knows a calendar.
"""

from datetime import UTC, date, datetime
from typing import Final

from sla.errors import NaiveInstant

DAY_S: Final = 86_400
FIRST_S: Final = -62_135_596_800  # 0001-01-01T00:00:00Z
LAST_S: Final = 253_402_300_799  # 9999-12-31T23:59:59Z: the last instant that a date-time can hold
EPOCH_DAY: Final = date(1970, 1, 1).toordinal()

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_s(at: datetime, where: str) -> int:
    """Whole seconds since 1970 of an aware instant in any zone, rounded down (SPEC 1).

    `where` says in the error what was asked. Raises NaiveInstant for a date-time without a zone,
    ValueError for one that lies beyond the supported years in UTC.
    """
    try:
        since = at - EPOCH
    except TypeError:
        raise NaiveInstant(where=where, value=at.isoformat()) from None
    seconds = since.days * DAY_S + since.seconds  # the microseconds of a timedelta are never negative
    if not FIRST_S <= seconds <= LAST_S:
        raise ValueError(f"{where}: {at.isoformat()} is, in UTC, beyond the years 1 to 9999")
    return seconds


def instant(at_s: int) -> datetime:
    """The aware UTC instant of so many seconds since 1970, within the years 1 to 9999."""
    return datetime.fromtimestamp(at_s, UTC)


def day_of(on: date) -> int:
    """The number of a local date, counted in days from 1970-01-01."""
    return on.toordinal() - EPOCH_DAY
