"""Tables that fit the terminal: of several ways to show the same, the first that has room.

A column is as wide as its cut says; what the others leave over goes to those that have none and wrap (`least`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.table import Table
from rich.text import Text

GAP = 2
"""Columns of the terminal that a column takes besides its own."""

Cut = Callable[[Sequence[str]], int]
"""The width of a column, given its cells in plain words."""


def whole(cells: Sequence[str]) -> int:
    """As wide as its longest line: nothing is wrapped."""
    return max(cell_len(line) for cell in cells for line in cell.split("\n"))


def words(cells: Sequence[str]) -> int:
    """As wide as its longest word: wrapped as often as that can be without breaking one."""
    return max((cell_len(word) for cell in cells for word in cell.split()), default=0)


def up_to(most: int) -> Cut:
    """As wide as its longest line, but no wider than `most`."""
    return lambda cells: min(most, whole(cells))


@dataclass(frozen=True)
class Col:
    """A column. Without a cut it takes what is left, and needs `least`."""

    heading: str
    cut: Cut | None = whole
    least: int = 0
    justify: JustifyMethod = "left"


class Way:
    """One way to show rows of markup, and the width that it needs."""

    def __init__(self, columns: Sequence[Col], rows: Sequence[Sequence[str]]) -> None:
        self.table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
        self.needed = 0
        for index, column in enumerate(columns):
            cells = [column.heading, *(Text.from_markup(row[index]).plain for row in rows)]
            width = column.cut(cells) if column.cut else None
            self.needed += GAP + (column.least if width is None else width)
            self.table.add_column(column.heading, width=width, justify=column.justify, overflow="fold")
        for row in rows:
            self.table.add_row(*row)


class Fitting:
    """Shows the first way for which the terminal is wide enough, else the last."""

    def __init__(self, *ways: Way) -> None:
        self._ways = ways

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Choose by the width that is there."""
        del console
        yield next(self._that_fit(options.max_width), self._ways[-1].table)

    def _that_fit(self, width: int) -> Iterator[Table]:
        return (way.table for way in self._ways if way.needed <= width)


def stacked(instant: str) -> str:
    """An instant in words with its time below its date."""
    return "\n".join(instant.rsplit(" ", 1))
