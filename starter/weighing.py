"""Records held to other promises, one after the other, and added up. Knows no terminal and no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sla.apart import SideBySide
from sla.calendar import ALWAYS, BusinessHours
from sla.duration import Duration
from sla.evaluation.following import Followed, Laws
from sla.events import Changed, Event, Opened, event_order
from sla.instants import to_instant
from sla.opening import opened_at
from sla.outcomes import Known
from sla.process.model import Process
from sla.tally import Tally
from sla.values import Value, equal
from starter.event_lines import Line
from starter.simulation import Rules, by_record, opening_of, told

BEGINNING: Final = datetime(1900, 1, 1, tzinfo=UTC)
"""As of when nothing has happened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLaw:
    """What all records are held to: one process, or several that differ in a promise. Calendars are by name."""

    processes: tuple[Process, ...]
    calendars: Mapping[str, BusinessHours]
    default_hours: BusinessHours = ALWAYS

    def laws(self) -> SideBySide:
        """All of them. That a record moved is ignored: only one version is given."""
        return SideBySide([self._law(process) for process in self.processes])

    def only(self) -> Laws:
        """The first."""
        return self._law(self.processes[0])

    def _law(self, process: Process) -> Laws:
        return Laws(Followed(process=process, calendars=self.calendars, default_hours=self.default_hours))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which records count, and by which fields they are broken down. Fields are compared as conditions do (SPEC 3)."""

    where: Mapping[str, Value] = field(default_factory=dict)
    by: tuple[str, ...] = ()
    under: str | None = None
    """Only records that follow a process of this name."""
    opened_from: datetime | None = None
    """Only records that were opened then or later."""

    def meant(self, fields: Mapping[str, Value]) -> bool:
        """Whether a record with these fields is meant."""
        return all(name in fields and equal(fields[name], value) for name, value in self.where.items())


class Weighing:
    """Adds up what becomes of records as of one instant."""

    def __init__(self, new: SideBySide, asked: Asked, now: datetime) -> None:
        self._new = new
        self._asked = asked
        self._now = to_instant(now)
        self.tally = Tally.of(len(new), asked.by)

    def add(self, record: str, fields: Mapping[str, Value], log: Sequence[Event], before: Laws | None) -> None:
        """Hold a record to the new laws, and to the one that it is held to if that is known.

        One that this does not concern is left out too, so that before and after are of the same records.
        """
        if not self._asked.meant(fields):
            return
        known = Known(log, self._now)
        was = None if before is None else known.outcome(before)
        compared = before is None or was is not None
        self.tally.add(record, fields, was, self._new.outcomes(known) if compared else [None] * len(self._new))


def fields_of(log: Sequence[Event]) -> dict[str, Value]:
    """A record's fields as its events left them, what actions update aside."""
    fields: dict[str, Value] = {}
    for event in sorted(log, key=event_order):
        if isinstance(event, Opened):
            fields |= event.fields
        elif isinstance(event, Changed):
            fields |= event.set
    return {name: value for name, value in fields.items() if value is not None}


def since(text: str, now: datetime) -> datetime:
    """The instant that `90d` or `2026-03-01T00:00:00Z` means. Days are of 24 hours. Raises ValueError with the remedy."""
    if "T" in text:
        return to_instant(text)
    try:
        duration = Duration.parse(text)
        if duration.business_days:
            raise ValueError
        return now - timedelta(seconds=duration.seconds)
    except (ValueError, OverflowError):
        raise ValueError(f"'{text}' is no time ago; write it as 90d, 12h or 2026-03-01T00:00:00Z") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedLines:
    """What files of events come to, as of when, and of each line that was ignored where it stands and why."""

    tally: Tally
    as_of: datetime
    ignored: tuple[str, ...]


def weigh_lines(
    lines: Sequence[Line],
    new: NewLaw,
    old: NewLaw | None,
    asked: Asked,
    *,
    until: datetime | None = None,
    ago: str | None = None,
) -> WeighedLines:
    """Weigh the records of files, as of `until` (default: the latest `recorded_at`), by the lines recorded by then.

    `ago` is as for `since`, from that instant back. Raises ValueError for one that is none.
    """
    if until is None:
        until = max((line.event.recorded_at for line in lines), default=None)
    now = BEGINNING if until is None else to_instant(until)
    weighing = Weighing(new.laws(), asked, now)
    before = None if old is None else old.only()
    first = None if ago is None else since(ago, now)
    rules = Rules(process=new.processes[0], calendars=new.calendars, default_hours=new.default_hours)
    ignored: dict[int, str] = {}
    for record, known in by_record(lines, now):
        found = told(rules, lines, known, now)
        events = [lines[place].event for place in known if lines[place].refusal is None]
        counting = found.events if opening_of(found.events) else events  # of one that is left out, what is told of it
        fields, opening = fields_of(counting), opening_of(counting)
        if not asked.meant(fields) or (opening is not None and _beyond(opening, fields, first, now)):
            continue
        ignored |= found.ignored_at
        if events:
            weighing.add(record, fields, events, before)
    return WeighedLines(tally=weighing.tally, as_of=now, ignored=tuple(ignored[place] for place in sorted(ignored)))


def _beyond(opening: Opened, fields: Mapping[str, Value], first: datetime | None, now: datetime) -> bool:
    """Whether a record was opened before `first`, or is to be opened after `now`."""
    return opening.at > now or (first is not None and opened_at(fields, opening.at) < first)
