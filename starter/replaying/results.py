"""What came of replaying: values only, for people, for programs and for the exit status."""

from collections.abc import Iterable
from typing import Literal

from sla.dossier import Kept
from sla.instants import Instant
from starter.answers import BAD_INPUT, DECISIONS_DIFFER, FINE, NON_DETERMINISTIC

Verdict = Literal["same", "differs", "parts", "skipped"]


class Parted(Kept):
    """Where today's workflow leaves the recorded history: the event, by number and type, and how, in words."""

    event: int
    kind: str
    problem: str

    @property
    def sentence(self) -> str:
        """All of it."""
        return f"parts from its history at event {self.event} ({self.kind}): {self.problem}"


class Differing(Kept):
    """A decision that today's law takes otherwise. `event` is the number of the one that records it, `at` its instant."""

    event: int
    at: Instant
    sentences: tuple[str, ...]


class Replayed(Kept):
    """What came of one history. `skipped` says why nothing, or not all, can be said of it."""

    source: str
    record: str | None = None
    run_id: str | None = None
    events: int = 0
    decisions: int = 0
    parted: Parted | None = None
    differing: tuple[Differing, ...] = ()
    skipped: str | None = None
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """The worst that was found."""
        if self.parted is not None:
            return "parts"
        if self.differing:
            return "differs"
        return "same" if self.skipped is None else "skipped"


class Tally:
    """Counts histories by what came of them. `nothing`: the exit status where there was none at all."""

    def __init__(self, *, nothing: int = BAD_INPUT) -> None:
        self._nothing = nothing
        self.histories: dict[Verdict, int] = dict.fromkeys(("same", "differs", "parts", "skipped"), 0)
        self.decisions = 0

    def count(self, replayed: Replayed) -> None:
        """One more."""
        self.histories[replayed.verdict] += 1
        self.decisions += replayed.decisions

    @property
    def exit_status(self) -> int:
        """The worst counts; where nothing could be replayed of what there was, the input was bad."""
        if not any(self.histories.values()):
            return self._nothing
        if self.histories["parts"]:
            return NON_DETERMINISTIC
        if self.histories["differs"]:
            return DECISIONS_DIFFER
        return FINE if self.histories["same"] else BAD_INPUT


def tally(found: Iterable[Replayed]) -> Tally:
    """All of these, counted."""
    counted = Tally()
    for one in found:
        counted.count(one)
    return counted
