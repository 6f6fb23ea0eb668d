"""`apply`: check definitions against what is there, then publish them all or none."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from activities.actions import mentions
from sla.calendar import BusinessHours
from sla.errors import UnknownPerson
from sla.messages import ProcessRef
from starter.checks import check_business_days, check_calendars
from starter.definitions import Definitions, Found
from starter.self_checks import check_by_themselves
from starter.views import ApplyLine, ApplyReport
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.directory import StoredDirectory
from store.engine import Database
from store.entitlement_files import StoredEntitlementFiles
from store.people import Counts
from store.publication import Publication, Published

if TYPE_CHECKING:
    from runtime.settings import Settings
    from sla.people import People
    from sla.process.model import Process


class _DryRun(Exception):
    """Nothing is to be kept."""


async def apply_definitions(
    database: Database,
    catalogue: Catalogue,
    definitions: Definitions,
    settings: "Settings",
    *,
    at: datetime,
    dry_run: bool,
) -> ApplyReport:
    """Publish definitions, all or none. Raises what the checks and the catalogue refuse."""
    check_by_themselves(definitions, settings)
    hours = await _published_hours(database) | definitions.hours
    for process in definitions.processes:
        check_calendars(process, hours)
        check_business_days(process, hours)
        await _check_mentions(process, definitions, StoredDirectory(database))
    lines: list[ApplyLine] = []
    try:
        async with catalogue.publishing(at=at) as publication:
            lines += await _publish(publication, definitions)
            if dry_run:
                await publication.finish()
                raise _DryRun
    except _DryRun:
        pass
    return ApplyReport(dry_run=dry_run, lines=lines)


async def _published_hours(database: Database) -> dict[str, BusinessHours]:
    latest = ProcessRef(process="", version=0, revision=2**31 - 1)
    return dict(await StoredDefinitions(database).calendars(latest))


async def _publish(publication: Publication, definitions: Definitions) -> list[ApplyLine]:
    lines = [_line("calendar", await publication.publish_calendar(found.value)) for found in definitions.calendars]
    for found in definitions.people:
        counts = await publication.publish_people(found.value, found.document.source)
        lines.append(ApplyLine(kind="people", name=found.document.source, outcome=_outcome(counts)))
    lines += [_line("process", await publication.publish_process(found.value)) for found in definitions.processes]
    files = StoredEntitlementFiles(publication.connection, publication.actor, publication.at)
    for promised in definitions.entitlements:  # which name processes and calendars that must be there by now
        counts = await files.put(promised.value, promised.document.source)
        lines.append(ApplyLine(kind="entitlements", name=promised.document.source, outcome=_outcome(counts)))
    return lines


def _outcome(counts: Counts) -> Literal["created", "changed", "unchanged"]:
    return "created" if counts.created else "changed" if counts.changed else "unchanged"


def _line(kind: Literal["process", "calendar"], published: Published) -> ApplyLine:
    outcome: Literal["created", "changed", "unchanged"] = "unchanged"
    if published.created:
        outcome = "created" if published.version == 1 else "changed"
    return ApplyLine(kind=kind, name=published.name, version=published.version, outcome=outcome)


async def _check_mentions(found: "Found[Process]", definitions: Definitions, directory: StoredDirectory) -> None:
    """Raise UnknownPerson for a person, role or queue that neither the directory nor the files at hand hold."""
    at_hand = [file.value for file in definitions.people]
    for mention in mentions(found.value):
        held = mention.name in _at_hand(at_hand, mention.what) or await _held(directory, mention.what, mention.name)
        if not held:
            raise UnknownPerson(where=found.where(mention.where), what=mention.what, name=mention.name)


def _at_hand(files: "list[People]", what: Literal["person", "role", "queue"]) -> set[str]:
    if what == "person":
        return {person.person for file in files for person in file.people}
    if what == "role":
        return {role for file in files for person in file.people for role in person.roles}
    return {queue.queue for file in files for queue in file.queues}


async def _held(directory: StoredDirectory, what: Literal["person", "role", "queue"], name: str) -> bool:
    if what == "person":
        return await directory.person(name) is not None
    if what == "role":
        return bool(await directory.in_role(name))
    return await directory.queue(name) is not None
