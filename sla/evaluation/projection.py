"""The walk: what becomes of a record when all the events given are known on time (SPEC 4 and 8).

One instant is one step: values, completions, criteria, exit, then thresholds; `update` actions follow, each round a full
step. `opened` is a step of its own, before the others of its instant. The walk can be continued to a later instant; to
learn something late, a new walk is begun (`sla.evaluation.ledger`).
"""

from collections.abc import Mapping, Sequence

from sla.calendar import BusinessHours
from sla.errors import NoOpenTime
from sla.evaluation.admission import Heard
from sla.evaluation.clock import BEGINNING, Stops
from sla.evaluation.firing import Firing, Update, key_of, unwanted
from sla.evaluation.milestones import Milestones
from sla.evaluation.plan import Plan
from sla.evaluation.presence import Presence
from sla.evaluation.run import Run
from sla.events import Changed, Completed, Opened, Resumed, Stopped, Uncompleted
from sla.instants import from_s, to_plausible, to_s, to_text
from sla.process.conditions import Happening, Since, Situation
from sla.process.model import Action
from sla.timeline import TriggerKind
from sla.values import Value

MAX_ROUNDS = 10
"""Rounds of `update` actions at one instant; a longer chain is cut and reported (SPEC 4)."""


class Projection:
    """A record walked up to `now_s` (nothing yet, when new)."""

    def __init__(
        self,
        plan: Plan,
        calendars: Mapping[str, BusinessHours],
        default_hours: BusinessHours,
        opened: Heard,
        others: Sequence[Heard],
        *,
        injected: Sequence[tuple[int, Update]] = (),
    ) -> None:
        self.plan = plan
        self.calendars = calendars
        self.default_hours = default_hours
        self.opened = opened
        self.events = others
        self.injected = injected
        self.next_event = self.next_injected = 0
        self.began = False
        self.now_s = BEGINNING
        self.serial = 0
        self.fields: dict[str, Value] = {}
        self.since: set[Since] = set()
        self.stopped_by_event = False
        self.base_stops = Stops()
        self.process_start: int | None = None
        self.firings: list[Firing] = []
        self.deferred: list[tuple[int, Firing]] = []
        self.updates: list[Update] = []
        self.updating: list[Firing] = []
        self.notes: list[str] = []
        self.refused: list[tuple[Heard, str]] = []
        self.milestones = Milestones(self)
        self.presence = Presence(self)

    # ------------------------------------------------------------------ the walk

    def advance(self, until_s: int) -> None:
        """Walk on, to and including `until_s`."""
        while (at := self._next_instant()) is not None and at <= until_s:
            self._step(at)
        self.now_s = max(self.now_s, until_s)

    def upcoming(self) -> int | None:
        """The earliest instant ahead at which anything falls due, starts, ends a period or passes a target."""
        ahead = [at for at in self._instants(for_people=True) if at > self.now_s]
        return min(ahead, default=None)

    def _next_instant(self) -> int | None:
        if not self.began:
            return self.opened.from_s
        return min((at for at in self._instants(for_people=False) if at > self.now_s), default=None)

    def _instants(self, *, for_people: bool) -> list[int]:
        """What lies ahead. `for_people` leaves out what only the walk itself must notice (a start that starts nothing)."""
        if not self.began:
            return [self.opened.from_s]
        ahead = [self.events[self.next_event].at] if self.next_event < len(self.events) else []
        if self.opened.at > self.now_s:
            ahead.append(self.opened.at)
        if self.next_injected < len(self.injected):
            ahead.append(self.injected[self.next_injected][0])
        start = self.start_field() if self.process_start is None else None
        if start is not None and (not for_people or (not self.out and self.milestones.any_selected())):
            ahead.append(start)
        ahead.extend(at for at, _ in self.deferred)
        self.milestones.instants(ahead, for_people=for_people)
        return ahead

    def _step(self, at: int) -> None:
        self.now_s = at
        self.serial += 1
        if not self.began:
            self._open(at)
        if at == self.opened.at:
            self._round(at, [self.opened.event])
            self.serial += 1
        batch: Sequence[Happening] = self._take(at)
        for round_ in range(MAX_ROUNDS + 1):
            self._round(at, batch)
            self.milestones.thresholds(at)
            self._send_deferred(at)
            if not self.updates:
                return
            batch, self.updates = self.updates, []
            updating, self.updating = self.updating, []
            if round_ == MAX_ROUNDS:
                self._cut(at, updating)

    def _cut(self, at: int, updating: Sequence[Firing]) -> None:
        """Leave the updates of the last round undone, and say so."""
        reason = f"more than {MAX_ROUNDS} rounds of updates at one instant; the rest is cut"
        self.note(at, reason)
        for firing in updating:
            firing.skip = reason

    def _take(self, at: int) -> list[Happening]:
        batch: list[Happening] = []
        while self.next_event < len(self.events) and self.events[self.next_event].at <= at:
            batch.append(self.events[self.next_event].event)
            self.next_event += 1
        while self.next_injected < len(self.injected) and self.injected[self.next_injected][0] <= at:
            batch.append(self.injected[self.next_injected][1])
            self.next_injected += 1
        return batch

    def _round(self, at: int, batch: Sequence[Happening], *, opening: bool = False) -> None:
        if batch or opening:
            self._values(at, batch)
            self.milestones.completions(at, batch)
        self.milestones.criteria(at, news=bool(batch) or opening)
        if batch or opening:
            self.presence.settle(at)

    # ------------------------------------------------------------------ values

    def _open(self, at: int) -> None:
        """Take the first fields. They hold from the start, also where that lies before the event `opened` itself."""
        event = self.opened.event
        assert isinstance(event, Opened)  # noqa: S101 - admission chose it by its type
        self.began = True
        self.fields = {name: value for name, value in event.fields.items() if value is not None}
        self.fields.setdefault("opened_at", to_text(event.at))
        self.milestones.stop(BEGINNING)
        if at < self.opened.at:
            self._round(at, [], opening=True)
            self.serial += 1

    def _values(self, at: int, batch: Sequence[Happening]) -> None:
        for event in batch:
            self._follow(event)
            match event:
                case Changed() | Update():
                    self._set(event.set)
                case Stopped():
                    self.stopped_by_event = True
                case Resumed():
                    self.stopped_by_event = False
        self.presence.hear(at, batch)
        self.milestones.stop(at)

    def _set(self, values: Mapping[str, Value]) -> None:
        for name, value in values.items():
            if value is None:
                self.fields.pop(name, None)
            else:
                self.fields[name] = value

    def _follow(self, event: Happening) -> None:
        """Keep the `after`/`until` pairs up to date."""
        if self.plan.pairs:
            names = event.names()
            for pair in self.plan.pairs:
                if pair[0] in names:
                    self.since.add(pair)
                elif pair[1] is not None and pair[1] in names:
                    self.since.discard(pair)

    def start_field(self) -> int | None:
        """The instant that the process's start field holds, reached or not; None while it is empty."""
        value = self.fields.get(self.plan.process.start_at)
        if not isinstance(value, str):
            return None
        try:
            return to_s(to_plausible(value))
        except ValueError:
            return None  # only an `update` action can have written it; events are checked on admission

    def reach_start(self, at: int) -> bool:
        """Whether the process has started; its start field may move until it is reached, then it is fixed."""
        if self.process_start is None:
            start = self.start_field()
            if start is not None and start <= at:
                self.process_start = start
        return self.process_start is not None

    def record_stopped(self) -> bool:
        """Whether the record-wide clock is stopped: by event, by the process, or out of a process that resumes."""
        if self.stopped_by_event or self.presence.stops():
            return True
        stop = self.plan.stop
        return stop is not None and stop.holds(self.situation())

    @property
    def out(self) -> bool:
        """Whether the record has left the process."""
        return self.presence.out

    def situation(self, batch: Sequence[Happening] = ()) -> Situation:
        """What conditions look at now."""
        return Situation(self.fields, batch, self.since)

    # ------------------------------------------------------------------ firing

    def fire(
        self,
        track: str,
        run: Run,
        trigger: TriggerKind,
        position: int | None,
        actions: Sequence[Action],
        *,
        threshold: int | None,
        due: int,
        skip: str | None = None,
    ) -> None:
        """Reach a trigger now: each of its actions is listed; an update takes effect in the next round."""
        name = trigger if position is None else f"{trigger}-{position}"
        for number, action in enumerate(actions, 1):
            firing = Firing(
                key=key_of(self.opened.event.record, track, run, name, number),
                track=track,
                run=run,
                trigger=trigger,
                threshold=threshold,
                action=action,
                due=due,
                at=self.now_s,
                skip=skip,
            )
            if skip is None and self.defer(firing, self.now_s):
                continue
            self.firings.append(firing)
            if skip is None and action.sets is not None:
                self.updates.append(Update(action.sets))
                self.updating.append(firing)

    def defer(self, firing: Firing, at: int) -> bool:
        """Let an action with `during` wait for its calendar's next opening; False if it need not wait."""
        hours = self.calendars.get(firing.action.during or "")
        if hours is None:
            return False
        try:
            opening = hours.next_open_s(at)
        except NoOpenTime:
            firing.skip = f"'{firing.action.during}' never opens again"
            return False
        if opening <= at:
            return False
        self.deferred.append((opening, firing))
        return True

    def _send_deferred(self, at: int) -> None:
        if not self.deferred:
            return
        ready = [firing for opening, firing in self.deferred if opening <= at]
        self.deferred = [waiting for waiting in self.deferred if waiting[0] > at]
        for firing in ready:
            out = "the record is out of the process" if self.out and firing.trigger != "success" else None
            firing.skip = out or unwanted(firing.trigger, firing.run, firing.at, at)
            firing.due = firing.at = at
            self.firings.append(firing)

    def note(self, at: int, text: str) -> None:
        """Say something besides (SPEC 8, Refusals)."""
        self.notes.append(f"{to_text(from_s(at))}: {text}")

    def refuse(self, event: Completed | Uncompleted, reason: str) -> None:
        """Refuse an event for the state of the milestones."""
        heard = next(one for one in self.events if one.event is event)
        self.refused.append((heard, reason))
