"""Live cases as tables for people: the answer to news, a list, what happened to one. All about one is in `case_page`."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich import box
from rich.markup import escape
from rich.table import Table

from sla.messages import Reception
from starter.cli.fitting import Col, Fitting, Way, stacked, up_to
from starter.cli.output import console
from starter.cli.render_timelines import summary_of
from starter.cli.words import NOTHING, status, when
from starter.views import EventView, RecordView

_UTC = ZoneInfo("UTC")


def show_reception(reception: Reception, what: str) -> None:
    """Show what news did."""
    screen = console()
    state = "" if reception.status is None else f"  {status(reception.status)}"
    known = "  [dim](known already; nothing changed)[/]" if reception.duplicate else ""
    screen.print(f"{escape(what)}{state}{known}")
    for change in reception.changes:
        screen.print(f"  {escape(change)}")
    if not reception.changes and not reception.duplicate:
        screen.print("  [dim]no milestone changed[/]")


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


def event_table(found: Sequence[EventView], zone: ZoneInfo) -> Fitting:
    """What happened to a case; when it was learned is said where that was later."""
    first, last = Col("No.", justify="right"), (Col("Event"), Col("What", None, least=22))
    apart = Way((first, Col("Happened"), Col("Learned"), *last, Col("Id")), [_apart(one, zone) for one in found])
    together = Way((first, Col("Happened"), *last, Col("Id", up_to(20))), [_together(one, zone) for one in found])
    return Fitting(apart, together)


def _apart(one: EventView, zone: ZoneInfo) -> Sequence[str]:
    learned = when(one.recorded_at, zone) if one.recorded_at > one.at else ""
    return str(one.number), when(one.at, zone), learned, *_told(one)


def _together(one: EventView, zone: ZoneInfo) -> Sequence[str]:
    learned = f"\nlearned\n{stacked(when(one.recorded_at, zone))}" if one.recorded_at > one.at else ""
    return str(one.number), stacked(when(one.at, zone)) + learned, *_told(one)


def _told(one: EventView) -> Sequence[str]:
    what = summary_of({name: value for name, value in one.carries.items() if value not in (None, {}, [])})
    return one.type, escape(what), escape(one.event)


def _text(value: object) -> str:
    return NOTHING if value is None else escape(str(value))
