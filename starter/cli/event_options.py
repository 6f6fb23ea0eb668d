"""`milepost case report`: options to an event. Which option goes with which event is a table."""

from datetime import datetime
from typing import Any, Final

import typer

from sla.events import EVENT_TYPES
from sla.instants import to_text

CARRIES: Final[dict[str, tuple[str, ...]]] = {
    "changed": ("set",),
    "completed": ("milestone", "by"),
    "uncompleted": ("milestone",),
    "stopped": ("reason",),
    "resumed": ("reason",),
    "noted": ("kind",),
    "closed": (),
    "reopened": (),
    "migrated": ("version",),
}
"""The options of each event besides those of all; `opened` has a command of its own."""

NEEDED: Final = ("set", "milestone", "kind", "version")
"""Those without which an event that carries them says nothing."""


def event_of(
    record: str,
    event_type: str,
    *,
    event_id: str,
    at: datetime | None,
    options: dict[str, Any],
    data: dict[str, Any],
) -> dict[str, Any]:
    """An event as SPEC 7 spells it, but for `at`, which the Desk knows. BadParameter for options that do not fit."""
    carried = _carried(event_type)
    given = {name: value for name, value in options.items() if value not in (None, {})}
    for name in given:
        if name not in carried:
            events = ", ".join(kind for kind, names in CARRIES.items() if name in names)
            raise typer.BadParameter(f"--{name} goes with {events}, not with {event_type}")
    for name in carried:
        if name in NEEDED and name not in given:
            raise typer.BadParameter(f"{event_type} needs --{name}")
    event = {"record": record, "id": event_id, "type": event_type} | ({} if at is None else {"at": to_text(at)}) | given
    if clash := next((name for name in data if name in {*event, *carried, "at", "recorded_at"}), None):
        raise typer.BadParameter(f"--data: '{clash}' is not free data; it belongs to the event itself")
    return event | data


def _carried(event_type: str) -> tuple[str, ...]:
    if event_type == "opened":
        raise typer.BadParameter("a record is opened with: milepost case open")
    if event_type not in CARRIES:
        raise typer.BadParameter(f"there is no event '{event_type}'. Known: {', '.join(EVENT_TYPES)}")
    return CARRIES[event_type]
