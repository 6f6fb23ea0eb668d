"""ETag and If-Match: whoever changes a definition says which state of it they have seen (RFC 9110, section 13)."""

from typing import Annotated

from fastapi import Header, Response

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=300, description='the ETag that you have seen, as `"…"`; `*` or nothing: any'),
]


def seen(if_match: str | None) -> str | None:
    """The tag that was seen; None if it does not matter. What is no tag at all is not the present one either."""
    return None if if_match is None or if_match == "*" else if_match.strip('"')


def tag(response: Response, etag: str) -> None:
    """Say which state of it this is."""
    response.headers["ETag"] = f'"{etag}"'
