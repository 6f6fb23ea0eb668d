"""Entitlements for people: lists, one of them, which is chosen and why, and whether one may ask now."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.markup import escape

from starter.cli.fitting import Col, Fitting, Way
from starter.cli.words import NOTHING, status, when
from starter.setup.views.entitlements import EligibilityView, EntitlementView, ExpiryView, UseView
from starter.views import ChoiceView, RejectedView


def entitlement_table(views: Sequence[EntitlementView]) -> RenderableType:
    """Entitlements, one to a line."""
    ends = (Col("Entitlement"), Col("Account"), Col("Status"), Col("Ends"))
    wide = (*ends, Col("For", None, least=20), Col("Process"), Col("Left", justify="right"))
    tight = (*ends, Col("Process", None, least=16), Col("Left", justify="right"))
    told = [[escape(one.entitlement), escape(one.account), status(one.status), _day(one.ends_on)] for one in views]
    return Fitting(
        Way(wide, [[*row, _limits(one), _text(one.process), _left(one)] for row, one in zip(told, views, strict=True)]),
        Way(tight, [[*row, _text(one.process), _left(one)] for row, one in zip(told, views, strict=True)]),
    )


def entitlement_page(view: EntitlementView, uses: Sequence[UseView], zone: ZoneInfo) -> RenderableType:
    """One entitlement, and the records that it was good for."""
    template = f" · template {escape(view.template)}" if view.template else ""
    lines: list[RenderableType] = [
        f"[bold]{escape(view.entitlement)}[/]  {status(view.status)}  {_text(view.description)}",
        f"account {escape(view.account)} · for {_limits(view)}{template}",
        f"from {_day(view.starts_on)} until {_day(view.ends_on)}, both inclusive, in the account's zone",
        f"process {_text(view.process)} · type {_text(view.type)} · business hours {_text(view.business_hours)} "
        f"· by {escape(', '.join(view.channels)) or 'any channel'}",
    ]
    if view.per_incident is not None:
        lines.append(f"{view.used} of {view.per_incident} incidents used; when all are: {view.on_exhausted}")
    if uses:
        rows = [[escape(use.record), when(use.at, zone)] for use in uses]
        lines += ["", Fitting(Way((Col("Record"), Col("Opened")), rows)), f"[dim]times in {zone}[/]"]
    return Group(*lines)


def choice_page(view: ChoiceView) -> RenderableType:
    """What would be chosen, and why nothing else."""
    chosen = "No entitlement" if view.chosen is None else f"[bold]{escape(view.chosen)}[/]"
    process = [f"process {escape(view.process)}"] if view.process else []
    warnings = [f"[yellow]{escape(warning)}[/]" for warning in view.warnings]
    return Group(f"{chosen}: {escape(view.why)}", *process, *warnings, *_rejected(view.rejected))


def eligibility_page(view: EligibilityView, zone: ZoneInfo) -> RenderableType:
    """Whether one may ask, and until when."""
    if view.may:
        until = "without an end" if view.until is None else f"until {when(view.until, zone)} [dim]({zone})[/]"
        head = f"[green]Yes[/], {until}: {escape(view.why)}"
    else:
        again = "never, as things are" if view.again_at is None else f"again {when(view.again_at, zone)} [dim]({zone})[/]"
        head = f"[red]No[/]; {again}: {escape(view.why)}"
    return Group(head, *_rejected(view.rejected))


def expiry_table(views: Sequence[ExpiryView]) -> RenderableType:
    """Entitlements that end soon."""
    columns = (Col("Ends"), Col("Days", justify="right"), Col("Entitlement"), Col("Account"), Col("Account manager"))
    rows = [
        [
            _day(one.ends_on),
            str(one.days_left),
            escape(one.entitlement),
            escape(one.account),
            _text(one.account_manager),
            _text(one.process),
        ]
        for one in views
    ]
    return Fitting(Way((*columns, Col("Process")), rows), Way((*columns, Col("Process", None)), rows))


def _rejected(rejected: Sequence[RejectedView]) -> list[RenderableType]:
    if not rejected:
        return []
    rows = [[escape(one.entitlement), escape(one.reason)] for one in rejected]
    return [Fitting(Way((Col("Not chosen"), Col("Why", None, least=20)), rows))]


def _limits(view: EntitlementView) -> str:
    limits = [f"asset {view.asset}"] if view.asset else []
    limits += [f"product {view.product}"] if view.product else []
    limits += [f"contact {', '.join(view.contacts)}"] if view.contacts else []
    limits += [f"contract {view.contract}"] if view.contract else []
    return escape("; ".join(limits)) or "the account"


def _left(view: EntitlementView) -> str:
    return NOTHING if view.remaining is None else f"{view.remaining} of {view.per_incident}"


def _day(on: date | None) -> str:
    return NOTHING if on is None else on.isoformat()


def _text(value: str | None) -> str:
    return NOTHING if value is None else escape(value)
