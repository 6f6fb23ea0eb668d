"""Between rows and the law's values, both ways. Nothing else knows which column holds what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

from sla.events import Event, read_event
from sla.ledger_line import LedgerLine
from sla.timeline import Effect, Occurrence

Row = Mapping[str, Any] | RowMapping
"""A row by the names of its columns."""

_OPEN = ("running", "stopped")


def event_row(record: str, event: Event, sequence: int) -> dict[str, Any]:
    """A line of the log."""
    body = event.model_dump(mode="json")
    return {
        "record": record,
        "id": event.id,
        "sequence": sequence,
        "at": event.at,
        "recorded_at": event.recorded_at,
        "type": body["type"],
        "body": body,
    }


def event_of(row: RowMapping) -> Event:
    """The event as it was told; UnreadableEvent if its schema has been narrowed since, which must never be."""
    return read_event(row["body"], where=f"log of {row['record']}, event {row['id']}")


def occurrence_row(record: str, position: int, occurrence: Occurrence) -> dict[str, Any]:
    """A row of the current view."""
    columns = {name: getattr(occurrence, name) for name in Occurrence.model_fields}
    return {"record": record, "position": position, **columns}


def occurrence_of(row: RowMapping) -> Occurrence:
    """The occurrence as the timeline had it."""
    return Occurrence.model_construct(**{name: row[name] for name in Occurrence.model_fields})


def effect_row(record: str, position: int, effect: Effect) -> dict[str, Any]:
    """A row of the current view."""
    return {"record": record, "position": position, **{name: getattr(effect, name) for name in Effect.model_fields}}


def effect_of(row: RowMapping) -> Effect:
    """The effect as the timeline had it."""
    return Effect.model_construct(**{name: row[name] for name in Effect.model_fields})


def line_of(row: Row) -> LedgerLine:
    """A line of the ledger."""
    return LedgerLine(key=row["key"], outcome=row["outcome"], at=row["at"], reason=row["reason"], detail=row["detail"])


def holders(fields: Mapping[str, Any]) -> dict[str, str | None]:
    """Of a record's fields, those that it is looked up by."""
    return {name: _word(fields.get(name)) for name in ("type", "account", "owner", "queue", "entitlement")}


def next_deadline(occurrences: tuple[Occurrence, ...]) -> datetime | None:
    """The earliest target of an occurrence that is open and not violated."""
    targets = (one.target_at for one in occurrences if one.status in _OPEN and not one.violated)
    return min((at for at in targets if at is not None), default=None)


def _word(value: object) -> str | None:
    """PostgreSQL's text cannot hold U+0000; nobody looks for a name with one."""
    return value if isinstance(value, str) and value and "\x00" not in value else None
