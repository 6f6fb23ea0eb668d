"""Webhooks of helpdesks. Their deliveries carry no key: each is verified by its signature, and only then read."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from fastapi.routing import APIRoute
from pydantic import Field

from sla.acting import Actor
from sla.errors import MilepostError
from starter.api.asking import AskedDesk, asks, routes, service_of
from starter.api.bodies import Body
from starter.api.envelope import HEADER
from starter.api.problems import MEDIA_TYPE, refusal
from starter.api.reading import require_media_type, whole_body
from starter.setup.views.hooks import HookView, Receipt, Rehearsal

router = routes("Hooks", "/hooks")

JSON: Final = "application/json"
HookName = Annotated[str, InPath(max_length=63, pattern=r"^[a-z0-9][a-z0-9-]*$", examples=["zendesk"])]

_REFUSALS: Final = {
    400: "The body is not JSON.",
    401: "The signature is missing or wrong, or the delivery is not of now.",
    404: "There is no such hook.",
    413: "The body is too large.",
    415: "The body is not said to be JSON.",
    422: "The payload lacks what the hook's mapping looks for.",
    429: "Too many deliveries.",
    500: "The hook's secret is not set.",
    503: "A service is not there; deliver it again.",
}


class Delivery(Body):
    """A delivery to try."""

    payload: Any = Field(examples=[{"type": "zen:event-type:ticket.created", "detail": {"id": "5158"}}])
    headers: dict[str, str] = Field(default_factory=dict)


@router.get("", **asks("hooks.list", "hooks.write"))
async def list_(desk: AskedDesk) -> list[HookView]:
    """The hooks that were applied, by name, and whether their secrets are set."""
    return await desk.hooks.list()


@router.get("/{hook}", **asks("hooks.get", "hooks.write"))
async def get(desk: AskedDesk, hook: HookName) -> HookView:
    """A hook, as its file has it."""
    return await desk.hooks.get(hook)


@router.delete("/{hook}", **asks("hooks.remove", "hooks.write"))
async def remove(desk: AskedDesk, hook: HookName) -> HookView:
    """Take no more deliveries under this name."""
    return await desk.hooks.remove(hook)


@router.post("/{hook}/rehearsal", **asks("hooks.rehearse", "hooks.write"))
async def rehearse(desk: AskedDesk, hook: HookName, delivery: Delivery) -> Rehearsal:
    """What a delivery would become. Nothing happens, and it need not be signed."""
    return await desk.hooks.rehearse(hook, json.dumps(delivery.payload).encode(), delivery.headers)


class HookRoute(APIRoute):
    """A route for whoever signs what they send."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with refusals of ours only."""

        async def handle(request: Request) -> Response:
            try:
                receipt = await _received(request)
            except MilepostError as error:
                return refusal(error, request.state.request_id)
            return Response(receipt.model_dump_json(), media_type=JSON)

        return handle


deliveries = APIRouter(prefix="/v1/hooks", tags=["Hooks"], route_class=HookRoute)


async def _received(request: Request) -> Receipt:
    service, name = service_of(request), request.path_params["hook"]
    service.hold_back(f"peer {request.client.host if request.client else ''}")
    require_media_type(request, [JSON])
    body = await whole_body(request, service.settings.http_body_max_bytes, "MILEPOST_HTTP_BODY_MAX_BYTES")
    actor = Actor(name=f"hook {name}", door="hook", request_id=request.state.request_id)
    return await service.desk.acting(actor).hooks.receive(name, body, dict(request.headers))


_EXAMPLE: Final = {
    "id": "cbe4028c-7239-495d-b020-f22348516046",
    "type": "zen:event-type:ticket.status_changed",
    "time": "2026-03-02T09:42:10Z",
    "detail": {"id": "5158", "created_at": "2026-03-02T09:00:00Z", "subject": "The VPN is down", "priority": "URGENT"},
    "event": {"previous": "OPEN", "current": "SOLVED"},
}


def _answer(status: int) -> dict[str, Any]:
    names = {401: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"]}.get(status, [])
    headers = {name: {"schema": {"type": "string"}, "required": True} for name in [HEADER, *names]}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": _REFUSALS[status], "headers": headers, "content": content}


@deliveries.post(
    "/{hook}",
    operation_id="hooks.receive",
    responses={status: _answer(status) for status in _REFUSALS},
    openapi_extra={"requestBody": {"required": True, "content": {JSON: {"schema": {}, "example": _EXAMPLE}}}},
)
async def receive(hook: HookName) -> Receipt:
    """Take a delivery of a helpdesk: verified by its signature, mapped to events, told to their records.

    Delivered again, it changes nothing. Parameters of the query are ignored: some helpdesks add their own.
    """
    raise NotImplementedError(hook)  # the route's own class answers; this is what the document is made from


ROUTERS: Final = (router, deliveries)
