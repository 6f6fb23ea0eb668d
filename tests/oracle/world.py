"""The facts of one record as of an instant: fields, stops, whether it is out, and the clocks read off them.

Readings chosen:
- Being out is one flag. `closed` and `exit_when` becoming true both set it; `reopened` and a field condition of
  `exit_when` becoming false both clear it, whichever set it.
- A threshold is reached at the earliest instant that is not stopped and by which the clock has counted that much. So
  a stop at the very target moves it to the very end of the stop (SPEC 8: such a stop prevents the violation).
- The closed span counts as stopped under `cancel` with `resume`, also for what begins after it but counts from before.
- A `start_at` that is later set to a past instant starts the process in the past, found when it was set.
"""

from typing import Any

from tests.oracle.conditions import holds
from tests.oracle.hours import Hours, epoch
from tests.oracle.model import Json, Line, Occurrence, read_lines

LONG_AGO = -(10**12)
Stop = list[int | None]


class Periods:
    """When a switch was on: [from, to) with `to` None while it still is."""

    def __init__(self) -> None:
        self.spans: list[Stop] = []

    @property
    def on(self) -> bool:
        return bool(self.spans) and self.spans[-1][1] is None

    def set(self, value: bool, at: int) -> None:
        """Switch at an instant; off and on again at one instant is no interruption."""
        if value and not self.on:
            if self.spans and self.spans[-1][1] == at:
                self.spans[-1][1] = None
            else:
                self.spans.append([at, None])
        elif not value and self.on:
            self.spans[-1][1] = at
            if self.spans[-1][0] == at:
                self.spans.pop()

    def before(self, at: int) -> "Periods":
        """What was on before the instant, without what began there or later."""
        earlier = Periods()
        earlier.spans = [list(span) for span in self.spans if span[0] is not None and span[0] < at]
        return earlier


