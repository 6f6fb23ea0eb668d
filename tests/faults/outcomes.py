"""The judge of outcomes: the log, the view, the ledger and the facts of each record agree with `evaluate` on its log.

Each judgement is a function from what was seen to complaints; the table at the end names them all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from activities.actions.texts import event_id
from sla.timeline import Effect, Occurrence
from tests.faults.seen import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What we told of a record, and which of it was refused."""

    events: Mapping[str, Mapping[str, Any]]
    refused: set[str]
    gives_up: bool


def complaints(seen: Seen, told: Told) -> list[str]:
    """What is wrong with one record."""
    return [f"{seen.record}: {one}" for judge in JUDGEMENTS for one in judge(seen, told)]


def _log_is_what_was_told(seen: Seen, told: Told) -> Iterator[str]:
    ids = [event.id for event in seen.log]
    if len(ids) != len(set(ids)):
        yield "its log has an event twice"
    decided = {event_id(key) for key, line in seen.ledger.items() if line.detail.get("events")}
    for missing in sorted((set(told.events) - told.refused | decided) - set(ids)):
        yield f"the event {missing} was acknowledged and is not in its log"
    for stranger in sorted(set(ids) - set(told.events) - decided):
        yield f"nobody told the event {stranger} of its log"
    for event in seen.log:
        at: datetime | None = told.events.get(event.id, {}).get("at")
        if at is not None and event.at != at:
            yield f"the event {event.id} happened at {at}, not at {event.at}"


def _view_is_the_logs(seen: Seen, _told: Told) -> Iterator[str]:
    if seen.row["as_of"] is None:
        yield "it was never decided"
    if list(seen.occurrences) != list(seen.then.milestones):
        yield f"its occurrences are not those of its log: {_first_difference(seen)}"
    for effect in seen.then.effects:
        if seen.effects.get(effect.key) != effect:
            yield f"the store has the action {effect.key} as {seen.effects.get(effect.key)}, its log as {effect}"
    for key in sorted(set(seen.effects) - {effect.key for effect in seen.then.effects}):
        if seen.effects[key].status != "retracted" or key not in seen.ledger:
            yield f"its log does not know the action {key}"
    for name in ("status", "out", "next_wakeup", "fields"):
        if seen.row[name] != getattr(seen.then, name):
            yield f"the store has {name} {seen.row[name]}, its log {getattr(seen.then, name)}"


def _first_difference(seen: Seen) -> str:
    for stored, reckoned in zip(seen.occurrences, seen.then.milestones, strict=False):
        if stored != reckoned:
            return f"{stored} / {reckoned}"
    return f"{len(seen.occurrences)} / {len(seen.then.milestones)}"


def _nothing_was_missed(seen: Seen, _told: Told) -> Iterator[str]:
    """Time has passed since the view was made; nothing may have come of it that the view does not have."""
    if [_essence(one) for one in seen.then.milestones] != [_essence(one) for one in seen.now.milestones]:
        yield f"its view of {seen.row['as_of']} has been overtaken unnoticed"
    if [(one.key, one.status) for one in seen.then.effects] != [(one.key, one.status) for one in seen.now.effects]:
        yield "actions have fallen due unnoticed"


def _essence(one: Occurrence) -> tuple[object, ...]:
    return (one.milestone, one.occurrence, one.status, one.started_at, one.violated_at, one.completed_at, one.retracted)


def _every_trigger_was_acted_upon(seen: Seen, told: Told) -> Iterator[str]:
    for effect in seen.now.effects:
        line = seen.ledger.get(effect.key)
        if effect.status == "skipped":
            if line is not None and line.outcome == "performed":
                yield f"{effect.key} was performed though it was skipped ({effect.reason})"
        elif line is None and effect.action != "update":
            yield f"{effect.key} was never acted upon"
        elif line is not None and line.outcome == "gave_up" and not told.gives_up:
            yield f"{effect.key} was given up: {line.reason}"
        elif is_lost(seen, effect):
            yield f"{effect.key} is wanted and was dropped: {line and line.reason}"


