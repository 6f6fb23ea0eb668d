"""The directory for people: lists of it, and whom a name means."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.markup import escape

from starter.cli.fitting import Col, Fitting, Way, words
from starter.cli.words import NOTHING, when
from starter.setup.views.people import ResolutionView, TargetView
from starter.views import View


def directory_table(views: Sequence[View]) -> RenderableType:
    """Entries of one kind, one to a line, a column for each of their fields."""
    names = [*type(views[0]).model_fields]
    rows = [[_cell(getattr(view, name)) for name in names] for view in views]
    headings = [name.replace("_", " ").capitalize() for name in names]
    narrow = [Col(heading, words) for heading in headings]
    return Fitting(Way([Col(heading) for heading in headings], rows), Way([*narrow[:-1], Col(headings[-1], None)], rows))


def resolution_page(view: ResolutionView, zone: ZoneInfo) -> RenderableType:
    """Whom a name means, and what each action would come to."""
    record = f" on {escape(view.record)}" if view.record else ""
    head = f"[bold]{escape(view.to)}[/]{record}, {when(view.at, zone)} [dim]({zone})[/]"
    parts: list[RenderableType] = [head]
    if view.people:
        rows = [
            [escape(one.id), escape(one.name), one.kind, _cell(one.on_duty_now), _cell(one.has_email)] for one in view.people
        ]
        columns = [Col(heading) for heading in ("Who", "Name", "Kind", "On duty", "E-mail")]
        parts += [Fitting(Way(columns, rows))]
    else:
        parts += ["nobody in the directory"]
    parts += [_target("email", view.email), _target("task", view.task), _target("reassign", view.reassign)]
    return Group(*parts)


def _target(action: str, target: TargetView) -> str:
    note = f" [yellow]({escape(target.note)})[/]" if target.note else ""
    if target.problem is not None:
        return f"{action:<9} [yellow]nobody[/]: {escape(target.problem)}"
    return f"{action:<9} {escape(', '.join(target.reaches))}{note}"


def _cell(value: Any) -> str:
    if value is None or value == ():
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    return escape(", ".join(value) if isinstance(value, tuple) else str(value))
