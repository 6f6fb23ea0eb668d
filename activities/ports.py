"""What the activities need of the world, as Protocols: the store, the directory, and each outside world.

No driver and no temporalio here (HOUSE, contract 4). Laws for whoever implements a port are in its docstrings.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sla.archive_run import PackedRun, Run, Swept
from sla.calendar import BusinessHours
from sla.directory import Person, Queue
from sla.events import Event
from sla.finding import Finding, Settled
from sla.histories import JsonObject, RunSeen
from sla.ledger_line import UNDONE, LedgerLine
from sla.messages import Outcome, ProcessRef
from sla.moving import Batch, NextInput, Progress, SettledMoves, SettleInput, TurnInput
from sla.process.model import Process

__all__ = [
    "Archive",
    "Cases",
    "Clock",
    "Definitions",
    "Directory",
    "Finding",
    "Histories",
    "Ledger",
    "LedgerLine",
    "Mail",
    "Mailer",
    "Migrations",
    "Permanent",
    "Person",
    "Queue",
    "Secrets",
    "Settled",
    "Tasks",
    "Transient",
    "Web",
]


class Transient(Exception):
    """The world said 'not now': worth trying again, after `retry_after_s` seconds if it said so."""

    def __init__(self, reason: str, *, retry_after_s: int | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(reason)


class Permanent(Exception):
    """The world said 'never': trying again is of no use; a person must look."""


class Clock(Protocol):
    """The time of day, for whoever may know it."""

    def now(self) -> datetime:
        """The present instant, aware."""
        ...


class Definitions(Protocol):
    """Published processes and calendars. Both are immutable, so implementations may keep them for ever."""

    async def process(self, ref: ProcessRef) -> Process:
        """The process version; raises UnknownProcess."""
        ...

    async def calendars(self, ref: ProcessRef) -> Mapping[str, BusinessHours]:
        """All calendars by name: of each the latest version published not after `ref.revision`, else its first."""
        ...

    async def default_hours(self, ref: ProcessRef) -> BusinessHours:
        """The installation's default business hours (24/7 unless set)."""
        ...


class Cases(Protocol):
    """Records, their logs and what became of them. Every method is idempotent."""

    async def log(self, record: str) -> list[Event]:
        """All events of a record in order of arrival; empty when it is unknown."""
        ...

    async def settle(self, finding: Finding) -> Settled:
        """Write a finding, all or nothing: events that the log lacks, the current view, new facts, and lines of the ledger.

        Nothing is written if the store knows events that the case did not, which are then the answer: to be decided on
        anew. Creates the record with its first event. An older timeline (`as_of` before that of the current view) leaves the
        view as it is; a line for a key that has one is left as the Ledger says.
        """
        ...


class Migrations(Protocol):
    """Lists of records to move, and what became of each. Every method is idempotent; what became of a record stands."""

    async def next(self, asked: NextInput) -> Batch:
        """The records that come next; those that are closed or follow the version already are skipped there and then."""
        ...

    async def settle(self, asked: SettleInput) -> SettledMoves:
        """Note which of these records follow the version now, which need not any more, and which have failed."""
        ...

    async def turn(self, asked: TurnInput) -> Progress:
        """Note that the migration goes on or comes to rest. One that has ended stays so."""
        ...


class Histories(Protocol):
    """What Temporal knows of the runs of records' workflows. Raises ServiceUnavailable when it cannot be reached."""

    async def seen(self, record: str, run_id: str) -> RunSeen | None:
        """How a run stands; None if Temporal has forgotten it, which the namespace's retention makes it do."""
        ...

    def pages(self, record: str, run_id: str) -> AsyncIterator[list[JsonObject]]:
        """The events of a run, a page at a time, deciphered and in the readable spelling (`sla.histories`).

        Raises UnreadablePayload while a key is missing.
        """
        ...

    async def runs(self, record: str) -> list[str]:
        """The runs that Temporal has of a record."""
        ...


