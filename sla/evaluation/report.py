"""From the walk and the ledger to the timeline that everybody sees (SPEC 7, and Figures and Roll-up in 8)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from sla.evaluation.firing import key_of, unwanted
from sla.evaluation.ledger import Entry, Ledger
from sla.evaluation.projection import Projection
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.events import Event
from sla.instants import from_s
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
        moved_to=None,
        refused=tuple(refused),
        as_of=now,
    )


def report(walk: Projection, ledger: Ledger, refused: list[Refusal], now: datetime) -> Timeline:
    """The timeline as of `now`, to which the walk has come."""
    if not walk.began:
        return report_nothing(walk.plan.process, [walk.opened.event], refused, now).model_copy(
            update={"next_wakeup": from_s(walk.opened.from_s)}
        )
    return _Report(walk, ledger).timeline(refused, now)


def roll_up(walk: Projection) -> RollUp:
    """How the record stands as a whole (SPEC 8, Roll-up)."""
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


class _Instants(dict[int | None, datetime | None]):
    """The instants of epoch seconds, each made once: most are told several times. None stays None."""

    __slots__ = ()

    def __missing__(self, at_s: int | None) -> datetime | None:
        at = self[at_s] = None if at_s is None else from_s(at_s)
        return at


class _Report:
    """What a walk and a ledger come to as of an instant."""

    def __init__(self, walk: Projection, ledger: Ledger) -> None:
        self.walk = walk
        self.ledger = ledger
        self.now_s = walk.now_s
        self.instants = _Instants()

    def timeline(self, refused: list[Refusal], now: datetime) -> Timeline:
        walk = self.walk
        return Timeline.of(
            {
                "record": self.ledger.record,
                "process": walk.plan.process.process,
                "status": roll_up(walk),
                "milestones": tuple(self._milestones()),
                "effects": self._effects(),
                "next_wakeup": self.instants[self._next_wakeup()],
                "notes": tuple(walk.notes),
                "fields": walk.fields,
                "out": walk.out,
                "moved_to": walk.moved_to,
                "refused": (*refused, *(self._refusal(event, reason) for event, reason in walk.refused)),
                "as_of": now,
            }
        )

    def _refusal(self, event: Event, reason: str) -> Refusal:
        heard = next(one for one in self.ledger.others if one.event is event)
        return Refusal(position=heard.position, event=heard.id, reason=reason)

    def _next_wakeup(self) -> int | None:
        waiting = [entry.at for runs in self.ledger.entries.values() for entry in runs if entry.at > self.now_s]
        upcoming = self.walk.upcoming()
        return min(waiting if upcoming is None else [*waiting, upcoming], default=None)

    # ------------------------------------------------------------------ milestones

    def _milestones(self) -> Iterator[Occurrence]:
        for track in self.walk.milestones.tracks:
            for run in track.runs:
                yield self._occurrence(track, run)
            if track.open is None and not self.walk.out and (forecast := self._forecast(track)) is not None:
                yield forecast

    def _occurrence(self, track: Track, run: Run) -> Occurrence:
        clock, limit, instants = run.clock, run.limit, self.instants
        until = self.now_s if run.ended_at is None else run.ended_at
        elapsed, stopped = clock.elapsed(until), clock.stopped(until)
        consumed = elapsed - stopped
        completed, violated = run.completed_at is not None, run.violated_at is not None
        return Occurrence.of(
            {
                "milestone": track.name,
                "occurrence": run.number,
                "status": run.status(),
                "started_at": instants[clock.start],
                "target_at": instants[run.target_s()],
                "completed_at": instants[run.completed_at],
                "violated": violated,
                "violated_at": instants[run.violated_at],
                "retracted": not violated and (track.name, run.number, run.line.position) in self.ledger.retracted,
                "limit_s": limit,
                "elapsed_s": elapsed if completed else None,
                "stopped_s": stopped,
                "actual_s": consumed if completed else None,
                "overdue_s": max(0, consumed - limit) if violated else 0,
                "reason": run.reason,
                "line": run.line.position,
                "remaining_s": max(0, limit - consumed),
                "ended_at": instants[run.ended_at],
            }
        )

    def _forecast(self, track: Track) -> Occurrence | None:
        """The occurrence that lies ahead, if one is foreseen: it moves with stops, vanishes at exit (SPEC 8, Starting)."""
        walk, line = self.walk, track.selected
        if line is None:
            return None
        if walk.process_start is None:
            start = walk.start_field()
            if start is None:
                return None
        elif track.by_limit:
            start = track.boundary
        else:
            return None
        clock, limit = walk.milestones.clock_of_selected(track, start if start is not None else walk.now_s)
        stopped = clock.stops.since is not None
        return Occurrence.of(
            {
                "milestone": track.name,
                "occurrence": len(track.runs) + 1,
                "status": "waiting",
                "started_at": self.instants[start],
                "target_at": None if stopped or start is None else self.instants[clock.reach(limit)],
                "completed_at": None,
                "violated": False,
                "violated_at": None,
                "retracted": False,
                "limit_s": limit,
                "elapsed_s": None,
                "stopped_s": 0,
                "actual_s": None,
                "overdue_s": 0,
                "reason": None,
                "line": line.position,
                "remaining_s": limit,
                "ended_at": None,
            }
        )

    # ------------------------------------------------------------------ effects

    def _effects(self) -> tuple[Effect, ...]:
        reached = [entry for runs in self.ledger.entries.values() for entry in runs if entry.at <= self.now_s]
        reached.sort(key=_sequence)
        effects = [self._effect(entry) for entry in reached]
        for track in self.walk.milestones.tracks:
            for run in track.runs:
                if run.ladder.without_time:
                    effects.extend(self._without_time(track, run))
        effects.sort(key=_by_due)
        return tuple(effects)

    def _effect(self, entry: Entry) -> Effect:
        firing, trigger, moot = entry.firing, entry.firing.trigger, entry.reason
        if entry.status == "due":
            run = None if trigger == "retracted" else self.walk.milestones.run_of(firing)
            moot = None if run is None else unwanted(trigger, run, entry.at, self.now_s)
        return Effect.of(
            {
                "key": entry.key,
                "due_at": self.instants[firing.due],
                "milestone": firing.track,
                "occurrence": firing.number,
                "trigger": trigger,
                "threshold": firing.threshold,
                "action": firing.action.kind,
                "params": firing.action.params,
                "status": entry.status,
                "reason": entry.reason,
                "line": firing.line,
                "moot": moot,
            }
        )

    def _without_time(self, track: Track, run: Run) -> Iterator[Effect]:
        """Warnings that a dynamic limit leaves no time for are skipped, listed at the start (SPEC 8, Figures)."""
        for rung in run.without_time():
            for number, action in enumerate(rung.trigger.actions if rung.trigger else (), 1):
                reason = f"the limit of {run.limit} s leaves no time for it"
                key = key_of(self.ledger.record, track.name, run, f"warning-{rung.position}", number)
                done = len(self.ledger.entries.get(key, ()))
                yield Effect.of(
                    {
                        "key": f"{key}~{done + 1}" if done else key,
                        "due_at": self.instants[run.clock.start],
                        "milestone": track.name,
                        "occurrence": run.number,
                        "trigger": "warning",
                        "threshold": rung.threshold,
                        "action": action.kind,
                        "params": action.params,
                        "status": "skipped",
                        "reason": reason,
                        "line": run.line.position,
                        "moot": reason,
                    }
                )
