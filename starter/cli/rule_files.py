"""The process and the calendars that a command names as files."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sla.calendar import BusinessHours
    from sla.process.model import Process
    from starter.definitions import Found

ProcessFile = Annotated[Path, typer.Option("--process", "-p", metavar="FILE", help="The process, as YAML.")]
CalendarFiles = Annotated[
    list[Path] | None, typer.Option("--calendars", "-c", metavar="FILE", help="Its business hours; may be repeated.")
]
ProcessName = Annotated[
    str | None, typer.Option("--name", metavar="PROCESS", help="Which process, if the file holds several.")
]


def read_rules(
    process: Path, calendars: list[Path] | None, name: str | None, option: str = "--process", *, sole: bool = False
) -> "tuple[Found[Process], Mapping[str, BusinessHours]]":
    """The one process of a file, or the one of that name, and all calendars of the files. BadParameter names the option.

    `sole`: one that is alone in its file is taken whatever it is called.
    """
    from starter.definitions import load  # noqa: PLC0415 - keeps --help quick
    from starter.files import definition_files, name_of  # noqa: PLC0415

    definitions = load([process, *(calendars or [])])
    sources = [name_of(path) for path in definition_files([process])]
    found = [one for one in definitions.processes if one.document.source in sources]
    return _chosen(found, process, None if sole and len(found) == 1 else name, option), definitions.hours


def _chosen(processes: "list[Found[Process]]", path: Path, name: str | None, option: str) -> "Found[Process]":
    names = ", ".join(f"'{found.value.process}'" for found in processes)
    if not processes:
        raise typer.BadParameter(f"{option}: {path} holds no process; a process begins with `process: its name`")
    if name is None and len(processes) > 1:
        raise typer.BadParameter(f"{option}: {path} holds {len(processes)} processes ({names}); choose one with --name")
    for found in processes:
        if name in (None, found.value.process):
            return found
    raise typer.BadParameter(f"--name: {path} holds no process '{name}'; it holds {names}")
