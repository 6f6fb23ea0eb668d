"""What the Desk answers about migrations: how each record would fare, and how far one has come."""

from typing import Literal

from pydantic import field_serializer

from sla.instants import Instant
from sla.move_query import MoveQuery
from sla.moving import Progress, RecordState, State
from sla.timeline import RollUp
from starter.views import View

Fate = Literal["newly_violated", "newly_cured", "target_moved", "changed", "unchanged", "refused"]
"""What a move does to a record, the gravest of it: `changed` is any other difference, such as a milestone that begins."""


class ForeseenMove(View):
    """How one record would fare. `actions`: how many the move would set off at once. `changes` are sentences."""

    record: str
    fate: Fate
    status: RollUp
    new_status: RollUp
    actions: int
    changes: tuple[str, ...]


class MigrationPreview(View):
    """How the records that are meant would fare, each evaluated as it is and as it would be, at one instant."""

    process: str
    to_process: str
    to_version: int
    as_of: Instant
    counts: dict[Fate, int]
    actions: int
    records: list[ForeseenMove]

    @property
    def total(self) -> int:
        """How many records are meant."""
        return sum(self.counts.values())


class MigrationView(View):
    """A migration, and how far it has come."""

    id: str
    state: State
    process: str
    to_process: str
    to_version: int
    query: MoveQuery
    per_second: int
    started_at: Instant
    started_by: str
    ended_at: Instant | None
    records: int
    progress: Progress

    @field_serializer("progress")
    def _in_full(self, progress: Progress) -> dict[str, int]:
        """A payload leaves out what is zero; who reads this wants all numbers."""
        return {name: getattr(progress, name) for name in Progress.model_fields}


class MoveView(View):
    """What became of one record of a migration. `position`: its place in the list, from 1."""

    position: int
    record: str
    state: RecordState
    problem: str | None
    at: Instant | None
