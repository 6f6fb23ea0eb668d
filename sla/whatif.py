"""What would have become of one record under another law: outcome against outcome, for a record's own events. Pure.

The events stay as they were. Whether people would have acted differently under another promise nobody can tell.
"""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterator
from datetime import datetime
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, computed_field

from sla.dossier import Dossier
from sla.duration import spoken
from sla.engine import evaluate_under
from sla.evaluation.following import Followed, Laws
from sla.events import Migrated
from sla.instants import Instant
from sla.outcomes import margin_of
from sla.timeline import Effect, Occurrence, RollUp, Timeline, TriggerKind, numbered
from sla.viewing import clock

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
    """An action of either side: when and how it was to be done, and would have been. None: it was not to be done at all.

    `otherwise`: it is to be done on both, but not likewise: to somebody else, say, or with another text.
    """

    milestone: str
    occurrence: int
    trigger: TriggerKind
    action: str
    otherwise: bool
    due_before_at: Instant | None
    due_after_at: Instant | None
    params_before: dict[str, Any] | None
    params_after: dict[str, Any] | None

    @property
    def same(self) -> bool:
        """Whether it would have been done then as well, and likewise."""
        return self.due_before_at == self.due_after_at and not self.otherwise


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

    @computed_field(description="whether nothing would have been different")  # type: ignore[prop-decorator]
    @property
    def same(self) -> bool:
        """Whether nothing would have been different."""
        likewise = self.status_before == self.status_after and all(one.same for one in self.actions)
        return likewise and all(one.difference == "same" for one in self.milestones)


def what_if(dossier: Dossier, law: Followed, at: datetime | None = None) -> WhatIf:
    """The record under another law from its opening on, as of an instant; default: when the dossier was taken.

    What moved it to other versions is ignored under the new law, which is a note.
    """
    before = dossier.timeline(at)
    after = evaluate_under(Laws(first=law), dossier.log, before.as_of)
    milestones = tuple(_milestones(before, after))
    actions = tuple(_actions(before, after))
    return WhatIf(
        record=dossier.record,
        as_of=before.as_of,
        process_before=before.process if before.moved_to is None else before.moved_to.process,
        process_after=law.process.process,
        status_before=before.status,
        status_after=after.status,
        milestones=milestones,
        actions=actions,
        sentences=tuple(_sentences(milestones)),
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
    # Under a process with more lines or fewer a line may have another number, which a reason may tell.
    if was and would and was.model_copy(update={"line": would.line, "reason": would.reason}) == would:
        return "same"
    if would is None:
        return "gone"
    if would.violated and not (was and was.violated):
        return "newly_violated"
    if was is None:
        return "begun"
    return "cured" if was.violated and not would.violated else "changed"


# ---------------------------------------------------------------------- actions


def _actions(before: Timeline, after: Timeline) -> Iterator[ActionWhatIf]:
    """What was to be done on either side, also what was taken back later.

    An action of one is that of the other if they are alike in all, else in all but the instant, else in kind and trigger.
    Keys would not do: they name the trigger by its number, and under another law that may be another trigger.
    """
    was, would = (dict(enumerate(one for one in side.effects if one.status != "skipped")) for side in (before, after))
    found: dict[int, Effect] = {}
    for alike in _ALIKE:
        places: defaultdict[Hashable, deque[int]] = defaultdict(deque)
        for place, effect in would.items():
            places[alike(effect)].append(place)
        for place, effect in was.items():
            if place not in found and (there := places[alike(effect)]):
                found[place] = would.pop(there.popleft())
    yield from (_action(effect, found.get(place)) for place, effect in was.items())
    yield from (_action(None, effect) for effect in would.values())


def _in_kind(one: Effect) -> tuple[str | int, ...]:
    return one.milestone, one.occurrence, one.trigger, one.action


def _likewise(one: Effect) -> tuple[str | int, ...]:
    return *_in_kind(one), json.dumps(one.params, sort_keys=True, default=str)


def _at_once(one: Effect) -> tuple[object, ...]:
    return *_likewise(one), one.due_at


_ALIKE: Final[tuple[Callable[[Effect], Hashable], ...]] = (_at_once, _likewise, _in_kind)


def _action(was: Effect | None, would: Effect | None) -> ActionWhatIf:
    either = was or would
    assert either is not None  # noqa: S101 - as above
    return ActionWhatIf(
        milestone=either.milestone,
        occurrence=either.occurrence,
        trigger=either.trigger,
        action=either.action,
        otherwise=was is not None and would is not None and was.params != would.params,
        due_before_at=None if was is None else was.due_at,
        due_after_at=None if would is None else would.due_at,
        params_before=None if was is None else was.params,
        params_after=None if would is None else would.params,
    )


# ---------------------------------------------------------------------- in words


def _sentences(milestones: tuple[MilestoneWhatIf, ...]) -> Iterator[str]:
    differing = [one for one in milestones if one.difference != "same"]
    if not differing:
        yield "No milestone would have been different."
    for one in differing:
        if parts := list(_differences(one.before, one.after)):
            yield f"{_name(one)}: {', '.join(parts)}"
    for one in differing:
        was, would = one.before, one.after
        if was and would:
            margins = _margin(was, one.margin_before_s), _margin(would, one.margin_after_s)
            if margins[0] != margins[1]:
                yield f"{_name(one)}: {' → '.join(margins)}"


def _differences(was: Occurrence | None, would: Occurrence | None) -> Iterator[str]:
    statuses = _standing(was, would), _standing(would, was)
    if statuses[0] != statuses[1]:
        yield " → ".join(statuses)
    if would is None:
        return
    if would.violated_at and not (was and was.violated):
        yield f"violated at {clock(would.violated_at)}"
    if was is None:
        yield f"target {clock(would.target_at)}"
        return
    if was.violated and not would.violated:
        yield "not violated"
    if was.target_at != would.target_at:
        yield f"target {clock(was.target_at)} → {clock(would.target_at)}"
    elif was.limit_s != would.limit_s:
        yield f"limit {spoken(was.limit_s)} → {spoken(would.limit_s)}"


def _standing(one: Occurrence | None, other: Occurrence | None) -> str:
    if one is not None:
        return one.status.replace("_", " ")
    return "not foreseen" if other is not None and other.status == "waiting" else "never begun"


def _name(one: MilestoneWhatIf) -> str:
    return numbered(one.milestone, one.occurrence)


def _margin(one: Occurrence, margin_s: int | None) -> str:
    if margin_s is None:
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
