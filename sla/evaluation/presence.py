"""Whether the record is in its process: how it leaves and returns, and what that does to its milestones (SPEC 4 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from sla.evaluation.log import Told
from sla.evaluation.passing import end_period, pass_all
from sla.evaluation.plan import EXIT, MOVES, NONE, Plan, Questions
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.events import Closed, Reopened

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection

Move = Literal["leave", "return"]


class Presence:
    """The record's presence. `exits` counts how often it left, `exit_at` is when it last did.

    `restarting` is set from the return to a process that begins anew then, until it has.
    """

    def __init__(self, record: Projection) -> None:
        self.record = record
        self.exits = 0
        self.exit_at = 0
        self._held = False
        self.became_true = False
        self.moves: list[Move] = []
        self.restarting = False

    def fork(self, record: Projection) -> Presence:
        """A copy for a record that goes its own way from here, between two instants."""
        copy = Presence(record)
        copy.exits, copy.exit_at = self.exits, self.exit_at
        copy._held, copy.restarting = self._held, self.restarting
        return copy

    def stops(self, plan: Plan) -> bool:
        """Whether being out stops the clocks of a version: with `resume`, the closed span counts as stopped."""
        return self.record.out and plan.stopped_while_out

    def follow(self, before: Plan) -> None:
        """Another version is followed: one that is out stays out; one that is in leaves, if the new `exit_when` holds."""
        leave = self.record.plan.exit
        if self.record.plan.process.exit_when != before.process.exit_when:
            self._held = self.record.out and leave is not None and leave.holds(self.record.situation)

    # ------------------------------------------------------------------ with the values of an instant

    def hear(self, at: int, batch: Sequence[Told], raised: Questions) -> bool:
        """Take what lets the record leave or return, in the order of the events, and let it return; whether it did.

        Returning comes first, so that what happens at this instant finds the milestones running. `exit_when` acts on
        becoming true; turning back re-enters.
        """
        held, leave = self._held, self.record.plan.exit
        if raised & EXIT and leave is not None:
            self._held = leave.holds(self.record.situation)
            self.became_true = self._held and not held
        moves = self.moves = self._moves_of(batch) if raised & MOVES else []
        if not self.record.out:
            return False
        if "return" in moves:
            self.moves = moves[moves.index("return") + 1 :]
        elif self._held or not held:
            self.moves, self.became_true = [], False  # it has left already
            return False
        self._return(at)
        return True

    def _moves_of(self, batch: Sequence[Told]) -> list[Move]:
        leave = self.record.plan.exit
        by_event = leave if self.record.plan.left_by_event and not self._held else None
        moves: list[Move] = []
        for event in batch:
            kind = type(event)
            if kind is Reopened:
                moves.append("return")
            elif kind is Closed or (by_event is not None and by_event.holds(self.record.situation_at([event]))):
                moves.append("leave")
        return moves

    # ------------------------------------------------------------------ after completions and criteria

    def settle(self, at: int) -> None:
        """Let the record leave, and return again if that is what its events say."""
        milestones = self.record.milestones
        moves, self.moves = self.moves, []
        for move in moves:
            if move == "leave" and not self.record.out:
                self._leave(at)
            elif move == "return" and self.record.out:
                self._return(at)
                milestones.stop(at)
                milestones.criteria(at, NONE)
        if self.became_true:
            self.became_true = False
            if not self.record.out:
                self._leave(at)

    def _leave(self, at: int) -> None:
        """Open milestones are cancelled, or stay open where the process says so."""
        self.record.out = True
        if self.record.witness is not None:
            self.record.witness.leave(self.record, at)
        self.exits += 1
        self.exit_at = at
        milestones = self.record.milestones
        if self.record.plan.cancelled_at_exit:
            for track in milestones.tracks:
                self._close(track)
        milestones.stop(at)

    def _close(self, track: Track) -> None:
        if track.open is not None:
            track.open.exit = self.exits
            track.end("exit", self.exit_at, "the record left the process")

    def close_after_all(self, track: Track, run: Run) -> None:
        """What was uncompleted while the record is out becomes what the exit would have made of it."""
        if not self.record.out or not self.record.plan.cancelled_at_exit:
            return
        pass_all(self.record, track, run, until=self.exit_at - 1)
        self._close(track)
        if not run.clock.stops.holding(self.exit_at):  # the stop of being out began with the exit
            run.frozen_target = run.target

    # ------------------------------------------------------------------ coming back

    def _return(self, at: int) -> None:
        """Resume the same occurrences, or begin anew (after this instant's completions)."""
        self.record.out = False
        if self.record.witness is not None:
            self.record.witness.come_back(self.record, at)
        if self.record.plan.process.on_reopen != "resume":
            self.restarting = True
            return
        for track in self.record.milestones.tracks:
            if track.lines and track.runs and track.runs[-1].ending == "exit" and track.runs[-1].exit == self.exits:
                self.record.milestones.reopen(track).arm()
            elif track.open is not None and self.record.milestones.rolls(track, track.open):
                self._roll(track, track.open, at)

    def _roll(self, track: Track, run: Run, at: int) -> None:
        """A period that ended while the record was out (`leave_open`) gives way now; the next begins at the return."""
        pass_all(self.record, track, run, until=at)
        end_period(track, at)
        track.due_while_out = True

    def restart(self, at: int) -> None:
        """Begin anew: the record came back to a process that restarts."""
        self.restarting = False
        for track in self.record.milestones.tracks:
            track.end("cancelled", at, "the process was restarted")
            track.new_cycle()
        if self.record.process_start is not None:
            self.record.process_start = at
