"""A line of the ledger: how an action ended. A value only."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sla.events import AnyEvent, read_event
from sla.messages import Outcome

UNDONE: tuple[Outcome, ...] = ("gave_up", "dropped")
"""Outcomes that give way to another; what was performed stands."""

LOST = "nothing was heard of it any more"
"""The problem of an attempt that could not tell how it ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """What the ledger knows of an action. `detail` is what it decided (whom a reassignment chose), for its repetition."""

    key: str
    outcome: Outcome
    at: datetime
    reason: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    def events(self) -> list[AnyEvent]:
        """What the action decided about the record, such as whom a reassignment chose."""
        told: list[Any] = [read_event(data, where=self.key) for data in self.detail.get("events", [])]
        return told
