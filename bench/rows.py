"""What every measure answers with: rows of one table. Imports nothing that is measured, and no rival.

A measure is a module `bench/measures/<name>.py` with

    NAME = "<name>"
    async def measure(scale: Scale) -> list[Row]: ...

and its place in `bench.order`. It runs in a process of its own, so it may block, and may leave caches behind. Progress
goes to stderr. A measure that cannot be taken raises; a target that is missed is a row with `met=False`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


class Scale(StrEnum):
    """How much is measured: `short` says in seconds whether a measure works at all, `full` gives the figures to quote.

    `patient` is `full` with nothing cut to fit the time, and no limit to how long it takes.
    """

    SHORT = "short"
    FULL = "full"
    PATIENT = "patient"

    def pick(self, *, short: T, full: T) -> T:
        """The value for this scale: `cases = scale.pick(short=20, full=10_000)`."""
        return short if self is Scale.SHORT else full


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table.

    `figure` is in `unit`, the median of several takes; None: could not be had, `note` says why. `ratio` is the figure in
    proportion to that of `against`, which was measured in the same run; which way round is better, `target` says. `note`
    is for people, in a few words (the spread, what is compared); `detail` for the JSON file alone.
    """

    measure: str
    subject: str
    figure: float | None
    unit: str
    against: str | None = None
    ratio: float | None = None
    target: str | None = None
    met: bool | None = None
    note: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


def at_most(row: Row, limit: float) -> Row:
    """The row, held against a ceiling: of its ratio if it has one, else of its figure."""
    return replace(row, target=f"≤ {_limit(row, limit)}", met=_judged(row, lambda value: value <= limit))


def at_least(row: Row, limit: float) -> Row:
    """The row, held against a floor: of its ratio if it has one, else of its figure."""
    return replace(row, target=f"≥ {_limit(row, limit)}", met=_judged(row, lambda value: value >= limit))


def _limit(row: Row, limit: float) -> str:
    return f"{limit:,g}×" if row.against is not None else f"{limit:,g} {row.unit}"


def _judged(row: Row, holds: Any) -> bool | None:
    """What could not be had is not met: nobody has seen it."""
    value = row.ratio if row.against is not None else row.figure
    return value is not None and bool(holds(value))
