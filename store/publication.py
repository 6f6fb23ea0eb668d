"""One change of the catalogue: everything that it publishes, in one transaction, checked as a whole at its end.

So a process or a person may name a calendar that the same apply brings later, and nothing is ever half-done. What may
become of a version once it is there, is in `store.lifecycle`.
"""

from dataclasses import dataclass, field, replace

from sla.calendar import BusinessHours
from sla.governance.differences import Difference, between_calendars, between_processes
from sla.people import People
from sla.process.model import Process
from sla.setup_errors import StaleEtag
from store.changing import as_written
from store.lifecycle import Lifecycle
from store.people import Counts, StoredPeople, people_file
from store.people_changes import changes_between, entries_of
from store.versions import StoredVersion, digest_of, in_force, kind_and_name, the_draft, versions_of

__all__ = ["Publication", "Published", "digest_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What came of a definition: the version that is in force, or the draft; and whether it was created or there already."""

    name: str
    version: int
    created: bool
    changes: tuple[Difference, ...] = field(default=(), compare=False)
    """What is different from the version that was in force before."""


class Publication(Lifecycle):
    """A change under way. Get one from `Catalogue.publishing`; it counts when that ends without an error."""

    async def publish_process(self, process: Process, source: str | None = None, *, notes: str | None = None) -> Published:
        """Make this the active default version; a definition that means the same as the one in force is left as it is.

        Older versions stay active for the cases that are held to them. A draft that is equal becomes active. `source` is
        the text of the file. Raises LimitExceeded for one process too many.
        """
        self.names_calendars(process)
        versions = await versions_of(self.connection, "process", process.process)
        before = in_force(versions)
        changes = () if before is None else between_processes(before.process(), process)
        if before is not None and not changes:
            return Published(name=before.name, version=before.version, created=False)
        draft = the_draft(versions)
        if draft is not None and not between_processes(draft.process(), process):
            version = draft.version
            await self._let_be_active(draft)
        else:
            await self._check_limit(versions, process.process)
            version = await self._add(versions, process, source=source, notes=notes, based_on=_number(before))
        await self._let_be_default(process.process, version)
        after = {"version": version, "status": "active", "default": True, "digest": digest_of(process)}
        self._note_version("catalogue.apply", f"process/{process.process} {version}", before, after, changes)
        return Published(name=process.process, version=version, created=True, changes=changes)

    async def publish_calendar(self, hours: BusinessHours, *, notes: str | None = None) -> Published:
        """Publish business hours, their countries' holidays resolved to dates; left as they are if they say the same.

        A country's dates are those of the publication's years: applied again a year later, the calendar gets a version with
        one year more.
        """
        resolved = self.resolved(hours)
        versions = await versions_of(self.connection, "calendar", hours.calendar)
        before = in_force(versions)
        if before is not None and not (changes := _calendar_changes(before, hours, resolved)):
            if before.source is None:  # published by a release that did not keep it
                await self._alter(before, source=as_written(hours))
            return Published(name=before.name, version=before.version, created=False)
        changes = () if before is None else changes
        draft = the_draft(versions)
        if draft is not None and not between_calendars(draft.written(), hours):
            version = draft.version
            await self._let_be_active(draft)
        else:
            written = as_written(hours)
            version = await self._add(versions, resolved, source=written, notes=notes, based_on=_number(before))
        after = {"version": version, "status": "active", "digest": digest_of(resolved)}
        self._note_version("catalogue.apply", f"calendar/{hours.calendar} {version}", before, after, changes)
        return Published(name=hours.calendar, version=version, created=True, changes=changes)

    async def publish_people(self, people: People, where: str = "people") -> Counts:
        """Make the directory hold what this file says; what it does not mention stays. `where` names the file in errors."""
        self._calendars_named += ((f"{where}: {path}", calendar) for path, calendar in people.calendars())
        before = entries_of(await people_file(self.connection))
        counts = await StoredPeople(self.connection).put(people, where)
        if not counts.created and not counts.changed:
            return counts
        changes = list(changes_between(before, entries_of(await people_file(self.connection))))
        for one in changes:
            self.note("catalogue.apply", one.subject, before=one.before, after=one.after)
        return replace(counts, changes=tuple(one.sentence for one in changes))

    # ------------------------------------------------------------------ drafts

    async def draft(
        self,
        definition: Process | BusinessHours,
        *,
        notes: str | None = None,
        based_on: int | None = None,
        if_match: str | None = None,
    ) -> Published:
        """Keep a definition as the draft of its name, in place of the draft that there is. No case sees it.

        Raises LimitExceeded for one process too many, StaleEtag.
        """
        kind, name = kind_and_name(definition)
        versions = await versions_of(self.connection, kind, name)
        draft = the_draft(versions)
        if draft is None and if_match is not None:
            raise StaleEtag(subject=f"The draft of {kind} '{name}'", given=if_match, current="gone")
        changes = _changes(in_force(versions), definition)
        if draft is None:
            if isinstance(definition, Process):
                await self._check_limit(versions, name)
            version = await self._add(versions, definition, status="draft", source=None, notes=notes, based_on=based_on)
        else:
            draft.check(if_match)
            version, digest = draft.version, digest_of(definition)
            if (draft.digest, draft.notes, draft.based_on) == (digest, notes, based_on):
                return Published(name=name, version=version, created=False, changes=changes)
            body = definition.model_dump(mode="json")
            who = {"created_at": self.at, "created_by": self.actor.name}
            await self._alter(draft, body=body, digest=digest, notes=notes, based_on=based_on, **who)
        after = {"version": version, "status": "draft", "digest": digest_of(definition), "notes": notes}
        self._note_version("catalogue.draft", f"{kind}/{name} {version}", draft, after, changes)
        return Published(name=name, version=version, created=True, changes=changes)

    async def draft_if_other(self, definition: Process | BusinessHours, *, notes: str | None = None) -> Published:
        """Keep a definition as a draft unless it says what is in force, or what the draft says that there is."""
        kind, name = kind_and_name(definition)
        versions = await versions_of(self.connection, kind, name)
        current, draft = in_force(versions), the_draft(versions)
        for there in (current, draft):
            if there is not None and not _changes(there, definition):
                return Published(name=name, version=there.version, created=False)
        return await self.draft(definition, notes=notes, based_on=_number(current))


def _changes(before: StoredVersion | None, after: Process | BusinessHours) -> tuple[Difference, ...]:
    if before is None:
        return ()
    if isinstance(after, Process):
        return between_processes(before.process(), after)
    return between_calendars(before.written(), after)


def _calendar_changes(before: StoredVersion, hours: BusinessHours, resolved: BusinessHours) -> tuple[Difference, ...]:
    """What is different as it is written, else in the dates to which countries come now."""
    spelled = () if before.source is None else between_calendars(before.written(), hours)
    return spelled or between_calendars(before.calendar(), resolved)


def _number(version: StoredVersion | None) -> int | None:
    return None if version is None else version.version
