"""An installation to which the examples were applied, and what is promised besides."""

from pathlib import Path
from typing import Any

from sla.acting import Actor
from sla.entitlements.choosing import Request, choose
from sla.entitlements.model import Entitlements
from starter.definitions import load
from store.catalogue import Catalogue
from store.engine import Database
from store.entitlement_files import StoredEntitlementFiles
from store.entitlements import Entered, StoredEntitlements
from store.people import Counts
from tests.store.builders import at

EXAMPLES = Path(__file__).parents[2] / "examples"
GRACE = Actor(name="grace", door="cli")
NOW = at("09:00")


def the_file() -> Entitlements:
    """The example."""
    (found,) = load([EXAMPLES / "entitlements.yaml"]).entitlements
    return found.value


async def apply(database: Database, file: Entitlements | dict[str, Any]) -> Counts:
    """Apply one entitlements file."""
    async with Catalogue(database).publishing(at=NOW, actor=GRACE) as publication:
        whole = file if isinstance(file, Entitlements) else Entitlements.model_validate(file)
        return await StoredEntitlementFiles(publication).put(whole, "entitlements.yaml")


async def with_examples(database: Database, *, entitlements: bool = True) -> Database:
    """The same, once all examples are applied to it."""
    found = load([EXAMPLES / "processes", EXAMPLES / "calendars", EXAMPLES / "people.yaml"])
    async with Catalogue(database).publishing(at=NOW) as publication:
        for calendar in found.calendars:
            await publication.publish_calendar(calendar.value)
        for people in found.people:
            await publication.publish_people(people.value)
        for process in found.processes:
            await publication.publish_process(process.value)
    if entitlements:
        await apply(database, the_file())
    return database


async def enter(database: Database, record: str, **said: Any) -> Entered:
    """Choose for a record and write it down, as if nobody else were there."""
    request = Request(**said)
    stored = StoredEntitlements(database)
    known = await stored.candidates(account=request.account, named=request.entitlement)
    return await stored.enter(record, request, choose(known, request, NOW), NOW)
