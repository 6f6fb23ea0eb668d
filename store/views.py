"""What the reading side answers with. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sla.ledger_line import LedgerLine
from sla.messages import ProcessRef
from sla.timeline import Effect, RollUp
from sla.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """A record as of its latest decision (`as_of`, None before the first). `out`: it has left its process.

    `ref` is the version that it follows now, `opened_under` the one under which its log begins, and evaluating it.
    """

    id: str
    ref: ProcessRef
    opened_under: ProcessRef
    type: str | None
    account: str | None
    entitlement: str | None = None
    status: RollUp
    fields: Mapping[str, Value]
    owner: str | None
    queue: str | None
    opened_at: datetime
    out: bool
    next_wakeup: datetime | None
    next_deadline: datetime | None
    as_of: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """The open records by status, and their earliest next deadline, which lies ahead unless a case is asleep or stuck."""

    open: Mapping[RollUp, int]
    next_deadline: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectState:
    """An action: what the timeline wants, how it ended (`line`), and what went wrong meanwhile."""

    effect: Effect
    line: LedgerLine | None
    attempts: int
    problem: str | None
    attempted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTask:
    """A task for people."""

    key: str
    record: str
    to: tuple[str, ...]
    subject: str
    due_at: datetime | None
    opened_at: datetime
