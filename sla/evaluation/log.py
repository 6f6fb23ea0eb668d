"""What is known to happen to a record after its opening, instant by instant, as the walk comes to it."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import Any

from sla.evaluation.admission import Heard
from sla.evaluation.clock import NEVER
from sla.evaluation.firing import Update
from sla.events import Event

Told = Event | Update


class Log:
    """Events and the updates of retractions, by their instants; it ends with NEVER, which has none.

    It may grow while it is read: forks of a walk share it, and what is learned comes after where they stand.
    """

    __slots__ = ("batches", "instants")

    def __init__(self, heard: Iterable[Heard]) -> None:
        self.instants: list[int] = []
        self.batches: list[list[Told]] = []
        at = None
        for one in heard:
            if one.at != at:
                at = one.at
                batch: list[Told] = []
                self.instants.append(at)
                self.batches.append(batch)
            batch.append(one.event)
        self.instants.append(NEVER)

    def learn(self, at_s: int, told: Told) -> None:
        """Add an event in its order, or an update after all events of its instant."""
        place = bisect_left(self.instants, at_s)
        if self.instants[place] != at_s:
            self.instants.insert(place, at_s)
            self.batches.insert(place, [])
        insort(self.batches[place], told, key=_order)


def _order(told: Told) -> tuple[Any, ...]:
    """The order of SPEC 2 among the events of one instant."""
    return (1,) if isinstance(told, Update) else (0, told.recorded_at, told.id)