def _what_was_done_is_listed(seen: Seen, _told: Told) -> Iterator[str]:
    for key, line in seen.ledger.items():
        if line.outcome == "performed" and "/to/" not in key and key not in seen.effects:
            yield f"{key} was performed, and the view does not list it"


def _facts_tell_the_same(seen: Seen, _told: Told) -> Iterator[str]:
    """The facts, read in their order, end where the occurrences are."""
    status: dict[tuple[str, int], str] = {}
    violated: dict[tuple[str, int], bool] = {}
    completed: dict[tuple[str, int], bool] = {}
    for number, fact in enumerate(seen.facts, 1):
        if fact["number"] != number:
            yield f"its facts are numbered {fact['number']} where {number} was due"
        key, what = (fact["milestone"], fact["occurrence"]), fact["what"]
        if what in ("violated", "retracted"):
            violated[key] = what == "violated"
        elif what in ("completed", "uncompleted"):
            completed[key] = what == "completed"
        else:
            status[key] = what
    for one in seen.occurrences:
        key = (one.milestone, one.occurrence)
        if one.status == "waiting":
            continue
        told = (status.get(key), violated.get(key, False), completed.get(key, False))
        if told != (one.status, one.violated, one.completed_at is not None):
            yield f"the facts of {one.milestone} #{one.occurrence} end with {told}, it is {one.status}"


JUDGEMENTS: Final[tuple[Callable[[Seen, Told], Iterator[str]], ...]] = (
    _log_is_what_was_told,
    _view_is_the_logs,
    _nothing_was_missed,
    _every_trigger_was_acted_upon,
    _what_was_done_is_listed,
    _facts_tell_the_same,
)


def is_lost(seen: Seen, effect: Effect) -> bool:
    """Whether an action is wanted, and nobody will ever do it."""
    line = seen.ledger.get(effect.key)
    if effect.status != "due" or effect.moot is not None or effect.action == "update":
        return False
    if line is None:
        return True
    return line.outcome == "dropped" and not (effect.trigger == "retracted" and _nobody_was_told(seen, effect))


def _nobody_was_told(seen: Seen, effect: Effect) -> bool:
    """Whether none of the violation's actions was done: then there is nothing to take back (SPEC 8, Knowledge).

    What fell due later, or ran more often than it was taken back, belongs to a later violation of the same occurrence.
    """
    prefix = effect.key.rpartition("/retracted/")[0] + "/violation-"
    before = [one for one in seen.effects.values() if one.due_at <= effect.due_at and one.action != "update"]
    told = [one.key for one in before if one.key.startswith(prefix) and _turn(one.key) <= _turn(effect.key)]
    return not any(key in seen.ledger and seen.ledger[key].outcome == "performed" for key in told)


def _turn(key: str) -> int:
    return int(key.rpartition("~")[2]) if "~" in key.rpartition("/")[2] else 1


def lost(seen: Seen) -> int:
    """Triggers that are wanted and were never acted upon."""
    return sum(is_lost(seen, effect) for effect in seen.now.effects)


def deadlines(seen: Seen) -> int:
    """Targets, warnings and escalations whose instant has come."""
    return sum(at <= seen.now.as_of for at in _deadlines(seen))


def deadlines_between(seen: Seen, since: datetime, until: datetime) -> int:
    """Those of them whose instant came after `since` and before `until`."""
    return sum(since < at < until for at in _deadlines(seen))


def _deadlines(seen: Seen) -> list[datetime]:
    targets = [one.target_at for one in seen.now.milestones if one.target_at is not None]
    reached = {one.key.rpartition("/")[0]: one.due_at for one in seen.now.effects if one.trigger in ("warning", "violation")}
    return [*targets, *reached.values()]
