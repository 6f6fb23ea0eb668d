"""`milepost entitlement`: what support is promised to whom, which promise a record would be held to, and what ends soon."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.asking import ask
from starter.cli.groups import group
from starter.cli.options import Json, Zone, moment, zone
from starter.cli.output import console, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sla.entitlements.choosing import Request
    from starter.desk import Desk
    from starter.setup.views.entitlements import EntitlementView, UseView

_Text = str | None
_STATUSES = ("inactive", "active", "expired")
_Account = Annotated[_Text, typer.Option(help="Whose record it is.")]
_Contact = Annotated[_Text, typer.Option(help="Who asks.")]
_Asset = Annotated[_Text, typer.Option(help="About which asset.")]
_Product = Annotated[_Text, typer.Option(help="About which product; default: the asset's.")]
_Contract = Annotated[_Text, typer.Option(help="Under which contract.")]
_Type = Annotated[_Text, typer.Option("--type", help="case, work_order…")]
_Channel = Annotated[_Text, typer.Option(help="How they ask: phone, web…")]
_Named = Annotated[_Text, typer.Option("--entitlement", metavar="ID", help="The one that the record names.")]
_At = Annotated[_Text, typer.Option(metavar="INSTANT", help="As of then; default: now.")]
_Id = Annotated[str, typer.Argument(metavar="ID", help="The entitlement's id.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if there is a Desk."""
    if services.desk is None:
        return
    entitlement = group(app, "entitlement", "What support is promised to whom.")
    _register_list(entitlement, services)
    _register_show(entitlement, services)
    _register_choose(entitlement, services)
    _register_eligible(entitlement, services)
    _register_expiring(entitlement, services)


def _register_list(entitlement: typer.Typer, services: Services) -> None:
    @entitlement.command("list")
    def list_(
        *,
        account: Annotated[_Text, typer.Option(help="Only of this account.")] = None,
        process: Annotated[_Text, typer.Option(help="Only with this process.")] = None,
        status: Annotated[_Text, typer.Option(help=f"One of {', '.join(_STATUSES)}.")] = None,
        limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 1000,
        json: Json = False,
    ) -> None:
        """List entitlements. With --json: JSON Lines."""
        if status is not None and status not in _STATUSES:
            raise typer.BadParameter(f"--status: there is no status '{status}'. Known: {', '.join(_STATUSES)}")
        found = ask(
            services,
            lambda desk: desk.entitlements.list(
                account=account,
                process=process,
                status=status,  # type: ignore[arg-type]  # checked above
                limit=limit,
            ),
        )
        if json:
            write_json(view.model_dump(mode="json") for view in found)
        else:
            from starter.cli.render_entitlements import entitlement_table  # noqa: PLC0415 - keeps --help quick, as below

            console().print(entitlement_table(found) if found else "No such entitlement.")


def _register_show(entitlement: typer.Typer, services: Services) -> None:
    @entitlement.command()
    def show(entitlement_id: _Id, *, timezone: Zone = "UTC", json: Json = False) -> None:
        """Show an entitlement and the records that it was good for."""
        local = zone(timezone)

        async def asked(desk: "Desk") -> "tuple[EntitlementView, Sequence[UseView]]":
            return await desk.entitlements.get(entitlement_id), await desk.entitlements.uses(entitlement_id)

        found, uses = ask(services, asked)
        if json:
            write_json([found.model_dump(mode="json") | {"uses": [use.model_dump(mode="json") for use in uses]}])
        else:
            from starter.cli.render_entitlements import entitlement_page  # noqa: PLC0415

            console().print(entitlement_page(found, uses, local))


def _register_choose(entitlement: typer.Typer, services: Services) -> None:
    @entitlement.command()
    def choose(
        *,
        account: _Account = None,
        contact: _Contact = None,
        asset: _Asset = None,
        product: _Product = None,
        contract: _Contract = None,
        record_type: _Type = None,
        channel: _Channel = None,
        named: _Named = None,
        at: _At = None,
        json: Json = False,
    ) -> None:
        """Which entitlement a record would be held to, and why none of the others; nothing is opened and nothing used."""
        request = _request(
            account=account, contact=contact, asset=asset, product=product, contract=contract, type=record_type,
            channel=channel, entitlement=named,
        )  # fmt: skip
        as_of = moment(at, "--at")
        found = ask(services, lambda desk: desk.entitlements.choose(request, at=as_of))
        if json:
            write_json([found.model_dump(mode="json")])
        else:
            from starter.cli.render_entitlements import choice_page  # noqa: PLC0415

            console().print(choice_page(found))


def _register_eligible(entitlement: typer.Typer, services: Services) -> None:
    @entitlement.command()
    def eligible(
        *,
        account: _Account = None,
        contact: _Contact = None,
        asset: _Asset = None,
        product: _Product = None,
        contract: _Contract = None,
        record_type: _Type = None,
        channel: _Channel = None,
        named: _Named = None,
        at: _At = None,
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """Whether a customer may ask for support now, and until when; else when again."""
        local, as_of = zone(timezone), moment(at, "--at")
        request = _request(
            account=account, contact=contact, asset=asset, product=product, contract=contract, type=record_type,
            channel=channel, entitlement=named,
        )  # fmt: skip
        found = ask(services, lambda desk: desk.entitlements.eligible(request, at=as_of))
        if json:
            write_json([found.model_dump(mode="json")])
        else:
            from starter.cli.render_entitlements import eligibility_page  # noqa: PLC0415

            console().print(eligibility_page(found, local))


def _register_expiring(entitlement: typer.Typer, services: Services) -> None:
    @entitlement.command()
    def expiring(
        *,
        within: Annotated[str, typer.Option(metavar="DAYS", help="How far ahead to look: 30d, 8w.")] = "30d",
        json: Json = False,
    ) -> None:
        """List the entitlements that end soon, the nearest first, with the account managers. With --json: JSON Lines."""
        days = _days(within)
        found = ask(services, lambda desk: desk.entitlements.expiring(days))
        if json:
            write_json(view.model_dump(mode="json") for view in found)
        else:
            from starter.cli.render_entitlements import expiry_table  # noqa: PLC0415

            console().print(expiry_table(found) if found else f"No entitlement ends within {days} days.")


def _days(text: str) -> int:
    match = re.fullmatch(r"(\d{1,5})([dw]?)", text.strip())
    if match is None:
        raise typer.BadParameter(f"--within: '{text}' is no number of days; write it as 30d or 8w")
    return int(match[1]) * (7 if match[2] == "w" else 1)


def _request(**said: _Text) -> "Request":
    from sla.entitlements.choosing import Request  # noqa: PLC0415

    if said["account"] is None and said["entitlement"] is None:
        raise typer.BadParameter("name an --account or an --entitlement")
    return Request(**said)
