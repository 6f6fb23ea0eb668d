"""From a walk and its witness to the account (`sla.account`): the engine's own reasons, as values."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from sla.account import Account, Began, Causes, Completion, Halt, LimitSet, Passage, Stopper, Told, Waiting
from sla.evaluation.clock import NEVER
from sla.evaluation.firing import Firing
from sla.evaluation.grounds import cause, causes, chosen_line, in_table, in_words_of, text_of_limit
from sla.evaluation.ledger import Ledger
from sla.evaluation.plan import Line
from sla.evaluation.projection import Projection
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.evaluation.witness import Begun, Finished, Held, Limited, Name, Passed, Witness
from sla.events import Opened
from sla.instants import from_s
from sla.process.model import LimitTable
from sla.timeline import Occurrence, Timeline


def account_of(walk: Projection, ledger: Ledger, timeline: Timeline) -> Account:
    """The account of a timeline, by the walk and the ledger that it reports on and what the walk's witness noted down."""
    witness = walk.witness or Witness()
    accounting, opened = _Accounting(walk, witness), walk.opened.event
    entries = [entry for runs in ledger.entries.values() for entry in runs]
    since = {entry.key: entry.firing.waited_since for entry in entries if entry.at <= walk.now_s}
    waiting = [(firing, opens, walk.outbox.moot(firing, walk.now_s)) for opens, firing in walk.outbox.deferred]
    waiting += [(entry.firing, entry.at, None) for entry in entries if entry.at > walk.now_s]  # of violations withdrawn
    return Account(
        timeline=timeline,
        opened=opened if walk.began and isinstance(opened, Opened) else None,
        occurrences=tuple(accounting.told(one) for one in timeline.milestones),
        passages=tuple(map(_passage, witness.passed)),
        waited={key: from_s(at) for key, at in since.items() if at is not None},
        waiting=tuple(_waiting(*one) for one in waiting),
    )


def _waiting(firing: Firing, opens: int, moot: str | None) -> Waiting:
    return Waiting(
        of=(firing.track, firing.number),
        trigger=firing.trigger,
        threshold_s=firing.threshold,
        action=firing.action.kind,
        params=firing.action.params,
        reached_at=from_s(firing.due if firing.waited_since is None else firing.waited_since),
        opens_at=from_s(opens),
        during=firing.action.during or "",
        moot=moot,
    )


