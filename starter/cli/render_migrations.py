"""Migrations on a terminal: what one would change, how far one has come, and a list of them."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.markup import escape

from starter.cli.fitting import Col, Fitting, Way, stacked, up_to, words
from starter.cli.words import NOTHING, status, when
from starter.setup.views.migrations import Fate, ForeseenMove, MigrationPreview, MigrationView, MoveView

LISTED = 50
"""How many records a preview lists; the others are counted."""

_FATES: dict[Fate, str] = {
    "newly_violated": "[bold red]newly violated[/]",
    "newly_cured": "[green]newly cured[/]",
    "target_moved": "[yellow]target moved[/]",
    "changed": "changed",
    "unchanged": "[dim]unchanged[/]",
    "refused": "[red]refused[/]",
}
_STATES = {
    "running": "[green]running[/]",
    "stopping": "[yellow]stopping[/]",
    "stopped": "[yellow]stopped[/]",
    "ended": "ended",
    "moved": "[green]moved[/]",
    "failed": "[bold red]failed[/]",
    "skipped": "[dim]skipped[/]",
    "waiting": "waiting",
}


def preview_page(preview: MigrationPreview) -> RenderableType:
    """What a migration would change: the numbers, then the records that would fare otherwise, the gravest first."""
    noun = "record follows" if preview.total == 1 else "records follow"
    where = f"'{preview.process}'" + (" in another version" if preview.process == preview.to_process else "")
    to = f"version {preview.to_version} of '{preview.to_process}'"
    differing = [one for one in preview.records if one.fate != "unchanged"]
    parts: list[RenderableType] = [
        f"[bold]{preview.total} open {noun} {escape(where)}.[/] Moved to {escape(to)} now, they would be:",
        "",
        _numbers(preview),
    ]
    if preview.actions:
        noun = "action" if preview.actions == 1 else "actions"
        parts += ["", f"{preview.actions} {noun}, such as mails, would be set off at once."]
    if differing:
        parts += ["", _records(differing[:LISTED])]
    if len(differing) > LISTED:
        parts += ["", f"… and {len(differing) - LISTED} more; --json lists them all"]
    return Group(*parts, "")


def _numbers(preview: MigrationPreview) -> str:
    width = len(str(preview.total))
    shown = {fate: words_ for fate, words_ in _FATES.items() if fate != "refused" or preview.counts[fate]}
    return "\n".join(f"  {preview.counts[fate]:>{width}}  {words_}" for fate, words_ in shown.items())


def _records(moves: Sequence[ForeseenMove]) -> Fitting:
    rows = [[escape(one.record), _FATES[one.fate], _status(one), "\n".join(map(escape, one.changes))] for one in moves]
    wide = [Col("Record"), Col("Effect"), Col("Status"), Col("What changes", None, least=60)]
    narrow = [Col("Record", up_to(14)), Col("Effect", words), Col("Status", words), Col("What changes", None, least=24)]
    return Fitting(Way(wide, rows), Way(narrow, rows))


def _status(one: ForeseenMove) -> str:
    return status(one.status) if one.status == one.new_status else f"{status(one.status)} → {status(one.new_status)}"


def migration_page(found: MigrationView, moves: Sequence[MoveView], zone: ZoneInfo) -> RenderableType:
    """How far a migration has come, and what became of its records."""
    filters = found.query.words()
    of = f"'{found.process}'" + (f" ({filters})" if filters else "")
    ended = f" · ended {when(found.ended_at, zone)}" if found.ended_at else ""
    parts: list[RenderableType] = [
        f"[bold]{escape(found.id)}[/]  {_STATES[found.state]}  {found.progress.done} of {found.records}",
        f"[dim]open records of {escape(of)} to version {found.to_version} of '{escape(found.to_process)}'[/]",
        f"[dim]started {when(found.started_at, zone)} by {escape(found.started_by)}{ended} · times in {zone}[/]",
        "",
        _counts(found),
    ]
    if moves:
        rows = [
            [escape(one.record), _STATES[one.state], when(one.at, zone), escape(one.problem or NOTHING)] for one in moves
        ]
        narrow = [[record, state, stacked(at), problem] for record, state, at, problem in rows]
        why = Col("Why", None, least=30)
        parts += [
            "",
            Fitting(
                Way([Col("Record"), Col("State"), Col("When"), why], rows),
                Way([Col("Record", up_to(24)), Col("State"), Col("When"), why], narrow),
            ),
        ]
    return Group(*parts)


def _counts(found: MigrationView) -> str:
    names = ("moved", "skipped", "failed", "waiting")
    return " · ".join(f"{getattr(found.progress, name)} {_STATES[name]}" for name in names)


def migration_table(found: Sequence[MigrationView], zone: ZoneInfo) -> Fitting:
    """Migrations, one to a line."""

    def row(one: MigrationView) -> list[str]:
        counts = one.progress
        figures = [str(number) if number else NOTHING for number in (counts.moved, counts.skipped, counts.failed)]
        to = f"{one.to_process} v{one.to_version}" if one.to_process != one.process else f"v{one.to_version}"
        name, started = escape(one.process), when(one.started_at, zone)
        return [escape(one.id), _STATES[one.state], name, escape(to), str(one.records), *figures, started]

    figures = [Col(heading, justify="right") for heading in ("Records", "Moved", "Skipped", "Failed")]
    rows = [row(one) for one in found]
    wide = [Col("Migration"), Col("State"), Col("Process"), Col("To"), *figures, Col(f"Started ({zone})")]
    narrow = [Col("Migration"), Col("State"), Col("Process", None, least=8), Col("To", words), *figures]
    return Fitting(Way(wide, rows), Way(narrow, [one[:-1] for one in rows]))
