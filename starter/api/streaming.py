"""A record's timeline as server-sent events: sent when it is not what was sent before.

Figures that grow by themselves while the clock runs are no change. An event's id tells its content, so that whoever comes
back with Last-Event-ID is not sent what they have seen.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, Final

from fastapi.responses import StreamingResponse

from sla.errors import MilepostError
from sla.timeline import Timeline
from starter.desk import Desk

EVENT_STREAM: Final = "text/event-stream"
SENT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "event": {"const": "timeline"},
        "data": {"type": "string", "contentMediaType": "application/json"},
        "retry": {"type": "integer"},
    },
}
"""What an event of the stream has."""
EVERY_S: Final = 1.0
"""How often to look."""
HEARTBEAT_S: Final = 15.0
_GROWING: Final = ("overdue_s", "stopped_s")


async def changes(desk: Desk, record: str, *, seconds: int, seen: str | None, stopping: asyncio.Event) -> StreamingResponse:
    """The stream of a record, for so many seconds at most. Raises UnknownRecord before anything is sent."""
    first = (await desk.show(record)).timeline
    events = _events(desk, record, first, seen=seen, ends_at=time.monotonic() + seconds, stopping=stopping)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # a proxy must not keep it back
    return StreamingResponse(events, headers=headers, media_type=EVENT_STREAM)


async def _events(
    desk: Desk, record: str, timeline: Timeline, *, seen: str | None, ends_at: float, stopping: asyncio.Event
) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    beat_at = time.monotonic() + HEARTBEAT_S
    while True:
        if (now_seen := _id(timeline)) != seen:
            seen = now_seen
            yield f"id: {seen}\nevent: timeline\ndata: {timeline.model_dump_json()}\n\n".encode()
        elif time.monotonic() >= beat_at:
            beat_at = time.monotonic() + HEARTBEAT_S
            yield b": still here\n\n"
        left = ends_at - time.monotonic()
        if left <= 0 or await _stopped(stopping, min(EVERY_S, left)):
            return
        try:
            timeline = (await desk.show(record)).timeline
        except MilepostError:  # a server that is away for a moment; whoever reads goes on waiting, or leaves
            continue


async def _stopped(stopping: asyncio.Event, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            return await stopping.wait()
    except TimeoutError:
        return False


def _id(timeline: Timeline) -> str:
    shown: dict[str, Any] = timeline.model_dump(mode="json")
    for one in shown["milestones"]:
        for figure in _GROWING:
            del one[figure]
    return sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:16]
