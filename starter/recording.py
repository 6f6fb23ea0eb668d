"""Who told a record something, through which door: a line of the audit log. What was told is in the record's own log.

The line is written before the case is told, so that there is no news without a line; there may be a line without news, if
the case refuses it then or cannot be reached. What is refused before, or known already, has none. Names of fields are told
and not their values: the audit log is for ever, and those who read it need not be those who may read the record.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from sla.events import Changed, Event, Opened
from sla.instants import to_text
from starter.setup.context import Context
from store import audit

FIELDS_AT_MOST: Final = 50
"""Names of fields in a line."""


@dataclass
class Tally:
    """How much was told in a request that has one line for all of it."""

    events: int = 0


class Recording:
    """Writes the lines for what one actor tells records."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def event(self, verb: str, event: Event) -> None:
        """An event is about to be told."""
        about: dict[str, Any] = {"event": event.id, "type": str(event.type), "at": to_text(event.at)}  # type: ignore[attr-defined]
        if isinstance(event, Opened | Changed):
            about["fields"] = sorted(event.fields if isinstance(event, Opened) else event.set)[:FIELDS_AT_MOST]
        if named := {name: getattr(event, name) for name in ("milestone", "kind") if getattr(event, name, None)}:
            about |= named
        await self.line(verb, event.record, about)

    async def line(self, verb: str, record: str, about: dict[str, Any], *, events: int = 1) -> None:
        """Something is about to be done with a record."""
        if self._context.tally is not None:
            self._context.tally.events += events
            return
        await _note(self._context, verb, f"record/{record}", about)


@asynccontextmanager
async def in_bulk(context: Context, verb: str) -> AsyncIterator[Context]:
    """The same, with one line for all that is told within the block: how much it was, written when the block ends."""
    tally = Tally()
    try:
        yield replace(context, tally=tally)
    finally:
        if tally.events:
            await _note(context, verb, "records", {"events": tally.events})


async def _note(context: Context, verb: str, subject: str, about: dict[str, Any]) -> None:
    async with context.database.transaction() as connection:
        await audit.note(connection, context.actor, verb, subject, at=context.now(), after=about)
