"""From a timeline to what a case does about it: what to start and drop, what to show, when to look again. Pure.

Which actions are reached, and whether they are still wanted, the engine has decided (`sla.engine`); here it is only
compared with what the case has done by now.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sla.evaluation.admission import too_far_ahead
from sla.evaluation.following import NO_ORIGINS, Origins
from sla.events import Event, Opened
from sla.fitting import summary
from sla.instants import to_instant
from sla.messages import CaseView, Concluded, DecideInput, Decision, Refused, Task, ViewChange, World
from sla.process.model import Milestone, Process
from sla.timeline import Effect, Timeline, TriggerKind
from sla.viewing import awaited, changes_of, view_of

SKEW: Final = timedelta(minutes=5)
"""How far the clock of the host that accepted an event may be ahead of the one that asks."""

BUDGET_S: Final = 86_400
"""How long a failing action is tried again: 24 h (SPEC 5)."""

NO_LONGER_WANTED: Final = "no longer wanted"
NOBODY_TOLD: Final = "nobody was told of the violation"
NEVER_OPENED: Final = "the record was never opened"

Lines = Callable[[Effect], Milestone | None]
"""Finds the line that an action comes from."""

_RANK: Final[Mapping[TriggerKind, int]] = {"violation": 0, "warning": 1, "success": 2, "retracted": 2}


def as_of(log: Sequence[Event], now: datetime) -> datetime:
    """The instant to evaluate a log at: `now`, but not before what it knows already.

    Hosts' clocks differ: an event that was accepted a second "from now" is known all the same. Beyond `SKEW` it is not.
    """
    now = to_instant(now)
    return max((event.recorded_at for event in log if now < event.recorded_at <= now + SKEW), default=now)


def unwanted(effect: Effect) -> str | None:
    """Why an action that has not been performed should not be; None if it should."""
    return effect.moot if effect.status == "due" else effect.reason or NO_LONGER_WANTED


def dispatch(
    asked: DecideInput,
    process: Process,
    timeline: Timeline,
    worlds: Mapping[str, World],
    *,
    before: CaseView | None = None,
    budget_s: int = BUDGET_S,
    says: bool = True,
    origins: Origins = NO_ORIGINS,
) -> Decision:
    """What to do, given what has been done. `timeline` is that of `asked.log`; `worlds` are those of the kinds of action.

    `before` is what the news is compared with (default: what is shown). `budget_s` is how long a failing action is tried
    again. `says`: whether to say what changed, for which nobody asks when there was no news. `origins` are of a record that
    moved to another version.
    """
    view = view_of(timeline)
    start, drop = _sort_out(asked, partial(line_of, process=process, origins=origins), timeline, worlds, budget_s)
    next_wakeup = _next_wakeup(asked.log, timeline)
    return Decision(
        refused=list(_refused(asked, timeline)),
        start=start,
        drop=drop,
        next_wakeup=next_wakeup,
        wakeup_for=_wakeup_for(timeline, next_wakeup) if _sooner(next_wakeup, asked.armed_at) else "",
        view=ViewChange.between(asked.shown, view),
        changes=[*changes_of(before or asked.shown, view, timeline), *_said(asked, timeline)] if says else [],
        finished=timeline.out and next_wakeup is None,
    )


def _sooner(at: datetime | None, armed_at: datetime | None) -> bool:
    """Whether the case will have to arm a timer: it leaves one alone that rings sooner."""
    return at is not None and (armed_at is None or at < armed_at)


def _next_wakeup(log: Sequence[Event], timeline: Timeline) -> datetime | None:
    unknown = [event.recorded_at for event in log if event.recorded_at > timeline.as_of]
    return min([*unknown, *([] if timeline.next_wakeup is None else [timeline.next_wakeup])], default=None)


def _wakeup_for(timeline: Timeline, at: datetime | None) -> str:
    """What the next wake-up will be for, as well as the timeline tells, for those who watch the timers."""
    if at is None:
        return ""
    targets = [o.milestone for o in timeline.milestones if awaited(o) and o.target_at == at]
    starts = [o.milestone for o in timeline.milestones if o.status == "waiting" and o.started_at == at]
    named = [f"target of {', '.join(targets)}"] * bool(targets) + [f"start of {', '.join(starts)}"] * bool(starts)
    still = [o.milestone for o in timeline.milestones if o.status in ("running", "stopped", "overdue")]
    other = "a warning, escalation or other change" + (f" of {', '.join(still)}" if still else "")
    return summary("; ".join(named) or other)


def without_future(asked: DecideInput) -> tuple[DecideInput, list[Refused]]:
    """The question without news that lies too far in the future, which is refused whatever else is so (SPEC 2)."""
    first = len(asked.log) - asked.news
    reasons = {position: too_far_ahead(event) for position, event in enumerate(asked.log) if position >= first}
    refused = [Refused(event=asked.log[at].id, reason=reason) for at, reason in reasons.items() if reason is not None]
    if not refused:
        return asked, []
    log = [event for position, event in enumerate(asked.log) if reasons.get(position) is None]
    return asked.model_copy(update={"log": log, "news": asked.news - len(refused)}), refused


def knowing(asked: DecideInput, unknown: Sequence[Event]) -> DecideInput:
    """The question with what the store's log has besides, which goes before the news; news that it has is none."""
    first, ids = len(asked.log) - asked.news, {event.id for event in unknown}
    news = [event for event in asked.log[first:] if event.id not in ids]
    return asked.model_copy(update={"log": [*asked.log[:first], *unknown, *news], "news": len(news)})


