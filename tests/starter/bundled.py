"""A bundle of a case that was answered late and closed, with two histories out of the golden ones."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sla.calendar import ALWAYS, BusinessHours
from sla.dossier import Deed, Dossier, LawKept
from sla.events import AnyEvent, read_event
from sla.histories import History, digest_of, law_digest, plain
from sla.messages import ProcessRef
from sla.process.model import Process
from starter.bundles import Bundle, bundle_of

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
REF = ProcessRef(process="Support", version=1, revision=3)
GOLDEN = Path(__file__).parents[1] / "histories"
ODD = "Zoë 🙂 \u0001 1e20"
"""What a file must take."""


def the_dossier(**changes: Any) -> Dossier:
    """As of noon: an hour to answer, answered after two."""
    line = {
        "milestone": "Answer",
        "within": "1h",
        "violations": [{"actions": [{"email": {"to": "owner", "template": "violation"}}]}],
    }
    process = Process.model_validate({"process": "Support", "business_hours": "office", "milestones": [line]})
    week = {day: ["09:00-17:00"] for day in ("mon", "tue")}
    office = BusinessHours.model_validate({"calendar": "office", "timezone": "Europe/London", "hours": week})
    given: dict[str, Any] = {
        "record": "C-1042",
        "taken_at": NINE.replace(hour=12),
        "engine": "0.1.0",
        "opened_under": REF,
        "laws": (LawKept(ref=REF, process=process, calendars={"office": office}, default_hours=ALWAYS),),
        "log": (
            event("opened", 9, fields={"type": "case", "subject": ODD, "score": 1e20, "owner": "ada"}),
            event("completed", 11, milestone="Answer"),
            event("closed", 11, 30),
        ),
        "deeds": (Deed(key="C-1042/Answer#1/1/violation-1/1", kind="email", outcome="performed", at=NINE.replace(hour=10)),),
    }
    return Dossier(**given | changes)


def event(type_: str, hour: int, minute: int = 0, **more: Any) -> AnyEvent:
    """What happened that day."""
    told = {"record": "C-1042", "id": f"{type_}-{hour}", "type": type_, "at": NINE.replace(hour=hour, minute=minute), **more}
    read: Any = read_event(told, where="test")
    found: AnyEvent = read
    return found


def the_runs(dossier: Dossier) -> list[History]:
    """Two, of which the second continues the first."""
    runs = []
    for number, name in enumerate(("before", "after")):
        history = plain(json.loads((GOLDEN / f"0.1.0-{name}-continuing-as-new.json").read_text("utf-8")))
        runs.append(
            History(
                run_id=f"run-{number}",
                status="continued_as_new" if number == 0 else "completed",
                began_us=number,
                started_at=NINE,
                closed_at=NINE.replace(hour=11),
                continues="run-0" if number else None,
                continued_by=None if number else "run-1",
                events=len(history["events"]),
                definitions=tuple(law_digest(law) for law in dossier.laws),
                engine="0.1.0",
                archived_at=NINE.replace(hour=12),
                digest=digest_of(history),
                original_digest=digest_of(history),
                history=history,
            )
        )
    return runs


def the_bundle() -> Bundle:
    """All of it."""
    dossier = the_dossier()
    return bundle_of(dossier, the_runs(dossier))
