"""Medians and spreads, and the fair way to time two things that do the same: by turns."""

import math
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Takes:
    """The same thing measured several times."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The one in the middle."""
        return statistics.median(self.values)

    def each(self, change: Callable[[float], float]) -> "Takes":
        """The same takes in another unit: `takes.each(lambda seconds: 1 / seconds)`."""
        return Takes(values=tuple(change(value) for value in self.values))

    @property
    def spread(self) -> str:
        """From the least to the most, for a note: `0.98–1.31, 7 takes`."""
        if len(self.values) == 1:
            return "1 take"
        return f"{short(min(self.values))}–{short(max(self.values))}, {len(self.values)} takes"


def takes(values: Sequence[float]) -> Takes:
    """Several measurements as one. Raises ValueError for none."""
    if not values:
        raise ValueError("nothing was measured")
    return Takes(values=tuple(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of all do not exceed: the nearest rank, so always one that was measured."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ratio(one: Takes, other: Takes) -> float:
    """How `one` compares with `other`: the median of the ratios, take by take, if they were taken by turns."""
    if len(one.values) == len(other.values):
        return statistics.median(a / b for a, b in zip(one.values, other.values, strict=True))
    return one.median / other.median


def by_turns(subjects: Mapping[str, Callable[[], object]], *, repeats: int, take_s: float = 0.0) -> dict[str, Takes]:
    """Seconds of CPU time for one call of each, `repeats` times: A B A B, so that what disturbs one disturbs the other.

    For what computes and waits for nothing. CPU time, because a turn in which others had the core tells nothing.
    A take calls often enough to last about `take_s` seconds, and at least once. Everything is called once before,
    unmeasured, so that nobody pays for first use; the second call, also unmeasured, says how often.
    """
    for call in subjects.values():
        call()
    numbers = {name: max(1, round(take_s / max(seconds(call), 1e-9))) for name, call in subjects.items()}
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(repeats):
        for name, call in subjects.items():
            found[name].append(seconds(call, numbers[name]))
    return {name: takes(values) for name, values in found.items()}


def seconds(call: Callable[[], object], number: int = 1) -> float:
    """Seconds of CPU time for one call, as the mean of `number` calls in a row."""
    rounds = range(number)
    began = time.process_time()
    for _ in rounds:
        call()
    return (time.process_time() - began) / number


def short(value: float) -> str:
    """A figure in three or four digits, with thousands set apart: `0.0123`, `1.25`, `187`, `12,340`; whole ones as such."""
    if not math.isfinite(value):
        return f"{value:g}"
    if float(value).is_integer():
        return f"{value:,.0f}"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}" if abs(value) < 100 else f"{value:,.0f}"
