"""One table for people, 120 columns wide wherever it is printed, and the same as JSON."""

import io
import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from rich.box import HORIZONTALS
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.rows import Row, Scale
from bench.running import Taken
from bench.stats import short

WIDTH = 120
COLUMNS: tuple[tuple[str, int, Literal["left", "right"]], ...] = (
    ("measure", 32, "left"),
    ("figure", 16, "right"),
    ("against", 18, "left"),
    ("ratio", 8, "right"),
    ("target", 14, "left"),
    ("note", 26, "left"),
)
"""With their widths; longer words go on in the next line."""
MET = {True: "met", False: "MISSED", None: ""}


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that one run of the bench found."""

    scale: Scale
    machine: dict[str, str]
    taken: tuple[Taken, ...]
    took_s: float

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all measures, in order."""
        return tuple(row for one in self.taken for row in one.rows)

    @property
    def missed(self) -> tuple[Row, ...]:
        """The rows that did not reach their target."""
        return tuple(row for row in self.rows if row.met is False)


def as_text(report: Report) -> str:
    """The table, the machine, what was missed and what failed."""
    written = io.StringIO()
    # The width and no colour also in a terminal: what is quoted looks as it was printed.
    console = Console(file=written, width=WIDTH, color_system=None, force_terminal=False, highlight=False)
    if report.scale is Scale.SHORT:
        console.print("A smoke run: too few and too small to mean anything.\n")
    console.print(_table(report))
    for title, lines in _sections(report):
        console.print(f"\n{title}")
        for line in lines:
            console.print(escape(f"  {line}"), soft_wrap=False)
    return "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"


def as_json(report: Report) -> str:
    """Everything, for programs: `scale`, `machine`, `took_s`, `measures` (name, took_s, failed, rows), `missed`."""
    told = {
        "scale": report.scale.value,
        "machine": report.machine,
        "took_s": round(report.took_s, 1),
        "measures": [
            {
                "measure": one.measure,
                "took_s": round(one.took_s, 1),
                "failed": one.failed,
                "rows": [asdict(row) for row in one.rows],
            }
            for one in report.taken
        ],
        "missed": [f"{row.measure}: {row.subject}" for row in report.missed],
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _table(report: Report) -> Table:
    table = Table(box=HORIZONTALS, width=WIDTH, pad_edge=False, collapse_padding=True)
    for title, width, justify in COLUMNS:
        table.add_column(title, width=width, justify=justify, overflow="fold")
    for one in report.taken:
        table.add_section()
        table.add_row(one.measure)
        for row in one.rows:
            table.add_row(*map(escape, _cells(row)))
    return table


def _cells(row: Row) -> tuple[str, ...]:
    target = f"{row.target} {MET[row.met]}" if row.target else ""
    return (f"  {row.subject}", figure(row), row.against or "", ratio(row.ratio), target, row.note)


def figure(row: Row) -> str:
    """A figure with its unit; microseconds and the like where they read better."""
    if row.figure is None:
        return "–"
    if row.unit == "s" and 0 < row.figure < 1:
        power = min(3, math.ceil(-math.log10(row.figure) / 3))
        return f"{short(row.figure * 1000**power)} {('s', 'ms', 'µs', 'ns')[power]}"
    return f"{short(row.figure)} {row.unit}"


def ratio(value: float | None) -> str:
    """`1.07×`, `712×`; empty if nothing was compared."""
    if value is None:
        return ""
    return f"{value:.2f}×" if 0.1 <= value < 10 else f"{short(value)}×"


def _sections(report: Report) -> Iterator[tuple[str, list[str]]]:
    yield f"Machine, and what was compared ({report.took_s:.0f} s in all)", _machine(report.machine)
    judged = sum(row.met is not None for row in report.rows)
    if judged:
        title = f"Targets missed: {len(report.missed)} of {judged}"
        yield title, [f"{row.measure}: {row.subject}: {_verdict(row)}" for row in report.missed]
    if failed := [f"{one.measure}: {one.failed}" for one in report.taken if one.failed]:
        yield f"Not measured: {len(failed)} of {len(report.taken)}", failed


def _machine(machine: dict[str, str]) -> list[str]:
    return [f"{name:18} {value}" for name, value in machine.items()]


def _verdict(row: Row) -> str:
    found = figure(row) if row.against is None else f"{ratio(row.ratio) or '–'} of {row.against}"
    return f"{found}, target {row.target}"
