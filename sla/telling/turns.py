"""What happened to an occurrence, turn by turn: it began, was violated, was completed, ended."""

from collections.abc import Iterator

from sla.account import Told
from sla.duration import spoken
from sla.telling.hand import Draft, Hand
from sla.timeline import Occurrence


def turns(told: Told) -> Iterator[Draft]:
    """The sentences of an occurrence, without those of its actions."""
    one = told.of
    if one.started_at is not None:
        yield Draft(one.started_at, 0, lambda hand: _started(one, hand))
    if one.violated_at is not None:
        yield Draft(one.violated_at, 4, lambda _: "the target passed, and it was not completed: violated.")
    if one.completed_at is not None:
        yield Draft(one.completed_at, 3, lambda _: "completed.")
    elif one.ended_at is not None:
        yield Draft(one.ended_at, 6, lambda hand: f"it ended {one.status}: {hand.rewritten(one.reason or '')}.")


def _started(one: Occurrence, hand: Hand) -> str:
    verb = "it is to start" if one.status == "waiting" else "it started"
    target = "no target while the clock is stopped" if one.target_at is None else f"target {hand.when(one.target_at)}"
    return f"{verb}, within {spoken(one.limit_s)} of open time; {target}."
