"""Consumed time: open seconds of a calendar since a start, less those while stopped (SPEC 4)."""

from sla.calendar import BusinessHours
from sla.errors import NoOpenTime

BEGINNING = -(1 << 62)
"""Before all instants: the fields of `opened` hold from here (SPEC 8, Starting)."""


class Stops:
    """When a clock was stopped: closed spans `[from, to)`, and since when it is stopped now, if it is."""

    __slots__ = ("since", "spans")

    def __init__(self) -> None:
        self.spans: list[tuple[int, int]] = []
        self.since: int | None = None

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

    __slots__ = ("hours", "start", "stops")

    def __init__(self, hours: BusinessHours, start: int, stops: Stops) -> None:
        self.hours = hours
        self.start = start
        self.stops = stops

    def stopped(self, until: int) -> int:
        """Open seconds stopped between the start and `until`."""
        total = 0
        for begin, end in self.stops.spans:
            if end > self.start and begin < until:
                total += self.hours.between_s(max(begin, self.start), min(end, until))
        since = self.stops.since
        if since is not None and since < until:
            total += self.hours.between_s(max(since, self.start), max(until, self.start))
        return total

    def elapsed(self, until: int) -> int:
        """Open seconds between the start and `until`, stopped or not."""
        return self.hours.between_s(self.start, until) if until > self.start else 0

    def consumed(self, until: int) -> int:
        """Open, unstopped seconds between the start and `until`."""
        if until <= self.start:
            return 0
        return self.hours.between_s(self.start, until) - self.stopped(until)

    def ahead(self, at: int, left: int) -> int | None:
        """The instant `left` open seconds after `at`, stops aside; None if the calendar has none within ten years."""
        try:
            return self.hours.add_s(at, max(0, left))
        except NoOpenTime:
            return None

    def reach(self, consumed: int) -> int | None:
        """The first unstopped instant at which so much is consumed, if nothing changes.

        None while stopped short of it, or when the calendar has no such instant within ten years. A stop that begins
        at the very instant prevents it: it is then reached when the clock runs again (SPEC 8, One instant).
        """
        at, left = self.start, consumed
        try:
            for begin, end in self.stops.spans:
                if end <= at:
                    continue
                if begin > at:
                    instant = self.hours.add_s(at, left)
                    if instant < begin:
                        return instant
                    left -= self.hours.between_s(at, begin)
                at = end
            since = self.stops.since
            if since is None:
                return self.hours.add_s(at, left)
            if since <= at:
                return None
            instant = self.hours.add_s(at, left)
        except NoOpenTime:
            return None
        return instant if instant < since else None
