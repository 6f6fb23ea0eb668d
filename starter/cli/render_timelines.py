"""Timelines as tables for people: each record's milestones and actions in local time, and a summary of all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sla.calendar import BusinessHours
from sla.timeline import Effect, Occurrence, Timeline, numbered
from starter.cli.output import console
from starter.cli.words import NOTHING, length, share, status, when
from starter.simulation import Rules

_HELD = ("met",)
_BROKEN = ("met_late", "overdue", "missed")


def show_timelines(timelines: Sequence[Timeline], rules: Rules) -> None:
    """Show every record, then the summary."""
    screen = console()
    for timeline in timelines:
        show_timeline(screen, timeline, _zone(timeline, rules))
    _show_summary(screen, timelines)


def show_timeline(screen: Console, timeline: Timeline, zone: ZoneInfo) -> None:
    """Show one record's milestones, actions and notes."""
    as_of = f"[dim]as of {when(timeline.as_of, zone)}, times in {zone}[/]"
    screen.print(f"[bold]{escape(timeline.record)}[/]  {status(timeline.status)}  {as_of}")
    if timeline.milestones:
        screen.print(milestone_table(timeline.milestones, zone))
    if timeline.effects:
        screen.print(_effect_table(timeline.effects, zone))
    for note in timeline.notes:
        screen.print(f"  note: {escape(note)}")
    if timeline.next_wakeup is not None:
        screen.print(f"  next: {when(timeline.next_wakeup, zone)}")
    screen.print()


def milestone_table(milestones: Sequence[Occurrence], zone: ZoneInfo) -> Table:
    """Milestones with their instants and figures."""
    table = Table("Milestone", "Status", "Started", "Target", "Completed", box=box.SIMPLE_HEAD)
    for figure in ("Limit", "Used", "Stopped", "Overdue"):
        table.add_column(figure, justify="right")
    for one in milestones:
        name = numbered(one.milestone, one.occurrence)
        retracted = " (violation retracted)" if one.retracted else ""
        instants = [when(at, zone) for at in (one.started_at, one.target_at, one.completed_at)]
        figures = [length(seconds) for seconds in (one.limit_s, one.actual_s, one.stopped_s, one.overdue_s)]
        table.add_row(escape(name), status(one.status) + retracted, *instants, *figures)
    return table


def _effect_table(effects: Sequence[Effect], zone: ZoneInfo) -> Table:
    table = Table("Due", "Milestone", "Trigger", "Action", "What", "Status", box=box.SIMPLE_HEAD)
    for effect in effects:
        reason = f": {escape(effect.reason)}" if effect.reason else ""
        name = numbered(effect.milestone, effect.occurrence)
        what = escape(summary_of(effect.params))
        table.add_row(
            when(effect.due_at, zone), escape(name), effect.trigger, effect.action, what, status(effect.status) + reason
        )
    return table


def summary_of(params: Mapping[str, object]) -> str:
    """An action's parameters on one line."""
    return ", ".join(f"{name} {_plain(value)}" for name, value in params.items())


def _plain(value: object) -> str:
    if isinstance(value, list):
        return " + ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_plain(item)}" for key, item in value.items())
    return str(value)


def _show_summary(screen: Console, timelines: Sequence[Timeline]) -> None:
    if not timelines:
        screen.print("No record was open.")
        return
    statuses = Counter(timeline.status for timeline in timelines)
    parts = [f"{count} {status(word)}" for word, count in sorted(statuses.items())]
    noun = "record" if len(timelines) == 1 else "records"
    screen.print(f"[bold]{len(timelines)} {noun}[/]: {', '.join(parts)}")
    screen.print(_summary_table(timelines))


def _summary_table(timelines: Sequence[Timeline]) -> Table:
    counts: dict[str, Counter[str]] = {}
    for timeline in timelines:
        for one in timeline.milestones:
            counts.setdefault(one.milestone, Counter())[one.status] += 1
    table = Table("Milestone", box=box.SIMPLE_HEAD)
    columns = ("met", "met_late", "overdue", "missed", "running", "stopped", "waiting", "cancelled")
    for heading in ("All", *columns, "On time"):
        table.add_column(heading.replace("_", " ").capitalize(), justify="right")
    for name, of in counts.items():
        held, broken = (sum(of[word] for word in words) for words in (_HELD, _BROKEN))
        numbers = [str(of[word]) if of[word] else NOTHING for word in columns]
        table.add_row(escape(name), str(of.total()), *numbers, share(held, held + broken))
    return table


def _zone(timeline: Timeline, rules: Rules) -> ZoneInfo:
    """The zone of the business hours that most of a record's milestones run by; UTC if those name none."""
    name = rules.process.business_hours or timeline.fields.get("business_hours")
    hours: BusinessHours = rules.calendars.get(str(name), rules.default_hours)
    return ZoneInfo(hours.timezone)
