"""The case over Easter that the documentation explains: a bank holiday weekend, a customer who had the ball, a mail server
that was away. Everything in it is invented; `python -m tests.starter.stories.easter` writes its bundle and its picture."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from sla.calendar import ALWAYS
from sla.dossier import ChoiceKept, Deed, Dossier, LawKept
from sla.entitlements.choosing import Request, choose
from sla.entitlements.model import EntitlementEntry
from sla.entitlements.standing import Candidate
from sla.events import Event, read_event
from sla.messages import ProcessRef
from starter.bundles import bundle_of, written
from starter.definitions import load
from starter.files import save
from starter.pictures.timeline import picture
from starter.stories.telling import told

ROOT: Final = Path(__file__).resolve().parents[3]
BUNDLE: Final = ROOT / "examples" / "easter.mpb"
PICTURE: Final = ROOT / "docs" / "easter.svg"
LONDON: Final = ZoneInfo("Europe/London")
RECORD: Final = "C-1024"
PROCESS: Final = "Business Hours Support SLA"
YEARS: Final = range(2025, 2032)
"""For which a calendar published in 2026 knows a country's holidays."""


def local(clock: str) -> datetime:
    """A London time of April 2026: `2 15:10`."""
    return datetime.strptime(f"2026 4 {clock}", "%Y %m %d %H:%M").replace(tzinfo=LONDON)


def _event(number: int, type_: str, clock: str, **more: Any) -> Event:
    told_of = {"record": RECORD, "id": f"zd-{number}", "type": type_, "at": local(clock).isoformat()}
    return read_event(told_of | more, where="the case over Easter")


FIELDS: Final = {
    "type": "case", "account": "helios", "contact": "kim", "queue": "tier-1", "owner": "ben", "priority": "P2",
    "channel": "web", "status": "New", "business_hours": "london-office", "entitlement": "helios-business-hours",
    "subject": "Invoices are printed twice",
}  # fmt: skip
LOG: Final = (
    _event(1, "opened", "2 15:10", fields=FIELDS),
    _event(2, "noted", "2 16:40", kind="response.sent", channel="email"),
    _event(3, "changed", "2 16:40", set={"status": "In Progress"}),
    _event(4, "changed", "7 10:00", set={"status": "Waiting on Customer"}),
    _event(5, "changed", "7 11:15", set={"status": "In Progress"}),
    _event(6, "changed", "8 09:48", set={"status": "Resolved"}),
    _event(7, "closed", "8 11:00"),
)
DONE: Final[dict[str, dict[str, Any]]] = {
    "First Response#1/1/warning-1/1": {"detail": {"sent": ["ben"]}},
    "Resolution#1/1/warning-1/1": {"detail": {"sent": ["ben"]}},
    "Resolution#1/1/warning-2/1": {
        "detail": {"sent": ["ben", "grace"]}, "late_s": 2_112, "attempts": 4, "problem": "the mail server does not answer",
    },
    "Resolution#1/1/violation-1/1": {"detail": {"sent": ["ben", "hugo"]}},
    "Resolution#1/1/success/1": {"detail": {"sent": ["kim"]}},
}  # fmt: skip
"""What the ledger has of an action, besides that it was done, by default two seconds after it was due."""


def dossier(at: str = "8 11:30", log: tuple[Event, ...] = LOG) -> Dossier:
    """All about the case, as of a London time of April."""
    bare = _dossier(local(at), log, ())
    return _dossier(local(at), log, tuple(_deeds(bare)))


def _dossier(taken_at: datetime, log: tuple[Event, ...], deeds: tuple[Deed, ...]) -> Dossier:
    found = load(
        [ROOT / "examples" / "processes" / "business-hours-support.yaml", ROOT / "examples" / "calendars" / "offices.yaml"]
    )
    ref = ProcessRef(process=PROCESS, version=1, revision=1)
    published = {name: hours.resolved(YEARS) for name, hours in found.hours.items()}
    law = LawKept(ref=ref, process=found.processes[0].value, calendars=published, default_hours=ALWAYS)
    return Dossier(
        record=RECORD,
        taken_at=taken_at,
        engine="0.1.0",
        opened_under=ref,
        laws=(law,),
        log=log,
        deeds=deeds,
        choice=_choice(),
    )


def _choice() -> ChoiceKept:
    """The choice that is made among what Helios was promised: the best one has expired, and one is for the phone."""
    promised: tuple[dict[str, Any], ...] = (
        {"entitlement": "helios-business-hours", "process": PROCESS, "business_hours": "london-office"},
        {"entitlement": "helios-premium", "process": "Premium Support SLA", "ends_on": "2026-03-31"},
        {"entitlement": "helios-phone", "process": PROCESS, "channels": ["phone"]},
    )
    entries = (EntitlementEntry.model_validate({"account": "helios", **one}) for one in promised)
    candidates = [Candidate(entitlement=entry, timezone=LONDON.key, applies_to="case") for entry in entries]
    asked = Request(**{name: FIELDS[name] for name in ("account", "contact", "type", "channel")})
    found = choose(candidates, asked, local("2 15:10"))
    rejected = {one.entitlement: one.reason for one in found.rejected}
    return ChoiceKept(at=local("2 15:10"), chosen=found.name, why=found.why, rejected=rejected, process_by="promised")


def _deeds(bare: Dossier) -> list[Deed]:
    deeds = []
    for effect in bare.timeline().effects:
        known = DONE.get(effect.key.removeprefix(f"{RECORD}/"))
        if known is not None and effect.status == "due":
            more = dict(known)
            at = effect.due_at + timedelta(seconds=more.pop("late_s", 2))
            deeds.append(Deed(key=effect.key, kind=effect.action, outcome="performed", at=at, **more))
    return deeds


def drawn() -> str:
    """The picture that the documentation shows."""
    return picture(told(dossier()), alone=True) + "\n"


if __name__ == "__main__":
    save(BUNDLE, written(bundle_of(dossier(), [])))
    PICTURE.write_text(drawn(), "utf-8")
