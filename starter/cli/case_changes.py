"""What is different about a case since the last look: a line of words, or an object for programs, for each change.

A case is seen as a set of aspects. The first look has no aspects before it, so that its changes are the present state.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Literal

from sla.instants import Instant, to_text
from sla.messages import Outcome
from sla.timeline import Effect, Occurrence, RollUp, Status, numbered
from starter.cli.case_actions import deed, outcome_of
from starter.cli.words import when
from starter.views import CaseFile, EffectView, View


class Standing(View):
    """How a record stands as a whole."""

    about: Literal["status"] = "status"
    status: RollUp
    closed: bool


class Holding(View):
    """Who has it."""

    about: Literal["owner"] = "owner"
    owner: str | None
    queue: str | None


class Milestone(View):
    """A milestone."""

    about: Literal["milestone"] = "milestone"
    milestone: str
    occurrence: int
    status: Status
    target_at: Instant | None
    violated: bool
    retracted: bool


class Action(View):
    """An action that ended, was tried in vain, or is not wanted."""

    about: Literal["action"] = "action"
    key: str
    action: str
    milestone: str
    occurrence: int
    trigger: str
    status: Literal["due", "skipped", "retracted"]
    outcome: Outcome | None
    performed_at: Instant | None
    reason: str | None
    attempts: int
    problem: str | None


Aspect = Standing | Holding | Milestone | Action
Aspects = dict[str, Aspect]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference, seen at an instant; `before` and `now` are None for what was not or is no more."""

    seen_at: datetime
    record: str
    before: Aspect | None
    now: Aspect | None
    words: str

    def line(self, zone: tzinfo) -> str:
        """For people: when it was seen, and what."""
        return f"{self.seen_at.astimezone(zone):%a %Y-%m-%d %H:%M:%S %Z}  {self.words}"

    def data(self) -> dict[str, Any]:
        """For programs."""
        before, now = (one and one.model_dump(mode="json", exclude={"about"}) for one in (self.before, self.now))
        about = one.about if (one := self.now or self.before) else None
        seen_at = to_text(self.seen_at)
        return {"at": seen_at, "record": self.record, "about": about, "before": before, "now": now, "words": self.words}


def changes_of(before: CaseFile | None, now: CaseFile, zone: tzinfo) -> Iterator[Change]:
    """What is different: the record as a whole first, then milestones, then actions."""
    was = {} if before is None else _aspects(before)
    at, record = now.timeline.as_of, now.record.record
    effects = {view.effect.key: view for view in now.effects}
    for name, aspect in _aspects(now).items():
        old = was.pop(name, None)
        if aspect != old:
            words = _words(old, aspect, effects, record, zone)
            yield Change(seen_at=at, record=record, before=old, now=aspect, words=words)
    for old in was.values():
        yield Change(seen_at=at, record=record, before=old, now=None, words=f"{_name(old)}: no longer foreseen")


def _aspects(found: CaseFile) -> Aspects:
    record = found.record
    aspects: Aspects = {
        "status": Standing(status=record.status, closed=record.out),
        "owner": Holding(owner=record.owner, queue=record.queue),
    }
    for one in found.timeline.milestones:
        aspects[f"milestone {one.milestone}#{one.occurrence}"] = _milestone(one)
    for view in found.effects:
        if view.outcome or view.attempts or view.effect.status != "due":
            aspects[f"action {view.effect.key}"] = _action(view, view.effect)
    return aspects


def _milestone(one: Occurrence) -> Milestone:
    return Milestone(
        milestone=one.milestone,
        occurrence=one.occurrence,
        status=one.status,
        target_at=one.target_at,
        violated=one.violated,
        retracted=one.retracted,
    )


def _action(view: EffectView, effect: Effect) -> Action:
    return Action(
        key=effect.key,
        action=effect.action,
        milestone=effect.milestone,
        occurrence=effect.occurrence,
        trigger=effect.trigger,
        status=effect.status,
        outcome=view.outcome,
        performed_at=view.performed_at,
        reason=view.reason or effect.reason,
        attempts=view.attempts,
        problem=view.problem,
    )


# ---------------------------------------------------------------------- in words


def _words(old: Aspect | None, now: Aspect, effects: dict[str, EffectView], record: str, zone: tzinfo) -> str:
    match now:
        case Standing():
            return f"{record}: {', '.join(_standing(old, now))}"
        case Holding():
            return ", ".join(_holding(old, now))
        case Milestone():
            return f"{_name(now)}: {', '.join(_moves(old, now, zone))}"
        case Action():
            view = effects[now.key]
            word, more = outcome_of(view, zone)
            return f"{deed(view.effect)} ({_name(now)}, {now.trigger}): {_plain(word)}{more}"


def _standing(old: Aspect | None, now: Standing) -> Iterator[str]:
    was = old if isinstance(old, Standing) else None
    if was is None or was.status != now.status:
        yield _moved(_plain(was.status) if was else None, _plain(now.status))
    if now.closed:
        yield "closed"
    elif was is not None and was.closed:
        yield "open again"


def _holding(old: Aspect | None, now: Holding) -> Iterator[str]:
    was = old if isinstance(old, Holding) else None
    if was is None or was.owner != now.owner:
        yield f"owner {_moved((was.owner or 'nobody') if was else None, now.owner or 'nobody')}"
    if (was.queue if was else None) != now.queue:
        yield f"queue {_moved((was.queue or 'none') if was else None, now.queue or 'none')}"


def _moves(old: Aspect | None, now: Milestone, zone: tzinfo) -> Iterator[str]:
    was = old if isinstance(old, Milestone) else None
    if was is None or was.status != now.status:
        yield _moved(_plain(was.status) if was else None, _plain(now.status))
    if now.violated and not (was and was.violated) and now.status not in ("overdue", "met_late", "missed"):
        yield "violated"
    if now.retracted and not (was and was.retracted):
        yield "the violation is withdrawn"
    elif was and was.violated and not now.violated:
        yield "no longer violated"
    if was is None and now.target_at is not None:
        yield f"target {when(now.target_at, zone)}"
    elif was is not None and was.target_at != now.target_at:
        yield f"target {_moved(_instant(was.target_at, zone), _instant(now.target_at, zone))}"


def _moved(was: str | None, now: str) -> str:
    return now if was is None else f"{was} → {now}"


def _instant(at: datetime | None, zone: tzinfo) -> str:
    return "none" if at is None else when(at, zone)


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _name(aspect: Aspect) -> str:
    return numbered(aspect.milestone, aspect.occurrence) if isinstance(aspect, Milestone | Action) else aspect.about
