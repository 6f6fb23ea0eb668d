"""How every route asks the Desk: who is it, may they, is the request what the operation takes; then the route itself.

The order matters: nothing is read of a body before it is known who sent it and that they may. What a route takes (its query,
its kinds of body) is said once, in its signature, and read from the OpenAPI document that is made of it.
"""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from sla.access import RIGHTS, Right
from sla.errors import MilepostError
from starter.api.once import once, refuse_key
from starter.api.problems import refusal
from starter.api.reading import Read, in_our_words, invalid, require_known_query, require_media_type, whole_body
from starter.api.service import Service
from starter.desk import Desk
from starter.event_lines import read_json

NEEDS: Final = "x-right"
"""Where an operation says which right it needs."""
STREAMED: Final = "x-streamed"
"""Says that an operation reads its body itself, piece by piece."""

UNKEPT: Final = "x-unkept"
"""Says that its answer holds a secret, and must not be remembered."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def service_of(request: Request) -> Service:
    """What the routes share."""
    found: Service = request.app.state.service
    return found


def desk_of(request: Request) -> Desk:
    """The Desk, for whoever sent this request."""
    found: Desk = request.state.desk
    return found


AskedDesk = Annotated[Desk, Depends(desk_of)]
"""The Desk as a route has it."""
Shared = Annotated[Service, Depends(service_of)]


class DeskRoute(APIRoute):
    """A route for those who have a right."""

    def get_route_handler(self) -> Handler:
        """The handler, behind what all routes ask for."""
        answer = super().get_route_handler()
        extra = self.openapi_extra or {}
        right: Right = extra[NEEDS]
        operation = self.operation_id or self.path_format

        async def handle(request: Request) -> Response:
            service, request_id = service_of(request), request.state.request_id
            try:
                principal = await service.admit(request)
                principal.require(right)
                spec = _spec(request, self)
                queries = [one["name"] for one in spec.get("parameters", []) if one["in"] == "query"]
                require_known_query(request, queries, operation)
                request.state.principal = principal
                request.state.desk = service.desk_of(principal, request_id)
                taken = spec.get("requestBody", {}).get("content", {})
                request.state.media_type = require_media_type(request, taken) if taken else ""
                if request.method != "GET" and STREAMED not in extra:
                    request = await _read(request, service, operation)
                asked = _in_words(answer, operation)
                if UNKEPT in extra:
                    refuse_key(request, operation)
                kept = request.method != "GET" and STREAMED not in extra and UNKEPT not in extra
                return await (once(request, asked) if kept else asked(request))
            except MilepostError as error:
                return refusal(error, request_id)

        return handle


def _spec(request: Request, route: APIRoute) -> dict[str, Any]:
    path = request.app.openapi()["paths"][route.path_format]
    spec: dict[str, Any] = path[request.method.lower()]
    return spec


async def _read(request: Request, service: Service, operation: str) -> Request:
    """The request with its body, which is JSON unless it is said to be something else; some operations take none."""
    body = await whole_body(request, service.settings.http_body_max_bytes, "MILEPOST_HTTP_BODY_MAX_BYTES")
    if not request.state.media_type and body.strip() not in (b"", b"{}"):
        raise invalid(operation, [{"path": "body", "problem": "is not taken here"}])
    data = read_json(body, "the body") if body and request.state.media_type == "application/json" else None
    return Read(request.scope, request.receive, request._send, body, data)  # starlette has no public name for it


def _in_words(answer: Handler, operation: str) -> Callable[[Request], Awaitable[Response]]:
    """The route's own handler, with refusals of ours only."""

    async def asked(request: Request) -> Response:
        try:
            return await answer(request)
        except RequestValidationError as error:
            raise invalid(operation, in_our_words(error.errors())) from None

    return asked


def routes(tag: str, prefix: str) -> APIRouter:
    """Where the routes of a subject are registered."""
    return APIRouter(prefix=f"/v1{prefix}", tags=[tag], route_class=DeskRoute)


def asks(operation: str, right: Right, **more: Any) -> dict[str, Any]:
    """What an operation says of itself: its id, which is the Desk's verb, and the right that it needs."""
    assert right in RIGHTS  # noqa: S101 - a misspelt right would let nobody in
    return {"operation_id": operation, "openapi_extra": {NEEDS: right, **more}}
