"""A record as one file, to take away."""

from urllib.parse import quote

from fastapi import Response

from starter.api.asking import AskedDesk, asks, routes
from starter.api.bodies import RecordId
from starter.bundles import ENDING, MEDIA_TYPE

router = routes("Records", "/records")

_FILE = {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}


@router.get(
    "/{record}/bundle",
    response_class=Response,
    responses={200: _FILE | {"description": "The bundle."}},
    **asks("evidence.bundle", "records.read"),
)
async def bundle(desk: AskedDesk, record: RecordId) -> Response:
    """All about a record in one file, which `milepost verify` and `milepost explain` read without server and database."""
    data = await desk.evidence.bundle(record)
    named = f"attachment; filename*=UTF-8''{quote(record, safe='')}{ENDING}"
    return Response(data, media_type=MEDIA_TYPE, headers={"Content-Disposition": named})
