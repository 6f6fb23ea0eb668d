"""Serving an ASGI application on one port for as long as a block runs."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from sla.errors import InvalidSetting, PortInUse

STOP_S = 5
"""Seconds that requests under way are given when the block ends."""


@asynccontextmanager
async def serving(
    app: Callable[..., Any], *, host: str, port: int, purpose: str, settings: tuple[str, str]
) -> AsyncIterator[int]:
    """Serve while the block runs; yields the port, which is a free one if 0 was given.

    `settings` are the variables of host and port. Raises PortInUse, or InvalidSetting for a host that is none of ours.
    """
    listening = _listen(host, port, purpose, settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=STOP_S,
    )
    running = _Server(config)
    task = asyncio.create_task(running.serve(sockets=[listening]))
    try:
        yield int(listening.getsockname()[1])
    finally:
        running.should_exit = True
        await task
        listening.close()


def _listen(host: str, port: int, purpose: str, settings: tuple[str, str]) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        # asyncio does so only for sockets that were made as TCP's by name; without it each answer waits 40 ms for an ACK
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUse(port=port, purpose=purpose, setting=settings[1]) from None
        problem = f"nothing can listen on '{host}', port {port} ({error.strerror})."
        raise InvalidSetting(setting=settings[0], problem=problem) from None


class _Server(uvicorn.Server):
    """Leaves the process's signals alone: they are `stop_on_signals`'s."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
