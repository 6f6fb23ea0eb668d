"""Sentences of SPEC 4 and 8 as cases whose outcome was worked out by hand.

Times are of Monday 2026-03-02, UTC, unless written in full; a case is opened at 09:00. The default milestone `M` has
one hour, one warning at 75 %, one violation trigger, success and `on_retracted`, each with one action. An expected
effect reads `key-after-the-record due-at status`, where `late` stands for `due` with the reason `late`.
"""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
DAY = "2026-03-02"


def instant(text: str | None) -> str | None:
    """`10:00` of the day, or a full instant as it is."""
    return text if text is None or len(text) > 5 else f"{DAY}T{text}:00Z"


def line(**changes: Any) -> Json:
    """The default milestone; a key set to None is left out."""
    act = [{"notify": {"url": "https://chat.example/hook", "text": "look"}}]
    document = {
        "milestone": "M",
        "within": "1h",
        "warnings": [{"at": "75%", "actions": act}],
        "violations": [{"after": "0s", "actions": act}],
        "success": act,
        "on_retracted": act,
        **changes,
    }
    return {key: value for key, value in document.items() if value is not None}


def event(what: str, at: str, recorded: str | None = None, **more: Any) -> Json:
    """One event line; its id is made of what it says."""
    name = f"{what}-{at}-{recorded or ''}"
    document = {"record": "C-1", "id": name, "type": what, "at": instant(at), **more}
    if recorded is not None:
        document["recorded_at"] = instant(recorded)
    return document


def opened(at: str = "09:00", recorded: str | None = None, **fields: Any) -> Json:
    return event("opened", at, recorded, fields={"type": "case", **fields})


def changed(at: str, recorded: str | None = None, **values: Any) -> Json:
    return event("changed", at, recorded, set=values)


def completed(at: str, recorded: str | None = None) -> Json:
    return event("completed", at, recorded, milestone="M")


@dataclass(frozen=True, kw_only=True)
class Example:
    """A sentence, its case, and what must come out; `milestones` may name only the keys that matter."""

    says: str
    lines: list[Json] = field(default_factory=lambda: [line()])
    process: Json = field(default_factory=dict)
    calendars: dict[str, Json] = field(default_factory=dict)
    events: list[Json]
    until: str
    milestones: list[Json]
    effects: list[str] | None = None
    status: str | None = None
    wakes: str | None = "unsaid"
    notes: int | None = None


BY_PRIORITY = {"by": "priority", "values": {"P1": "1h", "P2": "2h"}, "default": "8h"}
QUIET: Json = {"warnings": None, "success": None, "on_retracted": None}
GOLD = {"tier": "gold"}
WARNED, VIOLATED = "M#1/1/warning-1/1 09:45 due", "M#1/1/violation-1/1 10:00 due"
OFFICE: Json = {
    "calendar": "office",
    "timezone": "Europe/Berlin",
    "hours": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}


def updating(**values: Any) -> list[Json]:
    return [{"after": "0s", "actions": [{"update": {"set": values}}]}]
