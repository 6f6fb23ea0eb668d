"""Which events may count (SPEC 2, and Refusals in 8): the same answer for a file, a live case and a replay.

Of two events with one id the first recorded counts; a refused event's id is not used up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sla.calendar import BusinessHours
from sla.evaluation.clock import NEVER
from sla.evaluation.following import Following, Laws, Origins
from sla.evaluation.plan import Plan, plan_of
from sla.events import Changed, Completed, Event, Migrated, Opened, Uncompleted
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
    """An event with its instants in epoch seconds; it counts from `from_s`."""

    __slots__ = ("at", "event", "from_s", "id", "position", "recorded")

    def __init__(self, event: Event, position: int) -> None:
        self.position = position
        self.event = event
        self.id = event.id
        at, recorded_at = event.at, event.recorded_at
        self.at = self.from_s = self.recorded = to_s(at)
        if recorded_at != at:
            self.recorded = to_s(recorded_at)

    @property
    def late(self) -> bool:
        """Whether it was learned after it began to count."""
        return self.recorded > self.from_s


def hear(events: Iterable[Event], until_s: int) -> list[Heard]:
    """The events that are known by an instant. Their positions are counted among themselves."""
    heard: list[Heard] = []
    for event in events:
        one = Heard(event, len(heard))
        if one.recorded <= until_s:
            heard.append(one)
    return heard


@dataclass(slots=True)
class Admitted:
    """The events that count, in order, and those that do not with their reasons. `opened` is None before there is one.

    Those of the others that were not recorded when they happened, but later or before, are `untimely`: mostly none.
    `following` is of a record that moves; None where only one version is given.
    """

    opened: Heard | None
    others: list[Heard]
    untimely: list[Heard]
    refused: list[Refusal]
    following: Following | None = None


def admit(process: Process, calendars: Mapping[str, BusinessHours], events: Sequence[Event]) -> Admitted:
    """Sort out a record's events, as far as that does not depend on the course of the milestones."""
    return admit_heard(plan_of(process), calendars, hear(events, NEVER))


def admit_under(laws: Laws, events: Sequence[Event]) -> Admitted:
    """The same for a record that may have moved: an event is held to the version that was followed at its instant."""
    return admit_heard(plan_of(laws.first.process), laws.first.calendars, hear(events, NEVER), laws)


def origins_of(laws: Laws, events: Sequence[Event]) -> Origins:
    """Where the actions of a record come from; empty if it never moved, and its lines are those of its process."""
    if laws.versions is None:
        return {}
    following = admit_under(laws, events).following
    return {} if following is None else following.origins()


def admit_heard(
    plan: Plan, calendars: Mapping[str, BusinessHours], heard: Sequence[Heard], laws: Laws | None = None
) -> Admitted:
    """The same for events that were heard, and a compiled process."""
    heard = sorted(heard, key=_as_recorded)  # and where that is the same, in the order given
    following = None
    if laws is not None and laws.versions is not None:
        following = Following(laws)
        heard.sort(key=_moves_first)
    refused: list[Refusal] = []

    def refuse(one: Heard, reason: str) -> None:
        refused.append(Refusal(position=one.position, event=one.id, reason=reason))

    opened = _first_opened(heard, plan.process, calendars, refuse)
    if opened is None:
        _sort_out(heard, None, plan, calendars, refuse, following=following)
        return Admitted(None, [], [], refused)
    others = _sort_out(heard, opened, plan, calendars, refuse, following=following)
    untimely = [one for one in others if one.recorded != one.at]
    if untimely:  # else the order of recording is that of happening
        others.sort(key=as_happened)
    return Admitted(opened, others, untimely, refused, following)


def _sort_out(
    heard: Sequence[Heard],
    opened: Heard | None,
    plan: Plan,
    calendars: Mapping[str, BusinessHours],
    refuse: Callable[[Heard, str], None],
    *,
    following: Following | None,
) -> list[Heard]:
    """Those that count besides `opened`."""
    known = set() if opened is None else {opened.id}
    counting = []
    for one in heard:
        if one.id in known:
            continue
        kind, reason = type(one.event), None
        if kind is Opened:
            if opened is not None:
                refuse(one, f"the record is already open (by event '{opened.id}')")
            continue
        if opened is not None and one.at < opened.at:
            reason = f"it happened before the record was opened ({to_text(opened.event.at)})"
        elif kind in _CHECKED:
            reason = _problem(one, plan, calendars, following)
        if reason is None:
            known.add(one.id)
            counting.append(one)
        else:
            refuse(one, reason)
    return counting


_CHECKED = {Changed, Completed, Uncompleted, Migrated}

as_happened = attrgetter("at", "recorded", "id")
"""The order in which events count (SPEC 2)."""

_as_recorded = attrgetter("recorded", "id")


def _moves_first(one: Heard) -> tuple[int, bool]:
    """What is recorded together with a migration is held to what that says."""
    return one.recorded, type(one.event) is not Migrated


def _first_opened(
    heard: list[Heard], process: Process, calendars: Mapping[str, BusinessHours], refuse: Callable[[Heard, str], None]
) -> Heard | None:
    for one in heard:
        if type(one.event) is Opened:
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


def _problem(one: Heard, plan: Plan, calendars: Mapping[str, BusinessHours], following: Following | None) -> str | None:
    event = one.event
    if type(event) is Migrated:
        return None if following is None else following.hear(one)
    if following is not None:
        law = following.law_at(one)
        plan, calendars = plan_of(law.process), law.calendars
    if type(event) is Changed:
        if plan.checked_fields.isdisjoint(event.set):
            return None
        return _fields_problem(event.set, plan.process, calendars)
    if (type(event) is Completed or type(event) is Uncompleted) and event.milestone not in plan.places:
        known = ", ".join(sorted(plan.places))
        return f"process '{plan.process.process}' has no milestone '{event.milestone}'; it has: {known}"
    return None


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
