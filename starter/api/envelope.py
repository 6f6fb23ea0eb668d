"""Around every request: its id, its line in the log, and the answer when something went wrong that nobody foresaw."""

import re
import time
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starter.api.problems import answered, document

HEADER: Final = "X-Request-ID"
_DEFECT: Final = HTTPStatus.INTERNAL_SERVER_ERROR
_OURS: Final = "This is a defect of Milepost, not of your request."
_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}")

logger = structlog.get_logger(__name__)


class Envelope:
    """An ASGI middleware, the outermost one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        scope = {**scope, "path": _path(scope), "state": {**scope.get("state", {}), "request_id": request_id}}
        status, began = 0, time.monotonic()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, sending)
            except ClientDisconnect:
                logger.info("client_left", method=scope["method"], path=scope["path"][:200])
                return
            except Exception:
                logger.exception("request_failed", method=scope["method"], path=scope["path"][:200])
                if status == 0:
                    await answered(document("defect", _DEFECT, _OURS, request_id))(scope, receive, sending)
                return
            finally:
                ms = round(1000 * (time.monotonic() - began))
                logger.debug("request", method=scope["method"], path=scope["path"][:200], status=status, ms=ms)


def _path(scope: Scope) -> str:
    """The path with its steps apart: a slash that belongs to a record's id stays encoded, and so does a percent sign."""
    raw = scope.get("raw_path")
    if not raw or b"%" not in raw:
        return str(scope["path"])
    pieces = re.split(rb"(%2[Ff]|%25)", raw)
    kept = [piece.upper() if place % 2 else unquote_to_bytes(piece) for place, piece in enumerate(pieces)]
    return b"".join(kept).decode("utf-8", "replace")


def step(text: str) -> str:
    """A step of a path as it was meant."""
    return text.replace("%2F", "/").replace("%25", "%")
