"""The governance of the catalogue on a terminal: findings, processes side by side, and what a consolidation comes to."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from starter.checkups.findings import counted, some
from starter.cli.words import NOTHING
from starter.setup.views.governance import ComparisonRow, ComparisonView, ConsolidatedSource, Consolidation, FindingView

LISTED = 20
"""How many findings of a code are shown; the others are counted."""

_PROPERTY = 18
_COLUMN = 26
"""How wide a column of a comparison is: of the properties, and of a process at least."""

_LOOKS = {"error": "bold red", "warning": "yellow", "note": "dim"}


def audit_page(findings: Sequence[FindingView]) -> RenderableType:
    """Findings by code, the gravest first; what to do is said once where it is the same for all of a code."""
    if not findings:
        return "Nothing was found."
    parts: list[RenderableType] = []
    for code, group in groupby(findings, key=lambda one: one.code):
        same = list(group)
        look, severity = _LOOKS[same[0].severity], same[0].severity
        parts.append(f"[{look}]{severity}[/]  [bold]{code}[/]" + (f"  ({len(same)})" if len(same) > 1 else ""))
        parts += _of_code(same)
        parts.append("")
    counts = {severity: sum(one.severity == severity for one in findings) for severity in _LOOKS}
    told = ", ".join(counted(count, severity) for severity, count in counts.items() if count)
    return Group(*parts, f"{counted(len(findings), 'finding')}: {told}. What each means is in docs/governance.md.")


def _of_code(findings: Sequence[FindingView]) -> Iterator[RenderableType]:
    once = len({one.remedy for one in findings}) == 1
    for one in findings[:LISTED]:
        yield _indented(f"· {one.sentence}")
        if not once:
            yield from _remedy(one)
    if len(findings) > LISTED:
        yield _indented(f"… and {len(findings) - LISTED:,} more; --json lists them all")
    if once:
        yield from _remedy(findings[0])


def _indented(text: str) -> Padding:
    return Padding(Text(text), (0, 0, 0, 2))


def _remedy(finding: FindingView) -> Iterator[RenderableType]:
    """A sentence, and commands that are never broken, so that they can be copied."""
    sentence, *commands = finding.remedy.split("\n")
    yield Padding(Text(sentence, style="italic"), (0, 0, 0, 4))
    for command in commands:
        yield Text(f"      {command}", no_wrap=True, overflow="ignore")


def comparison_page(found: ComparisonView) -> RenderableType:
    """Processes side by side; on a terminal too narrow for that, one below the other. ≠ marks where they differ."""
    if not found.rows:
        return "They do not differ."
    return Group(_SideBySide(found), "", "≠ marks where they differ." if any(row.differs for row in found.rows) else "")


class _SideBySide:
    """The first of two ways to show a comparison that has room."""

    def __init__(self, found: ComparisonView) -> None:
        self._found = found

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A column for each process, if each has enough width."""
        del console
        columns = len(self._found.processes)
        wide = options.max_width >= _PROPERTY + columns * _COLUMN
        yield _columns(self._found) if wide else Group(*_stacked(self._found))


def _columns(found: ComparisonView) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, expand=True)
    table.add_column("", width=_PROPERTY)
    for place in range(len(found.processes)):
        table.add_column(_heading(found, place), ratio=1, overflow="fold")
    for milestone, rows in groupby(found.rows, key=lambda row: row.milestone):
        table.add_row(f"[bold]{escape(milestone or 'process')}[/]")
        for row in rows:
            table.add_row(_property(row), *(_value(row, place) for place in range(len(row.values))))
    return table


def _stacked(found: ComparisonView) -> Iterator[RenderableType]:
    yield "\n".join(f"[bold]{place + 1}[/]  {_heading(found, place)}" for place in range(len(found.processes)))
    for milestone, rows in groupby(found.rows, key=lambda row: row.milestone):
        yield f"\n[bold]{escape(milestone or 'process')}[/]"
        for row in rows:
            yield _property(row)
            grid = Table.grid(padding=(0, 2, 0, 0))
            grid.add_column(width=4, justify="right")
            grid.add_column(overflow="fold")
            if row.differs:
                for place in range(len(row.values)):
                    grid.add_row(f"[bold]{place + 1}[/]", _value(row, place))
            else:
                grid.add_row("", _value(row, 0))
            yield grid


def _heading(found: ComparisonView, place: int) -> str:
    return f"{escape(found.processes[place])} [dim]v{found.versions[place]}[/]"


def _property(row: ComparisonRow) -> str:
    return f"[yellow]≠ {row.property}[/]" if row.differs else f"  {row.property}"


def _value(row: ComparisonRow, place: int) -> str:
    value = row.values[place]
    text = "[dim]no such milestone[/]" if value is None else escape(value) or NOTHING
    return text if row.differs else f"[dim]{text}[/]"


def consolidation_page(result: Consolidation) -> RenderableType:
    """What would come of a consolidation, or what came of it."""
    if not result.changes:
        return f"There is nothing to do: '{result.keep}' has taken them over already."
    would = "would take over" if result.dry_run else "takes over"
    names = some([f"'{source.process}'" for source in result.sources])
    parts: list[RenderableType] = [
        f"[bold]'{escape(result.keep)}'[/] (version {result.version}) {would} {escape(names)}.",
        "",
    ]
    parts += [part for source in result.sources for part in _source(source)]
    if result.entitlements:
        table = Table("Promise", "Account", "Until now", box=box.SIMPLE_HEAD, show_edge=False)
        for one in result.entitlements:
            name = one.name if one.kind == "entitlement" else f"{one.name} (template)"
            table.add_row(escape(name), escape(one.account or NOTHING), escape(one.process))
        parts += [table, ""]
    handed = counted(len(result.entitlements), "entitlement or template", "entitlements and templates")
    retired = counted(sum(bool(source.retired) for source in result.sources), "process", "processes")
    kept = "Nothing was kept: this was a preview." if result.dry_run else ""
    return Group(*parts, f"{handed} handed over, {retired} retired. {kept}".rstrip())


def _source(source: ConsolidatedSource) -> Iterator[RenderableType]:
    versions = f"version {', '.join(map(str, source.retired))} retired" if source.retired else "retired already"
    yield f"[bold]{escape(source.process)}[/]  [dim]{versions}[/]"
    for sentence in source.differences or ("Nothing changes for its customers.",):
        yield _indented(f"· {sentence}")
    if source.preview is not None:
        counts = ((fate.replace("_", " "), count) for fate, count in source.preview.counts.items())
        fates = ", ".join(f"{count} {fate}" for fate, count in counts if count)
        yield _indented(f"Its open records move: {fates}.")
    elif source.migration is not None:
        yield _indented(f"Its open records are being moved: migration {source.migration}.")
    elif source.open_records:
        stay = counted(source.open_records, "open record stays", "open records stay")
        yield _indented(f"{stay} on the version that it follows.")
    yield ""
