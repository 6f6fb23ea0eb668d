"""What moving a record to another version would change, before it is moved (SPEC 3; decision 0007). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sla.dispatch import as_of
from sla.engine import evaluate_under
from sla.evaluation.following import Followed, Laws
from sla.events import Event, Migrated, Version
from sla.timeline import Occurrence, RollUp, Timeline
from sla.viewing import changes_of, view_of

What = Literal["newly_violated", "newly_cured", "target_moved", "begun", "cancelled", "changed"]
"""What becomes of an occurrence. Newly cured: it was overdue, and nobody owes it any more; that it was violated stays on
record. Changed: anything else, such as another limit while the clock is stopped."""

EVENT_ID = "(the move that is previewed)"


@dataclass(frozen=True, slots=True, kw_only=True)
class MilestoneMove:
    """What becomes of one occurrence; None as a target is none: it is stopped, closed, or not there."""

    milestone: str
    occurrence: int
    what: What
    target_before: datetime | None
    target_after: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePreview:
    """What the move would change. `sentences` tell all of it; `actions` counts those that it would set off at once.

    `refused` is why the record may not be moved there; nothing would change then.
    """

    record: str
    to: Version
    status_before: RollUp
    status_after: RollUp
    milestones: tuple[MilestoneMove, ...]
    actions: int
    sentences: tuple[str, ...]
    refused: str | None = None

    def any(self, what: What) -> bool:
        """Whether this becomes of any of its occurrences."""
        return any(one.what == what for one in self.milestones)


def preview(laws: Laws, log: Sequence[Event], now: datetime, *, to: Version, law: Followed) -> MovePreview:
    """What moving the record of this log to a version, now, would change. `law` is that of the version."""
    at = as_of(log, now)
    record = log[0].record if log else ""
    event = Migrated(
        record=record, id=EVENT_ID, at=at, recorded_at=at, version=to.version, process=to.process, revision=to.revision
    )
    moved = Laws(first=laws.first, versions={**(laws.versions or {}), to: law})
    before, after = evaluate_under(laws, log, at), evaluate_under(moved, [*log, event], at)
    view = view_of(after).model_copy(update={"followed": view_of(before).followed})  # that it moves is known
    return MovePreview(
        record=record,
        to=to,
        status_before=before.status,
        status_after=after.status,
        milestones=tuple(_moves(before, after)),
        actions=len(_due(after) - _due(before)),
        sentences=tuple(changes_of(view_of(before), view, after)),
        refused=next((one.reason for one in after.refused if one.event == EVENT_ID), None),
    )


def _due(timeline: Timeline) -> set[str]:
    return {one.key for one in timeline.effects if one.status == "due" and one.moot is None}


def _moves(before: Timeline, after: Timeline) -> Iterator[MilestoneMove]:
    there = {(one.milestone, one.occurrence): one for one in before.milestones}
    for now in after.milestones:
        was = there.pop((now.milestone, now.occurrence), None)
        if (what := _what(was, now)) is not None:
            yield _move(now, what, was, now)
    for gone in there.values():  # it was only foreseen
        yield _move(gone, "cancelled", gone, None)


def _move(about: Occurrence, what: What, was: Occurrence | None, now: Occurrence | None) -> MilestoneMove:
    return MilestoneMove(
        milestone=about.milestone,
        occurrence=about.occurrence,
        what=what,
        target_before=was.target_at if was else None,
        target_after=now.target_at if now and now.status != "cancelled" else None,
    )


def _what(was: Occurrence | None, now: Occurrence) -> What | None:
    if was == now:
        return None
    if now.violated and not (was and was.violated):
        return "newly_violated"
    if was is None:
        return "begun"
    if was.status == "overdue" and now.ended_at is not None:
        return "newly_cured"
    if now.status == "cancelled" != was.status:
        return "cancelled"
    return "target_moved" if was.target_at != now.target_at else "changed"
