"""A case's log, evaluated: what `decide`, `record` and `perform` all begin with, and the Desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from activities.ports import Definitions
from sla.calendar import BusinessHours
from sla.dispatch import as_of
from sla.engine import evaluate_under
from sla.errors import UnknownProcess
from sla.evaluation.admission import origins_of
from sla.evaluation.following import Followed, Laws, Origins, versions_named
from sla.events import Event, Migrated, Version
from sla.messages import ProcessRef
from sla.process.model import Process
from sla.timeline import Effect, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A timeline with the laws that it came from. `origins` tell of a record that moved which law an action is of."""

    laws: Laws
    timeline: Timeline
    origins: Origins

    @property
    def process(self) -> Process:
        """The process that the record was opened under."""
        return self.laws.first.process

    @property
    def calendars(self) -> Mapping[str, BusinessHours]:
        """Its calendars."""
        return self.laws.first.calendars

    @property
    def default_hours(self) -> BusinessHours:
        """The default hours then."""
        return self.laws.first.default_hours

    def law_of(self, effect: Effect) -> Followed:
        """The law that an action comes from."""
        origin = self.origins.get((effect.milestone, effect.line))
        return self.laws.first if origin is None else origin.law


async def law_of(definitions: Definitions, ref: ProcessRef) -> Followed:
    """The law of one version. Raises what the definitions raise."""
    return Followed(
        process=await definitions.process(ref),
        calendars=await definitions.calendars(ref),
        default_hours=await definitions.default_hours(ref),
    )


async def laws_of(definitions: Definitions, ref: ProcessRef, log: Sequence[Event]) -> Laws:
    """The law that a record was opened under, and those that the migrations in its log name, as far as there are any.

    Whoever evaluates a stored log needs them all.
    """
    first = await law_of(definitions, ref)
    if not any(type(event) is Migrated for event in log):
        return Laws(first=first)
    versions: dict[Version, Followed] = {}
    for version in versions_named(first.process.process, log):
        try:
            versions[version] = await law_of(definitions, ProcessRef(**version._asdict()))
        except UnknownProcess:
            continue  # such a migration changes nothing; the timeline says so
    return Laws(first=first, versions=versions)


async def situation(definitions: Definitions, ref: ProcessRef, log: Sequence[Event], now: datetime) -> Situation:
    """Evaluate a log as of `now` (see `sla.dispatch.as_of`). Raises what the definitions raise."""
    laws = await laws_of(definitions, ref, log)
    timeline = evaluate_under(laws, log, as_of(log, now))
    return Situation(laws=laws, timeline=timeline, origins=origins_of(laws, log))
