"""What an evaluation comes to in figures, for whoever counts very many: no timeline is made, no sentence told. Pure.

The walk is the engine's own; only the report is shorter. Two roads lead here, `outcome_of` from a timeline and `Known`
without one, and a test holds them against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sla.evaluation.admission import admit_heard, hear
from sla.evaluation.following import Laws
from sla.evaluation.ledger import Ledger
from sla.evaluation.plan import plan_of
from sla.evaluation.projection import Projection
from sla.evaluation.report import roll_up
from sla.evaluation.run import Run
from sla.events import Event
from sla.instants import to_instant, to_s
from sla.timeline import Occurrence, RollUp, Status, Timeline

Verdict = Literal["met", "missed", "open", "cancelled"]
"""Met in time; violated, completed or not; not decided yet; closed undecided. The first two are decided."""

VERDICTS: Final[Mapping[Status, Verdict]] = {
    "met": "met",
    "met_late": "missed",
    "overdue": "missed",
    "missed": "missed",
    "running": "open",
    "stopped": "open",
    "cancelled": "cancelled",
}
"""What is only foreseen (`waiting`) has none."""


class Reached(NamedTuple):
    """What became of an occurrence. The margin is that of `margin_of`; the verdict says which side it is on."""

    milestone: str
    verdict: Verdict
    margin_s: int | None


class Outcome(NamedTuple):
    """What became of a record. `sent`: how much of each kind of action was done, what was taken back later included.

    Of `email` mails are counted, one for each that its `to` names; who that is, and how many, no law knows.
    """

    status: RollUp
    reached: tuple[Reached, ...]
    sent: Mapping[str, int]

    @property
    def violated(self) -> bool:
        """Whether anything was violated that counts for the record."""
        return self.status in ("violated_open", "violated_closed")


class Known:
    """What is known of one record at an instant, heard once for all the laws that it is held to."""

    __slots__ = ("_heard", "_now_s")

    def __init__(self, events: Sequence[Event], now: datetime) -> None:
        """Events in any order; of those recorded after `now` nothing is known. Raises ValueError for a naive `now`."""
        self._now_s = to_s(to_instant(now))
        self._heard = hear(events, self._now_s)

    @property
    def repeats(self) -> bool:
        """Whether two of its events have one id, so that it depends on what is refused which of them counts."""
        return len({one.id for one in self._heard}) < len(self._heard)

    def outcome(self, laws: Laws) -> Outcome | None:
        """What it comes to under a law; None for a record that this law does not concern, or that is not open yet."""
        first = laws.first
        admitted = admit_heard(plan_of(first.process), first.calendars, self._heard, None if laws.versions is None else laws)
        if admitted.opened is None:
            return None
        ledger = Ledger(plan_of(first.process), first.calendars, first.default_hours, admitted)
        walk = ledger.follow(self._now_s)
        outcome = _counted(walk, ledger, self._now_s)
        walk.let_go()
        return outcome


def _counted(walk: Projection, ledger: Ledger, now_s: int) -> Outcome:
    sent: dict[str, int] = {}
    for entries in ledger.entries.values():
        for entry in entries:
            if entry.at <= now_s and entry.status != "skipped":
                action = entry.firing.action
                sent[action.kind] = sent.get(action.kind, 0) + _count(action.kind, action.params)
    tracks = walk.milestones.tracks
    reached = tuple([_reached(track.name, run, now_s) for track in tracks for run in track.runs])
    return Outcome(roll_up(walk), reached, sent)


def _count(kind: str, params: Mapping[str, Any]) -> int:
    if kind != "email":
        return 1
    to = params.get("to")
    return len(to) if isinstance(to, list) else 1


def _reached(milestone: str, run: Run, now_s: int) -> Reached:
    verdict = VERDICTS[run.status()]
    if verdict not in ("met", "missed"):
        return Reached(milestone, verdict, None)
    return Reached(milestone, verdict, run.limit - run.clock.consumed(now_s if run.ended_at is None else run.ended_at))


# ---------------------------------------------------------------------- from a timeline


def outcome_of(timeline: Timeline) -> Outcome:
    """The same figures of a timeline that is there already."""
    sent: dict[str, int] = {}
    for effect in timeline.effects:
        if effect.status != "skipped":
            sent[effect.action] = sent.get(effect.action, 0) + _count(effect.action, effect.params)
    return Outcome(timeline.status, tuple(_told(timeline)), sent)


def _told(timeline: Timeline) -> Iterator[Reached]:
    for one in timeline.milestones:
        if one.status != "waiting":
            yield Reached(one.milestone, VERDICTS[one.status], margin_of(one))


def margin_of(one: Occurrence) -> int | None:
    """What is left of its limit, in open seconds, negative by as many as it was missed so far; None if nothing is decided.

    What was violated before its limit was made longer may have some left, and is missed all the same.
    """
    return one.remaining_s - one.overdue_s if VERDICTS.get(one.status) in ("met", "missed") else None
