"""What became of an occurrence, and of the record, with the margin: the sentence that people read first."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sla.duration import spoken
from sla.story import Chapter, Stop
from sla.telling.hand import Hand
from sla.timeline import Occurrence, RollUp, Status, numbered


def verdict(one: Occurrence, margin: int | None, stops: Sequence[Stop], as_of: datetime, hand: Hand) -> str:
    """The verdict on an occurrence in a sentence or two."""
    parts = [_VERDICTS[one.status](one, margin or 0, hand)]
    if stops:
        parts.append(f"the clock was stopped {_stopped(stops, as_of)}")
    told = capital("; ".join(parts))
    if one.retracted:
        told += ". It had been taken for violated, which later knowledge withdrew"
    return f"{told}."


def _stopped(stops: Sequence[Stop], as_of: datetime) -> str:
    """`41 min, of which 0 s in business hours`."""
    whole = sum(int(((stop.until_at or as_of) - stop.from_at).total_seconds()) for stop in stops)
    return f"{spoken(whole)}, of which {spoken(sum(stop.open_s for stop in stops))} in business hours"


def _met(one: Occurrence, margin: int, hand: Hand) -> str:
    if margin == 0:
        return "met, at the very target"
    return f"met with {spoken(margin)} of open time to spare"


def _met_late(one: Occurrence, margin: int, hand: Hand) -> str:
    if margin < 0:
        return f"missed by {spoken(-margin)} of open time: completed late"
    if margin == 0 and one.violated_at == one.target_at:
        return "missed: completed late, though no open time had passed since its target"
    return f"missed at {_violated(one, hand)}, though by the limit of its end {spoken(margin)} of open time were left"


def _overdue(one: Occurrence, margin: int, hand: Hand) -> str:
    if margin < 0:
        return f"missed, and still open: by now {spoken(-margin)} of open time over"
    if margin == 0 and one.violated_at is not None and one.violated_at == one.target_at:
        return "missed, and still open: no open time has passed since its target"
    return f"missed at {_violated(one, hand)}, and still open: by today's limit {spoken(margin)} of open time are left"


def _missed(one: Occurrence, margin: int, hand: Hand) -> str:
    why = f"never completed, {one.reason}"
    if margin < 0:
        return f"missed by {spoken(-margin)} of open time and more: {why}"
    return f"missed at {_violated(one, hand)}: {why}"


def _cancelled(one: Occurrence, margin: int, hand: Hand) -> str:
    return f"cancelled, not violated: {hand.rewritten(one.reason or 'it ended')}"


def _running(one: Occurrence, margin: int, hand: Hand) -> str:
    due = "it has no target" if one.target_at is None else f"due {hand.when(one.target_at)}"
    return f"running: {spoken(one.remaining_s)} of open time left, {due}"


def _stopped_now(one: Occurrence, margin: int, hand: Hand) -> str:
    return f"stopped: {spoken(one.remaining_s)} of open time left once the clock runs again"


def _waiting(one: Occurrence, margin: int, hand: Hand) -> str:
    when = "when the clock runs again" if one.started_at is None else hand.when(one.started_at)
    due = "" if one.target_at is None else f", due {hand.when(one.target_at)}"
    return f"not begun yet: foreseen {when}{due}"


def _violated(one: Occurrence, hand: Hand) -> str:
    return "its target" if one.violated_at is None else hand.when(one.violated_at)


_VERDICTS: Final[Mapping[Status, Callable[[Occurrence, int, Hand], str]]] = {
    "waiting": _waiting,
    "running": _running,
    "stopped": _stopped_now,
    "met": _met,
    "met_late": _met_late,
    "overdue": _overdue,
    "missed": _missed,
    "cancelled": _cancelled,
}

_OVERALL: Final[Mapping[RollUp, str]] = {
    "compliant": "Compliant",
    "at_risk": "At risk: a warning was given",
    "violated_open": "Violated, and still open",
    "violated_closed": "Violated",
}


def overall(status: RollUp, chapters: Sequence[Chapter]) -> str:
    """The verdict on the record: the roll-up, then what was missed, the open ones first, and how many others there were.

    What was before the process restarted is only counted, since it is no part of the roll-up (SPEC 8).
    """
    if not chapters:
        return f"{_OVERALL[status]}: no milestone has begun."
    counting, before = ([one for one in chapters if one.counts is counts] for counts in (True, False))
    missed = [one for one in counting if one.violated_at is not None]
    shown = sorted(missed, key=lambda one: one.status != "overdue")[:_SHOWN] if missed else counting[:_SHOWN]
    told = [f"{_OVERALL[status]}.", *(f"{numbered(one.milestone, one.occurrence)}: {small(one.verdict)}" for one in shown)]
    if others := [one for one in counting if one not in shown]:
        told.append(f"Besides: {_tally(others)}.")
    if before:
        told.append(f"Before the process restarted: {_tally(before)}.")
    return " ".join(told)


_SHOWN: Final = 3


def _tally(chapters: Sequence[Chapter]) -> str:
    """`2 met, 1 running`, in the order in which they come first."""
    counted = Counter(one.status.replace("_", " ") for one in chapters)
    return ", ".join(f"{count} {status}" for status, count in counted.items())


def capital(text: str) -> str:
    """A clause as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def small(text: str) -> str:
    """A sentence as what follows a colon."""
    return text[:1].lower() + text[1:]
