"""Consumed time: open seconds of a calendar since a start, less those while stopped (SPEC 4)."""

from typing import Final

from sla.calendar import BusinessHours
from sla.errors import NoOpenTime

BEGINNING: Final = -(1 << 62)
"""Before all instants: the fields of `opened` hold from here (SPEC 8, Starting)."""

NEVER: Final = 1 << 62
"""After all instants."""


class Stops:
    """When a clock was stopped: closed spans `[from, to)`, and since when it is stopped now, if it is."""

    __slots__ = ("since", "spans")

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.since: int | None = None

    def fork(self) -> "Stops":
        """A copy that goes its own way from here."""
        copy = Stops()
        copy.spans, copy.since = list(self.spans), self.since
        return copy

    def put(self, stopped: bool, at_s: int) -> bool:
        """Stop or run from this instant on; whether that changed anything."""
        if stopped == (self.since is not None):
            return False
        if stopped:
            # A stop that another replaces at the same instant is one stop.
            self.since = self.spans.pop()[0] if self.spans and self.spans[-1][1] == at_s else at_s
        else:
            if self.since is not None and self.since < at_s:
                self.spans.append((self.since, at_s))
            self.since = None
        return True

    def holding(self, at_s: int) -> bool:
        """Whether a stop that began earlier holds; one that begins or ends at this very instant does not count."""
        return self.since is not None and self.since < at_s


class Clock:
    """The clock of one occurrence."""

    __slots__ = ("hours", "start", "stops", "time")

    def __init__(self, hours: BusinessHours, start: int, stops: Stops) -> None:
        self.hours = hours
        self.time = hours.clock
        self.start = start
        self.stops = stops

    def stopped(self, until: int) -> int:
        """Open seconds stopped between the start and `until`."""
        total = 0
        for begin, end in self.stops.spans:
            if end > self.start and begin < until:
                total += self.time.between(max(begin, self.start), min(end, until))
        since = self.stops.since
        if since is not None and since < until:
            total += self.time.between(max(since, self.start), max(until, self.start))
        return total

    def elapsed(self, until: int) -> int:
        """Open seconds between the start and `until`, stopped or not."""
        return self.time.between(self.start, until) if until > self.start else 0

    def consumed(self, until: int) -> int:
        """Open, unstopped seconds between the start and `until`."""
        return self.elapsed(until) - self.stopped(until) if until > self.start else 0

    def ahead(self, at: int, left: int) -> int | None:
        """The instant `left` open seconds after `at`, stops aside; None if the calendar has none within ten years."""
        try:
            return self.time.add(at, max(0, left))
        except NoOpenTime:
            return None

    def reach(self, consumed: int) -> int | None:
        """The first unstopped instant at which so much is consumed, if nothing changes.

        None while stopped short of it, or when the calendar has no such instant within ten years. A stop that begins
        at the very instant prevents it: it is then reached when the clock runs again (SPEC 8, One instant).
        """
        at, left, time = self.start, consumed, self.time
        try:
            for begin, end in self.stops.spans:
                if end <= at:
                    continue
                if begin > at:
                    instant = time.add(at, left)
                    if instant < begin:
                        return instant
                    left -= time.between(at, begin)
                at = end
            since = self.stops.since
            if since is None:
                return time.add(at, left)
            if since <= at:
                return None
            instant = time.add(at, left)
        except NoOpenTime:
            return None
        return instant if instant < since else None
