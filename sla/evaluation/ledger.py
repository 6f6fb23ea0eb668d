"""What was done, on the knowledge of each moment (SPEC 2, Late news; SPEC 8, Knowledge).

When all news comes on time one walk tells everything. Each instant at which something was learned late begins a new
walk with the larger knowledge: what had been done by then and is not wanted any more is retracted; what is wanted now and
was not done is done late, or skipped if it is too late for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sla.calendar import BusinessHours
from sla.errors import NoOpenTime
from sla.evaluation.admission import Heard
from sla.evaluation.firing import Firing, Update, key_of, too_late
from sla.evaluation.plan import Plan
from sla.evaluation.projection import Projection
from sla.evaluation.run import Run
from sla.instants import from_s, to_text
from sla.process.model import Action

Violation = tuple[str, int, int]
"""A violation's identity over all knowledge: milestone, occurrence, line."""


Standing = Literal["due", "skipped", "retracted"]


@dataclass(slots=True)
class Entry:
    """One performance (or skip) of an action. `at` is when it was done, `reason` why it was not, or is not wanted."""

    key: str
    firing: Firing
    at: int
    status: Standing
    reason: str | None
    sequence: int


@dataclass(slots=True)
class Ledger:
    """All performances so far, by their stable key, in order of their runs."""

    record: str
    plan: Plan
    calendars: Mapping[str, BusinessHours]
    default_hours: BusinessHours
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    injected: list[tuple[int, Update]] = field(default_factory=list)
    retracted: set[Violation] = field(default_factory=set)
    seen: int = 0

    def follow(self, opened: Heard, others: Sequence[Heard], now_s: int) -> Projection:
        """Go through all knowledge up to now; returns the last walk, the one that is true."""
        learned = sorted({one.recorded for one in (opened, *others) if one.late})
        walk: Projection | None = None
        for moment, until in zip([None, *learned], [*(at - 1 for at in learned), now_s], strict=True):
            if _unknown(opened, moment):
                continue
            walk = self._learn(opened, [one for one in others if not _unknown(one, moment)], walk, moment)
            walk.advance(until)
            self._perform(walk)
        assert walk is not None  # noqa: S101 - the last knowledge holds the opening
        return walk

    def _learn(self, opened: Heard, others: list[Heard], before: Projection | None, moment: int | None) -> Projection:
        """Begin a new walk with what is known from `moment` on, and set right what was done before."""
        walk = self._walk(opened, others)
        if moment is None:
            return walk
        walk.advance(moment)
        if before is not None and self._announce(before, walk, moment):
            walk = self._walk(opened, others)
            walk.advance(moment)
        self._reconcile(walk, moment)
        return walk

    def _walk(self, opened: Heard, others: list[Heard]) -> Projection:
        return Projection(self.plan, self.calendars, self.default_hours, opened, others, injected=list(self.injected))

    # ------------------------------------------------------------------ on time

    def _perform(self, walk: Projection) -> None:
        for firing in walk.firings[self.seen :]:
            self._enter(firing, firing.at, firing.skip)
        self.seen = len(walk.firings)

    def _enter(self, firing: Firing, at: int, skip: str | None) -> None:
        runs = self.entries.setdefault(firing.key, [])
        if runs and runs[-1].status != "retracted":
            return
        key = firing.key if not runs else f"{firing.key}~{len(runs) + 1}"
        standing: Standing = "due" if skip is None else "skipped"
        runs.append(Entry(key, firing, at, standing, skip or _lateness(firing, at), self._sequence()))

    def _sequence(self) -> int:
        return sum(map(len, self.entries.values()))

    # ------------------------------------------------------------------ late news

    def _reconcile(self, walk: Projection, moment: int) -> None:
        """Compare what was done with what the new walk wants done by this moment."""
        wanted = {firing.key: firing for firing in walk.firings}
        for key, runs in list(self.entries.items()):
            last, firing = runs[-1], wanted.get(key)
            if last.firing.trigger == "retracted":
                continue
            if last.status == "due" and (firing is None or firing.skip is not None):
                last.status = "retracted"
                last.reason = self._why(last.firing, firing, walk, moment)
            elif last.status == "due" and firing is not None:
                last.firing = firing
                last.reason = _lateness(firing, last.at)
            elif last.status == "skipped":
                runs.pop()  # judged anew below, if present knowledge comes to it at all
                if not runs:
                    del self.entries[key]
        for firing in walk.firings:
            self._judge(firing, walk, moment)
        # Those of this very moment are among them: the news comes before what the clock does then.
        self.seen = len(walk.firings)

    def _judge(self, firing: Firing, walk: Projection, moment: int) -> None:
        """Do late what should have been done by now; a late warning is judged at the moment it is learned."""
        runs = self.entries.get(firing.key)
        if runs and runs[-1].status != "retracted":
            return
        skip = firing.skip
        if skip is None and firing.at < moment:
            if firing.trigger == "warning":
                skip = too_late(firing.run, moment)
            if skip is None and walk.defer(firing, moment):
                return
        self._enter(firing, max(firing.at, moment), skip or firing.skip)

    @staticmethod
    def _why(done: Firing, wanted: Firing | None, walk: Projection, moment: int) -> str:
        learned = f"learned at {to_text(from_s(moment))}"
        if wanted is not None:
            return f"{wanted.skip}, {learned}"
        run = _find(walk, done.track, done.run.number, done.run.line.position)
        if run is None:
            return f"the occurrence never began, {learned}"
        if run.completed_at is not None:
            return f"completed at {to_text(from_s(run.completed_at))}, {learned}"
        if run.ended_at is not None:
            return f"{run.reason} at {to_text(from_s(run.ended_at))}, {learned}"
        target = run.target_s()
        return (
            f"the clock is stopped, {learned}" if target is None else f"the target is {to_text(from_s(target))}, {learned}"
        )

    def _announce(self, before: Projection, walk: Projection, moment: int) -> bool:
        """Run `on_retracted` for the violations that were known and are not; whether its updates change the walk."""
        still = violations(walk)
        injected = len(self.injected)
        for violation, run in violations(before).items():
            if violation in still:
                continue
            self.retracted.add(violation)
            for number, action in enumerate(run.line.spec.on_retracted, 1):
                self._retract(violation[0], run, number, action, moment)
                if action.sets is not None:
                    self.injected.append((moment, Update(action.sets)))
        return len(self.injected) > injected

    def _retract(self, track: str, run: Run, number: int, action: Action, moment: int) -> None:
        key = key_of(self.record, track, run, "retracted", number)
        firing = Firing(
            key=key, track=track, run=run, trigger="retracted", threshold=None, action=action, due=moment, at=moment,
            skip=None,
        )  # fmt: skip
        hours = self.calendars.get(action.during or "")
        if hours is not None:
            try:
                firing.due = hours.next_open_s(moment)
            except NoOpenTime:
                firing.skip = f"'{action.during}' never opens again"
        runs = self.entries.setdefault(key, [])
        full = key if not runs else f"{key}~{len(runs) + 1}"
        status: Standing = "due" if firing.skip is None else "skipped"
        runs.append(Entry(full, firing, firing.due, status, firing.skip, self._sequence()))


def _lateness(firing: Firing, at: int) -> str | None:
    return "late" if firing.trigger in ("warning", "violation") and at > firing.due else None


def _unknown(one: Heard, moment: int | None) -> bool:
    return one.late and (moment is None or one.recorded > moment)


def violations(walk: Projection) -> dict[Violation, Run]:
    """The violations that a walk knows by now."""
    return {
        (track.name, run.number, run.line.position): run
        for track in walk.milestones.tracks
        for run in track.runs
        if run.violated_at is not None
    }


def _find(walk: Projection, track: str, number: int, line: int) -> Run | None:
    for one in walk.milestones.tracks:
        if one.name == track and number <= len(one.runs) and one.runs[number - 1].line.position == line:
            return one.runs[number - 1]
    return None
