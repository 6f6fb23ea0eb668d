"""`milepost calendar`: business hours as series of versions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli import catalogue_options as options
from starter.cli.asking import ask
from starter.cli.groups import group
from starter.cli.options import Json
from starter.cli.output import remark
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.desk import Desk
    from starter.setup.views.catalogue import DefinitionView, DiffView, VersionView

_File = Annotated[Path, typer.Option("--file", "-f", metavar="FILE", help="What it says, as YAML; - for stdin.")]
_Retired = Annotated[
    int | None, typer.Option("--version", min=1, metavar="N", help="Only this draft; default: the calendar as a whole.")
]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if there is a Desk."""
    if services.desk is None:
        return
    calendar = group(app, "calendar", "Business hours, as series of versions.")
    _register_reading(calendar, services)
    _register_diff(calendar, services)
    _register_changes(calendar, services)


def _register_reading(calendar: typer.Typer, services: Services) -> None:
    @calendar.command("list")
    def list_(*, retired: options.All = False, json: Json = False) -> None:
        """List the calendars."""
        from starter.cli.render_catalogue import calendars_table  # noqa: PLC0415 - keeps --help quick, as all of these

        found = [one for one in ask(services, lambda desk: desk.catalogue.calendars()) if retired or one.status != "retired"]
        options.show(calendars_table(found), found, json=json)

    @calendar.command()
    def show(name: options.Name, *, version: options.Number = None, json: Json = False) -> None:
        """Show what a version says, as its file would."""
        from starter.cli.render_catalogue import definition_page  # noqa: PLC0415

        found = ask(services, lambda desk: desk.catalogue.calendar(name, version))
        options.show(definition_page(found), [found], json=json, is_file=True)

    @calendar.command()
    def versions(name: options.Name, *, json: Json = False) -> None:
        """List all versions of a calendar: who made them, when and why."""
        from starter.cli.render_catalogue import versions_table  # noqa: PLC0415

        found = ask(services, lambda desk: desk.catalogue.calendar_versions(name))
        options.show(versions_table(found), found, json=json)


def _register_diff(calendar: typer.Typer, services: Services) -> None:
    @calendar.command()
    def diff(before: options.Before, after: options.After = None, *, json: Json = False) -> None:
        """Say what is different between two versions, or two calendars."""
        from starter.cli.render_catalogue import diff_page  # noqa: PLC0415

        async def compared(desk: "Desk") -> "DiffView":
            one, two = await options.compared(desk.catalogue.calendar_versions, before, after)
            return await desk.catalogue.diff_calendars(one, two)

        found = ask(services, compared)
        options.show(diff_page(found), [found], json=json)


def _register_changes(calendar: typer.Typer, services: Services) -> None:
    @calendar.command("new-version")
    def new_version(
        name: options.Name,
        *,
        file: _File,
        based_on: options.BasedOn = None,
        notes: options.Notes = None,
        if_match: options.IfMatch = None,
        json: Json = False,
    ) -> None:
        """Draft a version from a file. No case sees it before it is activated."""
        found = options.only_calendar(file, name)

        async def drafted(desk: "Desk") -> "DefinitionView":
            return await desk.catalogue.draft_calendar(found.value, notes=notes, based_on=based_on, if_match=if_match)

        options.show_versions([ask(services, drafted)], json=json)

    @calendar.command()
    def activate(
        name: options.Name, version: options.WhichDraft = None, *, if_match: options.IfMatch = None, json: Json = False
    ) -> None:
        """Publish a draft: cases that are opened from now on count by it, open ones as before."""

        async def activated(desk: "Desk") -> "VersionView":
            number = await options.the_draft(desk.catalogue.calendar_versions, name, version)
            return await desk.catalogue.activate_calendar(name, number, if_match=if_match)

        options.show_versions([ask(services, activated)], json=json)

    @calendar.command()
    def retire(
        name: options.Name, *, version: _Retired = None, if_match: options.IfMatch = None, json: Json = False
    ) -> None:
        """Retire a calendar that nothing names any more, or give up its draft; open cases count by it as before."""
        found = ask(services, lambda desk: desk.catalogue.retire_calendar(name, version, if_match=if_match))
        options.show_versions(found, json=json)
        if not found:
            remark("It was retired already.")
