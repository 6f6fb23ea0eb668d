"""`milepost forget`: have somebody forgotten, after a look at what that would change."""

from typing import TYPE_CHECKING, Annotated

import typer

from starter.answers import BAD_INPUT
from starter.cli.asking import ask
from starter.cli.options import Json
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services
from starter.cli.words import counted

if TYPE_CHECKING:
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

        It shows what it would change, and changes it with --yes only: all of it, or nothing. Decisions wait meanwhile.
        """
        if dry_run and yes:
            raise typer.BadParameter("--dry-run only shows, and --yes does it: give one of them")
        found = ask(
            services,
            lambda desk: desk.erasure.forget(contact=contact, addresses=address or [], also=also or [], dry_run=not yes),
        )
        _tell(found, json=json)
        if not yes and not dry_run:
            remark("Nothing was changed. To do it, which cannot be taken back, say the same with --yes.")
            raise typer.Exit(BAD_INPUT)


def _tell(found: "ErasureView", *, json: bool) -> None:
    if json:
        write_json([found.model_dump(mode="json")])
        return
    from rich.markup import escape  # noqa: PLC0415 - keeps --help quick

    screen = console()
    was = "would be" if found.dry_run else "was"
    screen.print(f"[bold]It {was} taken out of[/]" if found.places else "It is nowhere.")
    width = max(map(len, found.places), default=0)
    for place, rows in found.places.items():
        screen.print(f"  {place:<{width}}  {counted(rows, 'row'):>12}")
    done = "" if found.dry_run else "[green]forgotten[/]  "
    number = "" if found.erasure is None else f" Erasure {found.erasure}, in the audit log."
    screen.print(f"{done}{_records(found)}.{number}")
    _tell_remains(found)
    for sentence in found.stays:
        screen.print(f"[yellow]stays[/]  {escape(sentence)}", soft_wrap=True)


def _records(found: "ErasureView") -> str:
    if not found.records:
        return "No record is touched"
    come = "it comes" if found.records == 1 else "all of them come"
    return f"{counted(found.records, 'record')}; {come} to the same figures and verdicts"


def _tell_remains(found: "ErasureView") -> None:
    told = [*([_of_temporal(found)] if found.records else []), *found.remains]
    for sentence in told:
        console().print(f"[yellow]beside[/]  {sentence}", soft_wrap=True)


def _of_temporal(found: "ErasureView") -> str:
    last = (
        ""
        if found.last_closed_at is None
        else f"; the last that is in the archive closed on {found.last_closed_at:%Y-%m-%d}"
    )
    are = "is" if found.open_records == 1 else "are"
    going_on = f" {found.open_records:,} of the records {are} open, and will go on with it." if found.open_records else ""
    return (
        f"Temporal holds what these records were told until its retention is over, also of those that are closed: "
        f"{counted(found.still_in_temporal, 'run')}{last}.{going_on} What comes from there is redacted on its way."
    )
