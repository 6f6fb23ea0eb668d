"""Catalogues for the audit: in good order unless a test says otherwise, so that a finding is the test's own doing."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from sla.calendar import BusinessHours
from sla.directory import Person, Queue
from sla.governance.auditing import audit
from sla.governance.finding import Finding, Options
from sla.governance.snapshot import Directory, Promise, Snapshot, Use, Version
from sla.process.model import Process

Json = dict[str, Any]

TODAY = date(2026, 3, 2)
LATELY = datetime(2026, 2, 20, tzinfo=UTC)
MAIL: Json = {"email": {"to": "owner", "template": "warning"}, "description": "The owner is reminded."}
LONDON: Json = {
    "calendar": "london",
    "timezone": "Europe/London",
    "hours": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
}
ADA = Person(id="ada", name="Ada", email="ada@desk.example", timezone="Europe/London")


def mail_to(*to: str, kind: str = "email") -> Json:
    """An action that is described."""
    params: Json = {"email": {"template": "warning"}, "task": {"subject": "Look at it"}, "reassign": {}}[kind]
    return {kind: {"to": list(to), **params}, "description": "Somebody is told."}


def a_line(milestone: str = "First Response", **changes: Any) -> Json:
    """One hour, a warning at three quarters, all of it described. A key that is set to None is left out."""
    line = {
        "milestone": milestone,
        "description": "Somebody has answered.",
        "within": "1h",
        "warnings": [{"at": "75%", "actions": [MAIL]}],
        **changes,
    }
    return {key: value for key, value in line.items() if value is not None}


def a_version(name: str = "Premium", *lines: Json, version: int = 1, **changes: Any) -> Version:
    """An active default version of a process, some years old."""
    facts = {key: changes.pop(key) for key in ("status", "is_default", "since") if key in changes}
    data = {"process": name, "description": "What is promised.", "milestones": list(lines) or [a_line()], **changes}
    process = Process.model_validate({key: value for key, value in data.items() if value is not None})
    return Version(process=process, version=version, **{"since": datetime(2020, 1, 1, tzinfo=UTC), **facts})


def a_catalogue(*versions: Version, **changes: Any) -> Snapshot:
    """These processes, each with a customer and a recent case; Ada, who serves a queue and manages the only account."""
    directory = Directory(
        people={"ada": ADA},
        roles={"agent": ("ada",)},
        queues={"tier-1": Queue(id="tier-1", email=None, members=("ada",))},
        managers={"helios": "ada"},
    )
    uses = {version.name: Use(entitlements=1, latest_case_at=LATELY) for version in versions}
    return replace(Snapshot(versions=versions, directory=directory, uses=uses), **changes)


def calendars(*definitions: Json) -> dict[str, BusinessHours]:
    """Calendars by name."""
    return {data["calendar"]: BusinessHours.model_validate(data) for data in definitions}


def promises(**processes: str) -> tuple[Promise, ...]:
    """Entitlements of Helios to processes, without a limit of scope."""
    return tuple(Promise(entitlement=name, account="helios", process=process) for name, process in processes.items())


def findings(catalogue: Snapshot | Version, **options: Any) -> list[Finding]:
    """What the audit says, of a catalogue or of a process alone."""
    whole = catalogue if isinstance(catalogue, Snapshot) else a_catalogue(catalogue)
    return audit(whole, TODAY, Options(**options))


def codes(catalogue: Snapshot | Version, **options: Any) -> list[str]:
    """The codes of it."""
    return [one.code for one in findings(catalogue, **options)]


def the(code: str, catalogue: Snapshot | Version, **options: Any) -> Finding:
    """The one finding of that code."""
    [found] = [one for one in findings(catalogue, **options) if one.code == code]
    return found