def _refused(asked: DecideInput, timeline: Timeline) -> Iterator[Refused]:
    known = [index for index, event in enumerate(asked.log) if event.recorded_at <= timeline.as_of]
    reasons = {known[refusal.position]: refusal.reason for refusal in timeline.refused}
    if not any(isinstance(asked.log[index], Opened) and index not in reasons for index in known):
        reasons = dict.fromkeys(known, NEVER_OPENED) | reasons
    first = len(asked.log) - asked.news
    return (Refused(event=asked.log[index].id, reason=reasons[index]) for index in sorted(reasons) if index >= first)


# ---------------------------------------------------------------------- actions


def _sort_out(
    asked: DecideInput, lines: Lines, timeline: Timeline, worlds: Mapping[str, World], budget_s: int
) -> tuple[list[Task], list[Concluded]]:
    done, running, dropped = set(asked.done), set(asked.running), set(asked.dropped)
    start: list[Task] = []
    drop: list[Concluded] = []
    for effect in timeline.effects:
        if effect.action == "update":
            continue  # the engine applies it by itself (SPEC 4)
        if effect.key in running:
            if (reason := unwanted(effect)) is not None:
                drop.append(Concluded(key=effect.key, outcome="dropped", reason=reason))
        elif effect.key in dropped and _wanted_again(effect):
            start.append(_task(effect, worlds[effect.action], budget_s))
        elif effect.key not in done and effect.status != "skipped":
            ended = _undone(effect, lines, timeline, asked.done, worlds)
            if ended is not None:
                drop.append(ended)
            else:
                start.append(_task(effect, worlds[effect.action], budget_s))
    gone = running - {effect.key for effect in timeline.effects}
    drop += (Concluded(key=key, outcome="dropped", reason=NO_LONGER_WANTED) for key in sorted(gone))
    return sorted(start, key=lambda task: _RANK[task.trigger]), drop


def _wanted_again(effect: Effect) -> bool:
    """Whether an action that was dropped is wanted after all: the record was reopened, say. To take back is tried once."""
    return effect.status == "due" and effect.trigger != "retracted" and unwanted(effect) is None


def _undone(
    effect: Effect, lines: Lines, timeline: Timeline, done: Sequence[str], worlds: Mapping[str, World]
) -> Concluded | None:
    """How an action ends that need not even be started."""
    if (reason := unwanted(effect)) is not None:
        return Concluded(key=effect.key, outcome="dropped", reason=reason)
    if effect.trigger == "retracted" and not _told(effect, lines, timeline, done):
        return Concluded(key=effect.key, outcome="dropped", reason=NOBODY_TOLD)
    if effect.action not in worlds:
        return Concluded(key=effect.key, outcome="gave_up", reason=f"there is no action '{effect.action}'")
    return None


def _told(effect: Effect, lines: Lines, timeline: Timeline, done: Sequence[str]) -> bool:
    """Whether there is anything to take back.

    A violation that came and went before any of its actions was begun needs no taking back; one whose line only updates
    fields, or does nothing, may have been seen by anybody.
    """
    line = lines(effect)
    if line is None or all(action.sets is not None for violation in line.violations for action in violation.actions):
        return True
    unlisted = set(done) - {one.key for one in timeline.effects}
    listed = set(done) & set(violation_keys(effect, timeline))
    return bool(listed) or any(_is_taken_back(key, effect) for key in unlisted)


def violation_keys(effect: Effect, timeline: Timeline) -> list[str]:
    """The keys of what was done about the violation that this effect, an `on_retracted` action, takes back; no updates."""
    before = [one for one in timeline.effects if one.due_at <= effect.due_at and one.action != "update"]
    return [one.key for one in before if _is_taken_back(one.key, effect)]


def _is_taken_back(key: str, effect: Effect) -> bool:
    """Whether a key is of the violation that `effect` takes back, and not of one of the same occurrence that came later.

    Each of an occurrence's violations has a retraction, so the n-th takes back no action that ran more than n times.
    """
    return key.startswith(effect.key.rpartition("/retracted/")[0] + "/violation-") and _turn(key) <= _turn(effect.key)


def _turn(key: str) -> int:
    """How often an action had run under this key, this time included: 2 for `…/1~2`."""
    return int(key.rpartition("~")[2]) if "~" in key.rpartition("/")[2] else 1


def line_of(effect: Effect, process: Process, origins: Origins = NO_ORIGINS) -> Milestone | None:
    """The line of the process, or of one of the versions moved to, that an action comes from; None if there is none."""
    if origins:
        origin = origins.get((effect.milestone, effect.line))
        return None if origin is None else origin.line
    lines = [line for line in process.milestones if line.milestone == effect.milestone]
    return lines[effect.line - 1] if effect.line <= len(lines) else None


def _task(effect: Effect, world: World, budget_s: int) -> Task:
    return Task(
        key=effect.key,
        kind=effect.action,
        world=world,
        trigger=effect.trigger,
        due_at=effect.due_at,
        budget_s=budget_s,
    )


def _said(asked: DecideInput, timeline: Timeline) -> Iterator[str]:
    """What the law has to say of the news besides, such as a completion that found nothing open."""
    news = [f"(event '{event.id}')" for event in asked.log[len(asked.log) - asked.news :]]
    yield from (note for note in timeline.notes if any(one in note for one in news))
