"""Events in bulk."""

from typing import Annotated, Any, Final

from fastapi import Query, Request
from fastapi.responses import Response

from starter.api.asking import STREAMED, AskedDesk, Shared, asks, routes
from starter.api.bodies import Flag, Word, as_line
from starter.api.intake import Intake, too_large

router = routes("Events", "/events")

JSON_LINES: Final = "application/x-ndjson"
_LINES: Final[dict[str, Any]] = {"schema": {"type": "string"}}
_EXAMPLE: Final = (
    '{"record": "C-1042", "id": "zd-88121", "type": "completed", "milestone": "First Response"}\n'
    '{"record": "C-1043", "id": "zd-88122", "type": "changed", "at": "2026-03-02T09:41:00Z", "set": {"priority": "P1"}}\n'
)
_ANSWER: Final = (
    '{"line":1,"outcome":"accepted","record":"C-1042","event":"zd-88121","status":"compliant","problem":null}\n'
    '{"line":2,"outcome":"refused","record":"C-1043","event":"zd-88122","status":null,'
    '"problem":{"code":"unknown_record","status":404,"detail":"There is no record …","remedy":"…"}}\n'
    '{"lines":2,"outcomes":{"accepted":1,"refused":1}}\n'
)


@router.post(
    "",
    response_class=Response,
    responses={200: {"content": {JSON_LINES: {**_LINES, "example": _ANSWER}}}},
    **asks(
        "events.report",
        "records.write",
        **{STREAMED: True},
        requestBody={"required": True, "content": {JSON_LINES: {**_LINES, "example": _EXAMPLE}}},
    ),
)
async def report(
    request: Request,
    desk: AskedDesk,
    shared: Shared,
    process: Annotated[Word | None, Query(description="of records that are opened; needed if there are several")] = None,
    wait: Annotated[Flag, Query(description="false: do not wait for what each event does")] = "true",
) -> Response:
    """Take events of many records, one on each line (SPEC 7). The answer has a line for each, and a summary as the last.

    An `opened` event opens its record. A line that is refused stops no other; an event's id counts once.
    """
    settings = shared.settings
    limit = settings.http_intake_max_bytes
    if (said := request.headers.get("content-length", "")).isdigit() and int(said[:20]) > limit:
        raise too_large(limit)
    async with desk.in_bulk("records.report_many") as told:
        intake = Intake(
            desk=told,
            process=process,
            wait=wait == "true",
            parallel=settings.http_intake_parallel,
            line_max_bytes=settings.http_body_max_bytes,
            max_bytes=limit,
        )
        await intake.take(request.stream())
    body = b"".join(as_line(answer) for answer in [*intake.answers, intake.summary()])
    return Response(body, media_type=JSON_LINES)
