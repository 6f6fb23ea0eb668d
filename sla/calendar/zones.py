"""IANA time zones: which names exist, and what a zone's offset from UTC is, span by span.

`zoneinfo` reads the system's database and falls back to the `tzdata` package; the names are those of
`tzdata`, so that a calendar is accepted or refused alike on every machine.
"""

import difflib
from collections.abc import Iterator
from functools import lru_cache
from importlib import resources
from typing import Final
from zoneinfo import ZoneInfo

from sla.calendar.instants import DAY_S, FIRST_S, LAST_S, instant

# A step between looks at the clock. No zone has ever changed its offset twice within six days (a test reads
# them all), so between two looks there is at most one change, and bisection finds it.
STEP_S: Final = 6 * DAY_S


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split())


def known_zone(name: str) -> str:
    """`name` itself if it is an IANA zone; else a ValueError that suggests the nearest one."""
    if name in _names():
        return name
    by_lower = {known.lower(): known for known in sorted(_names())}
    near = difflib.get_close_matches(name.lower().replace(" ", "_"), by_lower, n=1)
    hint = f"did you mean {by_lower[near[0]]}?" if near else "write one such as Europe/Berlin"
    raise ValueError(f"'{name}' is not an IANA time zone; {hint}")


@lru_cache(maxsize=2048)
def offsets(zone: ZoneInfo, start_s: int, end_s: int) -> tuple[tuple[int, int, int], ...]:
    """The spans `(from_s, to_s, offset_s)` of UTC that make up `[start_s, end_s)`, each of one offset.

    Local wall-clock time is UTC + offset throughout a span. That is all there is to daylight saving: at the
    seam wall times are skipped, or come twice.
    """
    return tuple(_offsets(zone, start_s, end_s))


def _offsets(zone: ZoneInfo, start_s: int, end_s: int) -> Iterator[tuple[int, int, int]]:
    begun, offset = start_s, _offset_s(zone, start_s)
    looked = start_s
    while looked < end_s:
        ahead = min(looked + STEP_S, end_s)
        following = _offset_s(zone, ahead)
        if following != offset:
            change = _change(zone, looked, ahead)
            yield begun, change, offset
            begun, offset = change, following
        looked = ahead
    if begun < end_s:
        yield begun, end_s, offset


def _change(zone: ZoneInfo, before_s: int, after_s: int) -> int:
    """The first second of the new offset, given one look on either side of the only change."""
    old = _offset_s(zone, before_s)
    while after_s - before_s > 1:
        middle = (before_s + after_s) // 2
        if _offset_s(zone, middle) == old:
            before_s = middle
        else:
            after_s = middle
    return after_s


def _offset_s(zone: ZoneInfo, at_s: int) -> int:
    # Held a day off the ends of what a date-time can hold: local time must fit in, too. No zone changes there.
    if not FIRST_S + DAY_S <= at_s <= LAST_S - DAY_S:
        at_s = min(max(at_s, FIRST_S + DAY_S), LAST_S - DAY_S)
    offset = instant(at_s).astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101 - a ZoneInfo always knows
    return offset.days * DAY_S + offset.seconds
