"""Every payload and durable name: what lies in histories, on task queues and in search attributes.

Durable means: spelled once, here, as a literal, and never changed while a case is open that was started with it. Payloads
only grow, by fields with defaults. A test pins all of them.
"""

from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from sla.events import AnyEvent
from sla.fitting import keyword
from sla.instants import Instant
from sla.timeline import RollUp, Status, TriggerKind

# ---------------------------------------------------------------------- names

WORKFLOW = "SlaCase"
REPORT = "report"
"""The update: news that somebody waits for; answers with what it did to the milestones."""
HEAR = "hear"
"""The signal: news to send and forget."""
RETRY = "retry"
"""The signal by which a person has an action tried again that was given up."""
NUDGE = "nudge"
"""The signal that only wakes a case, so that it looks whether a newer version of the worker is to go on with it."""
STATE = "state"
"""The query: the case as it sees itself."""

DECIDE = "decide"
ACTION_PREFIX = "action."
"""Each kind of action is an activity of its own: `action.email`, `action.reassign`…"""

SEARCH_ATTRIBUTES: dict[str, Literal["Keyword", "Datetime"]] = {
    "SlaProcess": "Keyword",
    "SlaAccount": "Keyword",
    "SlaStatus": "Keyword",
    "SlaNextDeadline": "Datetime",
    "SlaOwnerKind": "Keyword",
}
"""Nothing personal: a process, an account's id, a roll-up, an instant, and whether a person or a queue holds it."""

World = Literal["mail", "web", "desk"]
"""The outside worlds, each with a task queue of its own, so that one that is down holds up no other."""


def workflow_id(record: str) -> str:
    """The id of the workflow that follows a record."""
    return f"sla-case/{record}"


def task_queue(prefix: str, world: World | Literal["cases"]) -> str:
    """The task queue of the cases, or of one outside world."""
    return f"{prefix}-{world}"


# ---------------------------------------------------------------------- payloads


