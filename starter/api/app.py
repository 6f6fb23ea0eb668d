"""The HTTP API: one application for one installation, made of its parts; nothing of it is global."""

import asyncio
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from starlette.exceptions import HTTPException as StarletteHTTPException

from runtime.health import Health
from sla.api_errors import MethodNotAllowed, UnknownPath
from sla.errors import MilepostError
from starter.api import (
    access,
    audit_log,
    catalogue,
    definitions,
    entitlements,
    erasures,
    events,
    evidence_files,
    governance,
    health,
    hooks,
    migrations,
    people,
    records,
    stories,
    what_if,
)
from starter.api.describing import describe
from starter.api.envelope import Envelope
from starter.api.problems import refusal
from starter.api.service import Authenticate, service
from starter.setup.context import Context

ROUTERS: Final[Sequence[APIRouter]] = (
    records.router,
    events.router,
    evidence_files.router,
    stories.router,
    definitions.router,
    *catalogue.ROUTERS,
    governance.router,
    *what_if.ROUTERS,
    *entitlements.ROUTERS,
    migrations.router,
    people.router,
    erasures.router,
    access.router,
    audit_log.router,
    *hooks.ROUTERS,
    health.router,
)


def build(
    context: Context,
    *,
    authenticate: Authenticate | None = None,
    vitals: Health | None = None,
    stopping: asyncio.Event | None = None,
) -> FastAPI:
    """The application of an installation.

    `authenticate`: who may come in; by default whom the Desk knows. `vitals`: what `/live` and `/ready` tell. When
    `stopping` is set, streams end.
    """
    app = FastAPI(title="Milepost", version=version("milepost"), docs_url=None, redoc_url=None, openapi_url=None)
    app.state.service = service(context, authenticate, vitals or Health(), stopping or asyncio.Event())
    for router in ROUTERS:
        app.include_router(router)
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # FastAPI's own way to another document
    app.add_exception_handler(StarletteHTTPException, _not_routed)
    app.add_exception_handler(MilepostError, _refused)
    app.add_middleware(Envelope)
    app.router.redirect_slashes = False
    return app


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, MilepostError)  # noqa: S101 - it is registered for these
    return refusal(error, request.state.request_id)


async def _not_routed(request: Request, error: Exception) -> Response:
    """Nothing is at this path, or not in this way."""
    assert isinstance(error, HTTPException | StarletteHTTPException)  # noqa: S101 - it is registered for these
    path = request.url.path[:200]
    if error.status_code == 405:
        allowed = ", ".join(_methods(request))
        problem = MethodNotAllowed(path=path, method=request.method[:20], allowed=allowed)
        return refusal(problem, request.state.request_id, {"Allow": allowed})
    return refusal(UnknownPath(path=path), request.state.request_id)


def _methods(request: Request) -> list[str]:
    """All methods that this path takes: Starlette knows those of the first route only."""
    asked = request.scope["path"].split("/")
    paths: dict[str, dict[str, object]] = request.app.openapi()["paths"]
    fitting = [path for path in paths if _fits(path.split("/"), asked)]
    nearest = min(fitting, key=lambda path: path.count("{"), default="")  # with the fewest steps that may be anything
    return sorted(method.upper() for method in paths.get(nearest, {}))


def _fits(steps: list[str], asked: list[str]) -> bool:
    return len(steps) == len(asked) and all(
        step == one or (step.startswith("{") and one != "") for step, one in zip(steps, asked, strict=True)
    )