class Archive(Protocol):
    """Histories that have been stored, and the list of the runs that are still to be. Every method is idempotent."""

    async def due(self, now: datetime, *, at_most: int) -> list[Run]:
        """Runs that are to be looked at now, those first that have waited longest."""
        ...

    async def again(self, run: Run, *, at: datetime, problem: str | None = None) -> None:
        """It still runs, or could not be stored for now: look at it later, with longer and longer pauses."""
        ...

    async def lose(self, run: Run, *, at: datetime) -> None:
        """Temporal has forgotten it. It is looked for again for some days."""
        ...

    async def store(self, run: Run, packed: PackedRun, *, at: datetime) -> bool:
        """Store a run once; False if it was there. The runs before and after it are put on the list."""
        ...

    async def all_found(self, record: str, run_ids: Iterable[str], *, at: datetime) -> None:
        """These are all the runs that Temporal knows of the record."""
        ...

    async def sweep(self, at: datetime, *, after: str = "") -> Swept:
        """Put on the list those of some records `after` one whose first run is not known: older releases kept none."""
        ...


class Ledger(Protocol):
    """Each action recorded once. A line gives way to one of another outcome, but `performed` stands."""

    async def find(self, key: str) -> LedgerLine | None:
        """What is recorded for this key."""
        ...

    async def write(self, record: str, kind: str, line: LedgerLine, *, over: tuple[Outcome, ...] = UNDONE) -> LedgerLine:
        """Record an outcome; returns the line that now stands, which is an earlier one unless its outcome is in `over`."""
        ...

    async def attempt(self, record: str, kind: str, key: str, problem: str, *, at: datetime) -> None:
        """Note a failed attempt and when it was, for people to see why an action has not been performed yet."""
        ...

    async def lost(self, record: str, kind: str, key: str, *, at_least: int, at: datetime) -> None:
        """Note that at least so many attempts have failed by then: those that are not noted were lost with their workers."""
        ...

    async def begin(self, record: str, key: str) -> None:
        """Note that an attempt begins. Raises when the store cannot be written: what it would forget is not done."""
        ...

    async def refused(self, key: str) -> None:
        """Note that an attempt that was begun has failed, and that the world accepted no part of it."""
        ...

    async def unheard(self, key: str) -> bool:
        """Whether an attempt was begun of which that was not noted: the world may have accepted it, or a part of it."""
        ...


class Directory(Protocol):
    """People, roles, queues, accounts and contacts. Unknown names give None or nothing, never an error."""

    async def person(self, name: str) -> Person | None:
        """A colleague by id."""
        ...

    async def contact(self, name: str) -> Person | None:
        """A customer's contact by id."""
        ...

    async def queue(self, name: str) -> Queue | None:
        """A queue by id."""
        ...

    async def account_manager(self, account: str) -> Person | None:
        """The account's manager."""
        ...

    async def in_role(self, role: str) -> list[Person]:
        """Everybody with this role, by id."""
        ...

    async def load(self, people: Sequence[str]) -> Mapping[str, int]:
        """How many open records each of these people owns."""
        ...

    async def last_chosen(self, role: str) -> str | None:
        """Whom the latest reassignment to this role or queue chose, for round robin."""
        ...


class Tasks(Protocol):
    """Tasks for people."""

    async def open(
        self, *, key: str, record: str, to: Sequence[str], subject: str, due_at: datetime | None, at: datetime
    ) -> None:
        """Open a task once for each key."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to send, complete but for the sender's address, which is the adapter's setting."""

    message_id: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    """Sends mail. Raises Transient (4xx, no connection, time-out) or Permanent (5xx, no valid recipient)."""

    async def send(self, mail: Mail) -> None:
        """Send it; returns when the server has accepted it."""
        ...


class Web(Protocol):
    """Posts to a URL. Raises Transient (no connection, 408, 425, 429, 5xx) or Permanent (any other status)."""

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post it; returns when a 2xx status has come."""
        ...


class Secrets(Protocol):
    """Secrets by name; a process file names a secret, never spells it."""

    def get(self, name: str) -> str | None:
        """The secret's value."""
        ...
