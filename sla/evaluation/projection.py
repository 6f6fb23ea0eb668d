"""The walk: what becomes of a record when all the events given are known on time (SPEC 4 and 8).

One instant is one step: values, completions, criteria, exit, then thresholds; `update` actions follow, each round a full
step. `opened` is a step of its own, before the others of its instant. The walk can be continued to a later instant, and
forked: what is learned late goes on from a fork that had not come so far (`sla.evaluation.ledger`).
"""

from collections.abc import Mapping, Sequence
from copy import copy

from sla.calendar import BusinessHours
from sla.evaluation.admission import Heard
from sla.evaluation.clock import BEGINNING, NEVER
from sla.evaluation.completing import completions
from sla.evaluation.firing import Firing, Update
from sla.evaluation.following import Following
from sla.evaluation.log import Log, Told
from sla.evaluation.milestones import Milestones
from sla.evaluation.moving import move
from sla.evaluation.outbox import Outbox
from sla.evaluation.plan import EXIT, FOLLOWED, MOVES, NONE, STOPS, Plan, Questions
from sla.evaluation.presence import Presence
from sla.evaluation.witness import Witness
from sla.events import Changed, Completed, Event, Opened, Resumed, Stopped, Uncompleted, Version
from sla.instants import from_s, to_plausible, to_s, to_text
from sla.process.conditions import Since, Situation
from sla.values import Value

MAX_ROUNDS = 10
"""Rounds of `update` actions at one instant; a longer chain is cut and reported (SPEC 4)."""


