"""A file of events held against a process: what `milepost simulate` answers, without a terminal (SPEC 7, Refusals in 8)."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sla.calendar import ALWAYS, BusinessHours
from sla.engine import evaluate
from sla.events import Event, Opened
from sla.instants import to_text
from sla.process.model import Process
from sla.timeline import Timeline
from starter.event_lines import Line

Progress = Callable[[Sequence[str]], Iterable[str]]
"""Passes on the records one by one, and may show how far they have come."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What all records are held to."""

    process: Process
    calendars: Mapping[str, BusinessHours]
    default_hours: BusinessHours = ALWAYS


@dataclass(slots=True, kw_only=True)
class Told:
    """What files tell of one record by an instant: the events not refused; of ignored lines, place and reason by position.

    A timeline only if the record is open by then.
    """

    events: list[Event] = field(default_factory=list)
    ignored_at: dict[int, str] = field(default_factory=dict)
    timeline: Timeline | None = None


@dataclass(slots=True, kw_only=True)
class Simulation:
    """The timelines in order of the records' first appearance; and of the ignored lines, place and reason by position."""

    timelines: list[Timeline] = field(default_factory=list)
    ignored_at: dict[int, str] = field(default_factory=dict)

    @property
    def ignored(self) -> list[str]:
        """`file:line: reason` of each line that was ignored, in the order of the lines."""
        return [self.ignored_at[position] for position in sorted(self.ignored_at)]


def simulate(
    rules: Rules,
    lines: Sequence[Line],
    until: datetime | None = None,
    *,
    only: str | None = None,
    progress: Progress = iter,
) -> Simulation:
    """Evaluate every record as of `until` (default: the latest `recorded_at`), with the lines recorded by then.

    `only` leaves out all other records, after the default of `until` was taken from all.
    """
    simulation = Simulation()
    if lines:
        now = max(line.event.recorded_at for line in lines) if until is None else until
        records = {record: known for record, known in by_record(lines, now) if only in (None, record)}
        for record in progress(list(records)):
            found = told(rules, lines, records[record], now)
            simulation.ignored_at |= found.ignored_at
            if found.timeline is not None:
                simulation.timelines.append(found.timeline)
    return simulation


def by_record(lines: Sequence[Line], now: datetime) -> Iterator[tuple[str, list[int]]]:
    """The records by first appearance, each with the positions of what is known of it at `now`; those with any."""
    records: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        known = records.setdefault(line.event.record, [])
        if line.event.recorded_at <= now:
            known.append(position)
    return ((record, known) for record, known in records.items() if known)


def told(rules: Rules, lines: Sequence[Line], known: Sequence[int], now: datetime) -> Told:
    """What the lines at these positions tell of their record; all of them are of one, and recorded by `now`."""
    found = Told()
    for position in known:
        if (refusal := lines[position].refusal) is not None:
            found.ignored_at[position] = _ignored(lines[position], refusal)
    asked = [position for position in known if lines[position].refusal is None]
    if not asked:
        return found
    events = [lines[position].event for position in asked]
    timeline = evaluate(rules.process, rules.calendars, events, now, default_hours=rules.default_hours)
    for one in timeline.refused:
        found.ignored_at[asked[one.position]] = _ignored(lines[asked[one.position]], one.reason)
    refused = {one.position for one in timeline.refused}
    found.events = [event for position, event in enumerate(events) if position not in refused]
    if (opening := opening_of(found.events)) is None:
        text = f"record '{timeline.record}' was not opened by {to_text(now)}, so nothing that happened to it counts"
        for position in asked:
            found.ignored_at.setdefault(position, f"{lines[position].where}: {text}")
    elif opening.at <= now:  # else all of it lies beyond `now`
        found.timeline = timeline
    return found


def opening_of(events: Iterable[Event]) -> Opened | None:
    """Of events that count, the one that opened their record: the first recorded."""
    return min((one for one in events if isinstance(one, Opened)), key=_as_recorded, default=None)


def _ignored(line: Line, reason: str) -> str:
    return f"{line.where}: event '{line.event.id}' is ignored: {reason}"


def _as_recorded(opening: Opened) -> tuple[datetime, str]:
    return opening.recorded_at, opening.id
