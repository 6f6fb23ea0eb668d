"""`milepost process`: processes as series of versions."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli import catalogue_options as options
from starter.cli import governance
from starter.cli.asking import ask
from starter.cli.groups import group
from starter.cli.options import Json
from starter.cli.output import remark
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.desk import Desk
    from starter.setup.views.catalogue import DefinitionView, DiffView, VersionView

_Version = Annotated[int, typer.Argument(metavar="VERSION", min=1, help="Which version.")]
_Retired = Annotated[
    int | None, typer.Option("--version", min=1, metavar="N", help="Only this version; default: the process as a whole.")
]
_Default = Annotated[bool, typer.Option("--default/--no-default", help="Whether new cases follow it from now on.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if there is a Desk."""
    if services.desk is None:
        return
    process = group(app, "process", "Processes, as series of versions.")
    _register_reading(process, services)
    _register_diff(process, services)
    _register_new_version(process, services)
    _register_changes(process, services)
    governance.register(process, services)


def _register_reading(process: typer.Typer, services: Services) -> None:
    @process.command("list")
    def list_(*, retired: options.All = False, json: Json = False) -> None:
        """List the processes with the version that new cases follow."""
        from starter.cli.render_catalogue import processes_table  # noqa: PLC0415 - keeps --help quick, as all of these

        found = [one for one in ask(services, lambda desk: desk.catalogue.processes()) if retired or one.status != "retired"]
        options.show(processes_table(found), found, json=json)

    @process.command()
    def show(name: options.Name, *, version: options.Number = None, json: Json = False) -> None:
        """Show what a version says, as its file would."""
        from starter.cli.render_catalogue import definition_page  # noqa: PLC0415

        found = ask(services, lambda desk: desk.catalogue.process(name, version))
        options.show(definition_page(found), [found], json=json, is_file=True)

    @process.command()
    def versions(name: options.Name, *, json: Json = False) -> None:
        """List all versions of a process: who made them, when, why, and how many open cases follow each."""
        from starter.cli.render_catalogue import versions_table  # noqa: PLC0415

        found = ask(services, lambda desk: desk.catalogue.versions(name))
        options.show(versions_table(found), found, json=json)


def _register_diff(process: typer.Typer, services: Services) -> None:
    @process.command()
    def diff(before: options.Before, after: options.After = None, *, json: Json = False) -> None:
        """Say what is different between two versions, or two processes."""
        from starter.cli.render_catalogue import diff_page  # noqa: PLC0415

        async def compared(desk: "Desk") -> "DiffView":
            one, two = await options.compared(desk.catalogue.versions, before, after)
            return await desk.catalogue.diff(one, two)

        found = ask(services, compared)
        options.show(diff_page(found), [found], json=json)


def _register_new_version(process: typer.Typer, services: Services) -> None:
    @process.command("new-version")
    def new_version(
        name: options.Name,
        *,
        based_on: options.BasedOn = None,
        notes: options.Notes = None,
        file: options.File = None,
        if_match: options.IfMatch = None,
        json: Json = False,
    ) -> None:
        """Draft a version: what a file says, or a copy of another version. No case sees it before it is activated."""

        async def drafted(desk: "Desk") -> "DefinitionView":
            if file is None:
                return await desk.catalogue.new_version(name, based_on, notes=notes, if_match=if_match)
            found = options.only_process(file, name)
            return await desk.catalogue.draft(found, notes=notes, based_on=based_on, if_match=if_match)

        options.show_versions([ask(services, drafted)], json=json)
        if not json:
            quoted = shlex.quote(name)
            remark(f"What it changes: milepost process diff {quoted}")
            remark(f"To let new cases follow it: milepost process activate {quoted}")


def _register_changes(process: typer.Typer, services: Services) -> None:
    @process.command()
    def activate(
        name: options.Name,
        version: options.WhichDraft = None,
        *,
        default: _Default = True,
        if_match: options.IfMatch = None,
        json: Json = False,
    ) -> None:
        """Publish a draft. What it says never changes again; open cases stay on their versions."""

        async def activated(desk: "Desk") -> "VersionView":
            number = await options.the_draft(desk.catalogue.versions, name, version)
            return await desk.catalogue.activate(name, number, default=default, if_match=if_match)

        options.show_versions([ask(services, activated)], json=json)

    @process.command("make-default")
    def make_default(name: options.Name, version: _Version, *, if_match: options.IfMatch = None, json: Json = False) -> None:
        """Let new cases follow this active version. No case moves."""
        found = ask(services, lambda desk: desk.catalogue.make_default(name, version, if_match=if_match))
        options.show_versions([found], json=json)

    @process.command()
    def retire(
        name: options.Name, *, version: _Retired = None, if_match: options.IfMatch = None, json: Json = False
    ) -> None:
        """Retire a version, or the process as a whole; open cases keep theirs. A draft is given up."""
        found = ask(services, lambda desk: desk.catalogue.retire(name, version, if_match=if_match))
        options.show_versions(found, json=json)
        if not found:
            remark("It was retired already.")
