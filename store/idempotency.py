"""Answers to requests that bear a key, so that a request which is sent again is not carried out again.

A key belongs to who sent it. While a request is under way its row has no answer; what was begun and never ended, because the
process died, may be begun anew after `ABANDONED`.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, select, tuple_, update

from sla.api_errors import KeyReused, RequestInFlight
from store.connection import AnyConnection
from store.engine import Database
from store.setup_tables import idempotent_answers
from store.upsert import insert_into

KEPT: Final = timedelta(hours=24)
"""How long an answer is remembered."""
ABANDONED: Final = timedelta(minutes=2)
"""Longer than any request takes that bears a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAnswer:
    """What was answered."""

    status: int
    media_type: str
    body: str


def digest_of(*parts: bytes) -> str:
    """What tells one request from another."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8) + part)
    return whole.hexdigest()


class IdempotentAnswers:
    """Of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, who: str, key: str, request: str, *, at: datetime) -> StoredAnswer | None:
        """The answer that this request had; None if it is ours to answer, and then `finish` or `abandon` must follow.

        Raises KeyReused if the key was another request's, RequestInFlight while that request is under way.
        """
        async with self._database.transaction() as connection:
            if await _added(connection, row := {"who": who, "key": key, "request": request, "at": at}):
                await _forget(connection, at - KEPT)
                return None
            one = select(idempotent_answers).where(_is(who, key)).with_for_update()
            found = (await connection.execute(one)).one_or_none()
            if found is None:  # its answer was forgotten this very moment
                if await _added(connection, row):
                    return None
                raise RequestInFlight(key=key)
            if found.at < at - KEPT:
                anew = row | {"status": None, "media_type": None, "body": None}
                await connection.execute(update(idempotent_answers).where(_is(who, key)).values(anew))
                return None
            if found.request != request:
                raise KeyReused(key=key)
            if found.status is not None:
                return StoredAnswer(status=found.status, media_type=found.media_type or "", body=found.body or "")
            if found.at > at - ABANDONED:
                raise RequestInFlight(key=key)
            await connection.execute(update(idempotent_answers).where(_is(who, key)).values(at=at))
            return None

    async def finish(self, who: str, key: str, answer: StoredAnswer) -> None:
        """Remember the answer."""
        values = {"status": answer.status, "media_type": answer.media_type, "body": answer.body}
        async with self._database.transaction() as connection:
            await connection.execute(update(idempotent_answers).where(_is(who, key)).values(values))

    async def abandon(self, who: str, key: str) -> None:
        """Nothing was answered that should be remembered: the request may be sent again."""
        async with self._database.transaction() as connection:
            unanswered = and_(_is(who, key), idempotent_answers.c.status.is_(None))
            await connection.execute(delete(idempotent_answers).where(unanswered))


async def _added(connection: AnyConnection, row: dict[str, Any]) -> bool:
    """Begin a request, unless one with its key was begun."""
    begun = insert_into(connection.dialect.name, idempotent_answers).values(row)
    return bool((await connection.execute(begun.on_conflict_do_nothing(index_elements=["who", "key"]))).rowcount)


async def _forget(connection: AnyConnection, before: datetime) -> None:
    """Forget the answers from before; what another has in hand is left to them, so that nobody waits in a ring."""
    identity = (idempotent_answers.c.who, idempotent_answers.c.key)
    old = select(*identity).where(idempotent_answers.c.at < before).with_for_update(skip_locked=True)
    await connection.execute(delete(idempotent_answers).where(tuple_(*identity).in_(old)))


def _is(who: str, key: str) -> ColumnElement[bool]:
    return and_(idempotent_answers.c.who == who, idempotent_answers.c.key == key)
