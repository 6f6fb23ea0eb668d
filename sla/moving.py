"""Every payload and durable name of a migration: moving many open records to another version of a process.

As `sla.messages`, of which this is the second half: what stands here lies in the histories of migrations. A test pins it.
"""

from typing import Literal

from pydantic import Field

from sla.instants import Instant
from sla.messages import Payload, ProcessRef

# ---------------------------------------------------------------------- names

WORKFLOW = "MoveRecords"
STOP = "stop"
"""The signal: finish the records under way, and end; the others wait."""
RESUME = "resume"
"""The signal: go on after all."""
PROGRESS = "progress"
"""The query: how far it has come."""

NEXT = "moving.next"
SETTLE = "moving.settle"
TURN = "moving.turn"

RATE = 20
"""How many records to move in a second unless told otherwise."""


def workflow_id(migration: str) -> str:
    """The id of the workflow that carries out a migration."""
    return f"migration-{migration}"


def event_id(migration: str) -> str:
    """The id of the event by which a record is moved: told twice, it counts once."""
    return f"migrated-{migration}"


# ---------------------------------------------------------------------- payloads

State = Literal["running", "stopping", "stopped", "ended"]
"""Of a migration. One that is stopped can be resumed; one that has ended cannot."""

RecordState = Literal["waiting", "moved", "failed", "skipped"]
"""Of a record in a migration. Skipped: it needed no moving any more when its turn came."""


class Progress(Payload):
    """How many of a migration's records are in which state."""

    waiting: int = 0
    moved: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        """All of its records."""
        return self.waiting + self.moved + self.failed + self.skipped

    @property
    def done(self) -> int:
        """Those that have had their turn."""
        return self.total - self.waiting


class MoveInput(Payload):
    """All that a migration carries from run to run: its list, and what became of each, is in the store."""

    migration: str
    per_second: int = Field(default=RATE, description="how many records to move in a second, at most")
    after: int = Field(default=0, description="the position in the list after which to go on")


class NextInput(Payload):
    """Which records come next?"""

    migration: str
    after: int = Field(description="the position after which to look")
    at_most: int
    now: Instant


class Batch(Payload):
    """The records that come next; those that need no moving any more are skipped, and not among them."""

    to: ProcessRef
    records: list[str] = Field(default_factory=list)
    position: int = Field(default=0, description="up to which the list has been looked at")
    finished: bool = Field(default=False, description="nothing comes after these")
    progress: Progress = Progress()


class SettleInput(Payload):
    """What became of these records? All of them were told to move, but for those with a problem."""

    migration: str
    records: list[str]
    problems: dict[str, str] = Field(default_factory=dict, description="by record: why it could not even be told")
    last: bool = Field(default=False, description="whether those that have not moved by now have failed")
    now: Instant


class SettledMoves(Payload):
    """What became of them: those of which nothing is known yet, and how far the migration has come."""

    waiting: list[str] = Field(default_factory=list)
    progress: Progress = Progress()


class TurnInput(Payload):
    """The migration as a whole goes on, or comes to rest."""

    migration: str
    state: State
    now: Instant
