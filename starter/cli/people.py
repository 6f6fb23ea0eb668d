"""`milepost people`: who there is, and whom a name in a process file means now."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.asking import ask
from starter.cli.groups import group
from starter.cli.options import Json, Zone, moment, zone
from starter.cli.output import console, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starter.desk import Desk

_KINDS = ("people", "queues", "roles", "accounts", "contacts")
_Kind = Annotated[str, typer.Argument(metavar="KIND", help=f"One of {', '.join(_KINDS)}.")]
_To = Annotated[str, typer.Argument(metavar="NAME", help="As actions name them: owner, role:…, queue:…, an id, an address.")]
_By = Annotated[str, typer.Option(help="How one of a role is chosen: least_loaded or round_robin.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if there is a Desk."""
    if services.desk is None:
        return
    people = group(app, "people", "Who there is, and whom a name means.")
    _register_list(people, services)
    _register_resolve(people, services)


def _register_list(people: typer.Typer, services: Services) -> None:
    @people.command("list")
    def list_(kind: _Kind = "people", *, json: Json = False) -> None:
        """List people, queues, roles, accounts or contacts. With --json: JSON Lines."""
        if kind not in _KINDS:
            raise typer.BadParameter(f"there is no list of '{kind}'. Known: {', '.join(_KINDS)}")

        async def listed(desk: "Desk") -> "Sequence[Any]":
            found: Sequence[Any] = await getattr(desk.people, kind)()
            return found

        views = ask(services, listed)
        if json:
            write_json(view.model_dump(mode="json") for view in views)
        else:
            from starter.cli.render_people import directory_table  # noqa: PLC0415 - keeps --help quick, as below

            console().print(directory_table(views) if views else f"There are no {kind}.")


def _register_resolve(people: typer.Typer, services: Services) -> None:
    @people.command()
    def resolve(
        to: _To,
        *,
        record: Annotated[str | None, typer.Option(metavar="ID", help="On this record; else on none.")] = None,
        at: Annotated[str | None, typer.Option(metavar="INSTANT", help="As of then; default: now.")] = None,
        by: _By = "least_loaded",
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """Whom a name means, who is on duty, and what a mail, a task and a reassignment would come to. Does nothing."""
        if by not in ("least_loaded", "round_robin"):
            raise typer.BadParameter("--by: write least_loaded or round_robin")
        local, as_of = zone(timezone), moment(at, "--at")
        found = ask(
            services,
            lambda desk: desk.people.resolve(
                to,
                record=record,
                at=as_of,
                by=by,  # type: ignore[arg-type]  # checked above
            ),
        )
        if json:
            write_json([found.model_dump(mode="json")])
        else:
            from starter.cli.render_people import resolution_page  # noqa: PLC0415

            console().print(resolution_page(found, local))
