"""Outcomes of very many records, added up: before, and under each of some laws. Pure; parts can be merged."""

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sla.outcomes import Outcome
from sla.values import as_text

_HOUR: Final = 3600
EDGES_S: Final = tuple(hours * _HOUR for hours in (-24, -8, -4, -1, 0, 1, 4, 8, 24))
"""Where the bars of a distribution of margins begin and end, in open seconds; the outermost have one edge only."""

QUANTILES: Final = (0.1, 0.5, 0.9)

_JUST_MISSED_S: Final = -1
"""What counts for the margin of a miss that has some of its limit left: its limit was made longer afterwards."""


@dataclass(slots=True)
class Kept:
    """How one milestone was kept. Margins are those of what is decided, in open seconds, in no order; below 0 if missed."""

    met: int = 0
    missed: int = 0
    open: int = 0
    cancelled: int = 0
    margins: "array[int]" = field(default_factory=lambda: array("q"))

    @property
    def decided(self) -> int:
        """How many were either met or missed."""
        return self.met + self.missed

    @property
    def compliance(self) -> float | None:
        """Met of decided; None of nothing."""
        return self.met / self.decided if self.decided else None

    def quantiles(self) -> tuple[int, ...]:
        """The margins that 10, 50 and 90 of a hundred do not exceed (nearest rank); none of nothing."""
        ordered = sorted(self.margins)
        return tuple(ordered[max(0, -int(-len(ordered) * share // 1) - 1)] for share in QUANTILES) if ordered else ()

    def histogram(self) -> tuple[int, ...]:
        """How many margins lie in each bar; one at an edge belongs to the bar above it, so that 0 is in time."""
        counts = [0] * (len(EDGES_S) + 1)
        for margin in self.margins:
            counts[bisect_right(EDGES_S, margin)] += 1
        return tuple(counts)

    def merge(self, other: "Kept") -> None:
        """Add another part."""
        self.met += other.met
        self.missed += other.missed
        self.open += other.open
        self.cancelled += other.cancelled
        self.margins.extend(other.margins)


@dataclass(slots=True)
class Side:
    """All records under one law, or each under its own. `sent` is counted by kind, as in `Outcome`."""

    records: int = 0
    violated: int = 0
    milestones: dict[str, Kept] = field(default_factory=dict)
    sent: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Add a record."""
        self.records += 1
        self.violated += outcome.violated
        for name, verdict, margin_s in outcome.reached:
            kept = self.milestones.get(name)
            if kept is None:
                kept = self.milestones[name] = Kept()
            if verdict == "met":
                kept.met += 1
            elif verdict == "missed":
                kept.missed += 1
            elif verdict == "open":
                kept.open += 1
            else:
                kept.cancelled += 1
            if margin_s is not None:
                kept.margins.append(margin_s if margin_s < 0 or verdict == "met" else _JUST_MISSED_S)
        for kind, number in outcome.sent.items():
            self.sent[kind] += number

    def merge(self, other: "Side") -> None:
        """Add another part."""
        self.records += other.records
        self.violated += other.violated
        self.sent.update(other.sent)
        for name, kept in other.milestones.items():
            self.milestones.setdefault(name, Kept()).merge(kept)


@dataclass(slots=True)
class After(Side):
    """All records under a new law, and which of them it violates or cures."""

    newly_violated: list[str] = field(default_factory=list)
    cured: list[str] = field(default_factory=list)

    def compare(self, record: str, before: Outcome, after: Outcome) -> None:
        """Note what is different for a record."""
        if after.violated and not before.violated:
            self.newly_violated.append(record)
        elif before.violated and not after.violated:
            self.cured.append(record)

    def merge(self, other: Side) -> None:
        """Add another part."""
        Side.merge(self, other)  # `super()` does not know a class with slots
        if isinstance(other, After):
            self.newly_violated += other.newly_violated
            self.cured += other.cured


@dataclass(slots=True)
class Tally:
    """Records before, and after under each new law. `seen` are all that were looked at, `left_out` those not compared.

    `groups` has the same for the records of each value of each field that it is broken down by.
    """

    before: Side
    afters: list[After]
    seen: int = 0
    left_out: int = 0
    groups: dict[str, dict[str, "Tally"]] = field(default_factory=dict)

    @classmethod
    def of(cls, laws: int, by: Iterable[str] = ()) -> "Tally":
        """An empty one, for so many new laws."""
        return cls(before=Side(), afters=[After() for _ in range(laws)], groups={name: {} for name in by})

    def add(
        self, record: str, fields: Mapping[str, object], before: Outcome | None, afters: Sequence[Outcome | None]
    ) -> None:
        """Add a record. One that some law does not concern is left out of all, so that the same records are compared.

        `before` is None where there is nothing to compare with; `Tally.before` stays empty then.
        """
        self.seen += 1
        known = [after for after in afters if after is not None]
        if len(known) < len(afters):
            self.left_out += 1
            return
        self._add(record, before, known)
        for name, groups in self.groups.items():
            value = group_of(fields.get(name))
            group = groups.get(value)
            if group is None:
                group = groups[value] = Tally.of(len(known))
            group.seen += 1
            group._add(record, before, known)

    def _add(self, record: str, before: Outcome | None, afters: Sequence[Outcome]) -> None:
        if before is not None:
            self.before.add(before)
        for side, after in zip(self.afters, afters, strict=True):
            side.add(after)
            if before is not None:
                side.compare(record, before, after)

    def merge(self, other: "Tally") -> None:
        """Add another part, of as many laws and broken down by the same."""
        self.seen += other.seen
        self.left_out += other.left_out
        self.before.merge(other.before)
        for mine, theirs in zip(self.afters, other.afters, strict=True):
            mine.merge(theirs)
        for name, groups in other.groups.items():
            for value, group in groups.items():
                self.groups[name].setdefault(value, Tally.of(len(self.afters))).merge(group)


NONE: Final = "(none)"
"""The group of those that have no such field."""


def group_of(value: object) -> str:
    """The group that a field's value puts a record in."""
    return NONE if value in (None, "") else ", ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
