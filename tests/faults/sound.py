"""A record on which everything is sound, as the judge sees it; a test of the judge spoils one part of it.

On Monday 2 March 2026: opened at 09:00, warned of at 09:45, violated at 10:00, completed at 10:30; looked at at 12:00.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from sla.engine import evaluate
from sla.events import Event, read_event
from sla.ledger_line import LedgerLine
from sla.process.model import Process
from sla.timeline import Timeline
from store.facts import facts_between
from tests.faults.mailserver import Delivery
from tests.faults.outcomes import Told
from tests.faults.seen import Seen

RECORD: Final = "F-1"
WARNING: Final = f"{RECORD}/First Response#1/1/warning-1/1"
VIOLATION: Final = f"{RECORD}/First Response#1/1/violation-1/1"
HOOK: Final = f"{RECORD}/First Response#1/1/violation-1/2"
CHAT: Final = f"{RECORD}/First Response#1/1/success/1"
RETRACTION: Final = f"{RECORD}/First Response#1/1/retracted/1"
ADA: Final = "ada@support.example"
GRACE: Final = "grace@support.example"
WATCHERS: Final = "watchers@support.example"
CHAT_TEXT: Final = f"{RECORD} awaits its review"
STANDS_AFTER_S: Final = 0.1
"""How long after the other side took it the ledger's line of an action stands."""

PROCESS: Final = Process.model_validate(
    {
        "process": "Support",
        "milestones": [
            {
                "milestone": "First Response",
                "within": "1h",
                "warnings": [{"at": "75%", "actions": [{"email": {"to": "owner", "template": "warning"}}]}],
                "violations": [
                    {
                        "actions": [
                            {"email": {"to": ["grace", WATCHERS], "template": "violation"}},
                            {"webhook": {"url": "http://127.0.0.1/hook"}},
                        ]
                    }
                ],
                "success": [{"notify": {"url": "http://127.0.0.1/hook", "text": "{{ record.id }} awaits its review"}}],
                "on_retracted": [{"email": {"to": "grace", "template": "retraction"}}],
            }
        ],
    }
)
SENT: Final[Mapping[str, dict[str, Any]]] = {
    WARNING: {"sent": ["ada"]},
    VIOLATION: {"sent": ["grace", WATCHERS]},
    HOOK: {},
    CHAT: {"text": CHAT_TEXT},
    RETRACTION: {"sent": ["grace"]},
}
"""What each action that was performed leaves in the ledger."""


def at(clock: str) -> datetime:
    """An instant of that Monday: `at("10:30")`."""
    hours, minutes = clock.split(":")
    return datetime(2026, 3, 2, int(hours), int(minutes), tzinfo=UTC)


def an_event(type_: str, clock: str, *, learned: str | None = None, **more: Any) -> Event:
    """An event of that Monday, learned at once unless told otherwise."""
    told = {"record": RECORD, "id": type_, "type": type_, "at": at(clock), **more}
    return read_event(told | ({"recorded_at": at(learned)} if learned else {}), where="test")


def opened(*, learned: str | None = None) -> Event:
    """The case came in."""
    return an_event("opened", "09:00", learned=learned, fields={"type": "case", "owner": "ada"})


def completed(clock: str = "10:30", *, learned: str | None = None) -> Event:
    """Its milestone was reached."""
    return an_event("completed", clock, learned=learned, milestone="First Response")


def a_record(*log: Event, clock: str = "12:00", since: str = "11:00") -> Seen:
    """A record with this log (default: as above), decided last at `since` and seen at `clock`; all that is due was done."""
    log = log or (opened(), completed())
    then, now = evaluate(PROCESS, {}, log, at(since)), evaluate(PROCESS, {}, log, at(clock))
    return Seen(
        record=RECORD,
        row={"id": RECORD, "as_of": then.as_of, **{name: getattr(then, name) for name in _OF_THE_VIEW}},
        log=log,
        occurrences=then.milestones,
        effects={one.key: one for one in then.effects},
        ledger={line.key: line for one in then.effects if one.status == "due" for line in lines(one.key)},
        facts=_facts(then),
        then=then,
        now=now,
    )


def taken_back() -> Seen:
    """The completion was in time; it was learned when the warning and the violation's actions had long been done."""
    before, after = a_record(), a_record(opened(), completed("09:50", learned="10:20"))
    return replace(after, ledger={**before.ledger, **after.ledger})


_OF_THE_VIEW: Final = ("status", "out", "next_wakeup", "fields")


def told(seen: Seen, *, refused: Sequence[str] = (), gives_up: bool = False) -> Told:
    """That we told its log."""
    return Told(events={event.id: {"at": event.at} for event in seen.log}, refused=set(refused), gives_up=gives_up)


def _facts(timeline: Timeline) -> list[dict[str, Any]]:
    after = {(one.milestone, one.occurrence): one for one in timeline.milestones}
    facts = facts_between({}, after, timeline.as_of)
    return [
        {"number": number, "milestone": fact.milestone, "occurrence": fact.occurrence, "what": fact.what}
        for number, fact in enumerate(facts, 1)
    ]


# ---------------------------------------------------------------------- the ledger


def a_line(key: str, outcome: Any = "performed", reason: str | None = None) -> LedgerLine:
    """The ledger's line of an action."""
    return LedgerLine(key=key, outcome=outcome, at=at("10:31"), reason=reason, detail=dict(SENT.get(key, {})))


def lines(key: str) -> list[LedgerLine]:
    """All lines of an action that was performed: of several mails each has one of its own."""
    return [a_line(one) for one in (*(mail_line(key, to) for to in (GRACE, WATCHERS) if key == VIOLATION), key)]


def mail_line(key: str, to: str) -> str:
    """The key of the line of one mail out of several."""
    return f"{key}/to/{_digest(to)[:16]}"


def with_line(seen: Seen, line: LedgerLine) -> Seen:
    """The same record, but for this line of its ledger."""
    return replace(seen, ledger={**seen.ledger, line.key: line})


def without_line(seen: Seen, *keys: str) -> Seen:
    """The same record, but the ledger has nothing of these."""
    return replace(seen, ledger={key: line for key, line in seen.ledger.items() if key not in keys})


# ---------------------------------------------------------------------- the other side


def a_mail(key: str, to: str, clock_s: float) -> Delivery:
    """A mail that was taken, as its Message-ID tells which it is."""
    return Delivery(f"<{_digest(f'{key}{chr(10)}{to}')}.{RECORD}@milepost.invalid>", to, clock_s)


def a_hook(key: str, clock_s: float) -> Delivery:
    """A webhook that was taken."""
    return Delivery(f"msg_{_digest(key)}", "", clock_s)


def a_chat(clock_s: float) -> Delivery:
    """A chat message that was taken: it has no id, but its text."""
    return Delivery(CHAT_TEXT, "", clock_s)


def arrived() -> list[Delivery]:
    """What the other side took of the record as above, a second apart."""
    return [
        a_mail(WARNING, ADA, 1.0),
        a_mail(VIOLATION, GRACE, 2.0),
        a_mail(VIOLATION, WATCHERS, 3.0),
        a_hook(HOOK, 4.0),
        a_chat(5.0),
    ]


def journal() -> list[dict[str, Any]]:
    """When each line of the ledger stood."""
    stood = {WARNING: 1.0, mail_line(VIOLATION, GRACE): 2.0, mail_line(VIOLATION, WATCHERS): 3.0, VIOLATION: 3.0}
    stood |= {HOOK: 4.0, CHAT: 5.0}
    return [{"key": key, "at": clock_s + STANDS_AFTER_S, "outcome": "performed"} for key, clock_s in stood.items()]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
