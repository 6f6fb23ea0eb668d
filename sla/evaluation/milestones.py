"""All milestones of a record in the walk: completing, starting, cancelling, passing thresholds (SPEC 4 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sla.calendar import BusinessHours
from sla.evaluation.clock import BEGINNING, Clock, Stops
from sla.evaluation.passing import end_period, pass_all, roll
from sla.evaluation.plan import Line
from sla.evaluation.run import Run
from sla.evaluation.track import MAX_RUNS, ClockFrom, Track
from sla.events import Completed, Uncompleted
from sla.process.conditions import Happening

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection


class Milestones:
    """The tracks of a record, and the stops of those lines that have their own `stop_when`."""

    def __init__(self, record: Projection) -> None:
        self.record = record
        self.tracks = [Track(lines) for lines in record.plan.tracks]
        self.own_stops: dict[Line, Stops] = {
            line: Stops() for track in self.tracks for line in track.lines if line.stop is not None
        }

    # ------------------------------------------------------------------ stops

    def stop(self, at: int) -> None:
        """Let every clock stop or run as the record now says."""
        wide = self.record.record_stopped()
        changed = self.record.base_stops.put(wide, at)
        for line, stops in self.own_stops.items():
            holds = wide or (line.stop is not None and line.stop.holds(self.record.situation()))
            changed = stops.put(holds, at) or changed
        if changed:
            for track in self.tracks:
                track.rearm()
                if track.open is not None:
                    self._arm(track, track.open)

    def _clock(self, line: Line, start: int) -> Clock:
        return Clock(self._hours(line), start, self.own_stops.get(line, self.record.base_stops))

    def _hours(self, line: Line) -> BusinessHours:
        """Milestone's, else process's, else the record's, else the installation's default (SPEC 3)."""
        named = line.spec.business_hours or self.record.plan.process.business_hours
        if named is None:
            of_record = self.record.fields.get("business_hours")
            named = of_record if isinstance(of_record, str) else None
        return self.record.default_hours if named is None else self.record.calendars.get(named, self.record.default_hours)

    def _arm(self, track: Track, run: Run) -> None:
        run.arm()

    # ------------------------------------------------------------------ completions

    def completions(self, at: int, batch: Sequence[Happening]) -> None:
        """What the events complete, in their order; then what fields, or several events together, complete."""
        uncompleted: list[Track] = []
        for event in batch:
            if isinstance(event, Completed):
                self._complete_explicitly(at, event)
            elif isinstance(event, Uncompleted):
                uncompleted.append(self._uncomplete(at, event))
            elif len(batch) > 1:
                self._complete_declared(at, [event], self.tracks)
        self._complete_declared(at, batch, [track for track in self.tracks if track not in uncompleted])

    def _complete_declared(self, at: int, batch: Sequence[Happening], tracks: list[Track]) -> None:
        for track in tracks:
            run = track.open
            if run is not None and run.line.complete is not None and self._declared(run, batch):
                self._complete(track, run, at)

    def _declared(self, run: Run, batch: Sequence[Happening]) -> bool:
        """Whether `complete_when` completes it; what begins at an instant is not completed by an event of it."""
        condition, record = run.line.complete, self.record
        if condition is None:
            return False
        if run.anew:
            run.anew = condition.holds(record.situation())
            if run.anew:
                return False
        return condition.holds(record.situation(batch if run.serial < record.serial else ()))

    def _track(self, name: str) -> Track:
        return next(track for track in self.tracks if track.name == name)

    def _complete_explicitly(self, at: int, event: Completed) -> None:
        track = self._track(event.milestone)
        run = track.open
        if run is None:
            self.record.note(at, f"completed '{track.name}' (event '{event.id}'): nothing was open, nothing changed")
        else:
            self._complete(track, run, at)

    def _complete(self, track: Track, run: Run, at: int) -> None:
        pass_all(self.record, track, run, until=at - 1, completing=True)
        run.end("completed", at, None)
        run.completed_at = at
        if not run.succeeded:
            run.succeeded = True
            self.record.fire(track.name, run, "success", None, run.line.spec.success, threshold=None, due=at)
        track.completed(run, at)

    def _uncomplete(self, at: int, event: Uncompleted) -> Track:
        track = self._track(event.milestone)
        last = track.runs[-1] if track.runs else None
        if last is not None and last.open and len(track.runs) > 1 and track.runs[-2].completed_at is not None:
            self.record.refuse(event, f"the successor of '{track.name}' (occurrence {last.number}) is already open")
            return track
        if last is None or last.completed_at is None:
            self.record.note(at, f"uncompleted '{track.name}' (event '{event.id}'): it was not completed, nothing changed")
            return track
        last.reopen()
        last.anew = last.line.complete is not None and last.line.complete.holds(self.record.situation())
        track.boundary, track.boundary_of = None, None
        self._arm(track, last)
        self.record.presence.close_after_all(track, last)
        return track

    # ------------------------------------------------------------------ criteria

    def criteria(self, at: int, *, news: bool) -> None:
        """Choose each milestone's line; cancel, switch, take new limits, begin what may begin."""
        self.record.presence.restart(at)
        started = self.record.reach_start(at)
        for track in self.tracks:
            if news:
                self._choose(track, at)
            if started:
                self._begin_what_may(track, at)

    def _choose(self, track: Track, at: int) -> None:
        situation = self.record.situation()
        line = next((one for one in track.lines if one.when is None or one.when.holds(situation)), None)
        # What holds by the fields of `opened` holds from the beginning (SPEC 8, Starting).
        opening = self.record.serial == 1
        track.select(line, BEGINNING if opening else at)
        run = track.open
        if run is None:
            return
        if line is None:
            run.end("cancelled", at, "its `when` no longer holds")
        elif line is not run.line:
            run.end("cancelled", at, f"line {line.position} of '{track.name}' applies instead of line {run.line.position}")
        else:
            limit = line.limit(self.record.fields, run.business_day)
            if limit != run.limit:
                run.limit = limit
                self._arm(track, run)

    def _begin_what_may(self, track: Track, at: int) -> None:
        while track.open is None and track.selected is not None and not self._waits(track):
            start = track.start_of_next(at, self.record.process_start or at, self.clock_of_selected(track))
            if start is None:
                return
            if self.record.out:
                track.due_while_out = True
                return
            origin = track.origin_of_next(start, self.record.process_start or at)
            self._begin(track, track.selected, start, at, origin)

    def clock_of_selected(self, track: Track) -> ClockFrom:
        """What builds the clock and limit that the line which applies now would have from a start."""
        line = track.selected
        assert line is not None  # noqa: S101 - asked only where a line applies

        def clock_from(start: int) -> tuple[Clock, int]:
            clock = self._clock(line, start)
            return clock, line.limit(self.record.fields, clock.hours.business_day_s)

        return clock_from

    def _waits(self, track: Track) -> bool:
        """An `independent` successor waits while a field `complete_when` still holds."""
        line, last = track.selected, track.last
        if track.recurrence != "independent" or line is None or line.complete is None:
            return False
        return last is not None and last.completed_at is not None and line.complete.holds(self.record.situation())

    def _begin(self, track: Track, line: Line, start: int, at: int, origin: int) -> None:
        """Begin an occurrence that counts from `start`; of a periodic one, past periods first (born late)."""
        run = self._new_run(track, line, start, at, origin)
        while self._wholly_past(track, run, at):
            roll(self.record, track, run)
            began = run.target or at
            run = self._new_run(track, line, began, at, began)
        if run.target is not None and run.target < at:
            run.violated_at = run.target
        if line.complete is not None and line.complete.holds(self.record.situation()):
            self._complete(track, run, at)

    @staticmethod
    def _wholly_past(track: Track, run: Run, at: int) -> bool:
        periodic = track.recurrence == "periodic" and len(track.runs) < MAX_RUNS
        return periodic and run.target is not None and run.target < at

    def _new_run(self, track: Track, line: Line, start: int, at: int, origin: int) -> Run:
        clock = self._clock(line, start)
        limit = line.limit(self.record.fields, clock.hours.business_day_s)
        run = Run(
            number=len(track.runs) + 1,
            line=line,
            clock=clock,
            limit=limit,
            born=at,
            serial=self.record.serial,
            origin=origin,
        )
        track.runs.append(run)
        track.due_while_out = False
        track.boundary, track.boundary_of = None, None
        self._arm(track, run)
        if run.target is None and clock.stops.since is None:
            self.record.note(
                at, f"'{track.name}' has no target: '{clock.hours.calendar}' is not open for so long in 10 years"
            )
        if run.number == MAX_RUNS:
            self.record.note(at, f"'{track.name}' has occurred {MAX_RUNS} times; no more occurrences begin")
        return run

    # ------------------------------------------------------------------ thresholds

    def thresholds(self, at: int) -> None:
        """Let everything pass that is due by now; an unmet period gives way to the next."""
        for track in self.tracks:
            run = track.open
            while run is not None and run.schedule and run.schedule[0].at <= at:
                pass_all(self.record, track, run, until=self._period_end(track, run, at))
                if not self.rolls(track, run):
                    break
                end_period(run, run.violated_at or at)
                self._begin_what_may(track, at)
                run = track.open

    def _period_end(self, track: Track, run: Run, at: int) -> int:
        """Of a period that ended earlier, what would follow its end is dropped."""
        periodic = track.recurrence == "periodic" and not self.record.out
        return min(at, run.target) if periodic and run.violated_at is None and run.target is not None else at

    def rolls(self, track: Track, run: Run) -> bool:
        """Whether the occurrence is an unmet period that has ended."""
        return track.recurrence == "periodic" and run.violated_at is not None and not self.record.out

    # ------------------------------------------------------------------ looking ahead

    def any_selected(self) -> bool:
        """Whether any milestone would begin if the process started now."""
        return any(track.selected is not None for track in self.tracks)

    def instants(self, ahead: list[int], *, for_people: bool) -> None:
        """Add what lies ahead of each milestone."""
        out = self.record.out
        for track in self.tracks:
            run = track.open
            if run is not None:
                schedule = run.schedule if not out else [due for due in run.schedule if due.trigger is None]
                if schedule:
                    ahead.append(schedule[0].at)
                if for_people and run.violated_at is not None and (target := run.target_s()) is not None:
                    ahead.append(target)  # a new limit may have put it ahead again
            elif track.boundary is not None and track.last is not None and not (for_people and self._idle(track)):
                ahead.append(track.boundary)

    def _idle(self, track: Track) -> bool:
        return self.record.out or track.selected is None
