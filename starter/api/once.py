"""`Idempotency-Key`: a request that is sent again is answered again, and not carried out again.

What is remembered is what the Desk answered, refusals too. What never reached it (a body that cannot be read) and what
failed here may be mended or repeated under the same key.
"""

import re
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Request, Response

from sla.errors import MilepostError
from starter.api.problems import refusal
from starter.api.reading import invalid
from starter.api.service import Service
from store.idempotency import StoredAnswer, digest_of

HEADER: Final = "Idempotency-Key"
PATTERN: Final = r"^[!-~]{1,200}$"
REPEATED: Final = "Idempotency-Replayed"
_NOT_KEPT: Final = (400, 401, 403, 413, 415, 429)


async def once(request: Request, ask: Callable[[Request], Awaitable[Response]]) -> Response:
    """Ask, unless the request bears the key of one that was answered."""
    key = request.headers.get(HEADER)
    if key is None:
        return await ask(request)
    if not re.fullmatch(PATTERN, key):
        problem = "must be 1 to 200 visible ASCII characters"
        raise invalid("Idempotency-Key", [{"path": f"header.{HEADER}", "problem": problem}])
    service: Service = request.app.state.service
    who = request.state.principal.name
    url = request.scope.get("raw_path", b"") + b"?" + request.scope.get("query_string", b"")
    told = digest_of(request.method.encode(), url, await request.body())
    known = await service.answers.begin(who, key, told, at=service.context.now())
    if known is not None:
        return Response(known.body, known.status, {REPEATED: "true"}, known.media_type or None)
    try:
        answer = await _answer(request, ask)
        body = bytes(answer.body)
    except BaseException:
        await service.answers.abandon(who, key)
        raise
    if answer.status_code in _NOT_KEPT or answer.status_code >= 500:
        await service.answers.abandon(who, key)
    else:
        media_type = answer.headers.get("content-type", "")
        kept = StoredAnswer(status=answer.status_code, media_type=media_type, body=body.decode())
        await service.answers.finish(who, key, kept)
    return answer


def refuse_key(request: Request, operation: str) -> None:
    """Raise InvalidRequest if the request bears a key: here it would promise what is not kept."""
    if HEADER in request.headers:
        raise invalid(operation, [{"path": f"header.{HEADER}", "problem": "is not taken here: the answer is not kept"}])


async def _answer(request: Request, ask: Callable[[Request], Awaitable[Response]]) -> Response:
    try:
        return await ask(request)
    except MilepostError as error:
        return refusal(error, request.state.request_id)
