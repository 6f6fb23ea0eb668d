"""What became of a record, told in sentences in the order of time. They say what the timeline holds and decide nothing."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sla.duration import spoken
from sla.instants import to_text

if TYPE_CHECKING:
    from sla.timeline import Effect, Occurrence, Timeline

Told = tuple[datetime, str]


def tell(timeline: "Timeline") -> tuple[str, ...]:
    """The story: each sentence begins with its instant (UTC); what the engine had to say besides comes last."""
    told: list[Told] = []
    for occurrence in timeline.milestones:
        told += _of_occurrence(occurrence)
    for effect in timeline.effects:
        told.append((effect.due_at, _of_effect(effect)))
    told.sort(key=lambda one: one[0])
    refused = (f"Event '{one.event}' was refused: {one.reason}." for one in timeline.refused)
    return (*(f"{to_text(at)}: {sentence}" for at, sentence in told), *timeline.notes, *refused)


def _of_occurrence(one: "Occurrence") -> Iterator[Told]:
    name = f"{one.milestone} #{one.occurrence}"
    if one.started_at is not None:
        target = "no target while the clock is stopped" if one.target_at is None else f"target {to_text(one.target_at)}"
        verb = "is to start" if one.status == "waiting" else "started"
        yield one.started_at, f"{name} {verb}, within {spoken(one.limit_s)} of open time; {target}."
    if one.violated_at is not None:
        yield one.violated_at, f"{name} was violated; by now {spoken(one.overdue_s)} over."
    if one.completed_at is not None:
        stopped = f", the clock stopped for {spoken(one.stopped_s)} of it" if one.stopped_s else ""
        how = "late" if one.violated else "in time"
        took = spoken(one.elapsed_s or 0)
        yield one.completed_at, f"{name} was completed {how}, after {took} of open time{stopped}."
    elif one.ended_at is not None:
        yield one.ended_at, f"{name} ended {one.status}: {one.reason}."
    if one.retracted and one.target_at is not None:
        yield one.target_at, f"{name} had been taken for violated; later knowledge withdrew that."


def _of_effect(effect: "Effect") -> str:
    trigger = "retraction" if effect.trigger == "retracted" else effect.trigger
    what = f"The {trigger} of {effect.milestone} #{effect.occurrence}: {effect.action}"
    if effect.status == "due":
        return f"{what}, late." if effect.reason == "late" else f"{what}."
    return f"{what}, {effect.status}: {effect.reason}."
