"""`milepost apply`: publish processes, calendars and people; all or none."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.asking import ask
from starter.cli.catalogue_options import Notes
from starter.cli.options import Json
from starter.cli.output import console, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.definitions import Definitions
    from starter.views import ApplyReport

_Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="YAML files or directories of them; - for stdin.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything and say what would change; keep nothing.")]
_Draft = Annotated[bool, typer.Option("--draft", help="Keep what differs as drafts, which no case sees.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command, if there is a Desk."""
    if services.desk is None:
        return

    @app.command()
    def apply(
        files: _Files, *, dry_run: _DryRun = False, draft: _Draft = False, notes: Notes = None, json: Json = False
    ) -> None:
        """Publish processes, calendars, people, entitlements and hooks: all that the files define, or nothing.

        What is there already is left as it is. A process gets a new version when it differs; open cases stay on theirs.
        """
        definitions = _checked(files, services)
        report = ask(services, lambda desk: desk.catalogue.apply(definitions, dry_run=dry_run, draft=draft, notes=notes))
        if json:
            write_json([report.model_dump(mode="json")])
        else:
            _show(report)


def _checked(files: list[Path], services: Services) -> "Definitions":
    """The definitions, checked as far as that is possible without asking anybody."""
    from starter.definitions import Definitions, load  # noqa: PLC0415 - keeps --help quick, as all of these
    from starter.self_checks import check_by_themselves  # noqa: PLC0415

    definitions = load(files)
    check_by_themselves(definitions, services.settings())
    if definitions == Definitions():
        raise typer.BadParameter("the files define nothing")
    return definitions


def _show(report: "ApplyReport") -> None:
    from starter.cli.render_catalogue import apply_table  # noqa: PLC0415 - takes time that `--json` does not need

    screen = console()
    screen.print(apply_table(report.lines))
    if report.dry_run:
        screen.print("Nothing was kept: this was a dry run.")
