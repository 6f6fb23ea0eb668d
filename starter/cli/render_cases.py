"""Live cases as tables for people: the answer to news, and a list. All about one case is in `case_page`."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich import box
from rich.markup import escape
from rich.table import Table

from sla.messages import Reception
from starter.cli.output import console
from starter.cli.words import NOTHING, status, when
from starter.views import RecordView

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


def _text(value: object) -> str:
    return NOTHING if value is None else escape(str(value))