class World:
    """The record and its clocks; the subclasses let it live."""

    def __init__(self, process: Json, calendars: dict[str, Json], opened: Json) -> None:
        self.process = process
        self.groups: list[list[Line]] = read_lines(process)
        self.calendars = {name: Hours(document) for name, document in calendars.items()}
        self.always = Hours(None)
        self.fields: Json = dict(opened.get("fields") or {})
        if self.fields.get("opened_at") is None:
            self.fields["opened_at"] = opened["at"]
        self.seen: list[Json] = []
        self.out = False
        self.stopped_by_event = False
        self.record_stop = Periods()
        self.process_stop = Periods()
        self.closed_spans = Periods()
        self.line_stops = {(line.milestone, line.number): Periods() for group in self.groups for line in group}
        self.entered = False
        self.cycle = 0
        self.cycle_start: int | None = None
        self.occurrences: list[list[Occurrence]] = [[] for _ in self.groups]
        self.now = LONG_AGO

    # -- settings

    @property
    def cancels(self) -> bool:
        return str(self.process.get("on_exit", "cancel")) == "cancel"

    @property
    def on_reopen(self) -> str:
        return str(self.process.get("on_reopen", "resume"))

    def hours_of(self, line: Line) -> Hours:
        """The milestone's calendar, else the process's, else the record's, else 24/7."""
        record = self.fields.get("business_hours")
        name = line.document.get("business_hours") or self.process.get("business_hours") or record
        return self.calendars[str(name)] if name else self.always

    def start_value(self) -> int | None:
        """The instant in the `start_at` field, if it has one."""
        value = self.fields.get(str(self.process.get("start_at", "opened_at")))
        return None if value in (None, "") else epoch(value)

    # -- conditions

    def true(self, condition: Json | None, events: list[Json] | None = None) -> bool:
        return holds(condition, self.fields, events or [], self.seen)

    def matching(self, group: int) -> Line | None:
        """The first line whose `when` holds."""
        return next((line for line in self.groups[group] if self.true(line.when)), None)

    def apply_values(self, events: list[Json]) -> None:
        """Field values and the memory of `after`/`until`; events come in order, the later wins."""
        for event in events:
            if event["type"] == "changed":
                self.fields.update(event["set"])
            self.seen.append(event)

    def apply_stops(self, at: int, events: list[Json]) -> None:
        """What stops the clock from this instant on."""
        for event in events:
            if event["type"] in ("stopped", "resumed"):
                self.stopped_by_event = event["type"] == "stopped"
        self.record_stop.set(self.stopped_by_event, at)
        self.process_stop.set(self._stops(self.process), at)
        for group in self.groups:
            for line in group:
                self.line_stops[line.milestone, line.number].set(self._stops(line.document), at)

    def _stops(self, document: Json) -> bool:
        return document.get("stop_when") is not None and self.true(document["stop_when"])

    # -- clocks

    def stops(self, line: Line) -> list[tuple[int, int | None]]:
        """Everything that stops a line's clock, merged."""
        spans: list[Stop] = [*self.record_stop.spans, *self.process_stop.spans]
        spans += self.line_stops[line.milestone, line.number].spans
        if self.cancels and self.on_reopen == "resume":
            spans += self.closed_spans.spans
        merged: list[tuple[int, int | None]] = []
        for begin, end in sorted(spans, key=lambda span: span[0] or 0):
            assert begin is not None
            last = merged[-1] if merged else None
            if last is not None and (last[1] is None or begin <= last[1]):
                longest = None if last[1] is None or end is None else max(last[1], end)
                merged[-1] = (last[0], longest)
            else:
                merged.append((begin, end))
        return merged

    def running(self, line: Line, start: int, new_stops_from: int | None = None) -> list[tuple[int, int | None]]:
        """The unstopped stretches since `start`; stops that begin at `new_stops_from` or later are left out."""
        stretches: list[tuple[int, int | None]] = []
        at = start
        for begin, end in self.stops(line):
            if new_stops_from is not None and begin >= new_stops_from:
                continue
            if begin > at:
                stretches.append((at, begin))
            if end is None:
                return stretches
            at = max(at, end)
        stretches.append((at, None))
        return stretches

    def reach(self, line: Line, hours: Hours, start: int, amount: int, new_stops_from: int | None = None) -> int | None:
        """The instant at which the clock reaches `amount`; None while stopped short of it."""
        for begin, end in self.running(line, start, new_stops_from):
            instant = hours.add(begin, amount)
            if end is None or instant < end:
                return instant
            amount -= hours.open_s(begin, end)
        return None

    def consumed(self, line: Line, hours: Hours, start: int, until: int) -> int:
        """Open, unstopped seconds in [start, until)."""
        total = 0
        for begin, end in self.running(line, start):
            total += hours.open_s(begin, until if end is None else min(end, until))
        return total

    def stopped_now(self, line: Line) -> bool:
        stops = self.stops(line)
        return bool(stops) and stops[-1][1] is None

    def stopped_at(self, line: Line, at: int) -> bool:
        """In force at the instant, or stopped from then on."""
        return any(begin <= at and (end is None or end > at) for begin, end in self.stops(line))

    def stopped_throughout(self, line: Line, at: int) -> bool:
        """Stopped both just before and just after the instant."""
        return any(begin < at and (end is None or end > at) for begin, end in self.stops(line))

    def target(self, occurrence: Occurrence, new_stops_from: int | None = None) -> int | None:
        """The instant at which the clock reaches the limit, as far as is known now."""
        o = occurrence
        return self.reach(o.line, o.hours, o.start, o.limit, new_stops_from)

    # -- occurrences

    def latest(self, group: int) -> Occurrence | None:
        return self.occurrences[group][-1] if self.occurrences[group] else None

    def open_one(self, group: int) -> Occurrence | None:
        latest = self.latest(group)
        return latest if latest is not None and latest.open else None

    def group_of(self, milestone: Any) -> int | None:
        for index, lines in enumerate(self.groups):
            if lines[0].milestone == milestone:
                return index
        return None
