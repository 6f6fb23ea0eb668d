"""`milepost import`: what other systems tell, as events of SPEC 7; needs no server unless the events are sent on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.answers import REFUSED
from starter.cli.asking import ask
from starter.cli.groups import group
from starter.cli.options import Json
from starter.cli.output import as_json, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from sla.imports.incidents import IncidentImport
    from starter.desk import Desk

_File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="The log as CSV, - for stdin.")]
_Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the events here.")]
_Open = Annotated[bool, typer.Option("--open", help="Send the events to the installation instead of printing them.")]
_Process = Annotated[str | None, typer.Option(metavar="NAME", help="With --open: the process; needed if there are several.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands."""
    group_ = group(app, "import", "Read what other systems tell as events.")

    @group_.command()
    def incidents(
        file: _File,
        *,
        output: _Output = None,
        send: _Open = False,
        process: _Process = None,
        json: Json = False,
    ) -> None:
        """Turn ServiceNow's incident audit log into events, as JSON Lines on standard output.

        A row that cannot be used is reported with its line and left out. With -o or --open, --json prints a summary.
        """
        if process is not None and not send:
            raise typer.BadParameter("--process goes with --open")
        if send and services.desk is None:
            raise typer.BadParameter("--open: this installation has no Desk")
        found = _read(file)
        if output is not None:
            _write(output, found.events)
        elif not send:
            write_json(found.events)
        refused = ask(services, lambda desk: _send(desk, found.events, process)) if send else 0
        summary = _summary(found) | ({"refused": refused} if send else {})
        if json and (send or output is not None):
            write_json([summary])
        else:
            remark(", ".join(f"{count} {what}" for what, count in summary.items()))
        if refused:
            raise typer.Exit(REFUSED)


def _read(path: Path) -> "IncidentImport":
    from sla.imports.incidents import read_incidents  # noqa: PLC0415 - keeps --help quick
    from starter.files import name_of, read_text  # noqa: PLC0415

    found = read_incidents(read_text(path), name_of(path))
    for problem in found.problems:
        remark(f"{name_of(path)}:{problem.line}: {problem.reason}")
    return found


def _write(path: Path, events: list[dict[str, Any]]) -> None:
    try:
        path.write_text("".join(f"{as_json(event)}\n" for event in events), "utf-8", newline="\n")
    except OSError as problem:
        raise typer.BadParameter(f"--output: {path} cannot be written ({problem.strerror})") from None


def _summary(found: "IncidentImport") -> dict[str, int]:
    return {
        "rows": found.rows,
        "incidents": found.incidents,
        "events": len(found.events),
        "problems": len(found.problems),
    }


async def _send(desk: "Desk", events: list[dict[str, Any]], process: str | None) -> int:
    """Open each record with its history; returns how many events were refused, which are named."""
    from starter.cli.progress import progress  # noqa: PLC0415 - keeps --help quick

    histories: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        histories.setdefault(event["record"], []).append(event)
    refused = 0
    for history in progress("Sending")(list(histories.values())):
        for refusal in await desk.take_over(history, process=process):
            remark(str(refusal))
            refused += 1
    return refused
