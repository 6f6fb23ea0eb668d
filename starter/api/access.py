"""Access keys: made, listed, revoked."""

from http import HTTPStatus

from pydantic import Field

from sla.access import Right, Role
from sla.instants import ToldInstant
from starter.api.asking import UNKEPT, AskedDesk, asks, routes
from starter.api.bodies import Body, Name, Word
from starter.setup.views.access import KeyView, NewKey

router = routes("Access", "/access/keys")


class Wanted(Body):
    """A key to make."""

    name: Word = Field(description="whose it is, as the audit log will say", examples=["zendesk bridge"])
    role: Role = Field(examples=["agent"])
    scopes: list[Right] = Field(default_factory=list, description="limit it to these of the role's rights")
    expires_at: ToldInstant | None = Field(default=None, description="default: never")


@router.get("", **asks("access.keys", "access.manage"))
async def keys(desk: AskedDesk) -> list[KeyView]:
    """All keys, the newest first; what opens the door is not among it."""
    return await desk.access.keys()


@router.post("", status_code=HTTPStatus.CREATED, **asks("access.create_key", "access.manage", **{UNKEPT: True}))
async def create_key(desk: AskedDesk, wanted: Wanted) -> NewKey:
    """Make a key. This answer is the only place where it is to be read, and is not repeated: no Idempotency-Key here."""
    return await desk.access.create_key(
        name=wanted.name, role=wanted.role, scopes=wanted.scopes, expires_at=wanted.expires_at
    )


@router.post("/{key}/revoke", **asks("access.revoke", "access.manage"))
async def revoke(desk: AskedDesk, key: Name) -> KeyView:
    """Have a key open nothing any more, at once."""
    return await desk.access.revoke(key)
