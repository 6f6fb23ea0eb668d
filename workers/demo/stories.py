"""The live cases: what happens to each, when, and what is promised to become of it.

Times are minutes of the contract's own time since the case was opened. News carries the time of its happening (`at`), so
that it does not matter whether it arrives a second later than planned.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sla.timeline import Status, TriggerKind
from workers.demo.scaling import Scale

Contract = Literal["premium", "standard"]


@dataclass(frozen=True, kw_only=True)
class Beat:
    """Something that happens `at` some minute and is told at `told` (default: the same).

    `once`: it is not told before the case has performed what this milestone's trigger asked for.
    """

    at: int
    words: str
    news: dict[str, Any]
    told: int | None = None
    once: tuple[str, TriggerKind] | None = None


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is to become of a milestone, completed `at` this minute."""

    at: int
    status: Status = "met"
    violated: bool = False
    retracted: bool = False


@dataclass(frozen=True, kw_only=True)
class Story:
    """One case. `acts`: every action that is to be performed; `senior`: whether a senior agent is to own it in the end."""

    record: str
    title: str
    contract: Contract = "premium"
    subject: str
    contact: str = "kim"
    account: str = "helios"
    beats: tuple[Beat, ...]
    promises: dict[str, Promise] = field(default_factory=dict)
    acts: frozenset[str] = frozenset()
    senior: bool = False

    def fields(self) -> dict[str, Any]:
        """What the case is opened with."""
        who = {"account": self.account, "contact": self.contact, "queue": "tier-1", "owner": "ben"}
        return {**who, "status": "New", "priority": "P2", "subject": self.subject}

    def opening(self, start: datetime) -> dict[str, Any]:
        """The event that opens it."""
        return {"record": self.record, "id": f"{self.record}-0", "type": "opened", "at": start, "fields": self.fields()}

    def event(self, number: int, start: datetime, scale: Scale) -> dict[str, Any]:
        """The event of a beat, counted from 1."""
        beat = self.beats[number - 1]
        return {"record": self.record, "id": f"{self.record}-{number}", "at": instant(start, beat.at, scale), **beat.news}


def instant(start: datetime, minutes: int, scale: Scale) -> datetime:
    """The instant at which so many minutes of the contract's time have passed."""
    return start + timedelta(seconds=scale.seconds(minutes * 60))


def told_at(beat: Beat, start: datetime, scale: Scale) -> datetime:
    """When a beat is to be told."""
    return instant(start, beat.at if beat.told is None else beat.told, scale)


# ---------------------------------------------------------------------- what can happen

FIRST, DIAGNOSIS, RESOLUTION, CASE = "First Response", "Initial Diagnosis", "Resolution", "Case Resolution"


def _answered(at: int, who: str = "Ben", *, told: int | None = None, once: TriggerKind | None = None) -> Beat:
    words = f"{who} writes back" if told is None else f"late news: {who} had written back"
    news = {"type": "noted", "kind": "response.sent"}
    return Beat(at=at, told=told, words=words, news=news, once=None if once is None else (FIRST, once))


def _diagnosed(at: int) -> Beat:
    return Beat(at=at, words="the cause is found", news={"type": "noted", "kind": "diagnosis.done"})


def _resolved(at: int, once: tuple[str, TriggerKind] | None = None) -> Beat:
    return Beat(
        at=at, words="the customer can work again", news={"type": "changed", "set": {"status": "Resolved"}}, once=once
    )


def _closed(at: int) -> Beat:
    return Beat(at=at, words="the case is closed", news={"type": "closed"})


_DONE = f"{RESOLUTION}: success email"
_WARNED = f"{FIRST}: warning email"
_ALARMED = frozenset({_WARNED, f"{FIRST}: violation email", f"{FIRST}: violation reassign"})

STORIES: tuple[Story, ...] = (
    Story(
        record="C-1",
        title="meets everything",
        subject="How do I export a year of readings?",
        beats=(_answered(15), _diagnosed(36), _resolved(75), _closed(90)),
        promises={FIRST: Promise(at=15), DIAGNOSIS: Promise(at=36), RESOLUTION: Promise(at=75)},
        acts=frozenset({_DONE}),
    ),
    Story(
        record="C-2",
        title="is warned, then meets",
        subject="Inverter readings are missing since Sunday",
        beats=(_answered(51, once="warning"), _diagnosed(78), _resolved(105), _closed(114)),
        promises={FIRST: Promise(at=51), DIAGNOSIS: Promise(at=78), RESOLUTION: Promise(at=105)},
        acts=frozenset({_WARNED, _DONE}),
    ),
    Story(
        record="C-3",
        title="is violated, reassigned",
        subject="No reading arrives from any site",
        beats=(_answered(75, "a senior agent", once="violation"), _diagnosed(93), _resolved(114), _closed(126)),
        promises={
            FIRST: Promise(at=75, status="met_late", violated=True),
            DIAGNOSIS: Promise(at=93),
            RESOLUTION: Promise(at=114),
        },
        acts=_ALARMED | {_DONE},
        senior=True,
    ),
    Story(
        record="C-4",
        title="is stopped and resumed",
        subject="The export stops halfway",
        beats=(
            Beat(at=18, words="the site is off: clock stopped", news={"type": "stopped", "reason": "site off"}),
            Beat(at=84, words="the site is back: clock resumed", news={"type": "resumed", "reason": "site back"}),
            _answered(99),
            _diagnosed(108),
            _resolved(120),
            _closed(129),
        ),
        promises={FIRST: Promise(at=99), DIAGNOSIS: Promise(at=108), RESOLUTION: Promise(at=120)},
        acts=frozenset({_DONE}),
    ),
    Story(
        record="C-5",
        title="gets late news",
        subject="A site reports negative output",
        beats=(_answered(51, told=81, once="violation"), _diagnosed(93), _resolved(114), _closed(126)),
        promises={
            FIRST: Promise(at=51, retracted=True),
            DIAGNOSIS: Promise(at=93),
            RESOLUTION: Promise(at=114),
        },
        acts=_ALARMED | {f"{FIRST}: retracted email", _DONE},
        senior=True,
    ),
    Story(
        record="C-6",
        title="warns the customer first",
        contract="standard",
        subject="An invoice has the wrong address",
        contact="moses",
        account="juniper",
        beats=(_resolved(1350, once=(CASE, "warning")), _closed(1410)),
        promises={CASE: Promise(at=1350)},
        acts=frozenset({f"{CASE}: warning email"}),
    ),
)
