"""When a record was opened: one answer for the store, for files of events, and for who tells of it. Pure."""

from collections.abc import Mapping
from datetime import datetime

from sla.events import Opened
from sla.instants import to_instant
from sla.values import Value


def opened_at(fields: Mapping[str, Value], otherwise: datetime) -> datetime:
    """As its fields say; else, or if that is no instant, `otherwise`: when the event happened that opened it."""
    try:
        return to_instant(fields.get("opened_at"))
    except ValueError:
        return otherwise


def counts_from(opened: Opened) -> datetime:
    """From when its fields hold: from the start, also where that was before the event happened (SPEC 8, Starting)."""
    return min(opened.at, opened_at(opened.fields, opened.at))
