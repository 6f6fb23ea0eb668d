"""What would have become of one record under another law: outcome against outcome, for a record's own events. Pure.

The events stay as they were. Whether people would have acted differently under another promise nobody can tell.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from sla.dossier import Dossier
from sla.duration import spoken
from sla.engine import evaluate_under
from sla.evaluation.following import Followed, Laws
from sla.events import Migrated
from sla.instants import Instant
from sla.outcomes import margin_of
from sla.timeline import Effect, Occurrence, RollUp, Timeline, TriggerKind
from sla.viewing import changes_of, view_of

Difference = Literal["same", "newly_violated", "cured", "changed", "begun", "gone"]
"""Begun: it would have been there, and is not; gone: the other way round; changed: any of its figures or instants."""


class Value(BaseModel):
    """Values only."""

    model_config = ConfigDict(frozen=True)


class MilestoneWhatIf(Value):
    """One occurrence as it is, and as it would have been. Margins are open seconds, negative by as many as it is missed.

    One that was violated before its limit was made longer may have a margin left; `violated` says that it is missed.
    """

    milestone: str
    occurrence: int
    difference: Difference
    before: Occurrence | None
    after: Occurrence | None
    margin_before_s: int | None
    margin_after_s: int | None


class ActionWhatIf(Value):
    """An action of either side: when it was due, and when it would have been. None: it was not to be done at all."""

    milestone: str
    occurrence: int
    trigger: TriggerKind
    action: str
    due_before_at: Instant | None
    due_after_at: Instant | None


class WhatIf(Value):
    """A record as it is and as it would have been, both as of one instant. `notes` say what could not be carried over."""

    record: str
    as_of: Instant
    process_before: str
    process_after: str
    status_before: RollUp
    status_after: RollUp
    milestones: tuple[MilestoneWhatIf, ...]
    actions: tuple[ActionWhatIf, ...]
    sentences: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing would have been different."""
        actions = all(one.due_before_at == one.due_after_at for one in self.actions)
        return actions and all(one.difference == "same" for one in self.milestones)


def what_if(dossier: Dossier, law: Followed, at: datetime | None = None) -> WhatIf:
    """The record under another law from its opening on, as of an instant; default: when the dossier was taken.

    What moved it to other versions is ignored under the new law, which is a note.
    """
    before = dossier.timeline(at)
    after = evaluate_under(Laws(first=law), dossier.log, before.as_of)
    milestones = tuple(_milestones(before, after))
    actions = tuple(_actions(before, after))
    same = all(one.difference == "same" for one in milestones)
    return WhatIf(
        record=dossier.record,
        as_of=before.as_of,
        process_before=before.process if before.moved_to is None else before.moved_to.process,
        process_after=law.process.process,
        status_before=before.status,
        status_after=after.status,
        milestones=milestones,
        actions=actions,
        sentences=tuple(_sentences(before, after, milestones, same=same)),
        notes=tuple(_notes(dossier, before, after)),
    )


def _milestones(before: Timeline, after: Timeline) -> Iterator[MilestoneWhatIf]:
    would = {(one.milestone, one.occurrence): one for one in after.milestones}
    for was in before.milestones:
        yield _milestone(was, would.pop((was.milestone, was.occurrence), None))
    for new in would.values():
        yield _milestone(None, new)


def _milestone(was: Occurrence | None, would: Occurrence | None) -> MilestoneWhatIf:
    either = was or would
    assert either is not None  # noqa: S101 - one of both is there, or nobody would ask
    return MilestoneWhatIf(
        milestone=either.milestone,
        occurrence=either.occurrence,
        difference=_difference(was, would),
        before=was,
        after=would,
        margin_before_s=None if was is None else margin_of(was),
        margin_after_s=None if would is None else margin_of(would),
    )


def _difference(was: Occurrence | None, would: Occurrence | None) -> Difference:
    if was == would:
        return "same"
    if would is None:
        return "gone"
    if would.violated and not (was and was.violated):
        return "newly_violated"
    if was is None:
        return "begun"
    return "cured" if was.violated and not would.violated else "changed"


# ---------------------------------------------------------------------- actions

_Key = tuple[str, int, TriggerKind, str, int]


def _actions(before: Timeline, after: Timeline) -> Iterator[ActionWhatIf]:
    """What was to be done on either side. An action of one is that of the other if all but its instant is the same.

    Keys would not do: they name the trigger by its number, and under another law that may be another trigger.
    """
    was, would = _done(before), _done(after)
    for key in dict.fromkeys([*was, *would]):
        milestone, occurrence, trigger, action, _ = key
        yield ActionWhatIf(
            milestone=milestone,
            occurrence=occurrence,
            trigger=trigger,
            action=action,
            due_before_at=was[key].due_at if key in was else None,
            due_after_at=would[key].due_at if key in would else None,
        )


def _done(timeline: Timeline) -> dict[_Key, Effect]:
    """What was done, also what was taken back later, by what it is and how many like it came before."""
    found: dict[_Key, Effect] = {}
    for one in timeline.effects:
        if one.status != "skipped":
            number = sum(key[:4] == (one.milestone, one.occurrence, one.trigger, one.action) for key in found)
            found[one.milestone, one.occurrence, one.trigger, one.action, number] = one
    return found


# ---------------------------------------------------------------------- in words


def _sentences(before: Timeline, after: Timeline, milestones: tuple[MilestoneWhatIf, ...], *, same: bool) -> Iterator[str]:
    if same and before.status == after.status:
        yield "No milestone would have been different."
        return
    view = view_of(after).model_copy(update={"followed": view_of(before).followed})
    yield from changes_of(view_of(before), view, after)
    for one in milestones:
        was, would = _margin(one.before, one.margin_before_s), _margin(one.after, one.margin_after_s)
        if was != would:
            name = one.milestone if one.occurrence == 1 else f"{one.milestone} #{one.occurrence}"
            yield f"{name}: {was} → {would}"


def _margin(one: Occurrence | None, margin_s: int | None) -> str:
    if one is None or margin_s is None:
        return "undecided"
    if margin_s < 0:
        return f"{spoken(-margin_s)} over"
    if not one.violated:
        return f"{spoken(margin_s)} to spare"
    if margin_s == 0:
        return "missed by no open time"
    left = f"{spoken(margin_s)} of open time"
    if one.ended_at is None:
        return f"missed, though by today's limit {left} are left"
    return f"missed, though by the limit of its end {left} were left"


def _notes(dossier: Dossier, before: Timeline, after: Timeline) -> Iterator[str]:
    moves = sum(type(event) is Migrated for event in dossier.log)
    if moves and before.moved_to is not None:
        yield f"The record was moved to another version ({moves}×); under the new process that is ignored."
    known = {one.event for one in before.refused}
    for one in after.refused:
        if one.event not in known:
            yield f"Under the new process event '{one.event}' would have been refused: {one.reason}."
    yield from (note for note in after.notes if note not in before.notes)
