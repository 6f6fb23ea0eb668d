"""What happened to a record, what became of it, and why: as values, and as a page for people."""

import asyncio
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Query, Response

from sla.instants import ToldInstant
from sla.story import Story
from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import RecordId, Word
from starter.stories.page import page, policy
from starter.stories.zones import named
from starter.views import EventView

router = routes("Records", "/records")

_Zone = Annotated[
    Word | None, Query(description="IANA zone; default: that of its business hours", examples=["Europe/Berlin"])
]
_At = Annotated[ToldInstant | None, Query(description="as it was then, by all that is known now")]
_HTML: Final = {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "The page."}


@router.get("/{record}/events", **asks("evidence.events", "records.read"))
async def events(desk: AskedDesk, record: RecordId) -> list[EventView]:
    """What happened to the record, as it was learned; its numbers are those that `event` of `records.show` takes."""
    return await desk.evidence.events(record)


@router.get("/{record}/story", **asks("evidence.story", "records.read"))
async def story(desk: AskedDesk, record: RecordId, *, timezone: _Zone = None, at: _At = None) -> Story:
    """What became of a record and why, in sentences with local times, and all figures that they rest on."""
    return await desk.evidence.story(record, _zone(timezone), at)


@router.get(
    "/{record}/story.html", response_class=Response, responses={200: _HTML}, **asks("evidence.story_page", "records.read")
)
async def story_page(desk: AskedDesk, record: RecordId, *, timezone: _Zone = None, at: _At = None) -> Response:
    """The same as one page that needs nothing else, with a picture of the timeline, to look at and to print."""
    told = await desk.evidence.story(record, _zone(timezone), at)
    headers = {
        "Content-Security-Policy": policy("frame-ancestors 'none'", "sandbox"),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
    return Response(await asyncio.to_thread(page, told), media_type="text/html", headers=headers)


def _zone(name: str | None) -> ZoneInfo | None:
    return None if name is None else named(name)
