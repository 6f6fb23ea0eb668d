"""One record's outcome beside what it would have been, as tables for people."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sla.duration import spoken
from sla.timeline import Occurrence, numbered
from sla.whatif import ActionWhatIf, Difference, MilestoneWhatIf, WhatIf
from starter.cli.output import console
from starter.cli.words import NOTHING, length, status, when

_WIDE: Final = 110
"""Columns of the terminal from which all figures have room."""
_FIGURES: Final = ("Limit", "Used", "Stopped")

_LOOKS: Final[dict[Difference, str]] = {
    "same": "[dim]same[/]",
    "newly_violated": "[bold red]newly violated[/]",
    "cured": "[green]cured[/]",
    "changed": "changed",
    "begun": "new",
    "gone": "gone",
}


def show_what_if(answer: WhatIf, zone: tzinfo) -> None:
    """Show it all: milestones side by side, the actions that differ, and the differences in sentences."""
    screen = console()
    screen.print(
        f"[bold]{escape(answer.record)}[/]  {status(answer.status_before)} → {status(answer.status_after)}\n"
        f"before: {escape(answer.process_before)}\nafter:  {escape(answer.process_after)}\n"
        f"[dim]as of {when(answer.as_of, zone)}, times in {zone}[/]"
    )
    if answer.milestones:
        screen.print(_milestones(answer, zone, wide=screen.width >= _WIDE))
    _show_actions(screen, answer, zone)
    for sentence in answer.sentences:
        screen.print(f"  {escape(sentence)}")
    for note in answer.notes:
        screen.print(f"  note: {escape(note)}")


def _milestones(answer: WhatIf, zone: tzinfo, *, wide: bool) -> Table:
    """Two lines for each that differs, one for each that does not."""
    table = Table("Milestone", "", "Status", "Target", box=box.SIMPLE_HEAD)
    for heading in (*(_FIGURES if wide else ()), "To spare"):
        table.add_column(heading, justify="right")
    for one in answer.milestones:
        _add(table, one, zone, wide=wide)
    return table


def _add(table: Table, one: MilestoneWhatIf, zone: tzinfo, *, wide: bool) -> None:
    name, look = escape(numbered(one.milestone, one.occurrence)), _LOOKS[one.difference]
    before = _cells(one.before, one.margin_before_s, zone, wide=wide)
    if one.difference == "same":
        table.add_row(name, look, *before)
        return
    table.add_row(name, "before", *before)
    table.add_row(f"  {look}", "after", *_cells(one.after, one.margin_after_s, zone, wide=wide))


def _cells(one: Occurrence | None, margin_s: int | None, zone: tzinfo, *, wide: bool) -> list[str]:
    if one is None:
        return [NOTHING] * (6 if wide else 3)
    figures = [length(seconds) for seconds in (one.limit_s, one.actual_s, one.stopped_s)] if wide else []
    return [status(one.status), when(one.target_at, zone), *figures, _spare(one, margin_s)]


def _spare(one: Occurrence, margin_s: int | None) -> str:
    if margin_s is None:
        return NOTHING
    return "missed" if one.violated and margin_s >= 0 else spoken(margin_s)


def _show_actions(screen: Console, answer: WhatIf, zone: tzinfo) -> None:
    differing = [one for one in answer.actions if not one.same]
    same = len(answer.actions) - len(differing)
    if differing:
        table = Table("Action", "Milestone", "Trigger", "Before", "After", box=box.SIMPLE_HEAD)
        for one in differing:
            table.add_row(*_action(one, zone))
        screen.print(table)
    other = "other " if differing else ""
    if same:
        screen.print(f"  {same} {other}action{'s' * (same != 1)} would have been the same")


def _action(one: ActionWhatIf, zone: tzinfo) -> list[str]:
    before, after = one.params_before or {}, one.params_after or {}
    sides = [_side(one.due_before_at, before, after if one.otherwise else before, zone)]
    sides.append(_side(one.due_after_at, after, before if one.otherwise else after, zone))
    return [one.action, escape(numbered(one.milestone, one.occurrence)), one.trigger, *sides]


def _side(at: datetime | None, params: Mapping[str, Any], others: Mapping[str, Any], zone: tzinfo) -> str:
    """When an action is done, with what of its parameters is not the other's."""
    own = (f"{name}: {_plain(value)}" for name, value in params.items() if others.get(name) != value)
    return "\n".join([when(at, zone) if at else "not done", *map(escape, own)])


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
