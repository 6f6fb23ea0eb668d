"""Entitlements: who may receive which support, and which one a record would be held to."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import Field

from sla.entitlements.choosing import Request
from sla.entitlements.standing import Status
from sla.instants import ToldInstant
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import DIGITS, Body, Name, Word
from starter.setup.views.entitlements import EligibilityView, EntitlementView, ExpiryView, UseView
from starter.views import ChoiceView

router = routes("Entitlements", "/entitlements")
expiries = routes("Entitlements", "/expiring-entitlements")


Most = Annotated[int, Field(ge=1, le=10_000), DIGITS]
Days = Annotated[int, Field(ge=0, le=3650), DIGITS]


class Asker(Body):
    """Who asks for support, and about what."""

    account: Word | None = Field(default=None, examples=["helios"])
    contact: Word | None = None
    asset: Word | None = None
    product: Word | None = None
    contract: Word | None = None
    type: Word | None = None
    channel: Word | None = None
    entitlement: Word | None = None
    at: ToldInstant | None = None

    def request(self) -> Request:
        """The same, without the time."""
        return Request(**self.model_dump(exclude={"at"}))


@router.get("", **asks("entitlements.list", "entitlements.read"))
async def list_(
    desk: AskedDesk,
    account: Annotated[Word | None, Query()] = None,
    process: Annotated[Word | None, Query()] = None,
    status: Annotated[Status | None, Query()] = None,
    limit: Annotated[Most, Query()] = 1000,
) -> list[EntitlementView]:
    """Entitlements that match all filters."""
    return await desk.entitlements.list(account=account, process=process, status=status, limit=limit)


@router.post("/choose", **asks("entitlements.choose", "entitlements.read"))
async def choose(desk: AskedDesk, asker: Asker) -> ChoiceView:
    """Which one a record would be held to if it were opened; nothing is written, nothing used."""
    return await desk.entitlements.choose(asker.request(), at=asker.at)


@router.post("/eligible", **asks("entitlements.eligible", "entitlements.read"))
async def eligible(desk: AskedDesk, asker: Asker) -> EligibilityView:
    """Whether this customer may ask now, and until when; else when again."""
    return await desk.entitlements.eligible(asker.request(), at=asker.at)


@router.get("/{entitlement}", **asks("entitlements.get", "entitlements.read"))
async def get(desk: AskedDesk, entitlement: Name) -> EntitlementView:
    """An entitlement, with what it has from its template and contract."""
    return await desk.entitlements.get(entitlement)


@router.get("/{entitlement}/uses", **asks("entitlements.uses", "entitlements.read"))
async def uses(desk: AskedDesk, entitlement: Name) -> Sequence[UseView]:
    """The records that it was good for, the earliest first."""
    return await desk.entitlements.uses(entitlement)


@expiries.get("", **asks("entitlements.expiring", "entitlements.read"))
async def expiring(desk: AskedDesk, days: Annotated[Days, Query()] = 30) -> Sequence[ExpiryView]:
    """Those whose last day is today or within so many days, the nearest first."""
    return await desk.entitlements.expiring(days)


ROUTERS = (router, expiries)
