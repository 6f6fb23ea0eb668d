"""`milepost export`: what is in force, as files that `milepost apply` reads."""

from pathlib import Path
from typing import Annotated

import typer

from starter.cli.asking import ask
from starter.cli.options import Json
from starter.cli.output import remark, write_json
from starter.cli.services import Services

_Directory = Annotated[Path, typer.Argument(metavar="DIRECTORY", help="Where to; made if it is not there.")]
_Overwrite = Annotated[bool, typer.Option("--overwrite", help="Also files that no export has written.")]
_Prune = Annotated[bool, typer.Option("--prune", help="Remove exported files of what is no longer in force.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command, if there is a Desk."""
    if services.desk is None:
        return

    @app.command()
    def export(directory: _Directory, *, overwrite: _Overwrite = False, prune: _Prune = False, json: Json = False) -> None:
        """Write what is in force as files: processes, calendars, people, entitlements. The same each time, byte for byte."""
        from starter.exported import plan, write  # noqa: PLC0415 - keeps --help quick

        files = ask(services, lambda desk: desk.catalogue.export())
        planned = plan(directory, files, overwrite=overwrite)
        write(directory, files, planned, prune=prune)
        if json:
            write_json({"file": name, "outcome": outcome} for name, outcome in planned.outcomes(prune=prune))
            return
        told = [outcome for _, outcome in planned.outcomes(prune=prune)]
        counts = ", ".join(f"{told.count(word)} {word}" for word in ("written", "unchanged", "removed") if word in told)
        remark(f"{directory}: {counts or 'nothing is in force'}")
        if planned.left and not prune:
            listed = ", ".join(planned.left)
            remark(f"No longer in force, and still there: {listed}. To apply them would publish them again; see --prune")
