"""The codec server: shows what is encrypted in Temporal to those who may see it, in Temporal's pages and command line.

    POST /decode, /encode   Payloads as protobuf's JSON, at whatever path ends so; Temporal's protocol for remote codecs
    GET  /                  lets a browser sign in
    GET  /health            says that it is up, to anybody

Whoever asks is known by name (`runtime.tokens`), and each answer is a line in the log: who, how many payloads, of which
namespace; never what was in them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware
from google.protobuf import json_format
from temporalio.api.common.v1 import Payloads

from runtime import web
from runtime.encryption import Codec
from runtime.keys import key_ring
from runtime.logs import configure
from runtime.settings import Settings, variable_of
from runtime.signals import stop_on_signals
from runtime.tokens import Doorkeeper, read_tokens
from sla.errors import InvalidSetting, UnreadablePayload

BODY_AT_MOST_BYTES = 16 * 2**20
"""Of one request. Temporal itself takes messages of 4 MB, and base64 makes a third more of that."""

HEADERS = ["authorization", "content-type", "x-namespace"]

logger = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class CodecServer:
    """What a codec server needs; `ui_origin` may be empty, and then no page of another address may ask."""

    codec: Codec
    doorkeeper: Doorkeeper
    ui_origin: str = ""

    def app(self) -> FastAPI:
        """The server's routes."""
        app = FastAPI(title="Milepost's codec server", docs_url=None, redoc_url=None, openapi_url=None)
        if self.ui_origin:
            app.add_middleware(
                CORSMiddleware,
                allow_origins=[self.ui_origin],
                allow_methods=["POST"],
                allow_headers=HEADERS,
                allow_credentials=True,
            )
        app.get("/health")(_health)
        app.get("/")(self._sign_in)
        for path in ("/{verb}", "/{prefix:path}/{verb}"):
            app.post(path)(self._convert)
        return app

    async def _sign_in(self, request: Request) -> Response:
        who = self._known(request, challenge='Basic realm="Milepost codec server", charset="UTF-8"')
        return Response(f"Signed in as {who}. Temporal's pages can show you what is encrypted.\n", media_type="text/plain")

    async def _convert(self, request: Request, verb: str) -> Response:
        known = {"encode": (self.codec.encode, "codec_encoded"), "decode": (self.codec.decode, "codec_decoded")}
        if verb not in known:
            raise HTTPException(404)
        convert, event = known[verb]
        who, namespace = self._known(request), request.headers.get("x-namespace", "")[:100]
        try:
            given = json_format.Parse(await _body(request), Payloads())
            answer = Payloads(payloads=await convert(given.payloads))
        except (json_format.ParseError, UnicodeDecodeError):
            raise HTTPException(400, "The body is not Temporal's Payloads as JSON.") from None
        except UnreadablePayload as problem:
            logger.warning("codec_failed", who=who, namespace=namespace, problem=str(problem))
            raise HTTPException(400, str(problem)) from None
        logger.info(event, who=who, payloads=len(given.payloads), namespace=namespace)
        return Response(json_format.MessageToJson(answer, indent=None), media_type="application/json")

    def _known(self, request: Request, challenge: str = "Bearer") -> str:
        """Who asks. Nothing of the request was read yet when somebody is sent away."""
        who = self.doorkeeper.who(request.headers.get("authorization"))
        if who is None:
            logger.warning("codec_refused", path=request.url.path[:100], peer=request.client and request.client.host)
            raise HTTPException(401, "A token is needed that this codec server knows.", {"WWW-Authenticate": challenge})
        return who


async def _health() -> dict[str, str]:
    return {"status": "ok"}


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_AT_MOST_BYTES:
            raise HTTPException(413, f"A request may have {BODY_AT_MOST_BYTES} bytes at most.")
    return bytes(body)


def codec_server(settings: Settings) -> CodecServer:
    """The codec server that the settings describe. Raises InvalidSetting: without keys or tokens it would be of no use."""
    ring = key_ring(settings)
    if ring is None:
        raise _invalid("encryption_keys", "is empty, so there is nothing to decode. Make a key with: milepost key new")
    try:
        tokens = read_tokens(settings.codec_tokens.get_secret_value())
    except ValueError as problem:
        raise _invalid("codec_tokens", f"{problem}. Make one with: milepost codec token NAME") from None
    if not tokens:
        raise _invalid("codec_tokens", "names nobody who may ask. Make a token with: milepost codec token NAME")
    return CodecServer(codec=Codec(ring), doorkeeper=Doorkeeper(tokens), ui_origin=_origin(settings.codec_ui_origin))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path.rstrip("/") or parts.query):
        raise _invalid("codec_ui_origin", "must be an address without a path, such as https://temporal.example.com.")
    return address.rstrip("/")


def _invalid(field: str, problem: str) -> InvalidSetting:
    return InvalidSetting(setting=variable_of(field), problem=problem)


# ---------------------------------------------------------------------- serving


async def serve_codec(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    server = codec_server(settings)
    with configure(settings), stop_on_signals() as stopping:
        async with serving(server, host=settings.codec_host, port=settings.codec_port) as port:
            logger.info("codec_ready", host=settings.codec_host, port=port, ui_origin=server.ui_origin)
            await stopping.wait()


@asynccontextmanager
async def serving(server: CodecServer, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[int]:
    """Serve while the block runs; yields the port, which is a free one if 0 was given. Raises `PortInUse`."""
    variables = (variable_of("codec_host"), variable_of("codec_port"))
    async with web.serving(server.app(), host=host, port=port, purpose="codec server", settings=variables) as taken:
        yield taken
