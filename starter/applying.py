"""`apply`: check definitions against what is there, then publish them all or none."""

from typing import TYPE_CHECKING, Literal

from activities.actions import mentions
from activities.actions.whom import in_full
from sla.calendar import BusinessHours
from sla.errors import UnknownPerson
from sla.process.model import Process
from starter.checks import check_business_days, check_calendars
from starter.definitions import Definitions, Found
from starter.self_checks import check_by_themselves
from starter.setup.context import Context
from starter.views import Applied, ApplyLine, ApplyReport
from store.directory import StoredDirectory
from store.entitlement_files import StoredEntitlementFiles
from store.hooks import put_hook
from store.people import Counts
from store.publication import Publication, Published
from store.versions import calendars_in_force

if TYPE_CHECKING:
    from sla.people import People

_LISTED = 10
"""How many changed people are named one by one."""
_NO_DRAFTS = "only processes and calendars can be drafts; apply it without --draft"


class _DryRun(Exception):
    """Nothing is to be kept."""


class Application:
    """Definitions held against one installation, by somebody who acts."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._directory = StoredDirectory(context.database)

    def check_by_themselves(self, definitions: Definitions) -> None:
        """Raise what can be said against them without asking anybody."""
        check_by_themselves(definitions, self._context.settings)

    async def check(self, definitions: Definitions) -> None:
        """Raise also what calendars, people, roles and queues that are there, or at hand, have to say."""
        self.check_by_themselves(definitions)
        hours = await self._hours() | definitions.hours if definitions.processes else {}
        for process in definitions.processes:
            check_calendars(process, hours)
            check_business_days(process, hours)
            await self._check_mentions(process, definitions)

    async def apply(
        self, definitions: Definitions, *, dry_run: bool = False, draft: bool = False, notes: str | None = None
    ) -> ApplyReport:
        """Publish definitions, all or none, or keep them as drafts. Raises what the checks and the catalogue refuse."""
        if draft:
            self.check_by_themselves(definitions)
        else:
            await self.check(definitions)
        lines: list[ApplyLine] = []
        try:
            async with self._context.catalogue.publishing(at=self._context.now(), actor=self._context.actor) as publication:
                lines += await (_drafted if draft else _published)(publication, definitions, notes)
                if dry_run:
                    await publication.check()
                    raise _DryRun
        except _DryRun:
            pass
        return ApplyReport(dry_run=dry_run, lines=lines)

    async def _hours(self) -> dict[str, BusinessHours]:
        """The calendars that are in force."""
        async with self._context.database.reading() as connection:
            return await calendars_in_force(connection)

    async def _check_mentions(self, found: Found[Process], definitions: Definitions) -> None:
        """Raise UnknownPerson for a person, role or queue that neither the directory nor the files at hand hold."""
        at_hand = [file.value for file in definitions.people]
        for mention in mentions(found.value):
            held = mention.name in _at_hand(at_hand, mention.what) or await self._held(mention.what, mention.name)
            if not held:
                raise UnknownPerson(where=found.where(mention.where), what=mention.what, name=mention.name)

    async def _held(self, what: Literal["person", "role", "queue"], name: str) -> bool:
        if what == "person":  # or what else a bare name may be
            return await in_full(self._directory, name) != name or await self._directory.person(name) is not None
        if what == "role":
            return bool(await self._directory.in_role(name))
        return await self._directory.queue(name) is not None


async def _published(publication: Publication, definitions: Definitions, notes: str | None) -> list[ApplyLine]:
    lines = [
        _line("calendar", await publication.publish_calendar(found.value, notes=notes)) for found in definitions.calendars
    ]
    for found in definitions.people:
        counts = await publication.publish_people(found.value, found.document.source)
        lines.append(_counted("people", found.document.source, counts))
    lines += [
        _line("process", await publication.publish_process(found.value, notes=notes)) for found in definitions.processes
    ]
    files = StoredEntitlementFiles(publication)
    for promised in definitions.entitlements:  # which name processes and calendars that must be there by now
        counts = await files.put(promised.value, promised.document.source)
        lines.append(_counted("entitlements", promised.document.source, counts))
    for hook in definitions.hooks:
        outcome = await put_hook(publication, hook.value)
        lines.append(ApplyLine(kind="hook", name=hook.value.hook, outcome=outcome))
    return lines


async def _drafted(publication: Publication, definitions: Definitions, notes: str | None) -> list[ApplyLine]:
    lines = [
        _line("calendar", await publication.draft_if_other(found.value, notes=notes), draft=True)
        for found in definitions.calendars
    ]
    lines += [
        _line("process", await publication.draft_if_other(found.value, notes=notes), draft=True)
        for found in definitions.processes
    ]
    skipped = [("people", found.document.source) for found in definitions.people]
    skipped += [("entitlements", found.document.source) for found in definitions.entitlements]
    skipped += [("hook", found.value.hook) for found in definitions.hooks]
    lines += [ApplyLine(kind=kind, name=name, outcome="skipped", changes=[_NO_DRAFTS]) for kind, name in skipped]
    return lines


def _line(kind: Literal["process", "calendar"], published: Published, *, draft: bool = False) -> ApplyLine:
    outcome: Applied = "unchanged" if not published.created else "changed" if published.changes else "created"
    return ApplyLine(
        kind=kind,
        name=published.name,
        version=published.version,
        status="draft" if draft and published.created else "active",
        outcome=outcome,
        changes=[one.sentence for one in published.changes] if published.created else [],
    )


def _counted(kind: Literal["people", "entitlements"], name: str, counts: Counts) -> ApplyLine:
    outcome: Applied = "created" if counts.created else "changed" if counts.changed else "unchanged"
    told = {"created": counts.created, "changed": counts.changed, "unchanged": counts.unchanged}
    numbers = ", ".join(f"{count} {word}" for word, count in told.items() if count)
    words = [] if outcome == "unchanged" else list(counts.changes) if 0 < len(counts.changes) <= _LISTED else [numbers]
    return ApplyLine(kind=kind, name=name, outcome=outcome, changes=words)


def _at_hand(files: "list[People]", what: Literal["person", "role", "queue"]) -> set[str]:
    roles = {role for file in files for person in file.people for role in person.roles}
    queues = {queue.queue for file in files for queue in file.queues}
    people = {person.person for file in files for person in file.people}
    return {"person": people | roles | queues, "role": roles, "queue": queues}[what]
