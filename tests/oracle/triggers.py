"""What the clock does: violations, warnings, periods that end, successors that start, and the effects of all that.

Readings chosen:
- Late means past its own instant when found. A late warning is judged when found: on a violated occurrence (a target
  that falls at that very instant included) it is skipped; a warning exactly on time at the target (100 %) still fires.
- A warning that comes up, on time, on an occurrence already violated (a longer limit after the violation) is dropped
  without a row.
- A warning with a threshold ≤ 0 is listed as skipped while its present (at the end: its last) limit makes it so; a
  longer limit later lets it fire.
- `during`: `due_at` is the next opening at or after the threshold's instant. At the opening a warning is dropped if
  its occurrence is closed or violated, a violation if it is closed, a success if it was uncompleted.
- While out with `leave_open` the violation is recorded at its target, its triggers wait for the re-entry; success of
  a completion while out runs.
- Within one instant: milestones in order; of one occurrence by threshold, warnings before violations, by position.
- Waiting for a `during` calendar is not being late.
- The update of a warning that was past its target when a change on record brought it up does not count; only one
  skipped for the moment of learning does.
"""

from dataclasses import dataclass

from tests.oracle.lifecycle import Lifecycle
from tests.oracle.model import Action, Firing, Json, Occurrence, Trigger

PAST_TARGET = "skipped: past its target when it was learned"
NOT_OPEN = "skipped: no longer open when it was learned"
NOT_WANTED = "dropped: no longer wanted when its calendar opened"
NO_ROOM = "skipped: its threshold is not after the start under this limit"
CUT = "cut: more than 10 rounds of updates at one instant"


@dataclass(eq=False)
class Held:
    """An action that waits for the opening of its `during` calendar."""

    occurrence: Occurrence
    trigger: Trigger
    action: Action
    threshold: int | None
    due_at: int
    perform_at: int


class Triggers(Lifecycle):
    """A lifecycle that fires; `firings` is everything wanted or skipped so far, in order."""

    def __init__(self, process: Json, calendars: dict[str, Json], opened: Json) -> None:
        super().__init__(process, calendars, opened)
        self.firings: list[Firing] = []
        self.held: list[Held] = []
        self.updates: list[tuple[Firing | None, Json]] = []

    # -- one step of the clock

    def clock(self, at: int) -> None:
        """Everything that falls at the instant once its events are done."""
        start = self.start_value()
        if not self.entered and start is not None and start <= at:
            self.enter(start)
        for group in range(len(self.groups)):
            moving = True
            while moving:
                current = self.open_one(group)
                if current is not None:
                    self._thresholds(current, at)
                    moving = self._next_period(current, at)
                else:
                    moving = self.settle(group, at, clock=True)
        for held in [held for held in self.held if held.perform_at <= at]:
            self.held.remove(held)
            self._deliver(held, at)
        for occurrences in self.occurrences:
            for occurrence in occurrences:
                if occurrence.open:
                    self.show_target(occurrence)
                occurrence.history.append((at, occurrence.open, occurrence.violated))

    def _thresholds(self, o: Occurrence, at: int) -> None:
        target = self.target(o)
        if not o.violated and target is not None and target <= at:
            o.violated_at = o.target = target
        if self.out:
            return
        for instant, trigger, threshold in self.pending(o):
            if instant > at:
                continue
            violated_before = o.violated_at is not None and o.violated_at < instant
            if trigger.kind == "violation":
                self.fire(o, trigger, threshold, instant, at)
            elif instant < at and o.violated:
                self.fire(o, trigger, threshold, instant, at, skipped=PAST_TARGET)
            elif not violated_before:
                self.fire(o, trigger, threshold, instant, at)
            o.fired.add(trigger.name)

    def pending(self, o: Occurrence) -> list[tuple[int, Trigger, int]]:
        """(instant, trigger, threshold) of what has not fired and whose instant is known, in order of firing."""
        found = []
        for trigger in (*o.line.warnings, *o.line.violations):
            threshold = trigger.threshold(o.limit, o.hours)
            if trigger.name in o.fired or threshold is None or threshold <= 0:
                continue
            instant = self.reach(o.line, o.hours, o.start, threshold)
            if instant is not None:
                found.append((instant, trigger, threshold))
        return sorted(found, key=lambda item: (item[0], item[1].kind != "warning", item[1].position))

    def _next_period(self, o: Occurrence, at: int) -> bool:
        """A period that has ended unmet gives way to the next one, unless the record is out."""
        end = self.target(o)
        if o.line.recurrence != "periodic" or self.out or end is None or end > at:
            return False
        self.close(o, at, "period")
        if self._was_out(end):
            end = at
        else:
            o.end = end
        self._begin(o.group, o.line, at, end, end)
        return True

    def _was_out(self, at: int) -> bool:
        return any(begin is not None and begin <= at and (end is None or at < end) for begin, end in self.closed_spans.spans)

    # -- firing

    def succeeded(self, occurrence: Occurrence, at: int) -> None:
        if "success" not in occurrence.fired:
            occurrence.fired.add("success")
            self.fire(occurrence, occurrence.line.success, None, at, at)

    def fire(
        self, o: Occurrence, trigger: Trigger, threshold: int | None, due_at: int, at: int, *, skipped: str | None = None
    ) -> None:
        """Every action of a trigger: performed, skipped, or held until its `during` calendar opens."""
        for action in trigger.actions:
            during = action.params.get("during")
            opening, perform_at = due_at, at
            if during:
                opening = self.calendars[str(during)].next_open(due_at)
                perform_at = self.calendars[str(during)].next_open(at)
            held = Held(o, trigger, action, threshold, opening, perform_at)
            if skipped is None and perform_at > at:
                self.held.append(held)
            else:
                self._record(held, at, skipped)

    def _deliver(self, held: Held, at: int) -> None:
        o = held.occurrence
        wanted = {
            "warning": o.open and not o.violated and not self.out,
            "violation": o.open and not self.out,
            "success": o.completed_at is not None,
        }[held.trigger.kind]
        self._record(held, at, None if wanted else NOT_WANTED)

    def _record(self, held: Held, at: int, skipped: str | None) -> None:
        firing = Firing(
            held.occurrence, held.occurrence.line, held.trigger, held.action, held.threshold, held.due_at, at,
            skipped, len(self.firings),
        )  # fmt: skip
        self.firings.append(firing)
        if skipped is None and held.action.kind == "update":
            self.updates.append((firing, dict(held.action.params["set"])))
