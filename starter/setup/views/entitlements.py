"""Entitlements, as every door shows them."""

from datetime import date

from sla.entitlements.model import OnExhausted
from sla.entitlements.standing import Status
from sla.instants import Instant
from starter.views import RejectedView, View


class EntitlementView(View):
    """An entitlement with what it has from its template and contract. `remaining`: None is any number."""

    entitlement: str
    account: str
    status: Status
    type: str | None
    process: str | None
    asset: str | None
    product: str | None
    contract: str | None
    contacts: tuple[str, ...]
    channels: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    business_hours: str | None
    per_incident: int | None
    used: int
    remaining: int | None
    on_exhausted: OnExhausted
    template: str | None
    description: str | None


class EligibilityView(View):
    """Whether a customer may ask now, by what, and until when; if not, when again. None: without an end, or never."""

    at: Instant
    may: bool
    entitlement: str | None
    until: Instant | None
    again_at: Instant | None
    why: str
    rejected: tuple[RejectedView, ...]


class ExpiryView(View):
    """An entitlement whose last day is near. `days_left`: 0 on the last day."""

    entitlement: str
    account: str
    account_manager: str | None
    process: str | None
    ends_on: date
    days_left: int


class UseView(View):
    """A record that an entitlement was good for."""

    entitlement: str
    record: str
    at: Instant
