"""Whether this process is alive and ready, for who supervises it; and the description of the API. For everybody."""

from typing import Any

from fastapi import APIRouter, Request, Response

from runtime.health import State
from starter.api.asking import Shared
from starter.views import View

router = APIRouter(tags=["Health"])


class Standing(View):
    """How this process is, and each of its parts."""

    status: str
    parts: dict[str, str]


@router.get("/live", operation_id="health.live", responses={503: {"model": Standing}})
async def live(shared: Shared, response: Response) -> Standing:
    """Whether the process is alive; if not, only a restart helps."""
    return _told(shared.health.live(), "alive", response)


@router.get("/ready", operation_id="health.ready", responses={503: {"model": Standing}})
async def ready(shared: Shared, response: Response) -> Standing:
    """Whether it is ready to answer: its database does. It answers what can be read also while Temporal is away."""
    return _told(shared.health.ready(), "ready", response)


@router.get("/v1/openapi.json", operation_id="describe")
async def describe(request: Request) -> dict[str, Any]:
    """This API as an OpenAPI 3.1 document."""
    found: dict[str, Any] = request.app.openapi()
    return found


def _told(state: State, word: str, response: Response) -> Standing:
    if not state.well:
        response.status_code = 503
    return Standing(status=word if state.well else f"not {word}", parts=dict(state.parts))
