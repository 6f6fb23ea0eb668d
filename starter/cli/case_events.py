"""`milepost case events`: what happened to a case, numbered as `case show --event` takes it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from starter.cli.asking import ask
from starter.cli.options import Json, RecordOrBundle, Zone, zone
from starter.cli.output import console, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.views import EventView


def register(case: typer.Typer, services: Services) -> None:
    """Add the command to the group."""

    @case.command()
    def events(record: RecordOrBundle, *, timezone: Zone = "UTC", json: Json = False) -> None:
        """List what happened to a case as it was learned, with the numbers that `case show --event` takes."""
        local = zone(timezone)
        found = _found(record, services)
        if json:
            write_json(one.model_dump(mode="json") for one in found)
        else:
            from starter.cli.render_cases import event_table  # noqa: PLC0415 - takes time that `--json` does not need

            console().print(event_table(found, local))


def _found(record: str, services: Services) -> "Sequence[EventView]":
    from starter.bundles import is_bundle, read_bundle  # noqa: PLC0415 - keeps --help quick

    if not is_bundle(record):
        return ask(services, lambda desk: desk.evidence.events(record))
    from starter.showing import event_views  # noqa: PLC0415

    return event_views(read_bundle(Path(record)).dossier.log)
