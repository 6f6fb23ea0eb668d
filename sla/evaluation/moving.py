"""Moving to another version in the walk (SPEC 2, `migrated`; decision 0007).

What ended, and what is violated, keeps its facts and its line. What runs unviolated takes the line of the new version that
applies, and counts under it from its own start. The move comes after the values of its instant, before all else.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sla.calendar import BusinessHours
from sla.evaluation.log import Told
from sla.evaluation.plan import ALL, NONE, Line, Questions
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.events import Migrated

if TYPE_CHECKING:
    from sla.evaluation.following import Step
    from sla.evaluation.projection import Projection


def move(record: Projection, at: int, batch: Sequence[Told]) -> Questions:
    """Take up the version that the events of this instant move the record to, the last of them; returns what that raises."""
    following = record.following
    if following is None:
        return NONE  # where only one version is given, migrations are ignored (SPEC 8, Refusals)
    steps = []
    for event in batch:
        if isinstance(event, Migrated):
            step = following.step(event)
            if step is not None:
                steps.append((event, step))
            else:
                name = "its process" if event.process is None else f"'{event.process}'"
                what = f"version {event.version} of {name} is not known"
                record.note(at, f"migrated (event '{event.id}'): {what}, nothing changed")
    if not steps:
        return NONE
    event, step = steps[-1]
    if record.witness is not None:
        record.witness.move(at, event, step[0])
    _follow(record, at, step)
    return ALL


def _follow(record: Projection, at: int, step: Step) -> None:
    before, hours, (to, law, plan) = record.plan, record.default_hours, step
    record.plan, record.calendars, record.default_hours, record.moved_to = plan, law.calendars, law.default_hours, to
    record.presence.follow(before)
    milestones = record.milestones
    there = {track.name: track for track in milestones.tracks}
    names = [lines[0].milestone for lines in plan.tracks]
    followed = [there.pop(name) if name in there else Track(plan.tracks[place]) for place, name in enumerate(names)]
    for track, lines in zip(followed, plan.tracks, strict=True):
        _carry_over(record, track, lines, at, hours)
    for track in there.values():
        track.lines, track.selected = (), None
        track.end("cancelled", at, f"moved to version {to.version} of '{to.process}', which has no '{track.name}'")
    milestones.tracks = [*followed, *there.values()]


def _carry_over(record: Projection, track: Track, lines: tuple[Line, ...], at: int, hours: BusinessHours) -> None:
    """Let a milestone go on under the lines of the new version; `hours` are the default hours of before."""
    changed = track.recurrence != lines[0].recurrence
    track.lines, track.recurrence = lines, lines[0].recurrence
    line = track.line_for(record.situation)
    if track.selected is not None and line is not None:
        track.selected = line  # it applies since the one before did
    run = track.open
    if run is None:
        _stand_for(track, line)
        _let_recur(track, at, changed=changed)
    elif line is None:
        to = record.moved_to
        where = f"version {to.version} of '{to.process}'" if to else "a version"
        track.end("cancelled", at, f"moved to {where}, where no line of '{track.name}' applies")
    else:
        resume(record, track, run, line, hours)


def resume(record: Projection, track: Track, run: Run, line: Line, default_hours: BusinessHours) -> None:
    """Let an open occurrence go on under a line of the version that is followed now. What is violated keeps its own."""
    if run.violated_at is not None:
        run.counts_as = line
        return
    hours = _hours(record, run, line, default_hours)
    run.take(line, record.milestones.clock(line, run.clock.start, hours), line.limit(record.fields, hours.business_day_s))
    if record.witness is not None:
        record.witness.limit(record, track, run, record.now_s, "moved")


def reopened(record: Projection, track: Track, run: Run) -> None:
    """Let an occurrence that was closed before the record moved, and is open again, go on under the version followed now.

    It does not where it is closed at once: while the record is out and milestones are cancelled, or if another line applies.
    """
    following, plan = record.following, record.plan
    if following is None or following.plan_of_line(run.line) is plan or (record.out and plan.cancelled_at_exit):
        return
    line = track.line_for(record.situation)
    if line is not None and (line is run.counts_as or following.plan_of_line(run.counts_as) is not plan):
        resume(record, track, run, line, record.default_hours)


def _hours(record: Projection, run: Run, line: Line, default_hours: BusinessHours) -> BusinessHours:
    """The hours of the new line; what the record brought when the occurrence began stays, as the new version has it."""
    if line.business_hours is not None or run.line.business_hours is not None:
        return record.milestones.hours(line)
    if run.clock.hours is default_hours:
        return record.default_hours
    return record.calendars.get(run.clock.hours.calendar, run.clock.hours)


def _stand_for(track: Track, line: Line | None) -> None:
    """The latest occurrence has ended: find the line that counts as its own, so that a move alone begins no other."""
    if track.runs:
        last = track.runs[-1]
        same = (one for one in track.lines if one.position == last.line.position)
        last.counts_as = next(same, line or last.counts_as)


def _let_recur(track: Track, at: int, *, changed: bool) -> None:
    """Where the recurrence changed, a successor of what was completed counts from the move."""
    last = track.last
    if not changed or last is None or last.completed_at is None:
        return
    track.over = track.recurrence == "none"
    track.boundary, track.by_limit = at, False
