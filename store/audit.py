"""The audit log: who changed what, when, from what to what. Lines are only added, each with the hash of the one before.

A line is added in the transaction of the change that it tells of: there is never one without the other. Whoever removes or
alters a line breaks the chain, which `verify` finds.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, text

from sla.acting import Actor
from sla.instants import to_instant, to_text
from store.connection import AnyConnection
from store.setup_tables import audit_log

FIRST: Final = "0" * 64
"""What stands in the first line for the hash of the line before."""

Facts = Mapping[str, Any]


async def note(
    connection: AnyConnection,
    actor: Actor,
    verb: str,
    subject: str,
    *,
    at: datetime,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Add a line, in the transaction of the change. `verb` is the Desk's, `subject` what was changed: `process/Premium 3`.

    `before` and `after` are JSON, without secrets. Those who add lines at the same time wait for each other.
    """
    if connection.dialect.name == "postgresql":  # on SQLite there is one writer anyway
        await connection.execute(text("LOCK TABLE audit_log IN SHARE ROW EXCLUSIVE MODE"))
    latest = select(audit_log.c.number, audit_log.c.hash).order_by(audit_log.c.number.desc()).limit(1)
    last = (await connection.execute(latest)).one_or_none()
    line = {
        "number": 1 if last is None else last.number + 1,
        "at": to_instant(at),
        "who": actor.name,
        "door": actor.door,
        "verb": verb,
        "subject": subject,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
        "request_id": actor.request_id,
        "previous": FIRST if last is None else last.hash,
    }
    await connection.execute(audit_log.insert().values(**line, hash=digest_of(line)))


def digest_of(line: Mapping[str, Any]) -> str:
    """SHA-256 of a line's canonical JSON, its hash aside: keys sorted, no white space, instants as text."""
    facts = {
        name: to_text(value) if isinstance(value, datetime) else value for name, value in line.items() if name != "hash"
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
