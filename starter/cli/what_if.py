"""`milepost what-if`: one record as it is, and as it would be under another process. For a bundle no server is needed."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from starter.cli.asking import ask
from starter.cli.options import Json, RecordOrBundle, Zone, zone
from starter.cli.output import write_json
from starter.cli.rule_files import CalendarFiles, ProcessFile, ProcessName, read_rules
from starter.cli.services import Services

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sla.calendar import BusinessHours
    from sla.process.model import Process
    from sla.whatif import WhatIf
    from starter.definitions import Found


def register(app: typer.Typer, services: Services) -> None:
    """Add the command."""

    @app.command("what-if")
    def what_if(
        record: RecordOrBundle,
        *,
        process: ProcessFile,
        calendars: CalendarFiles = None,
        name: ProcessName = None,
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """Show one record's outcome as it is, beside what it would be under another process. Changes nothing.

        Calendars that no file gives are the record's own, or those that are published.
        """
        local = zone(timezone)
        found, hours = read_rules(process, calendars, name)
        answer = _answer(services, record, found, hours)
        if json:
            write_json([answer.model_dump(mode="json")])
        else:
            from starter.cli.render_what_if import show_what_if  # noqa: PLC0415 - takes time that `--json` does not need

            show_what_if(answer, local)


def _answer(services: Services, record: str, found: "Found[Process]", hours: "Mapping[str, BusinessHours]") -> "WhatIf":
    from starter.bundles import is_bundle, read_bundle  # noqa: PLC0415 - keeps --help quick
    from starter.checks import Limits  # noqa: PLC0415
    from starter.new_laws import what_if_of  # noqa: PLC0415

    if is_bundle(record):
        return what_if_of(read_bundle(Path(record)).dossier, found, hours, limits=Limits.of(services.settings()))
    if services.desk is None:
        raise typer.BadParameter(f"'{record}' is no file, and this installation has no Desk")
    return ask(services, lambda desk: desk.what_if.record(record, found, hours))
