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
        records = {record: known for record, known in _by_record(lines, now) if only in (None, record)}
        for record in progress(list(records)):
            timeline = _evaluate(rules, lines, records[record], now, simulation.ignored_at)
            if timeline is not None:
                simulation.timelines.append(timeline)
    return simulation


def _by_record(lines: Sequence[Line], now: datetime) -> Iterator[tuple[str, list[int]]]:
    """The records by first appearance, each with the positions of what is known of it at `now`; those with any."""
    records: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        known = records.setdefault(line.event.record, [])
        if line.event.recorded_at <= now:
            known.append(position)
    return ((record, known) for record, known in records.items() if known)


def _evaluate(
    rules: Rules, lines: Sequence[Line], known: list[int], now: datetime, ignored: dict[int, str]
) -> Timeline | None:
    """One record's timeline, or None if as of `now` it is not open; what was ignored is noted."""
    for position in known:
        if (refusal := lines[position].refusal) is not None:
            ignored[position] = f"{lines[position].where}: event '{lines[position].event.id}' is ignored: {refusal}"
    asked = [position for position in known if lines[position].refusal is None]
    events = [lines[position].event for position in asked]
    if not events:
        return None
    timeline = evaluate(rules.process, rules.calendars, events, now, default_hours=rules.default_hours)
    refused = {one.position for one in timeline.refused}
    for one in timeline.refused:
        where = lines[asked[one.position]].where
        ignored[asked[one.position]] = f"{where}: event '{one.event}' is ignored: {one.reason}"
    opening = _opening(events, refused)
    if opening is not None:
        return timeline if opening.at <= now else None  # else all of it lies beyond `now`
    for position in asked:
        text = f"record '{timeline.record}' was not opened by {to_text(now)}, so nothing that happened to it counts"
        ignored.setdefault(position, f"{lines[position].where}: {text}")
    return None


def _opening(events: Sequence[Event], refused: set[int]) -> Event | None:
    """The event that opened the record: of those not refused, the first recorded."""
    openings = [
        (event.recorded_at, event.id, position, event)
        for position, event in enumerate(events)
        if isinstance(event, Opened) and position not in refused
    ]
    return min(openings, key=lambda opening: opening[:3])[3] if openings else None
