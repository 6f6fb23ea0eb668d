"""`milepost mail`: what the local mail catcher holds; needs no server."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.groups import group
from starter.cli.options import Json
from starter.cli.output import console, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from runtime.mailbox import Mail, Mailbox

_Id = Annotated[str, typer.Argument(metavar="ID", help="As `milepost mail list` shows it.")]
_Html = Annotated[bool, typer.Option("--html", help="The HTML body instead of the text.")]
_To = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Only those that went to this address.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands."""
    mail = group(app, "mail", "What the mail catcher of `milepost dev` holds.")

    @mail.command("list")
    def list_(*, to: _To = None, json: Json = False) -> None:
        """List the mails caught, in the order of arrival."""
        mails = [one for one in _mailbox(services).list() if to is None or to in one.recipients]
        if json:
            write_json(_data(one) for one in mails)
        else:
            _show_list(mails)

    @mail.command()
    def show(mail_id: _Id, *, html: _Html = False, json: Json = False) -> None:
        """Show one mail."""
        found = _mailbox(services).get(mail_id)
        if json:
            write_json([_data(found)])
        else:
            _show(found, html=html)


def _mailbox(services: Services) -> "Mailbox":
    from runtime.mailbox import Mailbox  # noqa: PLC0415 - keeps --help quick

    return Mailbox(services.settings().data_dir / "mail")


def _data(mail: "Mail") -> dict[str, Any]:
    return {
        **asdict(mail),
        "path": str(mail.path),
        "recipients": list(mail.recipients),
        "date": None if mail.date is None else mail.date.isoformat(),
    }


def _show_list(mails: "list[Mail]") -> None:
    from rich import box  # noqa: PLC0415 - takes time that `--json` does not need
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    screen = console()
    if not mails:
        screen.print("No mail was caught.")
        return
    table = Table("ID", "Date", "To", "Subject", box=box.SIMPLE_HEAD)
    for mail in mails:
        date = "–" if mail.date is None else f"{mail.date:%Y-%m-%d %H:%M:%S %z}"
        table.add_row(mail.id, date, escape(", ".join(mail.recipients) or mail.to), escape(mail.subject))
    screen.print(table)


def _show(mail: "Mail", *, html: bool) -> None:
    heads = {"From": mail.sender, "To": mail.to, "Date": mail.date, "Subject": mail.subject, "Message-ID": mail.message_id}
    for name, value in heads.items():
        typer.echo(f"{name}: {value or '–'}")
    body = mail.html if html else mail.text
    typer.echo(f"\n{body if body is not None else '(it has no such body)'}")