class Payload(BaseModel):
    """What all payloads share: unknown fields are ignored, so that an older worker can read a newer one's.

    What has its default value is not written: a history is kept for months, and costs by its length.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_serializer(mode="wrap")
    def _tersely(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        defaults = _defaults(type(self))
        return {name: value for name, value in whole(self).items() if getattr(self, name) != defaults[name]}


@cache
def _defaults(payload: type[Payload]) -> dict[str, Any]:
    return {name: field.get_default(call_default_factory=True) for name, field in payload.model_fields.items()}


class ProcessRef(Payload):
    """Which definitions a case is held to: one version of a process, and the calendars as of a catalogue revision."""

    process: str
    version: int
    revision: int


Outcome = Literal["performed", "dropped", "gave_up"]


class CaseInput(Payload):
    """All that a case carries from run to run: the log and the keys of what was done; nothing derived."""

    record: str
    ref: ProcessRef
    log: list[AnyEvent] = Field(default_factory=list)
    done: dict[str, Outcome] = Field(default_factory=dict, description="actions that need no more doing, by key")
    decided_at: Instant | None = Field(
        default=None, description="what was done by then is done; later news is recorded after"
    )


class News(Payload):
    """An event on its way to a case; `recorded_at` is when our service accepted it."""

    event: AnyEvent


class MilestoneView(Payload):
    """A milestone as people see it on a case."""

    milestone: str
    occurrence: int
    status: Status
    target_at: Instant | None = None
    violated: bool = False


class CaseView(Payload):
    """A case as people and search see it."""

    status: RollUp
    milestones: list[MilestoneView] = Field(default_factory=list)
    next_deadline: Instant | None = None
    account: str | None = None
    owner_kind: Literal["person", "queue", "nobody"] = "nobody"
    followed: ProcessRef | None = Field(default=None, description="what the record was moved to, if it ever was")


def search_attributes(ref: ProcessRef, view: CaseView | None) -> dict[str, object]:
    """What a case is found by; None is an attribute that it has not. One that nobody has seen yet has its process only."""
    if view is None:
        return {"SlaProcess": ref.process}
    return {
        "SlaProcess": (view.followed or ref).process,
        "SlaAccount": None if view.account is None else keyword(view.account),
        "SlaStatus": view.status,
        "SlaNextDeadline": view.next_deadline,
        "SlaOwnerKind": view.owner_kind,
    }


class ViewChange(Payload):
    """What is different about a view: the milestones by their place, all else as it is now."""

    status: RollUp
    milestones: dict[int, MilestoneView] = Field(default_factory=dict, description="those that changed")
    count: int = Field(description="how many milestones there are now")
    next_deadline: Instant | None = None
    account: str | None = None
    owner_kind: Literal["person", "queue", "nobody"] = "nobody"
    followed: ProcessRef | None = None

    @classmethod
    def between(cls, before: CaseView | None, now: CaseView) -> "ViewChange | None":
        """What makes the one the other; None if nothing does."""
        if before == now:
            return None
        there = dict(enumerate(before.milestones)) if before else {}
        changed = {place: one for place, one in enumerate(now.milestones) if there.get(place) != one}
        return cls(milestones=changed, count=len(now.milestones), **_about(now))

    def of(self, before: CaseView | None) -> CaseView:
        """The view after the change."""
        there = dict(enumerate(before.milestones)) if before else {}
        milestones = {**there, **self.milestones}
        return CaseView(milestones=[milestones[place] for place in range(self.count)], **_about(self))


def _about(view: CaseView | ViewChange) -> dict[str, Any]:
    return {name: getattr(view, name) for name in ("status", "next_deadline", "account", "owner_kind", "followed")}


class Task(Payload):
    """An action to start: the key is enough for the activity to find all else."""

    key: str
    kind: str
    world: World
    trigger: TriggerKind
    due_at: Instant
    budget_s: int = Field(default=86_400, description="how long to keep trying, in seconds")


class Concluded(Payload):
    """An action that came to an end without being performed, and why."""

    key: str
    outcome: Literal["dropped", "gave_up"]
    reason: str


class Refused(Payload):
    """News that may not happen to this record, and why."""

    event: str
    reason: str


class Fulfilled(Payload):
    """An action that was performed, although its answer never reached the case, and what it decided about the record."""

    key: str
    events: list[AnyEvent] = Field(default_factory=list)


class DecideInput(Payload):
    """A question to the law: given this log, what now?"""

    record: str
    ref: ProcessRef
    log: list[AnyEvent]
    news: int = Field(default=0, description="how many events at the end of the log are new and may be refused")
    done: list[str] = Field(default_factory=list, description="keys of actions started or ended")
    running: list[str] = Field(default_factory=list, description="of those, the keys still under way")
    dropped: list[str] = Field(default_factory=list, description="of those, the keys that were not wanted then")
    concluded: list[Concluded] = Field(default_factory=list, description="ended undone since the last decision")
    now: Instant
    shown: CaseView | None = None
    armed_at: Instant | None = Field(default=None, description="when the case will wake by itself as things are")


class Decision(Payload):
    """The law's answer, recorded in the case's history; by then the store knows what it rests on."""

    found: list[AnyEvent] = Field(default_factory=list, description="what the store's log had and the case's had not")
    refused: list[Refused] = Field(default_factory=list)
    start: list[Task] = Field(default_factory=list)
    drop: list[Concluded] = Field(default_factory=list, description="due, but no longer wanted")
    fulfilled: list[Fulfilled] = Field(default_factory=list, description="taken for undone, but the ledger has them")
    unheard: list[Concluded] = Field(default_factory=list, description="dropped by a decision whose answer was lost")
    next_wakeup: Instant | None = None
    wakeup_for: str = Field(default="", description="what it will be for, for Temporal's UI, if it is sooner than armed")
    view: ViewChange | None = Field(default=None, description="None when it is as it was")
    changes: list[str] = Field(default_factory=list, description="what the news did, in sentences, if there was any")
    finished: bool = Field(default=False, description="the record is out, and nothing lies ahead")


class PerformInput(Payload):
    """Perform the action of this key."""

    record: str
    ref: ProcessRef
    key: str


class Performed(Payload):
    """How an action went; what it decided about the record comes back as events."""

    outcome: Literal["performed", "dropped"]
    reason: str | None = None
    events: list[AnyEvent] = Field(default_factory=list)


class Reception(Payload):
    """The answer to news: what it did to the milestones, and how the record stands now.

    `record` and `event` are filled in by whoever asked; the case does not repeat them.
    """

    record: str = ""
    event: str = ""
    duplicate: bool = False
    changes: list[str] = Field(default_factory=list)
    status: RollUp | None = Field(default=None, description="None for a record that was never opened")


class CaseState(Payload):
    """The answer to the `state` query."""

    record: str
    ref: ProcessRef
    events: int
    view: CaseView | None
    next_wakeup: Instant | None
    under_way: list[str]
    done: dict[str, Outcome]


REFUSED = "refused_event"
"""The type of the failure with which an update refuses news."""
