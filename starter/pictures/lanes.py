"""Marks that lie too near each other: those that say the same become one with their number, others go below each other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sla.story import Act
from sla.timeline import TriggerKind
from starter.pictures.marks import Fate, fate_of
from starter.pictures.scale import Scale

NEAR: Final = 7.0
"""Pixels within which two marks of one kind are one."""
APART: Final = 14.0
LANES: Final = 3
"""At most so many below each other; what has no room then lies over the last."""


@dataclass(slots=True)
class Cluster:
    """Actions of one trigger and fate at nearly one place: `x` is where the first of them was done, else due."""

    trigger: TriggerKind
    fate: Fate
    x: float
    acts: list[Act] = field(default_factory=list)
    lane: int = 0

    @property
    def at(self) -> datetime:
        """The instant of the first."""
        return instant_of(self.acts[0])

    @property
    def right(self) -> float:
        """To where it reaches, its number included."""
        return self.x + (7 if len(self.acts) == 1 else 11 + 6 * len(str(len(self.acts))))


def instant_of(act: Act) -> datetime:
    """When it was done, else when it was due."""
    return act.done_at or act.due_at


def clusters(acts: Iterable[Act], scale: Scale) -> list[Cluster]:
    """The actions as they are drawn, each in its lane."""
    found: list[Cluster] = []
    latest: dict[tuple[TriggerKind, Fate], Cluster] = {}
    for act in sorted(acts, key=lambda one: (instant_of(one), one.key)):
        kind, x = (act.trigger, fate_of(act)), scale.x(instant_of(act))
        cluster = latest.get(kind)
        if cluster is None or x - cluster.x > NEAR:
            cluster = latest[kind] = Cluster(*kind, x=x)
            found.append(cluster)
        cluster.acts.append(act)
    _place(found)
    return found


def _place(found: Sequence[Cluster]) -> None:
    ends = [float("-inf")] * LANES
    for cluster in found:
        free = (lane for lane in range(LANES) if cluster.x - APART / 2 >= ends[lane])
        cluster.lane = next(free, LANES - 1)
        ends[cluster.lane] = max(ends[cluster.lane], cluster.right)


def lanes_of(found: Sequence[Cluster]) -> int:
    """How many lanes they need."""
    return max((one.lane + 1 for one in found), default=0)
