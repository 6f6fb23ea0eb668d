"""Who relies on a process or a calendar, so that it may not be retired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Column, ColumnElement, func, or_, select

from sla.process.model import Process
from store.connection import AnyConnection
from store.setup_tables import entitlement_templates, entitlements, migrations
from store.tables import people, process_versions

_TEMPLATES: Final = "Let them name another process first."
_WAIT: Final = "Wait until they have ended; see: milepost migration list"
_LISTED: Final = 3
"""How many names a refusal lists."""
_ANYWHERE: Final = timedelta(days=1)
"""An entitlement ends with a day in its account's zone, somewhere on Earth a day later than in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Some who rely on it: a few `names` of the `count`, and how they could do without."""

    what: str
    names: Sequence[str]
    count: int
    remedy: str


async def of_version(connection: AnyConnection, name: str, version: int) -> list[Need]:
    """Migrations that move records to a version of a process."""
    moved = await _moved_to(connection, name, migrations.c.to_version == version)
    return [moved] if moved.count else []


async def of_process(connection: AnyConnection, name: str, at: datetime) -> list[Need]:
    """Entitlements that promise it and are, or will be, in force; migrations that move records to it."""
    promised = (entitlements.c.process == name, _not_over(at))
    remedy = f"Let them promise another process: milepost process consolidate OTHER --from '{name}'"
    templates = await connection.execute(select(entitlement_templates))
    named = sorted(row.id for row in templates if row.body.get("process") == name)
    found = [
        await _counted(connection, "it is promised by entitlements", entitlements.c.id, promised, remedy),
        Need(what="it is promised by templates", names=named[:_LISTED], count=len(named), remedy=_TEMPLATES),
        await _moved_to(connection, name),
    ]
    return [need for need in found if need.count]


async def _moved_to(connection: AnyConnection, name: str, *more: ColumnElement[bool]) -> Need:
    wanted = (migrations.c.to_process == name, migrations.c.state != "ended", *more)
    return await _counted(connection, "records are being moved to it by migrations", migrations.c.id, wanted, _WAIT)


async def _counted(
    connection: AnyConnection, what: str, identity: Column[str], wanted: Sequence[ColumnElement[bool]], remedy: str
) -> Need:
    count = await connection.scalar(select(func.count()).select_from(identity.table).where(*wanted)) or 0
    first = await connection.scalars(select(identity).where(*wanted).order_by(identity).limit(_LISTED))
    return Need(what=what, names=list(first), count=count, remedy=remedy)


async def of_calendar(connection: AnyConnection, name: str, at: datetime) -> list[Need]:
    """Active versions of processes, people and entitlements that name these business hours."""
    active = select(process_versions.c.version, process_versions.c.body).where(process_versions.c.status == "active")
    named = sorted(
        f"'{process.process}' (version {version})"
        for version, process in [(row.version, Process.model_validate(row.body)) for row in await connection.execute(active)]
        if any(calendar == name for _, calendar in process.calendars())
    )
    on_duty = sorted(await connection.scalars(select(people.c.id).where(people.c.on_duty == name)))
    promised = sorted([
        *(await _promised(connection, name, at)),
        *(f"template {row.id}" for row in await connection.execute(select(entitlement_templates)) if _names(row.body, name)),
    ])  # fmt: skip
    change = "Let them name other business hours first."
    return [
        Need(what=what, names=names[:_LISTED], count=len(names), remedy=change)
        for what, names in (
            ("it is named by the processes", named),
            ("people are on duty in it:", on_duty),
            ("it is promised by entitlements", promised),
        )
        if names
    ]


async def _promised(connection: AnyConnection, name: str, at: datetime) -> list[str]:
    rows = await connection.execute(select(entitlements.c.id, entitlements.c.body).where(_not_over(at)))
    return [row.id for row in rows if _names(row.body, name)]


def _names(body: object, calendar: str) -> bool:
    return isinstance(body, dict) and body.get("business_hours") == calendar


def _not_over(at: datetime) -> ColumnElement[bool]:
    return or_(entitlements.c.ends_on.is_(None), entitlements.c.ends_on >= (at - _ANYWHERE).date())
