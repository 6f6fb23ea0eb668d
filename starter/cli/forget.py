"""`milepost forget`: have somebody forgotten, after a look at what that would change."""

from typing import TYPE_CHECKING, Annotated

import typer

from starter.answers import BAD_INPUT
from starter.cli.asking import ask
from starter.cli.options import Json
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.desk import Desk
    from starter.setup.views.erasure import ErasureView

_Contact = Annotated[str | None, typer.Option("--contact", metavar="ID", help="Whose name and address; the id stays.")]
_Addresses = Annotated[
    list[str] | None, typer.Option("--address", metavar="ADDRESS", help="An e-mail address; may be repeated.")
]
_Also = Annotated[
    list[str] | None, typer.Option("--also", metavar="NAME", help="Another name that they go by; may be repeated.")
]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what it would change.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Do it. There is no way back.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command, if there is a Desk."""
    if services.desk is None:
        return

    @app.command()
    def forget(
        *,
        contact: _Contact = None,
        address: _Addresses = None,
        also: _Also = None,
        dry_run: _DryRun = False,
        yes: _Yes = False,
        json: Json = False,
    ) -> None:
        """Take a contact's name and addresses out of everything, while figures and verdicts stay as they are.

        It shows what it would change, and changes it with --yes only: all of it, or nothing.
        """
        if dry_run and yes:
            raise typer.BadParameter("--dry-run only shows, and --yes does it: give one of them")
        told = {"contact": contact, "addresses": address or [], "also": also or []}

        async def asked(desk: "Desk", *, rehearse: bool) -> "ErasureView":
            return await desk.erasure.forget(**told, dry_run=rehearse)  # type: ignore[arg-type]  # as said above

        if not json or not yes:
            _tell(ask(services, lambda desk: asked(desk, rehearse=True)), json=json)
        if yes:
            _tell(ask(services, lambda desk: asked(desk, rehearse=False)), json=json)
        elif not dry_run:
            remark("Nothing was changed. To do it, which cannot be taken back, say the same with --yes.")
            raise typer.Exit(BAD_INPUT)


def _tell(found: "ErasureView", *, json: bool) -> None:
    if json:
        write_json([found.model_dump(mode="json")])
        return
    from rich.markup import escape  # noqa: PLC0415 - keeps --help quick

    screen = console()
    if found.dry_run:
        screen.print("[bold]It would be taken out of[/]" if found.places else "It is nowhere.")
    else:
        number = "" if found.erasure is None else f" Erasure {found.erasure}, in the audit log."
        screen.print(f"[green]forgotten[/]  {_records(found)}.{number}")
    width = max(map(len, found.places), default=0)
    for place, rows in found.places.items() if found.dry_run else ():
        screen.print(f"  {place:<{width}}  {rows:>7,} row{'' if rows == 1 else 's'}")
    if found.dry_run:
        screen.print(f"{_records(found)}.")
    else:
        _tell_remains(found)
    for sentence in found.stays:
        screen.print(f"[yellow]stays[/]  {escape(sentence)}", soft_wrap=True)


def _records(found: "ErasureView") -> str:
    if not found.records:
        return "No record is touched"
    one = found.records == 1
    come = "it comes" if one else "all of them come"
    return f"{found.records:,} record{'' if one else 's'}; {come} to the same figures and verdicts"


def _tell_remains(found: "ErasureView") -> None:
    screen = console()
    if found.open_records or found.still_in_temporal:
        told = (
            f"{found.open_records} of the records are open, and {found.still_in_temporal} runs not in the archive yet: "
            "Temporal holds what they were told until its retention is over; what comes from there is redacted on its way."
        )
        screen.print(f"[yellow]beside[/]  {told}", soft_wrap=True)
    for sentence in found.remains:
        screen.print(f"[yellow]beside[/]  {sentence}", soft_wrap=True)