class _Accounting:
    """What the witness noted down, sorted by occurrence."""

    def __init__(self, walk: Projection, witness: Witness) -> None:
        self.walk = walk
        self.witness = witness
        self.restarts = walk.plan.process.on_reopen == "restart"  # as the roll-up has it
        self.tracks = {track.name: track for track in walk.milestones.tracks}
        self.begun: dict[Name, Begun] = {one.of: one for one in witness.begun}
        self.limited: dict[Name, list[Limited]] = {}
        for limited in witness.limited:
            self.limited.setdefault(limited.of, []).append(limited)
        self.finished: dict[Name, list[Finished]] = {}
        for finished in witness.finished:
            self.finished.setdefault(finished.of, []).append(finished)

    def told(self, one: Occurrence) -> Told:
        track, name = self.tracks[one.milestone], (one.milestone, one.occurrence)
        if one.occurrence > len(track.runs):
            return self._foreseen(one, track)
        run, begun = track.runs[one.occurrence - 1], self.begun[name]
        return Told(
            of=one,
            hours=run.clock.hours,
            calendar_of=_calendar_of(run.line, self.limited[name][-1].by_default),
            began=_began(begun),
            line=chosen_line(self._lines_with(run.line, track), run.line),
            limits=tuple(_limit(limited) for limited in self.limited.get(name, ())),
            halts=tuple(self._halts(run, name)),
            completions=tuple(_completion(finished) for finished in self.finished.get(name, ())),
            ended_by=self._ended_by(track, run),
            counts=not self.restarts or run.number > track.cycle,
        )

    def _foreseen(self, one: Occurrence, track: Track) -> Told:
        """An occurrence that lies ahead: nothing has turned on anything yet."""
        clock, _ = self.walk.milestones.clock_of_selected(track, self.walk.now_s)
        line = track.selected
        assert line is not None  # noqa: S101 - one is foreseen only where a line applies
        return Told(
            of=one,
            hours=clock.hours,
            calendar_of=_calendar_of(line, clock.hours is self.walk.default_hours),
            began=None,
            line=chosen_line(track.lines, line),
            limits=(),
            halts=(),
            completions=(),
            ended_by=(),
        )

    # ------------------------------------------------------------------ lines and calendars

    def _lines_with(self, line: Line, track: Track) -> Sequence[Line]:
        """The lines of the milestone in the version that has this line."""
        following = self.walk.following
        if following is None:
            return track.lines
        plan = following.plan_of_line(line)
        return plan.tracks[plan.places[track.name]]

    # ------------------------------------------------------------------ stops

    def _halts(self, run: Run, name: Name) -> Iterator[Halt]:
        """The stops between the start of an occurrence and its end; `until` None while it is open and stopped."""
        start, stops = run.clock.start, run.clock.stops
        end = self.walk.now_s if run.ended_at is None else run.ended_at
        held = self._held(run.line)
        for since, until in (*stops.spans, *([] if stops.since is None else [(stops.since, NEVER)])):
            first, last = max(since, start), min(until, NEVER if run.open else end)
            if first < last and first <= end:
                by = tuple(_stoppers(held, first, last))
                target = self.witness.resumed.get((name, last))
                yield Halt(since=from_s(first), until=_instant(last), target_at=_instant(target), by=by)

    def _held(self, line: Line) -> Sequence[Held]:
        following = self.walk.following
        plan = self.walk.plan if following is None else following.plan_of_line(line)
        owner = line if line in self.walk.milestones.own_stops else plan
        return self.witness.held.get(owner, ())

    # ------------------------------------------------------------------ ends

    def _ended_by(self, track: Track, run: Run) -> Causes:
        """What closed an occurrence that was not completed: the record's passage, or the line that applied no more."""
        if run.ended_at is None or run.ending in ("completed", "rolled"):
            return ()
        at = run.ended_at
        for chosen in self.witness.chosen:
            if (chosen.track, chosen.at) == (track.name, at) and any(one.at == at for one in chosen.news):
                return causes(chosen.news)
        passed = (one for one in reversed(self.witness.passed) if one.at == at and one.what != "started")
        return next((causes(one.news) for one in passed), ())


def _calendar_of(line: Line, by_default: bool) -> Literal["milestone", "process", "record", "default"]:
    if line.business_hours is not None:
        return "milestone" if line.names_hours else "process"
    return "default" if by_default else "record"


def _began(begun: Begun) -> Began:
    chosen = begun.chosen
    return Began(
        at=from_s(begun.at),
        why=begun.why,
        after=begun.after,
        applies_since=None if chosen is None else from_s(chosen.at),
        causes=() if chosen is None else causes(chosen.news),
    )


def _limit(one: Limited) -> LimitSet:
    within = one.line.within
    table = within if isinstance(within, LimitTable) else None
    return LimitSet(
        at=from_s(one.at),
        limit_s=one.limit,
        target_at=_instant(one.target),
        text=text_of_limit(within, one.value),
        source="fixed" if table is None else "table" if in_table(within, one.value) else "default",
        field=None if table is None else table.by,
        value=one.value,
        why=one.why,
        causes=causes(one.news),
    )


def _completion(one: Finished) -> Completion:
    undone = None if one.undone is None else cause(one.undone)
    return Completion(at=from_s(one.at), condition=in_words_of(one.condition), causes=causes(one.news), undone=undone)


def _stoppers(held: Sequence[Held], first: int, last: int) -> Iterator[Stopper]:
    """Everything that held a clock between two instants, each as often as it began to."""
    there = [one for one in held if one.at <= first][-1:] + [one for one in held if first < one.at < last]
    before: set[str] = set()
    for one in there:
        for what, condition, news in one.by:
            if what not in before:
                yield Stopper(
                    what=what, condition=in_words_of(condition), since=from_s(max(one.at, first)), causes=causes(news)
                )
        before = {what for what, _, _ in one.by}


def _instant(at_s: int | None) -> datetime | None:
    return None if at_s is None or at_s == NEVER else from_s(at_s)


def _passage(one: Passed) -> Passage:
    detail = one.detail if isinstance(one.detail, str) else in_words_of(one.detail)
    return Passage(at=from_s(one.at), what=one.what, detail=detail, causes=causes(one.news), to=one.to)
