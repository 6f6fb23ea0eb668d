"""Time zones: what the search for clock changes takes for granted, and the axis that it yields."""

import struct
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

from sla.calendar.zones import STEP_S, known_zone, offsets


def test_no_zone_has_ever_changed_its_clocks_twice_within_one_step() -> None:
    shortest = min(_shortest_between_changes(name) for name in _all_zones())
    assert shortest > STEP_S


def test_every_zone_of_the_database_can_be_named() -> None:
    assert all(known_zone(name) == name for name in _all_zones())
    assert len(_all_zones()) > 500


def test_a_year_in_berlin_has_three_stretches_of_one_offset_each() -> None:
    start, end = 1_767_225_600, 1_798_761_600  # the year 2026 in UTC
    found = offsets(ZoneInfo("Europe/Berlin"), start, end)
    assert found == ((start, 1_774_746_000, 3600), (1_774_746_000, 1_792_890_000, 7200), (1_792_890_000, end, 3600))


def _all_zones() -> list[str]:
    return resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()


def _shortest_between_changes(name: str) -> int:
    """Seconds between the two nearest changes of a zone's offset, read from its TZif file (RFC 9636)."""
    data = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    *counts, transitions, types, letters = struct.unpack(">20x6l", data[:44])
    isut, isstd, leap = counts
    second = 44 + transitions * 5 + types * 6 + letters + leap * 8 + isstd + isut  # the 64-bit block
    *_, transitions, types, _ = struct.unpack(">20x6l", data[second : second + 44])
    at = second + 44
    instants = struct.unpack(f">{transitions}q", data[at : at + 8 * transitions])
    kinds = data[at + 8 * transitions : at + 9 * transitions]
    first_kind = at + 9 * transitions
    offsets_s = [struct.unpack_from(">l", data, first_kind + 6 * kind)[0] for kind in range(types)]
    changes, current = [], offsets_s[0]
    for instant, kind in zip(instants, kinds, strict=True):
        if offsets_s[kind] != current:
            changes.append(instant)
            current = offsets_s[kind]
    return min((two - one for one, two in pairwise(changes)), default=10**9)
