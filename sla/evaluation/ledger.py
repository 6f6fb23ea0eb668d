"""What was done, on the knowledge of each moment (SPEC 2, Late news; SPEC 8, Knowledge).

When all news comes on time one walk tells everything. At each instant at which something was learned late the walk is
taken up again, with the larger knowledge, from where that begins to count: what had been done by then and is not wanted
any more is retracted; what is wanted now and was not done is done late, or skipped if it is too late for it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Literal

from sla.calendar import BusinessHours
from sla.errors import NoOpenTime
from sla.evaluation.admission import Admitted, Heard
from sla.evaluation.firing import Firing, Update, key_of, too_late
from sla.evaluation.log import Log
from sla.evaluation.plan import Act, Plan
from sla.evaluation.projection import Projection
from sla.evaluation.run import Run
from sla.evaluation.witness import Witness
from sla.instants import from_s, to_text

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


class Ledger:
    """All performances so far, by their stable key, in order of their runs.

    `log` is what the present walk knows, `unheard` the instants of which more will be learned, in order; `bookmarks` are
    forks of the present walk, each before one of these instants. `places` are those of skipped performances while they are
    judged anew.
    """

    def __init__(
        self, plan: Plan, calendars: Mapping[str, BusinessHours], default_hours: BusinessHours, admitted: Admitted
    ) -> None:
        assert admitted.opened is not None  # noqa: S101 - before a record is opened there is nothing to follow
        self.following = admitted.following
        if self.following is not None:
            self.following.settle()
            plan = self.following.first
        self.plan = plan
        self.calendars = calendars
        self.default_hours = default_hours
        self.opened = admitted.opened
        self.record = self.opened.event.record
        self.others = admitted.others
        self.untimely = admitted.untimely
        self.unheard: list[int] = []
        self.bookmarks: dict[int, Projection] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.retracted: set[Violation] = set()
        self.places: dict[str, int] = {}
        self.seen = self.count = 0

    def follow(self, now_s: int, witness: Witness | None = None) -> Projection:
        """Go through all knowledge up to now; returns the last walk, the one that is true, with its own witness."""
        opened, others = self.opened, self.others
        news = [one for one in self.untimely if one.late and one.recorded > opened.recorded]
        if news:
            others = [one for one in others if not one.late or one.recorded <= opened.recorded]
            news.sort(key=attrgetter("recorded"))
            self.unheard = sorted([one.at for one in news])
        self.log = Log(others)
        walk = Projection(self.plan, self.calendars, self.default_hours, opened, self.log, following=self.following)
        walk.witness = witness
        if opened.late:
            self._walk(walk, opened.recorded)
            self._reconcile(walk, opened.recorded)
        for moment, learned in groupby(news, key=attrgetter("recorded")):
            self._walk(walk, moment - 1)
            self._perform(walk)
            walk = self._learn(walk, list(learned), moment)
        self._walk(walk, now_s)
        self._perform(walk)
        return walk

    def _walk(self, walk: Projection, until: int) -> None:
        """Walk on, leaving a bookmark before each instant of which more will be learned."""
        if self.unheard:
            first = bisect_right(self.unheard, walk.now_s)
            for at in dict.fromkeys(self.unheard[first : bisect_right(self.unheard, until)]):
                walk.advance(at - 1)
                self.bookmarks[at] = walk.fork()
        walk.advance(until)

    def _learn(self, before: Projection, learned: Sequence[Heard], moment: int) -> Projection:
        """Walk anew, with what is learned, from where it begins to count; and set right what was done before."""
        for one in learned:
            self.log.learn(one.at, one.event)
            del self.unheard[bisect_left(self.unheard, one.at)]
        since = min(one.at for one in learned)
        bookmark = self.bookmarks[since]
        needed = set(self.unheard)
        self.bookmarks = {at: walk for at, walk in self.bookmarks.items() if at <= since and at in needed}
        walk = bookmark.fork()
        self._walk(walk, moment)
        if self._announce(before, walk, moment):
            walk = bookmark.fork()
            self._walk(walk, moment)
        before.let_go()
        self._reconcile(walk, moment)
        return walk

    # ------------------------------------------------------------------ on time

    def _perform(self, walk: Projection) -> None:
        for firing in walk.outbox.firings[self.seen :]:
            self._enter(firing, firing.at, firing.skip)
        self.seen = len(walk.outbox.firings)

    def _enter(self, firing: Firing, at: int, skip: str | None) -> None:
        runs = self.entries.setdefault(firing.key, [])
        if runs and runs[-1].status != "retracted":
            return
        key = firing.key if not runs else f"{firing.key}~{len(runs) + 1}"
        standing: Standing = "due" if skip is None else "skipped"
        place = self.places.pop(firing.key, self.count)
        runs.append(Entry(key, firing, at, standing, skip or _lateness(firing, at), place))
        self.count += 1

    # ------------------------------------------------------------------ late news

    def _reconcile(self, walk: Projection, moment: int) -> None:
        """Compare what was done with what the new walk wants done by this moment."""
        wanted = {firing.key: firing for firing in walk.outbox.firings}
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
                runs.pop()  # judged anew below, if present knowledge comes to it at all: then it keeps its place
                self.places[key] = last.sequence
                if not runs:
                    del self.entries[key]
        for firing in walk.outbox.firings:
            self._judge(firing, walk, moment)
        self.places.clear()
        # Those of this very moment are among them: the news comes before what the clock does then.
        self.seen = len(walk.outbox.firings)

    def _judge(self, firing: Firing, walk: Projection, moment: int) -> None:
        """Do late what should have been done by now; a late warning is judged at the moment it is learned."""
        runs = self.entries.get(firing.key)
        if runs and runs[-1].status != "retracted":
            return
        skip = firing.skip
        if skip is None and firing.at < moment:
            if firing.trigger == "warning":
                skip = too_late(walk.milestones.run_of(firing), moment)
            if skip is None:
                waiting = firing.to_put_off()
                if walk.outbox.defer(waiting, moment):
                    return
                skip = waiting.skip
        self._enter(firing, max(firing.at, moment), skip)

    @staticmethod
    def _why(done: Firing, wanted: Firing | None, walk: Projection, moment: int) -> str:
        learned = f"learned at {to_text(from_s(moment))}"
        if wanted is not None:
            return f"{wanted.skip}, {learned}"
        run = _find(walk, done.track, done.number, done.line)
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
        injected = False
        for violation, run in violations(before).items():
            if violation in still:
                continue
            self.retracted.add(violation)
            for number, action in enumerate(run.line.on_retracted, 1):
                key = self._retract(walk, violation[0], run, number, action, moment=moment)
                if action.sets is not None:
                    self.log.learn(moment, Update(key, action.sets))
                    injected = True
        return injected

    def _retract(self, walk: Projection, track: str, run: Run, number: int, action: Act, *, moment: int) -> str:
        """Perform it; returns the key of this performance."""
        key = key_of(self.record, track, run, "retracted", number)
        firing = Firing(
            key=key, track=track, number=run.number, line=run.line.position, trigger="retracted", threshold=None,
            action=action, due=moment, at=moment, skip=None,
        )  # fmt: skip
        hours = walk.calendars.get(action.during or "")
        if hours is not None:
            try:
                firing.due = hours.next_open_s(moment)
                firing.waited_since = moment if firing.due > moment else None
            except NoOpenTime:
                firing.skip = f"'{action.during}' never opens again"
        runs = self.entries.setdefault(key, [])
        full = key if not runs else f"{key}~{len(runs) + 1}"
        status: Standing = "due" if firing.skip is None else "skipped"
        runs.append(Entry(full, firing, firing.due, status, firing.skip, self.count))
        self.count += 1
        return full


def _lateness(firing: Firing, at: int) -> str | None:
    return "late" if firing.trigger in ("warning", "violation") and at > firing.due else None


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
        if one.name == track and number <= len(one.runs):
            run = one.runs[number - 1]
            return run if line == run.line.position or line in run.former else None
    return None
