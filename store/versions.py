"""Versions of processes and calendars as their tables have them, and how they are looked up."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel
from sqlalchemy import ColumnElement, RowMapping, Table, or_, select

from sla.calendar import BusinessHours
from sla.errors import MilepostError, UnknownProcess
from sla.process.model import Process
from sla.setup_errors import NoSuchCalendar, StaleEtag, UnknownVersion
from store.connection import AnyConnection
from store.tables import calendar_versions, process_versions

Kind = Literal["process", "calendar"]
VersionStatus = Literal["draft", "active", "retired"]

TABLES: Final[dict[Kind, Table]] = {"process": process_versions, "calendar": calendar_versions}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredVersion:
    """One version of a process or calendar. `source` holds a calendar as it was written, its countries not yet dates."""

    kind: Kind
    name: str
    version: int
    status: VersionStatus
    is_default: bool
    revision: int
    body: Any
    source: str | None
    digest: str
    created_at: datetime
    created_by: str | None
    notes: str | None
    based_on: int | None
    activated_at: datetime | None
    retired_at: datetime | None

    @property
    def etag(self) -> str:
        """Changes whenever anything about the version does."""
        facts = (self.kind, self.name, self.version, self.status, self.is_default, self.digest, self.notes, self.based_on)
        return f"{self.version}-{hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]}"

    @property
    def subject(self) -> str:
        """What the audit log calls it."""
        return f"{self.kind}/{self.name} {self.version}"

    def facts(self) -> dict[str, Any]:
        """What the audit log says of it: the definition itself is kept here, under its digest."""
        default = {"default": self.is_default} if self.kind == "process" else {}
        return {"version": self.version, "status": self.status, **default, "digest": self.digest}

    def process(self) -> Process:
        """The process."""
        return Process.model_validate(self.body)

    def calendar(self) -> BusinessHours:
        """The calendar that cases are held to: countries' holidays are dates."""
        return BusinessHours.model_validate(self.body)

    def written(self) -> BusinessHours:
        """The calendar as it was written."""
        return self.calendar() if self.source is None else BusinessHours.model_validate(json.loads(self.source))

    def check(self, if_match: str | None) -> None:
        """Raise StaleEtag if somebody has seen it otherwise. None asks nothing, `*` only that it is there."""
        check_etag(self.etag, if_match, f"Version {self.version} of {self.kind} '{self.name}'")


def check_etag(current: str, if_match: str | None, subject: str) -> None:
    """Raise StaleEtag unless `if_match` is None, `*` or the current one."""
    if if_match not in (None, "*", current):
        raise StaleEtag(subject=subject, given=if_match, current=current)


def digest_of(definition: BaseModel) -> str:
    """SHA-256 of the definition's canonical JSON: keys sorted, no white space, nothing that is as by default.

    So neither a file's layout nor a field that a later release adds with a default makes a definition a different one.
    """
    data = definition.model_dump(mode="json", exclude_defaults=True)
    return hashlib.sha256(json.dumps(data, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def ever_active(table: Table) -> ColumnElement[bool]:
    """Of its versions those that cases may be held to: no drafts, and none that were given up as such."""
    return or_(table.c.status == "active", table.c.activated_at.is_not(None))


async def versions_of(connection: AnyConnection, kind: Kind, name: str | None = None) -> list[StoredVersion]:
    """All versions by name and number, or those of one; drafts and retired ones too."""
    table = TABLES[kind]
    query = select(table) if name is None else select(table).where(table.c.name == name)
    rows = (await connection.execute(query)).mappings()
    return sorted((_of_row(kind, row) for row in rows), key=lambda one: (one.name, one.version))


def in_force(versions: Iterable[StoredVersion]) -> StoredVersion | None:
    """Of one name's versions that which counts for new cases: a process's default, a calendar's latest; None if retired."""
    found = [one for one in versions if one.status == "active" and (one.kind == "calendar" or one.is_default)]
    return max(found, key=lambda one: one.revision, default=None)


async def calendars_in_force(connection: AnyConnection) -> dict[str, BusinessHours]:
    """By name, of each the active version that was published last."""
    columns = (calendar_versions.c.name, calendar_versions.c.body)
    active = select(*columns).where(calendar_versions.c.status == "active").order_by(calendar_versions.c.revision)
    bodies = {row.name: row.body for row in await connection.execute(active)}
    return {name: BusinessHours.model_validate(body) for name, body in bodies.items()}


def the_draft(versions: Iterable[StoredVersion]) -> StoredVersion | None:
    """Of one name's versions the draft; there is at most one."""
    return next((one for one in versions if one.status == "draft"), None)


async def one_version(connection: AnyConnection, kind: Kind, name: str, version: int | None = None) -> StoredVersion:
    """A version; without a number the one in force, else the latest.

    Raises UnknownProcess, NoSuchCalendar or UnknownVersion.
    """
    versions = await versions_of(connection, kind, name)
    if not versions:
        raise await unknown(connection, kind, name)
    if version is None:
        return in_force(versions) or versions[-1]
    found = next((one for one in versions if one.version == version), None)
    if found is None:
        known = ", ".join(str(one.version) for one in versions)
        raise UnknownVersion(kind=kind.capitalize(), name=name, version=version, known=known)
    return found


def kind_and_name(definition: BaseModel) -> tuple[Kind, str]:
    """What a definition is, and its name."""
    if isinstance(definition, Process):
        return "process", definition.process
    assert isinstance(definition, BusinessHours)  # noqa: S101 - there is no third kind
    return "calendar", definition.calendar


async def unknown(connection: AnyConnection, kind: Kind, name: str) -> MilepostError:
    """The refusal of a name that no version has."""
    table = TABLES[kind]
    known = known_text(await connection.scalars(select(table.c.name).where(table.c.status != "retired")))
    return UnknownProcess(process=name, known=known) if kind == "process" else NoSuchCalendar(calendar=name, known=known)


def known_text(names: Iterable[str]) -> str:
    """The names as errors list them."""
    return ", ".join(sorted(set(names))) or "none"


def _of_row(kind: Kind, row: RowMapping) -> StoredVersion:
    return StoredVersion(**{"kind": kind, "is_default": False, **row})
