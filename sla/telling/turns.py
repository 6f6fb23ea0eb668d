"""What happened to an occurrence, turn by turn: how it began and got its target, stops, completions, its end."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from sla.account import Began, Cause, Causes, Completion, Halt, LimitSet, LineChosen, Onset, Stopper, Told
from sla.duration import spoken
from sla.process.saying import value_in_words
from sla.story import Stop
from sla.telling.because import because, in_brackets, who
from sla.telling.hand import Draft, Hand
from sla.timeline import Occurrence


def turns(told: Told, stops: Sequence[Stop]) -> Iterator[Draft]:
    """The sentences of an occurrence, without those of its days and actions."""
    one = told.of
    if told.began is None:
        if one.started_at is not None:
            yield Draft(one.started_at, 0, partial(_foreseen, told))
        return
    yield Draft(told.began.at, 0, partial(_began, told, told.began))
    for limit in told.limits:
        yield Draft(limit.at, 2, partial(_limit, told, limit))
    for halt, stop in zip(told.halts, stops, strict=True):
        yield from _halt(halt, stop, told.of)
    for completion in told.completions:
        yield from _completion(completion, told)
    if one.violated_at is not None:
        yield _violation(told, one.violated_at)
    if one.completed_at is None and one.ended_at is not None:
        yield Draft(one.ended_at, 8, partial(_ended, told))


# ---------------------------------------------------------------------- beginning


def _began(told: Told, began: Began, hand: Hand) -> str:
    predecessor = None if began.after is None else f"#{began.after}"
    parts = [_ONSETS[began.why].format(predecessor=predecessor)]
    line = told.line
    if line is not None and (line.of > 1 or line.when is not None):
        parts.append(_line(line, began.causes, hand))
    started_at = told.of.started_at
    if started_at is not None and started_at != began.at:
        parts.append(f"it counts from {hand.when(started_at)}")
    return f"{'; '.join(parts)}."


_ONSETS: Final[Mapping[Onset, str]] = {
    "start": "it began as the process started",
    "criteria": "it began as its condition came to hold",
    "completion": "it began after {predecessor} was completed",
    "target": "it began at the target of {predecessor}",
    "again": "it began in the place of {predecessor}, which had been closed",
    "return": "it began as the record came back, for it was due while that was out",
}


def _line(line: LineChosen, causes: Causes, hand: Hand) -> str:
    which = "its line applies" if line.of == 1 else f"line {line.position} of {line.of} applies"
    condition = ", which has no condition" if line.when is None else f": {line.when}"
    others = f", and not {' nor '.join(f'({one})' for one in line.passed_over)}" if line.passed_over else ""
    return f"{which}{condition}{others}{in_brackets(causes, hand)}"


def _limit(told: Told, limit: LimitSet, hand: Hand) -> str:
    whence = _whence(limit)
    target = "there is no target while the clock is stopped"
    if limit.target_at is not None:
        target = f"the target is {hand.when(limit.target_at)}"
    if limit.why == "changed":
        return f"{because(limit.causes, hand)}: the limit is {whence} now; {target}."
    calendar = f"open time of '{told.hours.calendar}', {_CALENDARS[told.calendar_of]}"
    moved = "under the version that it moved to, " if limit.why == "moved" else ""
    return f"{moved}the limit is {whence} in {calendar}; {target}."


def _whence(limit: LimitSet) -> str:
    """A limit as the process spells it, what a business day is worth, and where in its table it stands."""
    beside = [spoken(limit.limit_s)] if "bd" in limit.text else []
    if limit.source == "table":
        beside.append(f"the table's, for {limit.field} {value_in_words(limit.value)}")
    elif limit.source == "default" and limit.value is None:
        beside.append(f"the table's default, for {limit.field} is empty")
    elif limit.source == "default":
        beside.append(f"the table's default, for it has nothing for {limit.field} {value_in_words(limit.value)}")
    return f"{limit.text} ({'; '.join(beside)})" if beside else limit.text


_CALENDARS: Final[Mapping[str, str]] = {
    "milestone": "which the milestone names",
    "process": "which the process names",
    "record": "which the record brought",
    "default": "the installation's default",
}


def _foreseen(told: Told, hand: Hand) -> str:
    one = told.of
    due = "no target while the clock is stopped" if one.target_at is None else f"target {hand.when(one.target_at)}"
    return f"it is to begin, within {spoken(one.limit_s)} of open time of '{told.hours.calendar}'; {due}."


# ---------------------------------------------------------------------- stops


def _halt(halt: Halt, stop: Stop, one: Occurrence) -> Iterator[Draft]:
    first, *others = halt.by or (None,)
    yield Draft(halt.since, 3, partial(_stopped, first))
    for other in others:
        if other is not None:
            yield Draft(other.since, 3, partial(_held_too, other))
    if halt.until is not None and halt.until != one.ended_at:
        yield Draft(halt.until, 4, partial(_ran_again, halt, halt.until, stop.open_s))


def _stopped(by: Stopper | None, hand: Hand) -> str:
    return f"the clock stopped{'' if by is None else f': {why_stopped(by, hand)}'}."


def _held_too(by: Stopper, hand: Hand) -> str:
    return f"the clock is held by this, too: {why_stopped(by, hand)}."


def why_stopped(by: Stopper, hand: Hand) -> str:
    """Why a clock was stopped, in words."""
    if by.what == "event":
        return " and ".join(who(cause, hand) for cause in by.causes)
    if by.what == "out":
        return f"the record is out of its process{in_brackets(by.causes, hand)}"
    whose = "the process" if by.what == "process" else "its line"
    return f"{whose} stops it while {by.condition}{in_brackets(by.causes, hand)}"


def _ran_again(halt: Halt, until: datetime, open_s: int, hand: Hand) -> str:
    stopped = spoken(int((until - halt.since).total_seconds()))
    ahead = halt.target_at is not None and halt.target_at > until
    target = f"; the target is {hand.when(halt.target_at)} now" if ahead and halt.target_at is not None else ""
    return f"the clock ran again, after {stopped}, of which {spoken(open_s)} in business hours{target}."


# ---------------------------------------------------------------------- ends


def _completion(completion: Completion, told: Told) -> Iterator[Draft]:
    yield Draft(completion.at, 6, partial(_completed, completion, told))
    if completion.undone is not None:
        yield Draft(completion.undone.at, 6, partial(_undone, completion.undone))


def _undone(cause: Cause, hand: Hand) -> str:
    return f"{who(cause, hand)} took the completion back."


def _completed(completion: Completion, told: Told, hand: Hand) -> str:
    one, took = told.of, ""
    if completion.undone is None and one.elapsed_s is not None:
        less = f", {spoken(one.stopped_s)} of them stopped" if one.stopped_s else ""
        took = f" after {spoken(one.elapsed_s)} of open time{less},"
    if completion.condition is None:
        return f"it was completed{took} by {', '.join(who(cause, hand) for cause in completion.causes)}."
    how = because(completion.causes, hand) or "its condition held"
    return f"it was completed{took} as {how}; it completes when {completion.condition}."


def _violation(told: Told, violated_at: datetime) -> Draft:
    """The violation, at its instant; or when the limit that had put it in the past was set."""
    found = next((one.at for one in told.limits if one.target_at == violated_at and violated_at < one.at), None)
    if found is not None:
        return Draft(
            found, 3, lambda hand: f"that lies in the past, so it counts as violated since {hand.when(violated_at)}."
        )
    return Draft(violated_at, 5, lambda _: "the target passed, and nothing had completed it: violated.")


def _ended(told: Told, hand: Hand) -> str:
    one = told.of
    return f"it ended, {one.status}: {hand.rewritten(one.reason or '')}{in_brackets(told.ended_by, hand)}."
