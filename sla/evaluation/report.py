"""From the walk and the ledger to the timeline that everybody sees (SPEC 7, and Figures and Roll-up in 8)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import attrgetter

from sla.evaluation.admission import Heard
from sla.evaluation.firing import key_of, unwanted
from sla.evaluation.ledger import Entry, Ledger
from sla.evaluation.projection import Projection
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.events import Event
from sla.instants import from_s, to_s
from sla.process.model import Process
from sla.timeline import Effect, Occurrence, Refusal, RollUp, Timeline

_sequence = attrgetter("sequence")
_by_due = attrgetter("due_at")


def report_nothing(process: Process, events: Sequence[Event], refused: list[Refusal], now: datetime) -> Timeline:
    """The timeline of a record that was never opened: empty."""
    return Timeline(
        record=events[0].record if events else "",
        process=process.process,
        status="compliant",
        milestones=(),
        effects=(),
        next_wakeup=None,
        notes=(),
        fields={},
        out=False,
        refused=tuple(refused),
        as_of=now,
    )


def report(walk: Projection, ledger: Ledger, refused: list[Refusal], now: datetime) -> Timeline:
    """The timeline as of `now`, to which the walk has come."""
    now_s = to_s(now)
    if not walk.began:
        return report_nothing(walk.plan.process, [walk.opened.event], refused, now).model_copy(
            update={"next_wakeup": from_s(walk.opened.from_s)}
        )
    reached = [entry for runs in ledger.entries.values() for entry in runs if entry.at <= now_s]
    reached.sort(key=_sequence)
    effects = [_effect(entry, walk, now_s) for entry in reached]
    effects.extend(_without_time(walk, ledger))
    effects.sort(key=_by_due)
    return Timeline.of(
        record=ledger.record,
        process=walk.plan.process.process,
        status=_roll_up(walk),
        milestones=tuple(_milestones(walk, ledger, now_s)),
        effects=tuple(effects),
        next_wakeup=_instant(_next_wakeup(walk, ledger, now_s)),
        notes=tuple(walk.notes),
        fields=dict(walk.fields),
        out=walk.out,
        refused=(*refused, *(_refusal(heard, reason) for heard, reason in walk.refused)),
        as_of=now,
    )


def _refusal(heard: Heard, reason: str) -> Refusal:
    return Refusal(position=heard.position, event=heard.id, reason=reason)


def _instant(at_s: int | None) -> datetime | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, UTC)


def _next_wakeup(walk: Projection, ledger: Ledger, now_s: int) -> int | None:
    waiting = [entry.at for runs in ledger.entries.values() for entry in runs if entry.at > now_s]
    upcoming = walk.upcoming()
    return min([*waiting, *([] if upcoming is None else [upcoming])], default=None)


# ---------------------------------------------------------------------- milestones


def _milestones(walk: Projection, ledger: Ledger, now_s: int) -> Iterable[Occurrence]:
    for track in walk.milestones.tracks:
        for run in track.runs:
            retracted = run.violated_at is None and (track.name, run.number, run.line.position) in ledger.retracted
            yield _occurrence(track.name, run, now_s, retracted=retracted)
        if not walk.out and (forecast := _forecast(walk, track)) is not None:
            yield forecast


def _occurrence(name: str, run: Run, now_s: int, *, retracted: bool) -> Occurrence:
    clock, limit = run.clock, run.limit
    until = run.until(now_s)
    elapsed, stopped = clock.elapsed(until), clock.stopped(until)
    consumed = elapsed - stopped
    completed, violated = run.completed_at is not None, run.violated_at is not None
    ended_at = _instant(run.ended_at)
    return Occurrence.of(
        milestone=name,
        occurrence=run.number,
        status=run.status(),
        started_at=from_s(clock.start),
        target_at=_instant(run.target_s()),
        completed_at=ended_at if completed else None,
        violated=violated,
        violated_at=_instant(run.violated_at),
        retracted=retracted,
        limit_s=limit,
        elapsed_s=elapsed if completed else None,
        stopped_s=stopped,
        actual_s=consumed if completed else None,
        overdue_s=max(0, consumed - limit) if violated else 0,
        reason=run.reason,
        line=run.line.position,
        remaining_s=max(0, limit - consumed),
        ended_at=ended_at,
    )


def _forecast(walk: Projection, track: Track) -> Occurrence | None:
    """The occurrence that lies ahead, if one is foreseen: it moves with stops and vanishes at exit (SPEC 8, Starting)."""
    line = track.selected
    if line is None or track.open is not None:
        return None
    if walk.process_start is None:
        start = walk.start_field()
        if start is None:
            return None
    elif track.by_limit:
        start = track.boundary
    else:
        return None
    clock, limit = walk.milestones.clock_of_selected(track)(start if start is not None else walk.now_s)
    stopped = clock.stops.since is not None
    return Occurrence.of(
        milestone=track.name,
        occurrence=len(track.runs) + 1,
        status="waiting",
        started_at=_instant(start),
        target_at=None if stopped or start is None else _instant(clock.reach(limit)),
        completed_at=None,
        violated=False,
        violated_at=None,
        retracted=False,
        limit_s=limit,
        elapsed_s=None,
        stopped_s=0,
        actual_s=None,
        overdue_s=0,
        reason=None,
        line=line.position,
        remaining_s=limit,
        ended_at=None,
    )


def _roll_up(walk: Projection) -> RollUp:
    restarted = walk.plan.process.on_reopen == "restart"
    found: RollUp = "compliant"
    for track in walk.milestones.tracks:
        for run in track.runs[track.cycle :] if restarted else track.runs:
            if run.violated_at is not None:
                if run.open:
                    return "violated_open"
                found = "violated_closed"
            elif run.warned and run.open and found == "compliant":
                found = "at_risk"
    return found


# ---------------------------------------------------------------------- effects


def _effect(entry: Entry, walk: Projection, now_s: int) -> Effect:
    firing, moot = entry.firing, entry.reason
    if entry.status == "due":
        trigger = firing.trigger
        moot = None if trigger == "retracted" else unwanted(trigger, walk.milestones.run_of(firing), entry.at, now_s)
    return Effect.of(
        key=entry.key,
        due_at=from_s(firing.due),
        milestone=firing.track,
        occurrence=firing.number,
        trigger=firing.trigger,
        threshold=firing.threshold,
        action=firing.action.kind,
        params=firing.action.params,
        status=entry.status,
        reason=entry.reason,
        line=firing.line,
        moot=moot,
    )


def _without_time(walk: Projection, ledger: Ledger) -> Iterable[Effect]:
    """Warnings that a dynamic limit leaves no time for are skipped, listed at the start (SPEC 8, Figures)."""
    for track in walk.milestones.tracks:
        for run in track.runs:
            for rung in run.without_time() if run.ladder.without_time else ():
                for number, action in enumerate(rung.trigger.actions if rung.trigger else (), 1):
                    reason = f"the limit of {run.limit} s leaves no time for it"
                    key = key_of(ledger.record, track.name, run, f"warning-{rung.position}", number)
                    done = len(ledger.entries.get(key, ()))
                    yield Effect.of(
                        key=f"{key}~{done + 1}" if done else key,
                        due_at=from_s(run.clock.start),
                        milestone=track.name,
                        occurrence=run.number,
                        trigger="warning",
                        threshold=rung.threshold,
                        action=action.kind,
                        params=action.params,
                        status="skipped",
                        reason=reason,
                        line=run.line.position,
                        moot=reason,
                    )
