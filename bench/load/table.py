"""Rows of the table, as the load measures say them."""

from dataclasses import dataclass

from bench.rows import Row
from bench.stats import Takes, ratio


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a measure found of each contestant, in one unit, and the rows that this makes."""

    measure: str
    what: str
    unit: str
    takes: dict[str, Takes]

    def alone(self, who: str, *, note: str = "") -> Row:
        """One contestant, compared with nobody."""
        found = self.takes[who]
        return Row(
            measure=self.measure,
            subject=f"{self.what}: {who}",
            figure=found.median,
            unit=self.unit,
            note="; ".join(part for part in (found.spread, note) if part),
        )

    def against(self, who: str, other: str, *, note: str = "") -> Row:
        """One contestant in proportion to another."""
        found, theirs = self.takes[who], self.takes[other]
        return Row(
            measure=self.measure,
            subject=f"{self.what}: {who}",
            figure=found.median,
            unit=self.unit,
            against=other,
            ratio=ratio(found, theirs),
            note="; ".join(part for part in (found.spread, note) if part),
            detail={"figures": list(found.values), "against": list(theirs.values)},
        )
