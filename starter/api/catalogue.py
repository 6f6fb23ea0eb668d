"""Processes and calendars as series of versions: looked at, drafted, published, retired, compared."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from sla.calendar import BusinessHours
from sla.documents import validate_document
from sla.process.model import Process
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import Body, Name, Numbered, Version, Word
from starter.api.definitions import document_of
from starter.api.tags import IfMatch, seen, tag
from starter.definitions import Found
from starter.setup.views.catalogue import DefinitionView, DiffView, SeriesView, VersionRef, VersionView

processes = routes("Processes", "/processes")
calendars = routes("Calendars", "/calendars")
differences = routes("Definitions", "/differences")

Asked = Annotated[Version | None, Query(description="default: the one in force, else the latest")]


class Draft(Body):
    """A definition to keep as the draft of its name."""

    definition: dict[str, Any] = Field(
        description="as its file would spell it",
        examples=[{"process": "Premium", "milestones": [{"milestone": "First Response", "within": "1h"}]}],
    )
    notes: Word | None = Field(default=None, description="why, for whoever reads the versions")
    based_on: Numbered | None = None


class Copy(Body):
    """A version to begin as a copy of another."""

    based_on: Numbered | None = Field(default=None, description="default: the version in force")
    notes: Word | None = Field(default=None, examples=["P1 in 45 minutes, as agreed with Helios"])


class Activation(Body):
    """How a version becomes active."""

    default: bool = Field(default=True, description="whether new cases follow it", examples=[True])


class Retirement(Body):
    """What is retired."""

    version: Numbered | None = Field(default=None, description="default: all versions", examples=[1])


# ---------------------------------------------------------------------- processes


@processes.get("", **asks("catalogue.processes", "catalogue.read"))
async def list_processes(desk: AskedDesk) -> list[SeriesView]:
    """All processes, with their versions in short."""
    return await desk.catalogue.processes()


@processes.post("", status_code=HTTPStatus.CREATED, **asks("catalogue.draft", "catalogue.write"))
async def draft(desk: AskedDesk, given: Draft, response: Response, if_match: IfMatch = None) -> DefinitionView:
    """Keep a process as the draft of its name, in place of the one that there is; no case sees it."""
    document = document_of(given.definition, "definition")
    found = Found(value=validate_document(Process, document), document=document)
    drafted = await desk.catalogue.draft(found, notes=given.notes, based_on=given.based_on, if_match=seen(if_match))
    tag(response, drafted.etag)
    return drafted


@processes.get("/{name}", **asks("catalogue.process", "catalogue.read"))
async def process(desk: AskedDesk, name: Name, response: Response, version: Asked = None) -> DefinitionView:
    """A version of a process, with what it says."""
    found = await desk.catalogue.process(name, version)
    tag(response, found.etag)
    return found


@processes.get("/{name}/versions", **asks("catalogue.versions", "catalogue.read"))
async def versions(desk: AskedDesk, name: Name) -> list[VersionView]:
    """All versions of a process, drafts and retired ones too."""
    return await desk.catalogue.versions(name)


@processes.post("/{name}/versions", status_code=HTTPStatus.CREATED, **asks("catalogue.new_version", "catalogue.write"))
async def new_version(desk: AskedDesk, name: Name, given: Copy, response: Response) -> DefinitionView:
    """Draft a version that begins as a copy of another."""
    drafted = await desk.catalogue.new_version(name, given.based_on, notes=given.notes)
    tag(response, drafted.etag)
    return drafted


@processes.post("/{name}/versions/{version}/activate", **asks("catalogue.activate", "catalogue.write"))
async def activate(
    desk: AskedDesk, name: Name, version: Version, given: Activation, response: Response, *, if_match: IfMatch = None
) -> VersionView:
    """Publish a draft. What it says never changes again."""
    active = await desk.catalogue.activate(name, version, default=given.default, if_match=seen(if_match))
    tag(response, active.etag)
    return active


@processes.post("/{name}/versions/{version}/make-default", **asks("catalogue.make_default", "catalogue.write"))
async def make_default(
    desk: AskedDesk, name: Name, version: Version, response: Response, if_match: IfMatch = None
) -> VersionView:
    """Let new cases follow this active version. No record moves."""
    changed = await desk.catalogue.make_default(name, version, if_match=seen(if_match))
    tag(response, changed.etag)
    return changed


@processes.post("/{name}/retire", **asks("catalogue.retire", "catalogue.write"))
async def retire(desk: AskedDesk, name: Name, given: Retirement, if_match: IfMatch = None) -> list[VersionView]:
    """Retire a version, or the whole process; open records keep theirs. Answers with what was retired now."""
    return await desk.catalogue.retire(name, given.version, if_match=seen(if_match))


# ---------------------------------------------------------------------- calendars


@calendars.get("", **asks("catalogue.calendars", "catalogue.read"))
async def list_calendars(desk: AskedDesk) -> list[SeriesView]:
    """All calendars, with their versions in short."""
    return await desk.catalogue.calendars()


@calendars.post("", status_code=HTTPStatus.CREATED, **asks("catalogue.draft_calendar", "catalogue.write"))
async def draft_calendar(desk: AskedDesk, given: Draft, response: Response, if_match: IfMatch = None) -> DefinitionView:
    """Keep a calendar as the draft of its name, in place of the one that there is; no case sees it."""
    hours = validate_document(BusinessHours, document_of(given.definition, "definition"))
    drafted = await desk.catalogue.draft_calendar(hours, notes=given.notes, based_on=given.based_on, if_match=seen(if_match))
    tag(response, drafted.etag)
    return drafted


@calendars.get("/{name}", **asks("catalogue.calendar", "catalogue.read"))
async def calendar(desk: AskedDesk, name: Name, response: Response, version: Asked = None) -> DefinitionView:
    """A version of a calendar, as it was written."""
    found = await desk.catalogue.calendar(name, version)
    tag(response, found.etag)
    return found


@calendars.get("/{name}/versions", **asks("catalogue.calendar_versions", "catalogue.read"))
async def calendar_versions(desk: AskedDesk, name: Name) -> list[VersionView]:
    """All versions of a calendar."""
    return await desk.catalogue.calendar_versions(name)


@calendars.post("/{name}/versions/{version}/activate", **asks("catalogue.activate_calendar", "catalogue.write"))
async def activate_calendar(
    desk: AskedDesk, name: Name, version: Version, response: Response, if_match: IfMatch = None
) -> VersionView:
    """Publish a draft: cases that are opened from now on count by it."""
    active = await desk.catalogue.activate_calendar(name, version, if_match=seen(if_match))
    tag(response, active.etag)
    return active


@calendars.post("/{name}/retire", **asks("catalogue.retire_calendar", "catalogue.write"))
async def retire_calendar(desk: AskedDesk, name: Name, given: Retirement, if_match: IfMatch = None) -> list[VersionView]:
    """Retire a calendar that nothing names any more, or give up its draft."""
    return await desk.catalogue.retire_calendar(name, given.version, if_match=seen(if_match))


# ---------------------------------------------------------------------- differences

Which = Annotated[Word, Query(description="`NAME` or `NAME@VERSION`", examples=["Premium Support SLA@2"])]


@differences.get("/processes", **asks("catalogue.diff", "catalogue.read"))
async def diff(desk: AskedDesk, before: Which, after: Which) -> DiffView:
    """What is different between two versions of a process, or between two processes, in words."""
    return await desk.catalogue.diff(VersionRef.parse(before), VersionRef.parse(after))


@differences.get("/calendars", **asks("catalogue.diff_calendars", "catalogue.read"))
async def diff_calendars(desk: AskedDesk, before: Which, after: Which) -> DiffView:
    """What is different between two versions of a calendar, or between two calendars, in words."""
    return await desk.catalogue.diff_calendars(VersionRef.parse(before), VersionRef.parse(after))


ROUTERS: tuple[APIRouter, ...] = (processes, calendars, differences)
