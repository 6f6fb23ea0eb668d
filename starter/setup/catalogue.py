"""Processes and calendars as series of versions: drafted, published, retired, compared, exported (SPEC 3)."""

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from sla.calendar import BusinessHours
from sla.documents import Document
from sla.governance.differences import between_calendars, between_processes, in_words
from sla.process.model import Process
from sla.setup_errors import StillNeeded
from starter.applying import Application
from starter.definitions import Definitions, Found
from starter.setup.context import Context
from starter.setup.views.catalogue import (
    DefinitionView,
    DiffView,
    SeriesView,
    VersionRef,
    VersionView,
    definition_view,
    version_view,
)
from starter.spelling import spelled
from starter.views import ApplyReport
from store.entitlements import StoredEntitlements
from store.hooks import StoredHooks
from store.people import people_file
from store.versions import Kind, StoredVersion, in_force, kind_and_name, the_draft

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from store.publication import Publication


class CatalogueDesk:
    """Get it from `Desk`. Every method raises only `MilepostError`s.

    Whoever changes a version may say as `if_match` which `etag` they have seen; StaleEtag if it has changed since.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._catalogue = context.catalogue

    # ------------------------------------------------------------------ processes

    async def processes(self) -> list[SeriesView]:
        """All processes by name, with their versions in short."""
        return _series(await self._catalogue.versions("process"), await self._catalogue.open_records())

    async def versions(self, name: str) -> list[VersionView]:
        """All versions of a process, drafts and retired ones too. Raises UnknownProcess."""
        found = await self._catalogue.versions("process", name)
        counts, current = await self._catalogue.open_records(name), in_force(found)
        return [version_view(one, in_force=current, open_records=counts.get((name, one.version), 0)) for one in found]

    async def process(self, name: str, version: int | None = None) -> DefinitionView:
        """A version of a process; without a number the one in force, else the latest. UnknownProcess, UnknownVersion."""
        return await self._shown("process", name, version)

    async def draft(
        self,
        process: Process | Found[Process],
        *,
        notes: str | None = None,
        based_on: int | None = None,
        if_match: str | None = None,
    ) -> DefinitionView:
        """Keep a process as the draft of its name, in place of the draft that there is; no case sees it.

        Raises what its limits and its actions refuse; what it needs of its surroundings is asked when it becomes active.
        """
        found = process if isinstance(process, Found) else _found(process)
        Application(self._context).check_by_themselves(Definitions(processes=(found,)))
        return await self._drafted(found.value, notes=notes, based_on=based_on, if_match=if_match)

    async def new_version(
        self, name: str, based_on: int | None = None, *, notes: str | None = None, if_match: str | None = None
    ) -> DefinitionView:
        """Draft a version that begins as a copy of another: of the one in force, if none is named."""
        old = await self._catalogue.version("process", name, based_on)
        return await self.draft(old.process(), notes=notes, based_on=old.version, if_match=if_match)

    async def activate(self, name: str, version: int, *, default: bool = True, if_match: str | None = None) -> VersionView:
        """Publish a draft, and let new cases follow it unless `default` is false. What it says never changes again.

        Raises what `apply` would refuse of it, and WrongStatus.
        """
        stored = await self._catalogue.version("process", name, version)
        if stored.status == "draft":
            stored.check(if_match)
            await Application(self._context).check(Definitions(processes=(_found(stored.process()),)))
            if_match = stored.etag  # what was checked is what becomes active
        async with self._publishing() as publication:
            await publication.activate("process", name, version, default=default, if_match=if_match)
        return await self._version("process", name, version)

    async def make_default(self, name: str, version: int, *, if_match: str | None = None) -> VersionView:
        """Let new cases follow this active version. No record moves. Raises WrongStatus."""
        async with self._publishing() as publication:
            await publication.make_default(name, version, if_match=if_match)
        return await self._version("process", name, version)

    async def retire(self, name: str, version: int | None = None, *, if_match: str | None = None) -> list[VersionView]:
        """Retire a version, or without a number the whole process; open records keep theirs. A draft is given up.

        Returns the versions that were retired now. Raises StillNeeded with who needs it.
        """
        return await self._retired("process", name, version, if_match)

    async def diff(self, before: VersionRef, after: VersionRef) -> DiffView:
        """What is different between two versions, of one process or of two."""
        return await self._diff("process", before, after)

    # ------------------------------------------------------------------ calendars

    async def calendars(self) -> list[SeriesView]:
        """All calendars by name, with their versions in short."""
        return _series(await self._catalogue.versions("calendar"), None)

    async def calendar_versions(self, name: str) -> list[VersionView]:
        """All versions of a calendar. Raises NoSuchCalendar."""
        found = await self._catalogue.versions("calendar", name)
        return [version_view(one, in_force=in_force(found)) for one in found]

    async def calendar(self, name: str, version: int | None = None) -> DefinitionView:
        """A version of a calendar, as it was written; without a number the one in force, else the latest."""
        return await self._shown("calendar", name, version)

    async def draft_calendar(
        self,
        hours: BusinessHours,
        *,
        notes: str | None = None,
        based_on: int | None = None,
        if_match: str | None = None,
    ) -> DefinitionView:
        """Keep a calendar as the draft of its name, in place of the draft that there is; no case sees it."""
        return await self._drafted(hours, notes=notes, based_on=based_on, if_match=if_match)

    async def activate_calendar(self, name: str, version: int, *, if_match: str | None = None) -> VersionView:
        """Publish a draft: cases that are opened from now on count by it. Raises WrongStatus."""
        async with self._publishing() as publication:
            await publication.activate("calendar", name, version, if_match=if_match)
        return await self._version("calendar", name, version)

    async def retire_calendar(
        self, name: str, version: int | None = None, *, if_match: str | None = None
    ) -> list[VersionView]:
        """Retire a calendar that nothing names any more, or give up its draft. Raises StillNeeded, WrongStatus."""
        stored = await self._catalogue.version("calendar", name, version)
        if stored.status == "active" and name == await self._context.definitions.default_name():
            raise StillNeeded(
                subject=f"Business hours '{name}'",
                problem="they are the installation's default",
                remedy="Name others with MILEPOST_DEFAULT_BUSINESS_HOURS, and restart the worker, first.",
            )
        return await self._retired("calendar", name, version, if_match)

    async def diff_calendars(self, before: VersionRef, after: VersionRef) -> DiffView:
        """What is different between two versions, of one calendar or of two, as they were written."""
        return await self._diff("calendar", before, after)

    # ------------------------------------------------------------------ all together

    async def apply(
        self, definitions: Definitions, *, dry_run: bool = False, draft: bool = False, notes: str | None = None
    ) -> ApplyReport:
        """Publish definitions, all or none; what is there already is left as it is. `draft`: keep drafts instead."""
        return await Application(self._context).apply(definitions, dry_run=dry_run, draft=draft, notes=notes)

    async def export(self) -> dict[str, str]:
        """What is in force, as files by path. To apply them publishes nothing new."""
        from starter.exporting import files_of, still_told  # noqa: PLC0415 - no other verb needs what people files need

        processes = _current(await self._catalogue.versions("process"))
        calendars = _current(await self._catalogue.versions("calendar"))
        async with self._context.database.reading() as connection:
            people = await people_file(connection)
        promised = await StoredEntitlements(self._context.database).file()
        return files_of(
            [one.process() for one in processes],
            [one.written() for one in calendars],
            people,
            still_told(promised, {one.name for one in processes}, {one.name for one in calendars}, self._context.now()),
            await StoredHooks(self._context.database).all(),
        )

    # ------------------------------------------------------------------ for both kinds

    def _publishing(self) -> "AbstractAsyncContextManager[Publication]":
        return self._catalogue.publishing(at=self._context.now(), actor=self._context.actor)

    async def _version(self, kind: Kind, name: str, version: int) -> VersionView:
        found = await self._catalogue.versions(kind, name)
        return next(version_view(one, in_force=in_force(found)) for one in found if one.version == version)

    async def _shown(self, kind: Kind, name: str, version: int | None) -> DefinitionView:
        found = await self._catalogue.version(kind, name, version)
        current = in_force(await self._catalogue.versions(kind, name))
        return definition_view(found, in_force=current, definition=spelled(_definition(found)))

    async def _drafted(
        self, definition: Process | BusinessHours, *, notes: str | None, based_on: int | None, if_match: str | None
    ) -> DefinitionView:
        kind, name = kind_and_name(definition)
        if based_on is not None:
            await self._catalogue.version(kind, name, based_on)
        async with self._publishing() as publication:
            drafted = await publication.draft(definition, notes=notes, based_on=based_on, if_match=if_match)
        return await self._shown(kind, name, drafted.version)

    async def _retired(self, kind: Kind, name: str, version: int | None, if_match: str | None) -> list[VersionView]:
        async with self._publishing() as publication:
            retired = await publication.retire(kind, name, version, if_match=if_match)
        return [version_view(one, in_force=None) for one in retired]

    async def _diff(self, kind: Kind, before: VersionRef, after: VersionRef) -> DiffView:
        old = await self._catalogue.version(kind, before.name, before.version)
        new = await self._catalogue.version(kind, after.name, after.version)
        found = (
            between_processes(old.process(), new.process())
            if kind == "process"
            else between_calendars(old.written(), new.written()) or between_calendars(old.calendar(), new.calendar())
        )
        return DiffView(
            kind=kind,
            before=VersionRef(name=old.name, version=old.version),
            after=VersionRef(name=new.name, version=new.version),
            differences=list(found),
            words=in_words(found),
        )


def _found(process: Process) -> Found[Process]:
    """A process that came from no file."""
    document = Document(data=None, source=f"process '{process.process}'", lines={(): 1})
    return Found(value=process, document=document)


def _definition(one: StoredVersion) -> Process | BusinessHours:
    return one.process() if one.kind == "process" else one.written()


def _current(versions: Iterable[StoredVersion]) -> list[StoredVersion]:
    """Of each name the version in force, if there is one."""
    found = (in_force(series) for _, series in groupby(versions, key=lambda one: one.name))
    return [one for one in found if one is not None]


def _series(versions: Iterable[StoredVersion], counts: dict[tuple[str, int], int] | None) -> list[SeriesView]:
    return [_one_series(list(series), counts) for _, series in groupby(versions, key=lambda one: one.name)]


def _one_series(versions: list[StoredVersion], counts: dict[tuple[str, int], int] | None) -> SeriesView:
    current, draft = in_force(versions), the_draft(versions)
    shown = current or draft or versions[-1]
    statuses = {one.status for one in versions}
    return SeriesView(
        kind=shown.kind,
        name=shown.name,
        status="active" if "active" in statuses else "draft" if "draft" in statuses else "retired",
        description=shown.body.get("description"),
        applies_to=shown.body.get("applies_to"),
        milestones=list(dict.fromkeys(line["milestone"] for line in shown.body.get("milestones", []))),
        timezone=shown.body.get("timezone"),
        in_force=None if current is None else current.version,
        draft=None if draft is None else draft.version,
        versions=len(versions),
        open_records=None if counts is None else sum(counts.get((one.name, one.version), 0) for one in versions),
    )
