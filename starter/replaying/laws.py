"""The definitions of the day where they are not the store's, but a dossier's or of files: the port `Definitions`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sla.calendar import ALWAYS, BusinessHours
from sla.dossier import Dossier, LawKept
from sla.errors import UnknownProcess
from sla.evaluation.following import Followed
from sla.messages import ProcessRef
from sla.process.model import Process
from starter.replaying.reading import Unplayable


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDefinitions:
    """Laws by version, with the revision whose calendars count; by the process's name alone, where files tell neither."""

    versions: Mapping[ProcessRef, Followed] = field(default_factory=dict)
    names: Mapping[str, Followed] = field(default_factory=dict)

    async def process(self, ref: ProcessRef) -> Process:
        """The process. Raises UnknownProcess; Unplayable if it is to be in a file and is not."""
        return self._law(ref).process

    async def calendars(self, ref: ProcessRef) -> Mapping[str, BusinessHours]:
        """The calendars that go with it."""
        return self._law(ref).calendars

    async def default_hours(self, ref: ProcessRef) -> BusinessHours:
        """The business hours where nothing names any."""
        return self._law(ref).default_hours

    def _law(self, ref: ProcessRef) -> Followed:
        law = self.versions.get(ref) or self.names.get(ref.process)
        if law is None and self.names:  # a record was moved to it: without it, all that follows would differ
            known = ", ".join(sorted(self.names))
            raise Unplayable(f"no file that was given has its process '{ref.process}'; those given: {known}.")
        if law is None:
            known = ", ".join(sorted({one.process for one in self.versions})) or "none"
            raise UnknownProcess(process=f"{ref.process} (version {ref.version})", known=known)
        return law


def of_dossier(dossier: Dossier) -> GivenDefinitions:
    """The laws that a record followed."""
    return of_laws(dossier.laws)


def of_laws(laws: Sequence[LawKept]) -> GivenDefinitions:
    """These, by their versions."""
    return GivenDefinitions(versions={one.ref: one.followed() for one in laws})


def of_files(
    processes: Sequence[Process], calendars: Mapping[str, BusinessHours], default_hours: BusinessHours = ALWAYS
) -> GivenDefinitions:
    """The processes of some files, with their calendars, whatever the version."""
    laws = [Followed(process=one, calendars=calendars, default_hours=default_hours) for one in processes]
    return GivenDefinitions(names={law.process.process: law for law in laws})
