"""How occurrences complete, are completed no longer, and close unmet (SPEC 4 and 8, *Completing*).

Readings chosen:
- A completion at an instant is judged under the limit in force before that instant's changes, whichever event of the
  instant completes it (SPEC states it for one change that does both; a switch of lines behaves so by its order).
- Completions of one instant go in the order of the events; `completed` and `uncompleted` are opposites like
  stopped/resumed. Conditions over several events of the instant are tried after the single ones.
- A clock that reached its limit at closing time and was stopped later was violated at that closing time, though its
  consumed time never exceeded the limit.
- `uncompleted` brings the occurrence under the present limit first; a target past by then is found in the past.
- `uncompleted` of an occurrence of an earlier cycle becomes what the end of that cycle would have made of it.
- A field `complete_when` that is one side of `any` with an event must as a whole turn true anew after `uncompleted`.
- An occurrence that completes in the instant it is born late is violated and met late, its triggers are dropped.
"""

from tests.oracle.model import Json, Line, Occurrence
from tests.oracle.world import LONG_AGO, World

REASONS = {"when": "its condition no longer holds", "switch": "another line of the milestone applies",
           "exit": "the record left the process", "restart": "everything began anew at the reopening",
           "period": "the next period began"}  # fmt: skip


class Completing(World):
    """A world whose occurrences end; `self.succeeded` is told of every completion."""

    def __init__(self, process: Json, calendars: dict[str, Json], opened: Json) -> None:
        super().__init__(process, calendars, opened)
        self.notes: list[str] = []
        self.refused: list[Json] = []
        self.exit_held = False
        self.out_since: int | None = None
        self.cycle_ends: dict[int, tuple[int, str]] = {}
        self.matched: list[Line | None] = [None for _ in self.groups]
        self.matched_since = [LONG_AGO for _ in self.groups]
        self.due_since: list[int | None] = [None for _ in self.groups]
        self.limits_at_exit: dict[Occurrence, int] = {}
        self.opening = False

    def succeeded(self, occurrence: Occurrence, at: int) -> None:
        """Called when an occurrence completes."""
        raise NotImplementedError

    # -- completing

    def _completions(self, at: int, events: list[Json]) -> None:
        reopened: list[Occurrence] = []
        for occurrence in self._open_ones():
            if occurrence.must_turn_anew and not self.true(occurrence.line.complete_when):
                occurrence.must_turn_anew = False
        for event in events:
            if event["type"] == "completed":
                self._completed(at, event)
            elif event["type"] == "uncompleted":
                reopened += self._uncompleted(at, event)
            else:
                self._try_complete(at, [event], reopened)
        self._try_complete(at, events, reopened)

    def _open_ones(self) -> list[Occurrence]:
        found = [self.open_one(group) for group in range(len(self.groups))]
        return [occurrence for occurrence in found if occurrence is not None]

    def _try_complete(self, at: int, events: list[Json], reopened: list[Occurrence]) -> None:
        for occurrence in self._open_ones():
            counted = events if at >= occurrence.events_from and occurrence not in reopened else []
            condition = occurrence.line.complete_when
            if condition is None or not self.true(condition, counted):
                continue
            if not (occurrence.must_turn_anew and self.true(condition)):
                self.complete(occurrence, at)

    def _completed(self, at: int, event: Json) -> None:
        group = self.group_of(event["milestone"])
        assert group is not None
        occurrence = self.open_one(group)
        if occurrence is None or at < occurrence.events_from:
            self.notes.append(f"{event['id']}: no open occurrence of {event['milestone']} to complete")
        else:
            self.complete(occurrence, at)

    def complete(self, occurrence: Occurrence, at: int) -> None:
        """Completed, on time or late; a stop that begins or ends at this very instant does not count."""
        if not self.stopped_throughout(occurrence.line, at):
            occurrence.target = self.target(occurrence, new_stops_from=at)
            assert occurrence.target is not None
            if occurrence.target < at and not occurrence.violated:
                occurrence.violated_at = occurrence.target
        else:
            self.find_past_target(occurrence, at)
            if not occurrence.violated:
                occurrence.target = None
        occurrence.completed_at = occurrence.end = at
        occurrence.ended_by = "completed"
        self.succeeded(occurrence, at)

    def _uncompleted(self, at: int, event: Json) -> list[Occurrence]:
        group = self.group_of(event["milestone"])
        assert group is not None
        o = self.latest(group)
        if o is None or o.completed_at is None:
            self.refused.append({**event, "why": "its latest occurrence is not a completed one"})
            return []
        o.completed_at = o.end = o.ended_by = None
        o.must_turn_anew = o.line.complete_when is not None and self.true(o.line.complete_when)
        if o.cycle != self.cycle:
            self.close(o, *self.cycle_ends[o.cycle])
        elif self.out and self.cancels:
            assert self.out_since is not None
            o.limit = self.limits_at_exit.get(o, o.limit)
            closed, self.closed_spans = self.closed_spans, self.closed_spans.before(self.out_since)
            self.close(o, self.out_since, "exit")
            self.closed_spans = closed
        return [o]

    # -- closing

    def find_past_target(self, occurrence: Occurrence, at: int) -> None:
        """Violated at a target that lies before `at`, also while stopped."""
        target = self.target(occurrence)
        if not occurrence.violated and target is not None and target < at:
            occurrence.violated_at = occurrence.target = target

    def show_target(self, occurrence: Occurrence) -> None:
        """The target of an open occurrence; while stopped there is none, unless it is violated."""
        if not self.stopped_now(occurrence.line):
            occurrence.target = self.target(occurrence)
        elif not occurrence.violated:
            occurrence.target = None

    def close(self, occurrence: Occurrence, at: int, how: str) -> None:
        """Closed without completion: cancelled, or missed if violated."""
        self.find_past_target(occurrence, at)
        if not self.stopped_at(occurrence.line, at):
            occurrence.target = self.target(occurrence, new_stops_from=at)
        elif not occurrence.violated:
            occurrence.target = None
        occurrence.end, occurrence.ended_by = at, how
