"""Files and events for the simulator, with the defaults that a test does not care about."""

import json
from pathlib import Path
from typing import Any

from tests.starter.command_line import Ran, milepost

Json = dict[str, Any]

OFFICE = {"calendar": "office", "timezone": "Europe/Berlin", "hours": {"mon": ["09:00-17:00"], "tue": ["09:00-17:00"]}}


def a_milestone(**more: Any) -> Json:
    """First Response within an hour, with a warning and a violation."""
    email = {"to": "owner", "template": "warning"}
    return {
        "milestone": "First Response",
        "within": "1h",
        "warnings": [{"at": "75%", "actions": [{"email": email}]}],
        "violations": [{"after": "0s", "actions": [{"reassign": {"to": "role:senior_agent"}}]}],
    } | more


def a_process(*milestones: Json, **more: Any) -> Json:
    """A process for cases, around the clock."""
    return {"process": "Support", "applies_to": "case", "milestones": list(milestones) or [a_milestone()]} | more


def opened(record: str = "C-1", at: str = "2026-03-02T09:00:00Z", **more: Any) -> Json:
    """The opening of a case on a Monday morning."""
    return {"record": record, "id": f"{record}-opened", "type": "opened", "at": at, "fields": {"type": "case"}} | more


def an_event(event_type: str, at: str, record: str = "C-1", **more: Any) -> Json:
    """Something that happened, under an id made of its type and time."""
    return {"record": record, "id": f"{record}-{event_type}-{at}", "type": event_type, "at": at} | more


def lines(*events: Json | str) -> str:
    """JSON Lines; a text is a line as it is."""
    return "".join(f"{event if isinstance(event, str) else json.dumps(event)}\n" for event in events)


class Bench:
    """A directory with a process and calendars, on which events are simulated."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.process = directory / "p.yaml"
        self.calendars = directory / "c.yaml"
        self.events = directory / "e.jsonl"
        self.put(a_process())

    def put(self, *processes: Json, calendars: list[Json] | None = None) -> None:
        """Write the definition files; JSON is YAML."""
        self.process.write_text("\n---\n".join(json.dumps(process) for process in processes), "utf-8")
        self.calendars.write_text(json.dumps(calendars or [OFFICE]), "utf-8")

    def tell(self, *events: Json | str) -> None:
        """Write the events."""
        self.events.write_text(lines(*events), "utf-8")

    def simulate(self, *events: Json | str, options: tuple[str, ...] = ("--json",)) -> Ran:
        """Simulate these events, or those in the file."""
        if events:
            self.tell(*events)
        files = ("--process", self.process, "--calendars", self.calendars, "--events", self.events)
        return milepost("simulate", *files, *options)
