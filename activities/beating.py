"""Attempts at actions tell Temporal that they are under way, and are not interrupted in the middle."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from temporalio import activity

BEAT_S = 10.0
"""How often an attempt tells that it is under way: most are over before the first time, which costs nothing. A third of the
silence after which the case takes it for lost (`workflows.acting`)."""

T = TypeVar("T")


async def beating(work: Coroutine[Any, Any, T], *, every_s: float = BEAT_S) -> T:
    """Do the work of an attempt, telling Temporal every so often; returns or raises what the work does.

    A cancellation says that the action is no longer wanted. By then the other side may have accepted it, so the attempt goes
    on and tells how it ended. Only a worker whose time to stop is over breaks it off.
    """
    doing = asyncio.ensure_future(work)
    while not doing.done():
        try:
            await asyncio.wait({doing}, timeout=every_s)
        except asyncio.CancelledError:
            if activity.is_worker_shutdown():
                doing.cancel()
                await asyncio.wait({doing})
                raise
            continue
        if not doing.done():
            activity.heartbeat()
    return doing.result()
