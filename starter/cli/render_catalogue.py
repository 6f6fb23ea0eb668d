"""Processes and calendars on a terminal: lists, versions, what one says, and what is different between two."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.text import Text

from sla.yamlwriting import write_document
from starter.cli.fitting import Col, Fitting, Way, stacked, up_to, words
from starter.cli.words import NOTHING, status, when
from starter.setup.views.catalogue import DefinitionView, DiffView, SeriesView, VersionView
from starter.views import ApplyLine

_UTC = ZoneInfo("UTC")


def processes_table(found: Sequence[SeriesView]) -> RenderableType:
    """Processes, one to a line: its milestones where there is room for them."""
    wide = [[*_series(one), str(one.open_records), escape(", ".join(one.milestones))] for one in found]
    narrow = [[*_series(one), str(one.open_records)] for one in found]
    columns = [Col("Process", up_to(48)), Col("Status"), Col("Version", justify="right"), Col("Draft", justify="right")]
    tight = [Col("Process", None, least=20), *columns[1:]]
    records = Col("Open records", justify="right")
    return Fitting(
        Way([*columns, records, Col("Milestones", None, least=30)], wide),
        Way([*tight, records], narrow),
    )


def calendars_table(found: Sequence[SeriesView]) -> RenderableType:
    """Calendars, one to a line."""
    columns = [Col("Calendar", up_to(40)), Col("Status"), Col("Version", justify="right"), Col("Draft", justify="right")]
    return Fitting(Way([*columns, Col("Time zone")], [[*_series(one), one.timezone or NOTHING] for one in found]))


def _series(one: SeriesView) -> list[str]:
    return [escape(one.name), status(one.status), _number(one.in_force), _number(one.draft)]


def versions_table(found: Sequence[VersionView]) -> RenderableType:
    """The versions of one name, the latest last."""
    figures = [Col("Version", justify="right"), Col("Status")]
    records = [Col("Open records", justify="right")] if any(one.open_records is not None for one in found) else []
    notes = [Col("By"), Col("Notes", None, least=24)]
    wide = [
        [*_version(one), when(one.created_at, _UTC), when(one.activated_at, _UTC), when(one.retired_at, _UTC), *_made(one)]
        for one in found
    ]
    narrow = [[*_version(one), stacked(when(one.activated_at or one.created_at, _UTC)), *_made(one)] for one in found]
    instants = [Col("Made (UTC)"), Col("Activated"), Col("Retired")]
    return Fitting(
        Way([*figures, *records, *instants, *notes], wide),
        Way([*figures, *records, Col("Since (UTC)"), Col("By", up_to(12)), Col("Notes", None, least=12)], narrow),
    )


def _version(one: VersionView) -> list[str]:
    figures = [] if one.open_records is None else [str(one.open_records)]
    return [str(one.version), status(one.status) + _in_force(one), *figures]


def _in_force(one: VersionView) -> str:
    return (", default" if one.kind == "process" else ", in force") if one.in_force else ""


def _made(one: VersionView) -> list[str]:
    based = f"from version {one.based_on}" if one.based_on else ""
    return [escape(one.created_by or NOTHING), escape("; ".join(part for part in (one.notes, based) if part) or NOTHING)]


def definition_page(one: DefinitionView) -> RenderableType:
    """What a version says, as its file would; above it, as comments, what it is. So it is a file that can be applied."""
    made = f"made {when(one.created_at, _UTC)} UTC" + (f" by {escape(one.created_by)}" if one.created_by else "")
    parts: list[RenderableType] = [
        f"# [bold]{escape(one.name)}[/]  version {one.version}  {status(one.status)}{_in_force(one)}",
        f"[dim]# {made} · etag {one.etag}[/]",
    ]
    parts += [f"[dim]# {escape(line)}[/]" for line in (one.notes or "").splitlines()]
    return Group(*parts, Text(write_document(one.definition).rstrip("\n"), overflow="fold"))


def version_line(one: VersionView) -> str:
    """One version in a line."""
    return f"[bold]{escape(one.name)}[/]  version {one.version}  {status(one.status)}{_in_force(one)}"


def diff_page(found: DiffView) -> RenderableType:
    """What is different, a line for each."""
    head = f"[bold]{_ref(found, 'before')}[/] → [bold]{_ref(found, 'after')}[/]"
    if not found.differences:
        return Group(head, "They say the same.")
    return Group(head, *(f"  {sign(one.what)} {escape(one.sentence)}" for one in found.differences))


_SIGNS = {"added": "[green]+[/]", "removed": "[red]−[/]", "tightened": "[yellow]↓[/]", "relaxed": "[yellow]↑[/]"}


def sign(what: str) -> str:
    """What kind of difference it is, at a glance."""
    return _SIGNS.get(what, "[yellow]~[/]")


def _ref(found: DiffView, side: str) -> str:
    ref = found.before if side == "before" else found.after
    return escape(f"{ref.name} version {ref.version}")


def apply_table(lines: Sequence[ApplyLine]) -> RenderableType:
    """What came of each definition, what is different in words below each other."""
    rows = [
        [line.kind, escape(line.name), _number(line.version), _outcome(line), "\n".join(map(escape, line.changes))]
        for line in lines
    ]
    narrow = [[f"{row[0]}\n{row[1]}", *row[2:]] for row in rows]
    return Fitting(
        Way(
            [Col("Kind"), Col("Name"), Col("Version", justify="right"), Col("Outcome"), Col("Changes", None, least=50)], rows
        ),
        Way(
            [
                Col("Name", up_to(28)),
                Col("Version", words, justify="right"),
                Col("Outcome", words),
                Col("Changes", None, least=20),
            ],
            narrow,
        ),
    )


def _outcome(line: ApplyLine) -> str:
    return status(line.outcome) + (" (draft)" if line.status == "draft" else "")


def _number(version: int | None) -> str:
    return NOTHING if version is None else str(version)
