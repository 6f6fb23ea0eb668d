"""Long tables made short: open spans by week, month or year, with a running total that loses no second."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from sla.story import OpenSpan

ROWS: Final = 14
"""A table of so many rows can be looked at; a longer one is folded."""

Period = Callable[[datetime], tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Open spans in one row: from when to when, how many, and seconds; `so_far_s` counts from the first row on."""

    from_at: datetime
    until_at: datetime
    spans: int
    open_s: int
    stopped_s: int
    so_far_s: int

    @property
    def counted_s(self) -> int:
        """Open seconds that were not stopped."""
        return self.open_s - self.stopped_s


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, and by what they were folded; None if they were not."""

    rows: tuple[Counted, ...]
    by: str | None

    @property
    def open_s(self) -> int:
        """The total of open seconds."""
        return sum(row.open_s for row in self.rows)

    @property
    def stopped_s(self) -> int:
        """Those of them while the clock was stopped."""
        return sum(row.stopped_s for row in self.rows)

    @property
    def counted_s(self) -> int:
        """What was counted."""
        return self.open_s - self.stopped_s


_PERIODS: Final[tuple[tuple[str, Period], ...]] = (
    ("day", lambda at: (at.toordinal(),)),
    ("week", lambda at: tuple(at.isocalendar())[:2]),
    ("month", lambda at: (at.year, at.month)),
    ("year", lambda at: (at.year,)),
    ("decade", lambda at: (at.year // 10,)),
)


def folded(spans: Sequence[OpenSpan], zone: ZoneInfo, most: int = ROWS) -> Table:
    """The spans themselves, or the finest folding that has at most `most` rows; a span belongs to when it begins."""
    if len(spans) <= most:
        return Table(tuple(_rows([span] for span in spans)), None)
    by, groups = "", []
    for by, period in _PERIODS:  # noqa: B007 - the last one stands
        groups = [list(group) for _, group in groupby(spans, lambda span: period(span.from_at.astimezone(zone)))]  # noqa: B023
        if len(groups) <= most:
            break
    return Table(tuple(_rows(groups)), by)


def _rows(groups: "Sequence[Sequence[OpenSpan]] | Iterator[Sequence[OpenSpan]]") -> Iterator[Counted]:
    so_far_s = 0
    for group in groups:
        open_s, stopped_s = sum(span.open_s for span in group), sum(span.stopped_s for span in group)
        so_far_s += open_s - stopped_s
        yield Counted(
            from_at=group[0].from_at,
            until_at=group[-1].until_at,
            spans=len(group),
            open_s=open_s,
            stopped_s=stopped_s,
            so_far_s=so_far_s,
        )
