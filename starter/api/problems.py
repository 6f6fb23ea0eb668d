"""Refusals as problem documents (RFC 9457): what is wrong, in which field, and what helps. Never a trace.

The status is the one in `starter.answers`. Beside the members of the RFC there are `code`, which is stable and the same as
on the command line, `remedy`, `request_id`, `facts`, and for what does not fit the schema `errors`, one for each field.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from sla.errors import MilepostError
from starter.answers import answer_for

MEDIA_TYPE: Final = "application/problem+json"

REMEDIES: Final[dict[str, str]] = {
    "invalid_request": "Mend what `errors` names; /v1/openapi.json says what the operation takes.",
    "unknown_path": "See /v1/openapi.json for what there is.",
    "method_not_allowed": "Use one of the methods in the header Allow.",
    "unknown_record": "Open it with POST /v1/records, or look for it with GET /v1/records.",
    "unknown_process": "See GET /v1/processes for those that are active.",
    "process_not_named": "Name one of them as `process`.",
    "unknown_effect": "See the actions in GET /v1/records/{record} that gave up.",
    "refused_event": "Nothing was changed. If the event is right, correct the events that speak against it.",
    "unreadable_event": "Write the event as docs/events.md says.",
    "not_authenticated": "Send Authorization: Bearer with a key from `milepost access create-key`.",
    "missing_right": "Ask for a key with a role that has the right.",
    "stale_etag": "Read it again, look at what was changed, and send its present ETag as If-Match.",
    "too_many_requests": "Wait as long as Retry-After says; send events together with POST /v1/events.",
    "service_unavailable": "Try again later; events and requests with an Idempotency-Key count once.",
    "database_contended": "Nothing was changed; send it again.",
    "defect": "Report it with the request id; the log has the rest.",
}
"""What helps at this door, where that is not the same as on the command line."""

_BY_STATUS: Final = {
    400: "Mend the request; nothing was changed.",
    401: "Send a valid key, token or signature.",
    403: "Ask an administrator for the right.",
    404: "See that its name is right; the lists show what there is.",
    409: "Nothing was changed; see what stands in the way in `detail`.",
    412: "Read it again and decide anew.",
    413: "Send less at once.",
    415: "Say the right kind of body in Content-Type.",
    422: "Mend what `detail` names; nothing was changed.",
    429: "Wait as long as Retry-After says.",
    500: "Tell those who run this installation.",
    503: "Try again later.",
}

_AGAIN_S: Final = {HTTPStatus.SERVICE_UNAVAILABLE: "5", HTTPStatus.CONFLICT: "1"}


class FieldProblem(BaseModel):
    """What is wrong with a field."""

    path: str = Field(description="`body`, `query`, `path` or `header`, and the way to the field", examples=["body.at"])
    problem: str = Field(examples=["is missing"])


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:milepost:problem:unknown_record",
                    "title": "Unknown record",
                    "status": 404,
                    "detail": "There is no record 'C-9'. Open it first: milepost case open --id C-9 …",
                    "code": "unknown_record",
                    "remedy": REMEDIES["unknown_record"],
                    "request_id": "0b6f2c1d9f4e4b57a7a2f6f3b1c0d9e8",
                    "facts": {"record": "C-9"},
                }
            ]
        }
    )

    type: str = Field(description="`urn:milepost:problem:` and the code")
    title: str
    status: int
    detail: str
    code: str = Field(description="stable; docs/errors.md has all of them")
    remedy: str
    request_id: str
    facts: dict[str, Any] = Field(default_factory=dict)
    errors: list[FieldProblem] = Field(default_factory=list)


def problem_of(error: MilepostError, request_id: str) -> dict[str, Any]:
    """The document of a refusal."""
    facts = {name: _plain(value) for name, value in error.facts.items()}
    errors = facts.pop("errors", [])
    return document(error.code, answer_for(error).status, str(error), request_id, facts=facts, errors=errors)


def document(
    code: str,
    status: HTTPStatus,
    detail: str,
    request_id: str,
    *,
    facts: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """A problem document."""
    return {
        "type": f"urn:milepost:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": int(status),
        "detail": detail,
        "code": code,
        "remedy": REMEDIES.get(code) or _BY_STATUS[int(status)],
        "request_id": request_id,
        "facts": dict(facts or {}),
        "errors": [dict(error) for error in errors],
    }


def refusal(error: MilepostError, request_id: str, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to a request that is refused."""
    return answered(problem_of(error, request_id), headers)


def answered(problem: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem document as an answer, with the headers that its status asks for."""
    status = HTTPStatus(problem["status"])
    more = {"Cache-Control": "no-store"}
    if status is HTTPStatus.UNAUTHORIZED:
        more["WWW-Authenticate"] = "Bearer"
    if wait := problem["facts"].get("wait_s", _AGAIN_S.get(status) if status >= 500 else None):
        more["Retry-After"] = str(wait)
    body = json.dumps(problem)  # as ASCII: what was sent may hold half a character
    return Response(body, status, {**more, **(headers or {})}, MEDIA_TYPE)


def _plain(value: object) -> Any:
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError):
        return str(value)
