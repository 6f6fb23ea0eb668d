"""Which events may count (SPEC 2, and Refusals in 8): the same answer for a file, a live case and a replay.

Of two events with one id the first recorded counts; a refused event's id is not used up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sla.calendar import BusinessHours
from sla.events import Changed, Completed, Event, Opened, Uncompleted, event_order
from sla.instants import to_instant, to_plausible, to_s, to_text
from sla.process.model import Process
from sla.timeline import Refusal

AHEAD_S = 300
"""How far after its recording an event may lie, in seconds (SPEC 2)."""


def too_far_ahead(event: Event) -> str | None:
    """Why a live event is refused that lies in the future; in files it is simply not yet (SPEC 8, Knowledge)."""
    if to_s(event.at) - to_s(event.recorded_at) <= AHEAD_S:
        return None
    at, recorded_at = to_text(event.at), to_text(event.recorded_at)
    return f"it lies in the future: it is said to happen at {at}, and it is {recorded_at} now"


class Heard:
    """An admitted event with its instants in epoch seconds."""

    __slots__ = ("at", "event", "from_s", "id", "position", "recorded")

    def __init__(self, position: int, event: Event) -> None:
        self.position = position
        self.event = event
        self.id = event.id
        self.at = to_s(event.at)
        self.recorded = to_s(event.recorded_at)
        self.from_s = self.at

    @property
    def late(self) -> bool:
        """Whether it was learned after it began to count."""
        return self.recorded > self.from_s


@dataclass(slots=True)
class Admitted:
    """The events that count, in order, and those that do not with their reasons. `opened` is None before there is one."""

    opened: Heard | None
    others: list[Heard]
    refused: list[Refusal]


def admit(process: Process, calendars: Mapping[str, BusinessHours], events: Sequence[Event]) -> Admitted:
    """Sort out a record's events, as far as that does not depend on the course of the milestones."""
    heard = [Heard(position, event) for position, event in enumerate(events)]
    heard.sort(key=lambda one: (one.recorded, one.id, one.position))
    milestones = {line.milestone for line in process.milestones}
    refused: list[Refusal] = []

    def refuse(one: Heard, reason: str) -> None:
        refused.append(Refusal(position=one.position, event=one.id, reason=reason))

    opened = _first_opened(heard, process, calendars, refuse)
    others: dict[str, Heard] = {}
    for one in heard:
        if one is opened or (opened is not None and one.id == opened.id) or one.id in others:
            continue
        if isinstance(one.event, Opened):
            if opened is not None:
                refuse(one, f"the record is already open (by event '{opened.id}')")
            continue
        if opened is not None and one.at < opened.at:
            refuse(one, f"it happened before the record was opened ({opened.event.model_dump(mode='json')['at']})")
        elif reason := _problem(one.event, process, milestones, calendars):
            refuse(one, reason)
        else:
            others[one.id] = one
    ordered = sorted(others.values(), key=lambda one: event_order(one.event))
    return Admitted(opened, ordered if opened is not None else [], refused)


def _first_opened(heard: list[Heard], process: Process, calendars: Mapping[str, BusinessHours], refuse: Any) -> Heard | None:
    for one in heard:
        if isinstance(one.event, Opened):
            reason = _opening_problem(one.event, process, calendars)
            if reason is None:
                if one.at <= one.recorded:  # one that is only announced has not happened yet
                    one.from_s = min(one.at, _start(one.event, process, otherwise=one.at))
                return one
            refuse(one, reason)
    return None


def _start(event: Opened, process: Process, *, otherwise: int) -> int:
    """When the process starts by the fields of `opened`, which hold from the start (SPEC 8, Starting)."""
    start = event.fields.get(process.start_at)
    return otherwise if start is None else to_s(to_instant(start))


def _opening_problem(event: Opened, process: Process, calendars: Mapping[str, BusinessHours]) -> str | None:
    kind = event.fields.get("type")
    if kind is not None and kind != process.applies_to:
        return f"the record is a {kind!r}, and process '{process.process}' applies to '{process.applies_to}'"
    return _fields_problem(event.fields, process, calendars)


def _problem(event: Event, process: Process, milestones: set[str], calendars: Mapping[str, BusinessHours]) -> str | None:
    if isinstance(event, Completed | Uncompleted) and event.milestone not in milestones:
        return f"process '{process.process}' has no milestone '{event.milestone}'; it has: {', '.join(sorted(milestones))}"
    return _fields_problem(event.set, process, calendars) if isinstance(event, Changed) else None


def _fields_problem(fields: Mapping[str, Any], process: Process, calendars: Mapping[str, BusinessHours]) -> str | None:
    hours = fields.get("business_hours")
    if hours is not None and (not isinstance(hours, str) or hours not in calendars):
        return f"business_hours: there is no calendar {hours!r}"
    for name in ("opened_at", process.start_at):
        if fields.get(name) is not None:
            try:
                to_plausible(fields[name])
            except ValueError as problem:
                return f"{name}: {problem}"
    return None
