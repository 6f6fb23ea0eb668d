"""Completing an occurrence, by an event that says so or by its `complete_when`; and taking that back (SPEC 4 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sla.evaluation.log import Told
from sla.evaluation.passing import pass_all
from sla.evaluation.plan import EXPLICIT, SELECTION, Questions
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.events import Completed, Uncompleted

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection


def completions(record: Projection, at: int, batch: Sequence[Told], raised: Questions) -> None:
    """What the events complete, in their order; then what fields, or several events together, complete."""
    milestones = record.milestones
    raised |= milestones.doubts
    milestones.doubts &= SELECTION
    if not raised & record.plan.completing:
        return
    if raised & EXPLICIT:
        asked = _in_order(record, at, batch, raised)
    else:
        asked = _concerned(record, raised)
        if len(batch) > 1 and raised & record.plan.completing_by_event:
            for event in batch:
                _complete_declared(record, at, [event], asked)
    _complete_declared(record, at, batch, asked)
    if raised & record.plan.completing_by_event:
        for track in asked:
            line = None if track.open is None else track.open.counts_as
            if line is not None and line.completed_by_event:
                milestones.doubts |= line.question  # what an event denied at this instant may hold without it


def _in_order(record: Projection, at: int, batch: Sequence[Told], raised: Questions) -> list[Track]:
    """Go through events some of which complete or uncomplete; returns the milestones to be asked of all of them together."""
    concerned = _concerned(record, raised)
    uncompleted: list[Track] = []
    for event in batch:
        if type(event) is Completed:
            _complete_explicitly(record, at, event)
        elif type(event) is Uncompleted:
            uncompleted += _uncomplete(record, at, event)
            concerned = _concerned(record, raised | record.milestones.doubts)
        elif len(batch) > 1:
            _complete_declared(record, at, [event], concerned)
    return [track for track in concerned if track not in uncompleted]


def complete(record: Projection, track: Track, run: Run, at: int, by: Completed | None = None) -> None:
    """Complete an open occurrence, by an event or its condition: what was due is passed, what would follow dropped."""
    pass_all(record, track, run, until=at - 1, completing=True)
    if record.witness is not None:
        record.witness.finish(track, run, at, by)
    track.end("completed", at, None)
    run.completed_at = at
    if not run.succeeded:
        run.succeeded = True
        record.outbox.fire(track.name, run, "success", None, run.line.success, threshold=None, due=at)
    track.completed(run, at)


def _concerned(record: Projection, raised: Questions) -> list[Track]:
    """The open milestones whose `complete_when` is in question."""
    return [track for track in record.milestones.tracks if track.open is not None and raised & track.open.counts_as.question]


def _complete_declared(record: Projection, at: int, batch: Sequence[Told], tracks: list[Track]) -> None:
    """Complete what its `complete_when` completes. What begins at an instant is not completed by an event of it."""
    for track in tracks:
        run = track.open
        if run is None or (condition := run.counts_as.complete) is None:
            continue
        if run.anew:
            run.anew = condition.holds(record.situation)
            if run.anew:
                continue
        by_event = run.counts_as.completed_by_event and run.serial < record.serial
        if condition.holds(record.situation_at(batch) if by_event else record.situation):
            complete(record, track, run, at)


def _complete_explicitly(record: Projection, at: int, event: Completed) -> None:
    track = record.milestones.followed(event.milestone)
    if track is None or track.open is None:
        record.note(at, f"completed '{event.milestone}' (event '{event.id}'): nothing was open, nothing changed")
    else:
        complete(record, track, track.open, at, event)


def _uncomplete(record: Projection, at: int, event: Uncompleted) -> list[Track]:
    """Take a completion back; returns the milestone that this concerns, if the version followed has it."""
    track = record.milestones.followed(event.milestone)
    if track is None:
        record.note(at, f"uncompleted '{event.milestone}' (event '{event.id}'): it is followed no more, nothing changed")
        return []
    last = track.runs[-1] if track.runs else None
    if last is not None and last.open and len(track.runs) > 1 and track.runs[-2].completed_at is not None:
        record.refuse(event, f"the successor of '{track.name}' (occurrence {last.number}) is already open")
        return [track]
    if last is None or last.completed_at is None:
        record.note(at, f"uncompleted '{track.name}' (event '{event.id}'): it was not completed, nothing changed")
        return [track]
    record.milestones.reopen(track)
    if record.witness is not None:
        record.witness.undo(track, last, at, event)
    last.anew = last.counts_as.complete is not None and last.counts_as.complete.holds(record.situation)
    track.boundary, track.by_limit = None, False
    last.arm()
    record.presence.close_after_all(track, last)
    return [track]
