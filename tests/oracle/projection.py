"""One projection: what happens to a record, as told by one set of events, up to one instant.

Readings chosen:
- `opened` is a step of its own before the other events of its instant; the clock acts only after both.
- A record whose start field lies before its `opened` lives from that field's instant on, with the fields of `opened`.
- An `on_retracted` update is a change in the round after the events and thresholds of its instant.
- The actions of an update chain beyond the tenth round are listed as skipped.
"""

from collections.abc import Iterator
from typing import Any

from tests.oracle.hours import epoch
from tests.oracle.model import Json
from tests.oracle.triggers import CUT, Triggers

ROUNDS = 10


class Projection(Triggers):
    """Run on construction."""

    def __init__(
        self,
        process: Json,
        calendars: dict[str, Json],
        events: list[Json],
        injected: list[tuple[int, Json]],
        now: int,
    ) -> None:
        """`events` are accepted, known and in order (`at`, `recorded_at`, `id`), `opened` among them."""
        opened = next(event for event in events if event["type"] == "opened")
        super().__init__(process, calendars, opened)
        self.events = events
        self.injected = injected
        first = epoch(opened["at"])
        start = self.start_value()
        at: int | None = first if start is None else min(first, start)
        self.begun = False
        while at is not None and at <= now:
            self.step(at)
            at = min((instant for instant in self.instants() if instant > at), default=None)
        self.now = now

    def step(self, at: int) -> None:
        """One instant: events, clock, then rounds of updates."""
        events = [event for event in self.events if epoch(event["at"]) == at]
        opened = [event for event in events if event["type"] == "opened"]
        if opened or not self.begun:
            self.substep(at, opened, opening=not self.begun)
            self.begun = True
        self.substep(at, [event for event in events if event["type"] != "opened"])
        self.clock(at)
        self.updates += [(None, values) for instant, values in self.injected if instant == at]
        self._rounds(at)

    def _rounds(self, at: int) -> None:
        for _ in range(ROUNDS):
            if not self.updates:
                return
            batch, self.updates = self.updates, []
            self.substep(at, [{"type": "changed", "set": values} for _, values in batch])
            self.clock(at)
        if self.updates:
            self.notes.append(f"a chain of more than {ROUNDS} rounds of updates at one instant was cut")
            for firing, _ in self.updates:
                if firing is not None:
                    firing.skipped = CUT
            self.updates = []

    def instants(self) -> Iterator[int]:
        """Every instant known now at which something may happen."""
        yield from (epoch(event["at"]) for event in self.events)
        yield from (instant for instant, _ in self.injected)
        yield from self.clock_instants()

    def clock_instants(self) -> Iterator[int]:
        """Those of the clock alone."""
        start = self.start_value()
        if not self.entered and start is not None:
            yield start
        yield from (held.perform_at for held in self.held)
        for group in range(len(self.groups)):
            latest = self.latest(group)
            if latest is None:
                continue
            if latest.open:
                target = self.target(latest)
                yield from () if target is None else (target,)
                yield from () if self.out else (instant for instant, _, _ in self.pending(latest))
            elif latest.completed_at is not None and latest.line.recurrence in ("sequential", "periodic"):
                successor = self.successor_start(latest)
                yield from () if successor is None else (successor,)

    def forecast(self, group: int) -> dict[str, Any] | None:
        """The waiting occurrence of a milestone, if its start is known to lie ahead."""
        line = self.matched[group]
        if line is None or self.out or self.open_one(group) is not None:
            return None
        latest = self.latest(group)
        if not self.entered:
            start = self.start_value()
            if start is None or start <= self.now:
                return None
        else:
            if latest is None or latest.cycle != self.cycle or latest.completed_at is None:
                return None
            if line.recurrence not in ("sequential", "periodic"):
                return None
            start = self.successor_start(latest)
            if start is not None and start <= self.now:
                return None
        hours = self.hours_of(line)
        limit = line.limit(self.fields, hours)
        known = start is not None and not self.stopped_now(line)
        return {
            "line": line,
            "number": len(self.occurrences[group]) + 1,
            "start": start,
            "limit": limit,
            "target": hours.add(start, limit) if known and start is not None else None,
        }
