"""What a decision came to, for the store; and what the store says to it. Values only."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from sla.events import Event
from sla.ledger_line import LedgerLine
from sla.messages import ProcessRef
from sla.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """All that the store is to know of a decision.

    `log` is all that the case knows, of which it has heard the last `news` only now, and what `timeline` was evaluated from.
    `ended` are lines for the ledger: actions that ended undone, and updates, which the evaluation itself performs (SPEC 4).
    `done` are the keys of the actions of which the case knows that they were begun or have ended. `run` is the run of the
    record's workflow that decided, whose history is to be archived once it has closed.
    """

    ref: ProcessRef
    log: Sequence[Event]
    news: int = 0
    timeline: Timeline
    ended: Sequence[LedgerLine] = ()
    done: Set[str] = frozenset()
    run: str | None = None

    def known(self) -> set[str]:
        """The ids of the events that the case knew before."""
        return {event.id for event in self.log[: len(self.log) - self.news]}

    def settled(self) -> set[str]:
        """The keys of the actions of which the case knows, or will know by this very decision."""
        return {*self.done, *(line.key for line in self.ended)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of a finding: `unknown` events, for whose sake nothing was written; or the ledger's lines.

    `new` are those written; `stood` are of actions that were performed, although the case took them for undone. `dropped`
    are of actions of which the case knows nothing: a decision dropped them, whose answer never reached it.
    """

    unknown: Sequence[Event] = ()
    new: Sequence[LedgerLine] = ()
    stood: Sequence[LedgerLine] = ()
    dropped: Sequence[LedgerLine] = ()