class Projection:
    """A record walked up to `now_s` (nothing yet, when new), and in its log up to `place`.

    What comes next: something falls due at `due_at`, whatever the news; there is news at `news_at`.
    """

    def __init__(
        self,
        plan: Plan,
        calendars: Mapping[str, BusinessHours],
        default_hours: BusinessHours,
        opened: Heard,
        log: Log,
        *,
        following: Following | None,
    ) -> None:
        self.following = following
        self.moved_to: Version | None = None
        self.plan = plan
        self.calendars = calendars
        self.default_hours = default_hours
        self.opened = opened
        self.log = log
        self.place = 0
        self.began = False
        self.opened_at: str | None = None
        self.out = False
        self.now_s = BEGINNING
        self.due_at = opened.from_s
        self.news_at = log.instants[0]
        self.serial = 0
        self.fields: dict[str, Value] = {}
        self.since: set[Since] = set()
        self.situation = Situation(self.fields, (), self.since)
        self.stopped_by_event = False
        self.process_start: int | None = None
        self.notes: list[str] = []
        self.refused: list[tuple[Event, str]] = []
        self.witness: Witness | None = None
        self.milestones = Milestones(self)
        self.presence = Presence(self)
        self.outbox = Outbox(self)

    def fork(self) -> "Projection":
        """A copy that goes its own way from here, between two instants; without what the ledger had it put off."""
        other = copy(self)
        other.fields, other.since = dict(self.fields), set(self.since)
        other.situation = Situation(other.fields, (), other.since)
        other.notes, other.refused = list(self.notes), list(self.refused)
        other.milestones = self.milestones.fork(other)
        other.presence = self.presence.fork(other)
        other.outbox = self.outbox.fork(other)
        other.witness = None if self.witness is None else self.witness.fork()
        other.news_at = self.log.instants[self.place]
        return other

    def let_go(self) -> None:
        """Untie the parts, which know each other: all is freed at once then, and not when a collector comes by."""
        del self.milestones, self.presence, self.outbox

    # ------------------------------------------------------------------ the walk

    def advance(self, until_s: int) -> None:
        """Walk on, to and including `until_s`."""
        while (at := self.due_at if self.due_at < self.news_at else self.news_at) <= until_s:
            self._step(at)
        self.now_s = max(self.now_s, until_s)

    def upcoming(self) -> int | None:
        """The earliest instant ahead at which anything falls due, starts, ends a period or passes a target."""
        if not self.began:
            return self.opened.from_s
        ahead = [self.news_at, self.opened.at]
        ahead.extend([at for at, _ in self.outbox.deferred])
        self.milestones.add_upcoming(ahead)
        if self.process_start is None and not self.out and self.milestones.any_selected():
            start = self.start_field()
            ahead.append(NEVER if start is None else start)
        return min([at for at in ahead if self.now_s < at < NEVER], default=None)

    def _look_further(self, at: int) -> None:
        """What falls due besides the milestones: the opening, the start of the process, actions that wait."""
        start = self.start_field() if self.process_start is None else None
        others = [self.opened.at, at if start is None else start, *(opening for opening, _ in self.outbox.deferred)]
        self.due_at = min([self.due_at, *(other for other in others if other > at)])

    def _step(self, at: int) -> None:
        self.now_s = at
        self.serial += 1
        opening = at == self.opened.at
        if opening or not self.began:
            self._open(at)
        batch: Sequence[Told] = ()
        raised = NONE
        if at == self.news_at:
            batch = self.log.batches[self.place]
            self.place += 1
            self.news_at = self.log.instants[self.place]
            raised = self._values(batch)
        if not raised and at < self.due_at and not self.milestones.doubts:
            return  # it makes no difference to anything but the fields
        if raised & FOLLOWED:
            raised |= move(self, at, batch)
        due_at = self.due_at
        for round_ in range(MAX_ROUNDS + 1):
            if batch and not self._round(at, batch, raised):
                break
            if not batch and not opening:
                self.milestones.criteria(at, NONE)
            due_at = self.milestones.thresholds(at)
            if self.outbox.deferred:
                self.outbox.send(at)
            if not self.outbox.updating:
                break
            updating = self.outbox.take_updating()
            if round_ == MAX_ROUNDS:
                self._cut(at, updating)
                break
            batch = [Update(firing.key, firing.action.sets or {}) for firing in updating]
            raised = self._values(batch)
        self.due_at = due_at
        if self.process_start is None or at < self.opened.at or self.outbox.deferred:
            self._look_further(at)

    def _cut(self, at: int, updating: Sequence[Firing]) -> None:
        """Leave the updates of the last round undone, and say so."""
        reason = f"more than {MAX_ROUNDS} rounds of updates at one instant; the rest is cut"
        self.note(at, reason)
        for firing in updating:
            firing.skip = reason

    def _round(self, at: int, batch: Sequence[Told], raised: Questions) -> bool:
        """One round of an instant: completions, criteria, exit, as far as they are in question.

        False if it made no difference: to a record that is out and has nothing open, only its return does, and what is due.
        """
        moving = raised & (EXIT | MOVES)
        returned = moving and self.presence.hear(at, batch, raised)
        if self.out and at < self.due_at and not raised & self.plan.asked_while_out and self.milestones.at_rest():
            return False
        if returned or raised & STOPS:
            self.milestones.stop(at)
        if batch:
            completions(self, at, batch, raised)
        self.milestones.criteria(at, raised)
        if moving and (self.presence.moves or self.presence.became_true):
            self.presence.settle(at)
        return True

    # ------------------------------------------------------------------ values

    def _open(self, at: int) -> None:
        """Take the first fields, which hold from the start, also where that lies before `opened`; then the event itself."""
        event = self.opened.event
        assert isinstance(event, Opened)  # noqa: S101 - admission chose it by its type
        if not self.began:
            self.began = True
            self._set(event.fields)
            self.opened_at = to_text(event.at)
            self.fields.setdefault("opened_at", self.opened_at)
            if self.witness is not None:
                self.witness.hear(self.opened.at, [event])
            self.milestones.stop(BEGINNING)
            if at < self.opened.at:
                self._round(at, (), EXIT)
        if at == self.opened.at:
            raised = self._values([event])
            self._round(at, [event], raised | EXIT if self.serial == 1 else raised)
        self.serial += 1

    def _values(self, batch: Sequence[Told]) -> Questions:
        """Take what events say of fields and of the clock; returns the questions that this raises."""
        raised, questions = NONE, self.plan.questions
        if self.witness is not None:
            self.witness.hear(self.now_s, batch)
        for event in batch:
            if type(event) is Changed or type(event) is Update:
                by_name = self.plan.raised_by_change
                for name in event.set:
                    raised |= questions.get(name, NONE)
                self._set(event.set)
            else:
                by_name = NONE
                for name in event.names():
                    by_name |= questions.get(name, NONE)
            if by_name:
                raised |= by_name
                self._follow(event)
        return raised

    def _follow(self, event: Told) -> None:
        """Keep what lasts beyond an event: whether it stopped the clock, and the `after`/`until` pairs."""
        names = event.names()
        if type(event) is Stopped:
            self.stopped_by_event = True
        elif type(event) is Resumed:
            self.stopped_by_event = False
        for after, until in self.plan.pairs:
            if after in names:
                self.since.add((after, until))
            elif until is not None and until in names:
                self.since.discard((after, until))

    def _set(self, values: Mapping[str, Value]) -> None:
        self.fields.update(values)
        if None in values.values():
            for name in [name for name, value in values.items() if value is None]:
                del self.fields[name]

    def start_field(self) -> int | None:
        """The instant that the process's start field holds, reached or not; None while it is empty."""
        value = self.fields.get(self.plan.start_at)
        return self.opened.at if value is self.opened_at else _told(value)

    def reach_start(self, at: int) -> bool:
        """Whether the process has started; its start field may move until it is reached, then it is fixed."""
        if self.process_start is None:
            start = self.start_field()
            if start is not None and start <= at:
                self.process_start = start
                if self.witness is not None:
                    self.witness.start(self, at)
        return self.process_start is not None

    def stopped_under(self, plan: Plan) -> bool:
        """Whether a version sees the record-wide clock stopped: by event, by the process, or out of one that resumes."""
        if self.stopped_by_event or self.presence.stops(plan):
            return True
        return plan.stop is not None and plan.stop.holds(self.situation)

    def situation_at(self, batch: Sequence[Told]) -> Situation:
        """What conditions look at now, with the events of this instant."""
        return Situation(self.fields, batch, self.since)

    # ------------------------------------------------------------------ saying

    def note(self, at: int, text: str) -> None:
        """Say something besides (SPEC 8, Refusals)."""
        self.notes.append(f"{to_text(from_s(at))}: {text}")

    def refuse(self, event: Completed | Uncompleted, reason: str) -> None:
        """Refuse an event for the state of the milestones."""
        self.refused.append((event, reason))


def _told(value: Value) -> int | None:
    """The instant that a field holds; where it is none, an `update` has written it, for events are checked on admission."""
    if not isinstance(value, str):
        return None
    try:
        return to_s(to_plausible(value))
    except ValueError:
        return None
