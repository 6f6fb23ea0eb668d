"""`milepost apply`: publish processes, calendars and people; all or none."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.asking import ask
from starter.cli.options import Json
from starter.cli.output import console, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.definitions import Definitions
    from starter.views import ApplyReport

_Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="YAML files or directories of them; - for stdin.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything and say what would come of it; keep nothing.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command, if there is a Desk."""
    if services.desk is None:
        return

    @app.command()
    def apply(files: _Files, *, dry_run: _DryRun = False, json: Json = False) -> None:
        """Publish processes, calendars and people: all that the files define, or nothing.

        What is there already is left as it is. A process gets a new version when it differs; open cases stay on theirs.
        """
        definitions = _checked(files, services)
        report = ask(services, lambda desk: desk.apply(definitions, dry_run=dry_run))
        if json:
            write_json([report.model_dump(mode="json")])
        else:
            _show(report)


def _checked(files: list[Path], services: Services) -> "Definitions":
    """The definitions, checked as far as that is possible without asking anybody."""
    from starter.definitions import load  # noqa: PLC0415 - keeps --help quick, as all of these
    from starter.self_checks import check_by_themselves  # noqa: PLC0415

    definitions = load(files)
    check_by_themselves(definitions, services.settings())
    if not any((definitions.processes, definitions.calendars, definitions.people, definitions.entitlements)):
        raise typer.BadParameter("the files define nothing")
    return definitions


def _show(report: "ApplyReport") -> None:
    from rich import box  # noqa: PLC0415 - takes time that `--json` does not need
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from starter.cli.words import NOTHING, status  # noqa: PLC0415

    table = Table("Kind", "Name", "Version", "Outcome", box=box.SIMPLE_HEAD)
    for line in report.lines:
        version = NOTHING if line.version is None else str(line.version)
        table.add_row(line.kind, escape(line.name), version, status(line.outcome))
    screen = console()
    screen.print(table)
    if report.dry_run:
        screen.print("Nothing was kept: this was a dry run.")
