"""The directory for people: lists of it, and whom a name means."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.markup import escape

from starter.cli.fitting import Col, Fitting, Way
from starter.cli.words import NOTHING, when
from starter.setup.views.people import ContactView, PersonView, ResolutionView, TargetView
from starter.views import View

_NARROW: Final[Mapping[type[View], Sequence[str]]] = {
    PersonView: ("person", "name", "on_duty_now", "load", "roles"),
    ContactView: ("contact", "name", "account", "email"),
}
"""The fields of an entry that are shown where there is no room for all; the last may be wrapped."""


def directory_table(views: Sequence[View]) -> RenderableType:
    """Entries of one kind, one to a line, a column for each of their fields, or for the chief ones."""
    every = [*type(views[0]).model_fields]
    chief = _NARROW.get(type(views[0]), every)
    narrow = [*(Col(_heading(name)) for name in chief[:-1]), Col(_heading(chief[-1]), None, least=10)]
    return Fitting(Way([Col(_heading(name)) for name in every], _rows(views, every)), Way(narrow, _rows(views, chief)))


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _rows(views: Sequence[View], names: Sequence[str]) -> list[list[str]]:
    return [[_cell(getattr(view, name)) for name in names] for view in views]


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
