"""Live cases as tables for people."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from sla.messages import MilestoneView, Reception
from starter.cli.output import console
from starter.cli.render_timelines import milestone_table, summary_of
from starter.cli.words import NOTHING, numbered, status, when
from starter.views import CaseFile, EffectView, RecordView, TaskView

_UTC = ZoneInfo("UTC")


def show_reception(reception: Reception, what: str) -> None:
    """Show what news did; if it did nothing, how the milestones stand."""
    screen = console()
    state = "" if reception.view is None else f"  {status(reception.view.status)}"
    known = "  [dim](known already; nothing changed)[/]" if reception.duplicate else ""
    screen.print(f"{escape(what)}{state}{known}")
    for change in reception.changes:
        screen.print(f"  {escape(change)}")
    if not reception.changes and reception.view is not None and reception.view.milestones:
        screen.print(_milestone_views(reception.view.milestones))


def _milestone_views(milestones: Sequence[MilestoneView]) -> Table:
    table = Table("Milestone", "Status", "Target (UTC)", box=box.SIMPLE_HEAD)
    for one in milestones:
        violated = " (violated)" if one.violated and one.status in ("met", "stopped", "running") else ""
        name = escape(numbered(one.milestone, one.occurrence))
        table.add_row(name, status(one.status) + violated, when(one.target_at, _UTC))
    return table


def case_table(views: Sequence[RecordView], zone: ZoneInfo) -> Table:
    """Cases, one to a line."""
    table = Table(
        "Record", "Status", "Next deadline", "Process", "Account", "Owner", "Priority", "Subject", box=box.SIMPLE_HEAD
    )
    table.caption = f"times in {zone}"
    for view in views:
        state = status(view.status) + (" [dim](closed)[/]" if view.out else "")
        process = f"{view.process} v{view.version}"
        texts = (process, view.account, view.owner or view.queue, view.priority, view.subject)
        table.add_row(escape(view.record), state, when(view.next_deadline, zone), *(_text(text) for text in texts))
    return table


def _text(value: object) -> str:
    return NOTHING if value is None else escape(str(value))


def case_page(found: CaseFile, zone: ZoneInfo) -> RenderableType:
    """All about one case."""
    return Group(*_parts(found, zone))


def _parts(found: CaseFile, zone: ZoneInfo) -> list[RenderableType]:
    record, timeline = found.record, found.timeline
    closed = " [dim](closed)[/]" if record.out else ""
    parts: list[RenderableType] = [
        f"[bold]{escape(record.record)}[/]  {status(record.status)}{closed}  {_text(record.subject)}",
        f"[dim]{escape(record.process)} v{record.version} · opened {when(record.opened_at, zone)} · times in {zone}[/]",
        f"account {_text(record.account)} · owner {_text(record.owner)} · queue {_text(record.queue)} "
        f"· priority {_text(record.priority)}",
    ]
    if timeline.milestones:
        parts.append(milestone_table(timeline.milestones, zone))
    if found.effects:
        parts.append(_effect_table(found.effects, zone))
    if found.tasks:
        parts.append(_task_table(found.tasks, zone))
    parts += [f"note: {escape(note)}" for note in timeline.notes]
    parts.append(f"next: {when(timeline.next_wakeup, zone)}")
    return parts


def _effect_table(views: Sequence[EffectView], zone: ZoneInfo) -> Table:
    table = Table("Due", "Action", "What", "Status", "Performed", "Key", box=box.SIMPLE_HEAD)
    for view in views:
        effect = view.effect
        what = escape(summary_of(effect.params))
        performed = when(view.performed_at, zone)
        table.add_row(when(effect.due_at, zone), effect.action, what, _how_it_went(view), performed, escape(effect.key))
    return table


def _how_it_went(view: EffectView) -> str:
    """What the ledger says, else what the timeline says; with the reason, or the problem of the latest attempt."""
    state = status(view.outcome or view.effect.status)
    if view.outcome and view.effect.status == "retracted":
        state += f", {status('retracted')}"
    why = view.reason or view.effect.reason
    if view.outcome != "performed" and view.problem:
        why = f"{view.attempts} attempts; {view.problem}" if view.attempts != 1 else f"1 attempt; {view.problem}"
    return f"{state}: {escape(why)}" if why else state


def _task_table(tasks: Sequence[TaskView], zone: ZoneInfo) -> Table:
    table = Table("Task", "For", "Due", "Opened", box=box.SIMPLE_HEAD)
    for task in tasks:
        table.add_row(escape(task.subject), escape(", ".join(task.to)), when(task.due_at, zone), when(task.opened_at, zone))
    return table
