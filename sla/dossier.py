"""Everything that an outcome rests on, in one value: what is explained, replayed, asked "what if", and put into a bundle.

It needs nobody else: whoever holds a dossier can evaluate the record as of any instant, without a server or a database.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sla.calendar import BusinessHours
from sla.engine import evaluate_under
from sla.entitlements.choosing import ProcessBy
from sla.evaluation.following import Followed, Laws
from sla.events import AnyEvent, Changed, Event, Migrated, Opened, Version
from sla.instants import Instant
from sla.messages import Outcome, ProcessRef
from sla.process.model import Process
from sla.timeline import Timeline


class Kept(BaseModel):
    """Values only. What a newer version adds is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class LawKept(Kept):
    """The law of one version, with those of its calendars that the record can have met."""

    ref: ProcessRef
    process: Process
    calendars: dict[str, BusinessHours]
    default_hours: BusinessHours

    def followed(self) -> Followed:
        """What a log is evaluated under."""
        return Followed(process=self.process, calendars=self.calendars, default_hours=self.default_hours)


class Deed(Kept):
    """How an action went, by its key (SPEC 5); a key below an action's, `…/to/…`, is one of its several mails.

    `outcome` is None while nothing has come of it; `attempts` are those that failed, `problem` is the latest one's.
    """

    key: str
    kind: str | None = None
    outcome: Outcome | None = None
    at: Instant | None = None
    reason: str | None = None
    detail: dict[str, Any] = Field(default_factory=dict)
    attempts: int = 0
    problem: str | None = None
    attempted_at: Instant | None = None


class TaskKept(Kept):
    """A task that was opened for somebody."""

    key: str
    to: tuple[str, ...]
    subject: str
    due_at: Instant | None
    opened_at: Instant


class ChoiceKept(Kept):
    """Which entitlement was chosen at the opening, why, and why no other (SPEC 6): reasons by entitlement.

    `process_by` is what gave the record its process: whoever opened it `named` it, the entitlement `promised` it, or it was
    the `only` one. None: that was not kept, as by older releases.
    """

    at: Instant
    chosen: str | None
    why: str
    rejected: dict[str, str]
    process_by: ProcessBy | None = None


class Dossier(Kept):
    """All about one record as of `taken_at`. `log` is in order of arrival; `laws` begin with that of its opening.

    `engine` is the version of Milepost that took it.
    """

    record: str
    taken_at: Instant
    engine: str
    opened_under: ProcessRef
    laws: tuple[LawKept, ...] = Field(min_length=1)
    log: tuple[AnyEvent, ...]
    deeds: tuple[Deed, ...] = ()
    tasks: tuple[TaskKept, ...] = ()
    choice: ChoiceKept | None = None

    def law(self) -> Laws:
        """What the log is to be evaluated under."""
        first, *others = ((kept.ref, kept.followed()) for kept in self.laws)
        if not others and not any(type(event) is Migrated for event in self.log):
            return Laws(first=first[1])
        versions = {Version(ref.process, ref.version, ref.revision): law for ref, law in (first, *others)}
        return Laws(first=first[1], versions=versions)

    def timeline(self, at: datetime | None = None) -> Timeline:
        """What the events come to as of an instant; default: when the dossier was taken."""
        return evaluate_under(self.law(), self.log, at or self.taken_at)


def law_kept(ref: ProcessRef, law: Followed, log: tuple[Event, ...]) -> LawKept:
    """A law without the calendars that neither its process nor any event or update names: they cannot have counted."""
    told = [*(_fields(event) for event in log), *(action.sets or {} for _, action in law.process.actions())]
    hours = (fields.get("business_hours") for fields in told)
    named = {name for _, name in law.process.calendars()} | {name for name in hours if isinstance(name, str)}
    calendars = {name: found for name, found in law.calendars.items() if name in named}
    return LawKept(ref=ref, process=law.process, calendars=calendars, default_hours=law.default_hours)


def _fields(event: Event) -> Mapping[str, Any]:
    return event.fields if isinstance(event, Opened) else event.set if isinstance(event, Changed) else {}
