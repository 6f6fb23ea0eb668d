"""`milepost serve`: the HTTP API as a process of its own, and inside `milepost dev` with a key for whoever develops."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from temporalio.client import Client

from runtime.connect import connect
from runtime.health import Health, attended
from runtime.logs import configure
from runtime.settings import Settings, variable_of
from runtime.signals import stop_on_signals
from runtime.web import serving
from sla.acting import Actor
from sla.setup_errors import NotAuthenticated
from starter.api.app import build
from starter.desk import Desk
from starter.setup.context import open_context

WHOEVER_ASKS = Actor(name="nobody yet", door="api")
"""Until a request tells who sends it."""
KEY_FILE = "api-key"

logger = structlog.get_logger()


async def run_api(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered."""
    with configure(settings), stop_on_signals() as stopping:
        async with api(settings, lambda: connect(settings)) as address:
            logger.info("api_ready", address=address)
            await stopping.wait()
            logger.info("api_stopping")


@asynccontextmanager
async def api(settings: Settings, client: Callable[[], Awaitable[Client]]) -> AsyncIterator[str]:
    """Serve while the block runs; yields the address. Raises ServiceUnavailable, SchemaBehind or PortInUse.

    Ready is who can read: also without Temporal much can be asked, and what cannot is told so by a refusal.
    """
    vitals, ending = Health(doing="requests"), asyncio.Event()
    async with open_context(settings, client, _now, WHOEVER_ASKS) as context:
        app = build(context, vitals=vitals, stopping=ending)
        where = (variable_of("http_host"), variable_of("http_port"))
        host = settings.http_host
        async with (
            attended(vitals, {"database": context.database.check_schema}),
            serving(app, host=host, port=settings.http_port, purpose="API", settings=where) as port,
        ):
            vitals.work()
            try:
                yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
            finally:
                vitals.drain()
                ending.set()


async def development_key(settings: Settings) -> Path:
    """The file with a key that may do anything, for whoever can read this directory; made if there is none that is valid.

    An API that is open to all on this machine would be open to every page in its browser, too.
    """
    path = settings.data_dir / KEY_FILE
    async with open_context(settings, _no_temporal, _now, Actor(name="milepost dev", door="worker")) as context:
        desk = Desk(context)
        try:
            await desk.access.authenticate(path.read_text("utf-8").strip() if path.exists() else "")
        except NotAuthenticated:
            made = await desk.access.create_key(name="development", role="admin")
            _write_for_us_alone(path, made.key)
    return path


def _write_for_us_alone(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(f"{text}\n")


async def _no_temporal() -> Client:
    raise NotImplementedError("a key is made without Temporal")


def _now() -> datetime:
    return datetime.now(UTC)
