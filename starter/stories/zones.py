"""The zone whose local times a case is told in, where nobody asked for another: that of its business hours."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.dossier import Dossier, LawKept
from sla.events import Changed, Migrated, Opened
from sla.evidence_errors import UnknownZone


def named(name: str) -> ZoneInfo:
    """The zone of that name. Raises UnknownZone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(zone=name) from None


def zone_of(dossier: Dossier) -> ZoneInfo:
    """The zone of the business hours of the case's process, else of the record, else of its first milestone that has any."""
    law = _followed(dossier)
    for name in _names(dossier, law):
        if name in law.calendars:
            return ZoneInfo(law.calendars[name].timezone)
    return ZoneInfo(law.default_hours.timezone)


def _followed(dossier: Dossier) -> LawKept:
    """The law that the record was moved to last, else that of its opening."""
    moves = [event for event in dossier.log if isinstance(event, Migrated)]
    for move in reversed(moves):
        for law in reversed(dossier.laws):
            if law.ref.version == move.version and law.process.process == (move.process or dossier.opened_under.process):
                return law
    return dossier.laws[0]


def _names(dossier: Dossier, law: LawKept) -> Iterator[str]:
    if law.process.business_hours is not None:
        yield law.process.business_hours
    for event in reversed(dossier.log):
        told = event.set if isinstance(event, Changed) else event.fields if isinstance(event, Opened) else {}
        if isinstance(name := told.get("business_hours"), str):
            yield name
    yield from (line.business_hours for line in law.process.milestones if line.business_hours is not None)
