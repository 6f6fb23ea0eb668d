"""What a request says, read strictly: its query, its body, and pydantic's complaints in our words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from fastapi import Request
from starlette.types import Receive, Scope, Send

from sla.api_errors import InvalidRequest, TooLarge, UnsupportedMediaType
from sla.events import EVENT_TYPES

_WORDS: Final = {
    "missing": "is missing",
    "extra_forbidden": "there is no such field",
    "union_tag_not_found": "type: is missing",
    "json_invalid": "is not JSON",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
}
_FREE: Final = ("fields", "set", "data")
"""Below these, names are the caller's own."""


class Read(Request):
    """A request whose body was read and found good."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, body: bytes, data: Any) -> None:
        super().__init__(scope, receive, send)
        self._read, self._data = body, data

    async def body(self) -> bytes:
        """What was sent."""
        return self._read

    async def json(self) -> Any:
        """What it says."""
        return self._data


async def whole_body(request: Request, limit: int, setting: str) -> bytes:
    """The body. Raises TooLarge as soon as that is known."""
    too_large = TooLarge(what="The body", limit=limit, setting=setting)
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said[:20]) > limit:
        raise too_large
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise too_large
    return bytes(body)


def require_media_type(request: Request, taken: Iterable[str]) -> str:
    """The kind of body, one of `taken`. Raises UnsupportedMediaType."""
    given = request.headers.get("content-type", "")
    kind = given.partition(";")[0].strip().lower()
    if kind not in (known := list(taken)):
        raise UnsupportedMediaType(given=given[:100], taken=" or ".join(known))
    return kind


def require_known_query(request: Request, known: Sequence[str], operation: str) -> None:
    """Raise InvalidRequest for a parameter that does not exist, or that is given twice."""
    names = [name for name, _ in request.query_params.multi_items()]
    allowed = f"known: {', '.join(known)}" if known else "this takes none"
    errors = [
        {"path": f"query.{name}", "problem": "is given twice" if name in known else f"there is no such parameter; {allowed}"}
        for name in dict.fromkeys(names)
        if name not in known or names.count(name) > 1
    ]
    if errors:
        raise invalid(operation, errors)


def invalid(operation: str, errors: Sequence[Mapping[str, str]]) -> InvalidRequest:
    """The refusal of a request with these problems."""
    first = f"{errors[0]['path']} {errors[0]['problem']}"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return InvalidRequest(operation=operation, problem=first + more, errors=list(errors))


def in_our_words(complaints: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Pydantic's complaints: a path and a problem for each, without what was given, which may be a secret."""
    told: dict[str, dict[str, str]] = {}
    for one in complaints:
        path = _path(one["loc"])
        told.setdefault(path, {"path": path, "problem": _problem(one)})
    return list(told.values())


def _path(loc: Sequence[str | int]) -> str:
    """The way to a field, without the names of the forms that were tried."""
    steps: list[str] = []
    for place, step in enumerate(loc):
        chosen = step in EVENT_TYPES and not any(free in loc[:place] for free in _FREE)
        if not chosen and not (isinstance(step, int) and place == 1 and len(loc) == 2 and loc[0] == "body"):
            steps.append(str(step))
    return ".".join(steps)


def _problem(complaint: Mapping[str, Any]) -> str:
    kind = complaint["type"]
    if kind == "union_tag_invalid":
        return f"type: there is no '{complaint['ctx']['tag']}'; known: {complaint['ctx']['expected_tags']}"
    told = str(complaint["msg"]).removeprefix("Value error, ").removeprefix("Input should ")
    return _WORDS.get(kind) or told.replace("be a valid", "must be a valid", 1)
