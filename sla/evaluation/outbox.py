"""The actions reached in the walk: at once, or when the calendar opens that they wait for (SPEC 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sla.errors import NoOpenTime
from sla.evaluation.firing import Firing, key_of, unwanted
from sla.evaluation.plan import Act
from sla.evaluation.run import Run
from sla.timeline import TriggerKind

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection


class Outbox:
    """The actions of one walk: `firings` in the order in which they were reached, and those `deferred`, with when;
    `updating` are the updates that the next round is to bring about."""

    def __init__(self, record: Projection) -> None:
        self.record = record
        self.firings: list[Firing] = []
        self.deferred: list[tuple[int, Firing]] = []
        self.updating: list[Firing] = []

    def fork(self, record: Projection) -> Outbox:
        """A copy for a record that goes its own way from here; without what the ledger had put off."""
        copy = Outbox(record)
        copy.firings = [firing for firing in self.firings if not firing.put_off]
        copy.deferred = [waiting for waiting in self.deferred if not waiting[1].put_off]
        return copy

    def fire(
        self,
        track: str,
        run: Run,
        trigger: TriggerKind,
        position: int | None,
        actions: Sequence[Act],
        *,
        threshold: int | None,
        due: int,
        skip: str | None = None,
    ) -> None:
        """Reach a trigger now: each of its actions is listed; an update takes effect in the next round."""
        if not actions:
            return
        record, at = self.record, self.record.now_s
        name = trigger if position is None else f"{trigger}-{position}"
        for number, action in enumerate(actions, 1):
            firing = Firing(
                key=key_of(record.opened.event.record, track, run, name, number),
                track=track,
                number=run.number,
                line=run.line.position,
                trigger=trigger,
                threshold=threshold,
                action=action,
                due=due,
                at=at,
                skip=skip,
            )
            if skip is None and action.during is not None and self.defer(firing, at):
                continue
            self.firings.append(firing)
            if skip is None and action.sets is not None:
                self.updating.append(firing)

    def defer(self, firing: Firing, at: int) -> bool:
        """Let an action with `during` wait for its calendar's next opening; False if it need not wait."""
        during = firing.action.during
        hours = None if during is None else self.record.calendars.get(during)
        if hours is None:
            return False
        try:
            opening = hours.next_open_s(at)
        except NoOpenTime:
            firing.skip = f"'{during}' never opens again"
            return False
        if opening <= at:
            return False
        self.deferred.append((opening, firing))
        self.record.due_at = min(self.record.due_at, opening)
        return True

    def send(self, at: int) -> None:
        """Send what waited until now, if it is still wanted."""
        ready = [firing for opening, firing in self.deferred if opening <= at]
        self.deferred = [waiting for waiting in self.deferred if waiting[0] > at]
        for firing in ready:
            self.firings.append(firing.sent(at, self.moot(firing, at)))

    def moot(self, firing: Firing, at: int) -> str | None:
        """Why an action that has waited until `at` is no longer wanted; None if it still is."""
        if self.record.out and firing.trigger != "success":
            return "the record is out of the process"
        return unwanted(firing.trigger, self.record.milestones.run_of(firing), firing.at, at)

    def take_updating(self) -> list[Firing]:
        """The updates that were reached since this was asked last."""
        updating, self.updating = self.updating, []
        return updating
