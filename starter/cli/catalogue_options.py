"""Options and answers that the commands of processes and of calendars share."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.output import console, write_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from sla.calendar import BusinessHours
    from sla.process.model import Process
    from starter.definitions import Found
    from starter.setup.views.catalogue import DefinitionView, VersionRef, VersionView
    from starter.views import View

    Versions = Callable[[str], Awaitable[Sequence[VersionView]]]
    """Asks for all versions of what has this name."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="By its name.")]
Number = Annotated[
    int | None, typer.Option("--version", min=1, metavar="N", help="Which version; default: the one in force.")
]
WhichDraft = Annotated[int | None, typer.Argument(metavar="[VERSION]", min=1, help="Which; default: the draft.")]
IfMatch = Annotated[
    str | None, typer.Option(metavar="ETAG", help="Only if it is still as you have seen it (`show` has the etag).")
]
Notes = Annotated[str | None, typer.Option(metavar="TEXT", help="Why, for those who come after you.")]
BasedOn = Annotated[int | None, typer.Option("--from", min=1, metavar="N", help="The version that it is made from.")]
All = Annotated[bool, typer.Option("--all", help="Also what is retired.")]
Before = Annotated[str, typer.Argument(metavar="A", help="NAME, or NAME@VERSION.")]
After = Annotated[str | None, typer.Argument(metavar="[B]", help="NAME, NAME@VERSION or @VERSION; default: A's draft.")]
File = Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="What it says, as YAML; - for stdin.")]


def show(page: "RenderableType", views: "Iterable[View]", *, json: bool, is_file: bool = False) -> None:
    """Answer with JSON Lines, or with a page; one that `is_file` can be written to a file, so its lines are not broken."""
    if json:
        write_json(view.model_dump(mode="json") for view in views)
    else:
        console().print(page, soft_wrap=is_file)


def show_versions(found: "Sequence[VersionView | DefinitionView]", *, json: bool) -> None:
    """Answer with versions, a line for each."""
    from starter.cli.render_catalogue import version_line  # noqa: PLC0415 - keeps --help quick

    show("\n".join(version_line(one) for one in found), found, json=json)


async def the_draft(versions: "Versions", name: str, version: int | None) -> int:
    """The version that was named, else the draft. Raises BadParameter if there is none."""
    if version is not None:
        return version
    found = next((one.version for one in await versions(name) if one.status == "draft"), None)
    if found is None:
        raise typer.BadParameter(f"'{name}' has no draft; name a version")
    return found


async def compared(versions: "Versions", before: str, after: str | None) -> "tuple[VersionRef, VersionRef]":
    """The two that are to be compared; without `after`, the draft is meant. Raises BadParameter if there is none."""
    from starter.setup.views.catalogue import VersionRef  # noqa: PLC0415 - as above

    one = VersionRef.parse(before)
    if after is None:
        return one, VersionRef(name=one.name, version=await the_draft(versions, one.name, None))
    return one, VersionRef.parse(f"{one.name}{after}" if after.startswith("@") else after)


def only_process(path: Path, name: str) -> "Found[Process]":
    """The one process of a file. Raises BadParameter if there are others, or it has another name."""
    from starter.definitions import load  # noqa: PLC0415 - keeps --help quick

    found = load([path]).processes
    if [one.value.process for one in found] != [name]:
        raise typer.BadParameter(f"--file: it must hold the process '{name}' and no other")
    return found[0]


def only_calendar(path: Path, name: str) -> "Found[BusinessHours]":
    """The one calendar of a file, likewise."""
    from starter.definitions import load  # noqa: PLC0415 - as above

    found = load([path]).calendars
    if [one.value.calendar for one in found] != [name]:
        raise typer.BadParameter(f"--file: it must hold the calendar '{name}' and no other")
    return found[0]
