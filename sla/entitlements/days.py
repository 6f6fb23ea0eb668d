"""Dates of a contract: how they are spelled, and the instants at which they begin and end in a customer's zone.

Both ends of a term are inclusive, and a date is the customer's own: of one that ends on the 31st the last second is the
one before midnight there (SPEC 6). A date that the zone never had, or whose midnight it skips, needs no rule of its own.
"""

import datetime as dt
import re
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, WithJsonSchema

from sla.calendar.instants import DAY_S
from sla.calendar.zones import offsets
from sla.instants import FIRST_YEAR, LAST_YEAR, from_s, to_s

_DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_WIDEST_S: Final = 2 * DAY_S
"""No local midnight is farther than this from that of UTC."""


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(_DATE, value):
        raise ValueError(f"{value!r} is not a date; write it as 2026-12-31")
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"'{value}' is not a date: there is no such day") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"'{value}' lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DATE})]
"""A local date, as `2026-12-31`."""


def local_day(at: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The date on the wall of that zone."""
    return at.astimezone(zone).date()


def first_of(day: dt.date, zone: ZoneInfo, *, not_before: dt.datetime | None = None) -> dt.datetime:
    """The first instant whose local date is `day` or later; `not_before`: of those from then on.

    Where clocks go back over midnight a date can come twice: hence the second bound.
    """
    midnight_s = day.toordinal() * DAY_S - dt.date(1970, 1, 1).toordinal() * DAY_S
    looked_s = midnight_s - _WIDEST_S
    if not_before is not None:
        looked_s = max(looked_s, to_s(not_before))
    until_s = max(looked_s, midnight_s) + _WIDEST_S
    for begun_s, ended_s, offset_s in offsets(zone, looked_s, until_s):
        at_s = max(begun_s, midnight_s - offset_s)
        if at_s < ended_s:
            return from_s(at_s)
    raise AssertionError("two days after its midnight a date has begun everywhere")
