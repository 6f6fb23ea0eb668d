"""All milestones of a record in the walk: stopping, starting, cancelling, passing thresholds (SPEC 4 and 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sla.calendar import BusinessHours
from sla.evaluation.clock import BEGINNING, NEVER, Clock, Stops
from sla.evaluation.completing import complete
from sla.evaluation.firing import Firing
from sla.evaluation.moving import reopened
from sla.evaluation.passing import end_period, pass_all, roll
from sla.evaluation.plan import SELECTION, Line, Questions
from sla.evaluation.run import Run
from sla.evaluation.track import MAX_RUNS, Track

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection


class Milestones:
    """The tracks of a record, the record-wide stops, and those of the lines that have their own `stop_when`.

    Of a record that moves, the stops are kept for every version, as each sees them. The tracks of milestones that the
    version followed now does not have come last, and have no lines.

    `doubts` are what must be asked at the next occasion, whatever the news: at first, which lines apply.
    """

    def __init__(self, record: Projection) -> None:
        self.record = record
        self.tracks = [Track(lines) for lines in record.plan.tracks]
        self.doubts = SELECTION
        plans = (record.plan,) if record.following is None else record.following.plans
        self.base_stops = {plan: Stops() for plan in plans}
        self.own_stops = {line: Stops() for plan in plans for line in plan.lines_that_stop}

    def fork(self, record: Projection) -> Milestones:
        """A copy for a record that goes its own way from here."""
        copy = Milestones.__new__(Milestones)
        copy.record = record
        copy.doubts = self.doubts
        copy.base_stops = {plan: stops.fork() for plan, stops in self.base_stops.items()}
        copy.own_stops = {line: stops.fork() for line, stops in self.own_stops.items()}
        copy.tracks = [track.fork(copy.stops_of) for track in self.tracks]
        return copy

    def followed(self, name: str) -> Track | None:
        """The milestone of this name, if the version followed now has it."""
        place = self.record.plan.places.get(name)
        return None if place is None else self.tracks[place]

    def run_of(self, firing: Firing) -> Run:
        """The occurrence that reached an action in this walk."""
        track = self.followed(firing.track) or next(track for track in self.tracks if track.name == firing.track)
        return track.runs[firing.number - 1]

    # ------------------------------------------------------------------ stops

    def stop(self, at: int) -> None:
        """Let every clock stop or run as the record now says."""
        changed = False
        for plan, base in self.base_stops.items():
            wide = self.record.stopped_under(plan)
            changed = base.put(wide, at) or changed
            for line in plan.lines_that_stop:
                holds = wide or (line.stop is not None and line.stop.holds(self.record.situation))
                changed = self.own_stops[line].put(holds, at) or changed
        if self.record.witness is not None:
            self.record.witness.hold(self.record, at)
        if changed:
            for track in self.tracks:
                if track.by_limit:
                    track.rearm()
                if track.open is not None:
                    track.open.stop_or_run(at)
                    if self.record.witness is not None:
                        self.record.witness.resume(track, track.open, at)

    def stops_of(self, line: Line) -> Stops:
        """The stops that count for a line: the record's, or its own, which have the record's among them."""
        if (own := self.own_stops.get(line)) is not None:
            return own
        following = self.record.following
        return self.base_stops[self.record.plan if following is None else following.plan_of_line(line)]

    def clock(self, line: Line, start: int, hours: BusinessHours | None = None) -> Clock:
        """The clock of a line from a start, under its hours unless given."""
        return Clock(hours or self.hours(line), start, self.stops_of(line))

    def hours(self, line: Line) -> BusinessHours:
        """Milestone's, else process's, else the record's, else the installation's default (SPEC 3)."""
        named = line.business_hours
        if named is None:
            of_record = self.record.fields.get("business_hours")
            named = of_record if isinstance(of_record, str) else None
        return self.record.default_hours if named is None else self.record.calendars.get(named, self.record.default_hours)

    def reopen(self, track: Track) -> Run:
        """Open the latest occurrence again. It may have missed something, which is in doubt until it was asked."""
        run = track.reopen()
        if self.record.following is not None:
            reopened(self.record, track, run)
        self.doubts |= SELECTION | run.counts_as.question
        return run

    # ------------------------------------------------------------------ criteria

    def criteria(self, at: int, raised: Questions) -> None:
        """Choose each milestone's line; cancel, switch, take new limits, begin what may begin."""
        record = self.record
        if record.presence.restarting:
            record.presence.restart(at)
        started = record.process_start is not None or record.reach_start(at)
        selecting = (raised | self.doubts) & SELECTION
        self.doubts &= ~SELECTION
        if selecting:
            for track in self.tracks:
                self._choose(track, at)
        if started:
            for track in self.tracks:
                if track.open is None and track.selected is not None and not track.over:
                    self._begin_what_may(track, at)

    def _choose(self, track: Track, at: int) -> None:
        line = track.line_for(self.record.situation)
        # What holds by the fields of `opened` holds from the beginning (SPEC 8, Starting).
        opening = self.record.serial == 1
        turned = track.select(line, BEGINNING if opening else at)
        witness = self.record.witness
        if turned and witness is not None:
            witness.choose(track, line, at)
        run = track.open
        if run is None:
            return
        if line is None:
            track.end("cancelled", at, "its `when` no longer holds")
        elif line is not run.counts_as:
            track.end("cancelled", at, f"line {line.position} of '{track.name}' applies instead of line {run.line.position}")
        elif line is run.line:  # else it is violated, and keeps the limit that it had before the record moved
            limit = line.limit(self.record.fields, run.business_day)
            if limit != run.limit:
                run.limit = limit
                run.arm()
                if witness is not None:
                    witness.limit(self.record, track, run, at, "changed")

    def _begin_what_may(self, track: Track, at: int) -> None:
        process_start = self.record.process_start
        since = at if process_start is None else process_start
        while track.open is None and (line := track.selected) is not None and not self._waits(track, line):
            start = track.start_of_next(at, since, self.clock_of_selected)
            if start is None:
                return
            if self.record.out:
                track.due_while_out = True
                return
            self._begin(track, line, start, at, track.origin_of_next(start, since))

    def clock_of_selected(self, track: Track, start: int) -> tuple[Clock, int]:
        """The clock and the limit that the line which applies now would have from a start."""
        line = track.selected
        assert line is not None  # noqa: S101 - asked only where a line applies
        clock = self.clock(line, start)
        return clock, line.limit(self.record.fields, clock.hours.business_day_s)

    def _waits(self, track: Track, line: Line) -> bool:
        """An `independent` successor waits while a field `complete_when` still holds."""
        if track.recurrence != "independent" or line.complete is None:
            return False
        completed = track.last is not None and track.last.completed_at is not None
        return completed and line.complete.holds(self.record.situation)

    def _begin(self, track: Track, line: Line, start: int, at: int, origin: int) -> None:
        """Begin an occurrence that counts from `start`; of a periodic one, past periods first (born late)."""
        run = self._new_run(track, line, start, at, origin)
        while track.recurrence == "periodic" and self._wholly_past(track, run, at):
            roll(self.record, track, run)
            began = run.target or at
            track.onset = "target"
            run = self._new_run(track, line, began, at, began)
        if run.target is not None and run.target < at:
            run.pass_target()
        if line.complete is not None and line.complete.holds(self.record.situation):
            complete(self.record, track, run, at)

    @staticmethod
    def _wholly_past(track: Track, run: Run, at: int) -> bool:
        return run.target is not None and run.target < at and len(track.runs) < MAX_RUNS

    def _new_run(self, track: Track, line: Line, start: int, at: int, origin: int) -> Run:
        clock = self.clock(line, start)
        limit = line.limit(self.record.fields, clock.hours.business_day_s)
        run = Run(
            number=len(track.runs) + 1,
            line=line,
            clock=clock,
            limit=limit,
            serial=self.record.serial,
            origin=origin,
        )
        track.begin(run)
        run.arm()
        if self.record.witness is not None:
            self.record.witness.begin(self.record, track, run, at)
        if run.target is None and clock.stops.since is None:
            self.record.note(
                at, f"'{track.name}' has no target: '{clock.hours.calendar}' is not open for so long in 10 years"
            )
        if run.number == MAX_RUNS:
            self.record.note(at, f"'{track.name}' has occurred {MAX_RUNS} times; no more occurrences begin")
        return run

    # ------------------------------------------------------------------ thresholds

    def thresholds(self, at: int) -> int:
        """Let everything pass that is due by now; returns the next instant at which a milestone does something by itself."""
        due_at = NEVER
        for track in self.tracks:
            run = track.open
            if run is not None and run.next_at <= at:
                run = self._pass_due(track, run, at)
            if run is not None:
                ahead = run.passes_at if self.record.out else run.next_at
            else:
                ahead = track.boundary if track.last is not None else None
            if ahead is not None and at < ahead < due_at:
                due_at = ahead
        return due_at

    def _pass_due(self, track: Track, run: Run, at: int) -> Run | None:
        """Pass what is due; an unmet period gives way to the next. Returns the occurrence that is open then."""
        if track.recurrence != "periodic":
            pass_all(self.record, track, run, until=at)
            return run
        while run.next_at <= at:
            pass_all(self.record, track, run, until=self._period_end(run, at))
            if not self.rolls(track, run):
                return run
            end_period(track, run.violated_at or at)
            self._begin_what_may(track, at)
            if track.open is None:
                return None
            run = track.open
        return run

    def _period_end(self, run: Run, at: int) -> int:
        """Of a period that ended earlier, what would follow its end is dropped."""
        return at if self.record.out or run.violated_at is not None or run.target is None else min(at, run.target)

    def rolls(self, track: Track, run: Run) -> bool:
        """Whether the occurrence is an unmet period that has ended."""
        return track.recurrence == "periodic" and run.violated_at is not None and not self.record.out

    # ------------------------------------------------------------------ looking ahead

    def at_rest(self) -> bool:
        """Whether nothing is open, nor in doubt."""
        return not self.doubts and all(track.open is None for track in self.tracks)

    def any_selected(self) -> bool:
        """Whether any milestone would begin if the process started now."""
        return any(track.selected is not None for track in self.tracks)

    def add_upcoming(self, ahead: list[int]) -> None:
        """Add what lies ahead of each milestone, as far as people would notice, and some that is past."""
        out = self.record.out
        for track in self.tracks:
            run = track.open
            if run is None:
                if track.boundary is not None and track.last is not None and not out and track.selected is not None:
                    ahead.append(track.boundary)
                continue
            if not out:
                ahead.append(run.next_at)
            elif run.passes_at is not None:
                ahead.append(run.passes_at)
            if run.violated_at is not None and (target := run.target_s()) is not None:
                ahead.append(target)  # a new limit may have put it ahead again
