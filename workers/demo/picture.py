"""The live cases as a table that fits a terminal of 100 columns, and as plain lines where there is no terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sla.timeline import Occurrence
from starter.cli.words import NOTHING, status
from workers.demo.stories import CASE, DIAGNOSIS, FIRST, RESOLUTION, Story
from workers.demo.watching import Seen

WIDTH = 110
"""Columns where nothing says how many there are."""

PADDING = (0, 1, 0, 0)
"""Around the cells of every table here, so that it fits."""

_COLUMNS = ((FIRST,), (DIAGNOSIS,), (RESOLUTION, CASE))


def is_live(screen: Console) -> bool:
    """Whether what is on this screen can be drawn again: a terminal, and not only something in colour."""
    return screen.is_terminal and not screen.is_dumb_terminal and screen.file.isatty()


def live_table(cases: Mapping[str, Seen], stories: Sequence[Story], start: datetime, at: datetime, end_s: int) -> Table:
    """The cases as of an instant."""
    passed = max(0, int((at - start).total_seconds()))
    table = Table(
        box=box.SIMPLE_HEAD, title=f"{passed} s of about {end_s} s", title_justify="left", padding=PADDING, expand=True
    )
    table.add_column("Case", width=16)
    for heading in (FIRST, DIAGNOSIS, RESOLUTION):
        table.add_column(heading, width=12)
    table.add_column("Owner", width=5)
    table.add_column("Latest", ratio=1, no_wrap=True)
    for story in stories:
        case = cases[story.record]
        cells = [_cell(case.occurrences, names, at) for names in _COLUMNS]
        owner = case.stored.owner if case.stored is not None else None
        latest = "\n".join(escape(line) for line in case.latest)
        table.add_row(f"[bold]{story.record}[/] {story.title}", *cells, owner or NOTHING, latest)
    return table


def _cell(occurrences: Sequence[Occurrence], names: Sequence[str], at: datetime) -> str:
    """A milestone's status and its clock, one below the other."""
    return "\n".join(f"{status(one.status)}\n[dim]{clock(one, at)}[/]" for one in occurrences if one.milestone in names)


def clock(one: Occurrence, at: datetime) -> str:
    """What the clock of a milestone shows at an instant, around the clock: seconds left, over, or taken."""
    if one.actual_s is not None:
        return f"{one.actual_s} of {one.limit_s} s"
    if one.status == "stopped" or one.target_at is None:
        return f"{one.remaining_s} s left"
    left_s = round((one.target_at - at).total_seconds())
    return f"{left_s} s left" if left_s >= 0 else f"{-left_s} s over"
