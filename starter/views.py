"""What the Desk answers with: values that every door can show, as JSON or in words."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sla.instants import Instant
from sla.messages import Outcome
from sla.timeline import Effect, RollUp, Timeline
from sla.values import Value

Applied = Literal["created", "changed", "unchanged", "skipped"]


class View(BaseModel):
    """Values only."""

    model_config = ConfigDict(frozen=True)


class ApplyLine(View):
    """What came of one definition. `status` is that of its version; `changes` say what is different from before."""

    kind: Literal["process", "calendar", "people", "queues", "accounts", "contacts", "entitlements", "hook"]
    name: str
    version: int | None = None
    status: Literal["active", "draft"] | None = None
    outcome: Applied
    changes: list[str] = Field(default_factory=list)


class ApplyReport(View):
    """What came of an apply; with `dry_run`, what would."""

    dry_run: bool
    lines: list[ApplyLine]


class RecordView(View):
    """A record in a list."""

    record: str
    type: str | None
    process: str
    version: int
    status: RollUp
    account: str | None
    owner: str | None
    queue: str | None
    priority: Value
    subject: Value
    opened_at: Instant
    next_deadline: Instant | None
    out: bool
    entitlement: str | None = None


class EventView(View):
    """Something that happened to a record: `number` is its place in order of arrival, `carries` all else that it tells."""

    number: int
    event: str
    type: str
    at: Instant
    recorded_at: Instant
    carries: dict[str, Any]


class RecordPage(View):
    """A page of a list of records; `next` is the cursor of the page after it, None if this is the last."""

    records: list[RecordView]
    next: str | None


class EffectView(View):
    """An action of a record: what the timeline says, and how its performance went."""

    effect: Effect
    outcome: Outcome | None
    performed_at: datetime | None
    reason: str | None
    attempts: int
    problem: str | None


class TaskView(View):
    """A task that was opened for somebody."""

    key: str
    to: tuple[str, ...]
    subject: str
    due_at: datetime | None
    opened_at: datetime


class RejectedView(View):
    """An entitlement that was not chosen, and why."""

    entitlement: str
    reason: str


class ChoiceView(View):
    """Which entitlement is chosen, why, and why no other. `process`: what a record gets from it."""

    at: Instant
    chosen: str | None
    process: str | None
    why: str
    warnings: tuple[str, ...] = ()
    rejected: tuple[RejectedView, ...]


class DeedView(View):
    """An action that was performed, although by what the rest rests on it was not due."""

    key: str
    action: str | None
    performed_at: Instant


class AsOfView(View):
    """As of when and by whose knowledge all of it is told: what was true at `at`, by what was known at `known_at`.

    `events` of the `of_events` on record were known. `performed_besides`: what had been done that this does not want.
    """

    at: Instant
    known_at: Instant
    events: int
    of_events: int
    last_event: str | None = None
    performed_besides: tuple[DeedView, ...] = ()
    words: str


class CaseFile(View):
    """All about one record: as of now, or as of then (decision 0010)."""

    record: RecordView
    timeline: Timeline
    entitlement: ChoiceView | None = None
    effects: list[EffectView]
    tasks: list[TaskView]
    as_of: AsOfView | None = None
