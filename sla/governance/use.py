"""What is out of use or runs out: processes without customers or cases, calendars without holidays to come."""

from collections.abc import Iterator
from datetime import UTC, date, timedelta

from sla.calendar import BusinessHours
from sla.calendar.rules import OnDate, OnDates
from sla.governance.finding import Seen
from sla.governance.grouping import shell
from sla.governance.reading import Reading
from sla.governance.snapshot import Use, Version

_NEVER = Use()


def without_entitlements(reading: Reading) -> Iterator[Seen]:
    """Processes in force to which no customer is entitled."""
    for version in reading.in_force:
        if not reading.snapshot.uses.get(version.name, _NEVER).entitlements:
            yield Seen(
                subject=f"process/{version.name}",
                sentence=f"No customer is entitled to '{version.name}'.",
                remedy=f"Retire it if nobody opens cases under it.\nmilepost process retire {shell(version.name)}",
                names=(version.name,),
            )


def without_cases(reading: Reading) -> Iterator[Seen]:
    """Processes in force for some time under which no case was opened for as long."""
    days = reading.options.idle_days
    since = reading.today - timedelta(days=days)
    for version in reading.in_force:
        latest = reading.snapshot.uses.get(version.name, _NEVER).latest_case_at
        latest_on = latest.astimezone(UTC).date() if latest else None
        if not _newer(version, since) and (latest_on is None or latest_on < since):
            last = "it never had one" if latest_on is None else f"the latest was opened on {latest_on}"
            yield Seen(
                subject=f"process/{version.name}",
                sentence=f"No case was opened under '{version.name}' in {days} days: {last}.",
                remedy=f"Retire it if it is no longer needed.\nmilepost process retire {shell(version.name)}",
                names=(version.name,),
            )


def _newer(version: Version, since: date) -> bool:
    return version.since is not None and version.since.astimezone(UTC).date() > since


def holidays_run_out(reading: Reading) -> Iterator[Seen]:
    """Calendars whose last dated holiday is near or past. Days of every year never run out."""
    until = reading.today + timedelta(days=reading.options.holidays_days)
    for name, hours in sorted(reading.snapshot.calendars.items()):
        last = last_holiday(hours)
        if last is not None and last <= until:
            ran = "ran out" if last < reading.today else "run out"
            yield Seen(
                subject=f"calendar/{name}",
                sentence=f"The holidays of '{name}' {ran}: the last is on {last}.",
                remedy="Apply the calendar again: a country's holidays are then known for further years. "
                "Dates of your own must be added to it.",
                names=(name,),
            )


def last_holiday(hours: BusinessHours) -> date | None:
    """The last dated day on which the calendar is closed; a country's are dates since it was published."""
    closed = [
        *(rule.date for rule in hours.holidays if isinstance(rule, OnDate) and rule.hours is None),
        *(rule.to for rule in hours.holidays if isinstance(rule, OnDates)),
    ]
    return max(closed, default=None)
