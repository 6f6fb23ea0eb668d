"""`milepost access create-key`, `keys`, `revoke`: the keys with which programs come to the API."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.asking import ask
from starter.cli.groups import group
from starter.cli.options import Json, Zone, zone
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from starter.desk import Desk
    from starter.setup.views.access import KeyView, NewKey

_NEVER = "never"

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Who will have it: the audit log names them so.")]
_Role = Annotated[str, typer.Option("--role", metavar="ROLE", help="viewer, agent, manager or admin.")]
_Scopes = Annotated[
    list[str] | None,
    typer.Option("--scope", metavar="RIGHT", help="A right to which it is limited; may be given again. Default: all."),
]
_ExpiresIn = Annotated[str, typer.Option("--expires-in", metavar="DURATION", help="Such as 90d; or never.")]
_Id = Annotated[str, typer.Argument(metavar="ID", help="The id of the key, between mp_ and the next underscore.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if they can be carried out."""
    if services.desk is None:
        return
    access = group(app, "access", "Who may use the API: access keys.")
    _register_create(access, services)
    _register_keys(access, services)


def _register_create(access: typer.Typer, services: Services) -> None:
    @access.command("create-key")
    def create_key(
        name: _Name, *, role: _Role, scope: _Scopes = None, expires_in: _ExpiresIn = "365d", json: Json = False
    ) -> None:
        """Make a key and print it. It is shown this once: what is kept is a hash."""
        lasts = _lasting(expires_in)

        async def create(desk: "Desk") -> "NewKey":
            return await desk.access.create_key(name=name, role=role, scopes=scope or (), expires_in=lasts)

        made = ask(services, create)
        if json:
            write_json([made.model_dump(mode="json")])
        else:
            print(made.key, file=sys.stdout)  # noqa: T201 - the one time that it is shown
            until = "never expires" if made.expires_at is None else f"expires on {made.expires_at:%Y-%m-%d}"
            remark(f"This is shown once. Its id is {made.id}; it has the role {made.role} and {until}.")


def _register_keys(access: typer.Typer, services: Services) -> None:
    @access.command()
    def keys(*, timezone: Zone = "UTC", json: Json = False) -> None:
        """List the keys, the newest first, with those that expired or were revoked."""
        local = zone(timezone)

        async def asked(desk: "Desk") -> "list[KeyView]":
            return await desk.access.keys()

        found = ask(services, asked)
        if json:
            write_json(key.model_dump(mode="json") for key in found)
        else:
            _show(found, local)

    @access.command()
    def revoke(key: _Id, *, json: Json = False) -> None:
        """Have a key open nothing any more, at once."""

        async def take(desk: "Desk") -> "KeyView":
            return await desk.access.revoke(key)

        revoked = ask(services, take)
        if json:
            write_json([revoked.model_dump(mode="json")])
        else:
            remark(f"The key {revoked.id} of {revoked.name} is revoked.")


def _lasting(text: str) -> timedelta | None:
    from sla.duration import Duration  # noqa: PLC0415 - keeps --help quick

    if text == _NEVER:
        return None
    try:
        lasts = Duration.parse(text)
    except ValueError as problem:
        raise typer.BadParameter(f"--expires-in: {problem}, or {_NEVER}") from None
    if lasts.business_days or not 0 < lasts.seconds <= 100 * 366 * 86_400:
        raise typer.BadParameter("--expires-in: takes weeks, days and hours, up to a hundred years; or never")
    return timedelta(seconds=lasts.seconds)


def _show(found: "Sequence[KeyView]", local: "ZoneInfo") -> None:
    from rich.markup import escape  # noqa: PLC0415 - takes time that `--json` does not need

    from starter.cli.fitting import Col, Fitting, Way, words  # noqa: PLC0415

    if not found:
        remark("There is no key yet. Make one with: milepost access create-key NAME --role agent")
        return

    def day(at: "datetime | None", otherwise: str) -> str:
        return otherwise if at is None else f"{at.astimezone(local):%Y-%m-%d %H:%M}"

    rows = [
        [
            key.id,
            escape(key.name),
            f"{key.role}, only {', '.join(key.scopes)}" if key.scopes else key.role,
            key.state if key.state == "valid" else f"[dim]{key.state}[/]",
            day(key.expires_at, _NEVER),
            day(key.used_at, _NEVER),
        ]
        for key in found
    ]
    names = ("Id", "Name", "Role", "State", "Expires", "Last used")
    wide = [Col(name) for name in names]
    narrow = [
        Col("Id"),
        Col("Name", None, 12),
        Col("Role", None, 10),
        Col("State"),
        *(Col(name, words) for name in names[4:]),
    ]
    console().print(Fitting(Way(wide, rows), Way(narrow, rows)))
    remark(f"times in {local}")
