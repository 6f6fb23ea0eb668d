"""ETag and If-Match: whoever changes a definition says which state of it they have seen (RFC 9110, section 13)."""

from typing import Annotated, Final

from fastapi import Header, Response

PATTERN: Final = r'^(\*|"[!#-~]{1,200}")$'

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", pattern=PATTERN, description='the ETag that you have seen, as `"…"`; `*` or nothing: any'),
]


def seen(if_match: str | None) -> str | None:
    """The tag that was seen; None if it does not matter."""
    return None if if_match is None or if_match == "*" else if_match.strip('"')


def tag(response: Response, etag: str) -> None:
    """Say which state of it this is."""
    response.headers["ETag"] = f'"{etag}"'
