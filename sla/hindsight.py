"""What was true of a record at another instant, and what was known of it by another one. Pure; decision 0010.

Two instants ask two questions. `at` is what was true: news that was learned later counts as if it had come on time, as far
as it is known by `known_at`. `known_at` is by whose knowledge: what was learned after it does not count at all. Late news is
what makes them differ.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sla.dossier import Deed, Dossier, Kept
from sla.evaluation.admission import admit_under
from sla.events import Event, Opened
from sla.evidence_errors import NoSuchMoment
from sla.instants import Instant, to_instant, to_text
from sla.opening import counts_from

SECOND = timedelta(seconds=1)


class AsOf(NamedTuple):
    """A log to be evaluated as of `at`; `known_at` is by whose knowledge it is told."""

    log: tuple[Event, ...]
    at: datetime
    known_at: datetime


class Hindsight(Kept):
    """A record as it was: a dossier of then, to be evaluated, shown and explained like any other.

    `events` of the `of_events` on record were known by `known_at`. `last_event` is the one that was asked for, if one was.
    """

    dossier: Dossier
    at: Instant
    known_at: Instant
    events: int
    of_events: int
    last_event: str | None = None


def look_back(
    dossier: Dossier, *, at: datetime | None = None, known_at: datetime | None = None, event: int | None = None
) -> Hindsight:
    """The record as of then, with its actions and tasks as they were then. Raises NoSuchMoment.

    How an action went is told as of the earlier instant of the two: what was done afterwards was not done yet.
    """
    then = as_of(dossier, at=at, known_at=known_at, event=event)
    done_by = min(then.at, then.known_at)
    past: dict[str, Any] = {"log": then.log, "taken_at": then.at}
    if done_by < dossier.taken_at:  # else all of it is done by then, also what nobody knows the time of
        deeds = (deed_then(deed, done_by) for deed in dossier.deeds)
        past["deeds"] = tuple(deed for deed in deeds if deed is not None)
        past["tasks"] = tuple(task for task in dossier.tasks if task.opened_at <= done_by)
    return Hindsight(
        dossier=dossier.model_copy(update=past),
        at=then.at,
        known_at=then.known_at,
        events=len(then.log) if event else sum(one.recorded_at <= then.known_at for one in dossier.log),
        of_events=len(dossier.log),
        last_event=dossier.log[event - 1].id if event else None,
    )


def as_of(
    dossier: Dossier, *, at: datetime | None = None, known_at: datetime | None = None, event: int | None = None
) -> AsOf:
    """Which events to evaluate, and as of when. Raises NoSuchMoment.

    `at` alone: what was true, by all that is known now; `known_at` alone: what was known then, about then; both: what was
    true at the one by what was known at the other. `event`: just after so many, in order of arrival, had been learned.
    """
    if event is not None:
        return _after(dossier, event, alone=at is None and known_at is None)
    now = dossier.taken_at
    for instant in (at, known_at):
        if instant is not None and to_instant(instant) > now:
            problem = f"{to_text(to_instant(instant))} lies in the future: it is {to_text(now)}"
            raise NoSuchMoment(record=dossier.record, problem=problem)
    known_by = now if known_at is None else to_instant(known_at)
    asked = known_by if at is None else to_instant(at)
    known = dossier.log if known_at is None else tuple(one for one in dossier.log if one.recorded_at <= known_by)
    opening = _opening(dossier, known, known_by)
    if asked < opening:
        raise NoSuchMoment(record=dossier.record, problem=f"it was opened later than that, at {to_text(opening)}")
    return AsOf(_on_time(dossier, known, asked), asked, known_by)


def deed_then(deed: Deed, then: datetime) -> Deed | None:
    """An action's outcome as it was; None if nothing had been tried of it.

    When it was tried is known of the latest attempt only: of attempts that went on afterwards nothing is told.
    """
    ended = deed.at is not None and deed.at <= then
    tried = deed.attempted_at <= then if deed.attempted_at is not None else ended
    if not ended and not tried:
        return None
    update: dict[str, Any] = {}
    if not ended:
        update |= {"outcome": None, "at": None, "reason": None, "detail": {}}
    if not tried:
        update |= {"attempts": 0, "problem": None, "attempted_at": None}
    return deed.model_copy(update=update)


def _after(dossier: Dossier, number: int, *, alone: bool) -> AsOf:
    if not alone:
        problem = "the number of an event says by itself as of when, and what was known: leave `at` and `known_at` out"
        raise NoSuchMoment(record=dossier.record, problem=problem)
    if not 1 <= number <= len(dossier.log):
        there = f"it has {len(dossier.log)}, numbered from 1 in order of arrival" if dossier.log else "it has none"
        raise NoSuchMoment(record=dossier.record, problem=f"there is no event {number}; {there}")
    log = dossier.log[:number]
    learned = max(one.recorded_at for one in log)
    _opening(dossier, log, learned)
    return AsOf(log, learned, learned)


def _opening(dossier: Dossier, known: Sequence[Event], known_by: datetime) -> datetime:
    """When the record came to be, by this knowledge: as its fields say, else as the event does."""
    opened = admit_under(dossier.law(), known).opened
    if opened is not None:
        return _happened(opened.event)
    first = next((one for one in dossier.log if isinstance(one, Opened)), None)
    learned = "" if first is None else f": its opening was learned at {to_text(first.recorded_at)}"
    raise NoSuchMoment(record=dossier.record, problem=f"nothing was known of it at {to_text(known_by)}{learned}")


def _happened(event: Event) -> datetime:
    """When it began to count."""
    return counts_from(event) if isinstance(event, Opened) else event.at


def _on_time(dossier: Dossier, known: tuple[Event, ...], at: datetime) -> tuple[Event, ...]:
    """The log in which what happened by an instant, and was learned after it, was learned when it happened.

    What happened later is not told yet. What is refused by all that is known changes nothing here either.
    """
    if all(one.recorded_at <= at for one in known):
        return known
    refused = {one.position for one in admit_under(dossier.law(), known).refused}
    last: dict[datetime, tuple[datetime, str]] = {}  # of those that count so far, by the instant at which they happened
    told: dict[int, Event] = {}
    for place in sorted(range(len(known)), key=lambda place: (known[place].recorded_at, known[place].id)):
        one = known[place]
        if one.recorded_at > at:
            happened = _happened(one)
            if happened > at or place in refused:
                continue
            learned = _next_to(last.get(happened), happened, one.id, at)
            one = one.model_copy(update={"at": happened, "recorded_at": learned})
        last[one.at] = (one.recorded_at, one.id)
        told[place] = one
    return tuple(told[place] for place in sorted(told))


def _next_to(before: tuple[datetime, str] | None, happened: datetime, name: str, at: datetime) -> datetime:
    """When an event counts as learned: as it happened, but of one instant the later recorded still wins (SPEC 8)."""
    if before is None:
        return happened
    learned, id_before = before
    return max(happened, learned if name > id_before else min(learned + SECOND, at))
