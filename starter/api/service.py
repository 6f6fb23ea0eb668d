"""What the routes share: the Desk, who may come in and how often, and how large a request may be."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import Request

from runtime.health import Health
from runtime.settings import Settings
from sla.access import Principal
from sla.acting import Actor
from sla.api_errors import TooManyRequests
from sla.setup_errors import NotAuthenticated
from starter.api.buckets import Buckets
from starter.desk import Desk
from starter.setup.context import Context
from store.idempotency import IdempotentAnswers

Authenticate = Callable[[str], Awaitable[Principal]]
"""Whose token this is. Raises NotAuthenticated."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """One for an application; its routes find it in `app.state`. When `stopping` is set, what streams comes to its end."""

    context: Context
    desk: Desk
    authenticate: Authenticate
    health: Health
    buckets: Buckets
    answers: IdempotentAnswers
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def settings(self) -> Settings:
        """What the installation has chosen."""
        return self.context.settings

    async def admit(self, request: Request) -> Principal:
        """Who asks. Raises NotAuthenticated or TooManyRequests; nothing of the body has been read then."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise NotAuthenticated
            principal = await self.authenticate(token.strip())
        except NotAuthenticated:
            self.hold_back(f"peer {request.client.host if request.client else ''}")
            raise
        self.hold_back(f"principal {principal.name}")
        return principal

    def hold_back(self, who: str) -> None:
        """Raise TooManyRequests if they ask too often."""
        if wait_s := self.buckets.take(who):
            raise TooManyRequests(limit=self.buckets.per_minute, wait_s=wait_s)

    def desk_of(self, principal: Principal, request_id: str) -> Desk:
        """The Desk, for somebody whom the audit log can name."""
        return self.desk.acting(Actor(name=principal.name, door="api", request_id=request_id))


def service(context: Context, authenticate: Authenticate | None, health: Health, stopping: asyncio.Event) -> Service:
    """What the routes of an application share; `authenticate` None: the Desk's own."""
    desk = Desk(context)
    return Service(
        context=context,
        desk=desk,
        authenticate=authenticate or desk.access.authenticate,
        health=health,
        buckets=Buckets(context.settings.http_requests_per_minute, time.monotonic),
        answers=IdempotentAnswers(context.database),
        stopping=stopping,
    )
