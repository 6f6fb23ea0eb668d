"""People, queues, roles and customers, and whom a name means."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query

from sla.instants import ToldInstant
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import Word
from starter.setup.views.people import AccountView, ContactView, PersonView, QueueView, ResolutionView, RoleView

router = routes("People", "")


@router.get("/people", **asks("people.people", "people.read"))
async def people(desk: AskedDesk) -> Sequence[PersonView]:
    """All colleagues, with who is on duty and how many open records each has."""
    return await desk.people.people()


@router.get("/queues", **asks("people.queues", "people.read"))
async def queues(desk: AskedDesk) -> Sequence[QueueView]:
    """All queues with their members."""
    return await desk.people.queues()


@router.get("/roles", **asks("people.roles", "people.read"))
async def roles(desk: AskedDesk) -> Sequence[RoleView]:
    """All roles with who has them."""
    return await desk.people.roles()


@router.get("/accounts", **asks("people.accounts", "people.read"))
async def accounts(desk: AskedDesk) -> Sequence[AccountView]:
    """All customers."""
    return await desk.people.accounts()


@router.get("/contacts", **asks("people.contacts", "people.read"))
async def contacts(desk: AskedDesk, account: Annotated[Word | None, Query()] = None) -> Sequence[ContactView]:
    """Those who ask, of all customers or of one."""
    return await desk.people.contacts(account=account)


@router.get("/resolve", **asks("people.resolve", "people.read"))
async def resolve(
    desk: AskedDesk,
    to: Annotated[Word, Query(description="as an action spells it", examples=["role:senior_agent"])],
    record: Annotated[Word | None, Query(description="on which record: `owner` is its owner")] = None,
    at: Annotated[ToldInstant | None, Query(description="default: now")] = None,
    by: Annotated[Literal["least_loaded", "round_robin"], Query()] = "least_loaded",
) -> ResolutionView:
    """Whom a name means, and what an e-mail, a task and a reassignment to it would come to."""
    return await desk.people.resolve(to, record=record, at=at, by=by)
