"""What several measures work on: business hours, the real incidents, cases of a given size. No rival, no server."""

import random
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from sla.calendar import BusinessHours
from sla.events import Event, read_event
from sla.imports.incidents import read_incidents
from sla.instants import to_text
from sla.process.model import Process
from starter.definitions import Definitions, load

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
INCIDENTS = (ROOT.parent / "shared" / "data" / "incidents.csv", EXAMPLES / "incidents" / "incidents-2016.csv")
"""The real incidents: a larger part of the same log if it lies beside the repository, else what the repository has."""

SEED = 20_261_122
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
ZONE = ZoneInfo("Europe/Berlin")
OPENS, CLOSES = time(9), time(17)
FIRST_YEAR, LAST_YEAR = 2026, 2032


# ---------------------------------------------------------------------- business hours


@cache
def office_holidays() -> tuple[date, ...]:
    """The public holidays of Germany, as dates, for as far as 8,000 open hours reach."""
    return tuple(sorted(holidays.country_holidays("DE", years=range(FIRST_YEAR, LAST_YEAR + 1))))


def office() -> BusinessHours:
    """Mon–Fri 09:00–17:00 in Berlin, closed on public holidays."""
    windows = [f"{OPENS:%H:%M}-{CLOSES:%H:%M}"]
    closed = [on.isoformat() for on in office_holidays()]
    return BusinessHours.model_validate(
        {"calendar": "office", "timezone": str(ZONE), "hours": dict.fromkeys(WEEKDAYS, windows), "holidays": closed}
    )


def office_starts(count: int) -> list[datetime]:
    """Instants all through 2026, in UTC: three of four within the hours of a day, the fourth at any time."""
    chance = random.Random(SEED)
    first = datetime(FIRST_YEAR, 1, 1, tzinfo=ZONE)
    starts = []
    for number in range(count):
        day = first + timedelta(days=number * 365 // count)
        minute = chance.randrange(9 * 60 + 1, 17 * 60) if number % 4 else chance.randrange(24 * 60)
        starts.append(day.replace(hour=minute // 60, minute=minute % 60).astimezone(UTC))
    return starts


# ---------------------------------------------------------------------- cases for `evaluate`


@cache
def examples() -> Definitions:
    """Everything in `examples/`."""
    return load([EXAMPLES])


def process(name: str) -> Process:
    """One of the example processes, read anew: what one measure compiled is not there for the next."""
    found = next(found.value for found in examples().processes if found.value.process == name)
    return Process.model_validate(found.model_dump(mode="json", exclude_none=True))


def incident_lines() -> tuple[str, list[list[dict[str, Any]]]]:
    """The file's name, and the lines of each incident, as JSON has them."""
    file = next(file for file in INCIDENTS if file.is_file())
    cases: dict[str, list[dict[str, Any]]] = {}
    for line in read_incidents(file.read_text(encoding="utf-8"), file.name).events:
        cases.setdefault(line["record"], []).append(line)
    return file.name, list(cases.values())


def read(lines: list[dict[str, Any]]) -> list[Event]:
    """One case's lines as events."""
    return [read_event(line, where="the bench") for line in lines]


def long_case(events: int) -> list[dict[str, Any]]:
    """An incident with this many events, one every half hour: notes, changes of owner, the clock stopped and resumed."""
    kinds: tuple[dict[str, Any], ...] = (
        {"type": "noted", "kind": "customer.replied"},
        {"type": "changed", "set": {"owner": "ada"}},
        {"type": "stopped", "reason": "Awaiting User Info"},
        {"type": "resumed"},
        {"type": "changed", "set": {"owner": "ben", "priority": "P2"}},
    )
    told = [_line(0, {"type": "opened", "fields": {"type": "case", "priority": "P3", "owner": "ben"}})]
    told += [_line(number, kinds[number % len(kinds)]) for number in range(1, events - 1)]
    return [*told, _line(events - 1, {"type": "closed"})]


def late_case(late: int) -> list[dict[str, Any]]:
    """The same, but each of its `late` events was recorded two hours after it happened, so each is later knowledge."""
    first, *others = long_case(late + 2)
    known = timedelta(hours=2)
    return [first, *({**line, "recorded_at": to_text(_at(number) + known)} for number, line in enumerate(others[:-1], 1))]


def _line(number: int, carried: dict[str, Any]) -> dict[str, Any]:
    return {"record": "C-1", "id": f"C-1-{number:05d}", "at": to_text(_at(number)), **carried}


def _at(number: int) -> datetime:
    return datetime(2026, 3, 2, 9, tzinfo=UTC) + number * timedelta(minutes=30)
