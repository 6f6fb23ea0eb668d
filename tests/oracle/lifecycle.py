"""How occurrences begin, are cancelled or replaced, leave and return: one step of events (SPEC 4 and 8).

Readings chosen:
- With recurrence `none` only the latest occurrence decides: completed → done; violated and closed → done for its own
  line; otherwise it begins again, from where it counted before.
- A violated occurrence of another recurrence closed by `when` begins again when `when` holds, like a cancelled one.
- A milestone that came due while out begins at the reopening; one whose `when` turns true at the very reopening does
  not count as due while out.
- On resume an occurrence comes back first and is then judged by `when`: it is cancelled at the reopening.
- The next period follows the clock of the one before: a limit changed in mid-series moves the periods after it, and
  of a completed period the limit it was completed under holds to its end (likewise for a sequential successor).
- After a switch of lines in a periodic milestone the grid goes on from the period that was running, skipping periods
  that ended by the switch.
- What the clock begins (process start, successor's start) it begins after the events of that instant: an exit there
  prevents it.
- closed and reopened at one instant are both carried out, in order; the field side of `exit_when` comes before them.
"""

from tests.oracle.completing import Completing
from tests.oracle.model import Json, Line, Occurrence
from tests.oracle.world import LONG_AGO


class Lifecycle(Completing):
    """Occurrences that begin, follow one another, leave and return."""

    # -- one step of events

    def substep(self, at: int, events: list[Json], *, opening: bool = False) -> None:
        """Values, completions, criteria, exit: all events of an instant, nothing of the clock."""
        self.opening = opening
        start_before = self.start_value()
        self.apply_values(events)
        self.apply_stops(at, events)
        self._completions(at, events)
        start = self.start_value()
        if not self.entered and start is not None and start <= at and (opening or start != start_before):
            self.enter(start)
        self._criteria(at)
        self._exits(at, events)
        self.opening = False

    def enter(self, start: int) -> None:
        self.entered, self.cycle_start = True, start

    # -- criteria

    def _criteria(self, at: int) -> None:
        for group in range(len(self.groups)):
            line = self.matching(group)
            if line is not self.matched[group]:
                self.matched_since[group] = LONG_AGO if self.opening else at
            self.matched[group] = line
            self.settle(group, at)

    def settle(self, group: int, at: int, *, clock: bool = False) -> bool:
        """Bring one milestone in line with its conditions; whether anything began."""
        line = self.matched[group]
        current = self.open_one(group)
        if current is not None:
            if line is current.line:
                current.limit = line.limit(self.fields, current.hours)
                self.find_past_target(current, at)
                return False
            self.close(current, at, "when" if line is None else "switch")
        began = False
        while line is not None and self.open_one(group) is None:
            place = self._place(group, line, at, clock)
            if self.out:
                self.due_since[group] = None if place is None else (self.due_since[group] or at)
            if place is None or self.out:
                break
            self._begin(group, line, at, *place)
            began = True
        if line is None:
            self.due_since[group] = None
        return began

    def _begin(self, group: int, line: Line, at: int, start: int, base: int) -> None:
        hours = self.hours_of(line)
        occurrence = Occurrence(
            group=group, number=len(self.occurrences[group]) + 1, cycle=self.cycle, line=line, hours=hours,
            limit=line.limit(self.fields, hours), start=start, base=base, born=at,
            events_from=at if self.opening else at + 1,
        )  # fmt: skip
        self.occurrences[group].append(occurrence)
        self.due_since[group] = None
        self.find_past_target(occurrence, at)
        if line.complete_when is not None and self.true(line.complete_when):
            self.complete(occurrence, at)

    def _place(self, group: int, line: Line, at: int, clock: bool) -> tuple[int, int] | None:
        """Where the next occurrence would start and from where it counts, if one may begin now."""
        if not self.entered or self.cycle_start is None:
            return None
        due = self.due_since[group]
        waited_out = not self.out and due is not None and due < at
        latest = self.latest(group)
        if latest is None or latest.cycle != self.cycle:
            start = self.cycle_start if line.by_process else max(self.cycle_start, self.matched_since[group])
            if line.by_process and line.recurrence == "periodic":
                start = self._period(line, start, self.matched_since[group])
            place: tuple[int, int] | None = (start, self.cycle_start)
        elif latest.completed_at is not None:
            place = self._successor(latest, line, at, clock)
        else:
            place = self._again(latest, line, at)
        return (at, at) if place is not None and waited_out else place

    def _again(self, latest: Occurrence, line: Line, at: int) -> tuple[int, int] | None:
        """After an occurrence closed unmet."""
        if latest.ended_by == "exit":
            return None
        if line.recurrence == "none" and latest.violated and line is latest.line:
            return None
        if not line.by_process:
            return at, latest.base
        if line.recurrence == "periodic":
            start = self._period(line, latest.start, self.matched_since[latest.group])
            return start, start
        return latest.base, latest.base

    def _successor(self, latest: Occurrence, line: Line, at: int, clock: bool) -> tuple[int, int] | None:
        """After a completion."""
        if line.recurrence == "none":
            return None
        if line.recurrence == "independent":
            waits = line.complete_when is not None and self.true(line.complete_when)
            return None if waits else (at, at)
        start = self.successor_start(latest)
        just_now = start == latest.completed_at and line.recurrence == "sequential"
        if start is None or start > at or (start == at and not clock and not just_now):
            return None
        if line.recurrence == "periodic" and line.by_process:
            start = self._period(line, start, self.matched_since[latest.group])
            return start, start
        return at, at

    def successor_start(self, latest: Occurrence) -> int | None:
        """Where a sequential or periodic successor starts: at the target, or at a later completion (sequential)."""
        target = self.target(latest)
        if latest.line.recurrence == "sequential" and target is not None:
            assert latest.completed_at is not None
            return max(target, latest.completed_at)
        return target

    def _period(self, line: Line, start: int, held_since: int) -> int:
        """The start of the first period from `start` on that is not wholly before the line's `when` held."""
        hours = self.hours_of(line)
        limit = line.limit(self.fields, hours)
        while (end := self.reach(line, hours, start, limit)) is not None and end <= held_since:
            start = end
        return start

    # -- leaving and returning

    def _exits(self, at: int, events: list[Json]) -> None:
        condition = self.process.get("exit_when")
        others = [event for event in events if event["type"] != "closed"]
        holds = condition is not None and self.true(condition, others)
        state = condition is not None and self.true(condition)
        if holds and not self.exit_held:
            self._leave(at)
        elif self.exit_held and not state:
            self._return(at)
        self.exit_held = state
        for event in events:
            if event["type"] == "closed":
                self._leave(at)
            elif event["type"] == "reopened":
                self._return(at)

    def _leave(self, at: int) -> None:
        if self.out:
            return
        for latest in (self.latest(group) for group in range(len(self.groups))):
            if latest is not None:
                line = self.matched[latest.group] or latest.line
                same = line is latest.line
                self.limits_at_exit[latest] = line.limit(self.fields, latest.hours) if same else latest.limit
        if self.cancels:
            for occurrence in self._open_ones():
                self.close(occurrence, at, "exit")
        self.out, self.out_since = True, at
        self.due_since = [None for _ in self.groups]
        self.closed_spans.set(True, at)

    def _return(self, at: int) -> None:
        if not self.out:
            return
        self.out = False
        self.closed_spans.set(False, at)
        if self.on_reopen == "resume":
            for group in range(len(self.groups)):
                latest = self.latest(group)
                if latest is not None and latest.ended_by == "exit" and latest.cycle == self.cycle:
                    latest.end = latest.ended_by = None
        else:
            self.cycle_ends[self.cycle] = (at, "restart")
            if self.cancels:
                assert self.out_since is not None
                self.cycle_ends[self.cycle] = (self.out_since, "exit")
            for occurrence in self._open_ones():
                self.close(occurrence, at, "restart")
            self.cycle += 1
            self.cycle_start = at if self.entered else None
        for group in range(len(self.groups)):
            self.settle(group, at)
        self.due_since = [None for _ in self.groups]
