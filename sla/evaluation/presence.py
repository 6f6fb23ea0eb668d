"""Whether the record is in its process: how it leaves and returns, and what that does to its milestones (SPEC 4 and 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from sla.evaluation.passing import end_period, pass_all
from sla.evaluation.plan import names_events
from sla.evaluation.run import Run
from sla.evaluation.track import Track
from sla.events import Closed, Reopened
from sla.process.conditions import Happening

if TYPE_CHECKING:
    from sla.evaluation.projection import Projection

Move = Literal["leave", "return"]


class Presence:
    """The record's presence. `exits` counts how often it left, `exit_at` is when it last did."""

    def __init__(self, record: Projection) -> None:
        self.record = record
        self.out = False
        self.exits = 0
        self.exit_at = 0
        self._held = False
        self._became_true = False
        self._moves: list[Move] = []
        self._restarting = False

    def stops(self) -> bool:
        """Whether being out stops the clocks: with `resume`, the closed span counts as stopped."""
        process = self.record.plan.process
        return self.out and process.on_exit == "cancel" and process.on_reopen == "resume"

    # ------------------------------------------------------------------ with the values of an instant

    def hear(self, at: int, batch: Sequence[Happening]) -> None:
        """Take what lets the record leave or return, in the order of the events, and let it return.

        Returning comes first, so that what happens at this instant finds the milestones running. `exit_when` acts on
        becoming true; turning back re-enters.
        """
        held, leave = self._held, self.record.plan.exit
        self._held = leave is not None and leave.holds(self.record.situation())
        self._became_true = self._held and not held
        moves = self._moves_of(batch)
        if self.out and "return" in moves:
            moves = moves[moves.index("return") + 1 :]
            self._return(at)
        elif self.out and held and not self._held:
            self._return(at)
        self._moves = moves

    def _moves_of(self, batch: Sequence[Happening]) -> list[Move]:
        leave = self.record.plan.exit
        by_event = leave if names_events(leave) and not self._held else None
        moves: list[Move] = []
        for event in batch:
            if isinstance(event, Reopened):
                moves.append("return")
            elif isinstance(event, Closed) or (by_event is not None and by_event.holds(self.record.situation([event]))):
                moves.append("leave")
        return moves

    # ------------------------------------------------------------------ after completions and criteria

    def settle(self, at: int) -> None:
        """Let the record leave, and return again if that is what its events say."""
        milestones = self.record.milestones
        for move in self._moves:
            if move == "leave" and not self.out:
                self._leave(at)
            elif move == "return" and self.out:
                self._return(at)
                milestones.stop(at)
                milestones.criteria(at, news=True)
        if self._became_true and not self.out:
            self._leave(at)
        self._moves = []
        self._became_true = False

    def _leave(self, at: int) -> None:
        """Open milestones are cancelled, or stay open where the process says so."""
        self.out = True
        self.exits += 1
        self.exit_at = at
        milestones = self.record.milestones
        if self.record.plan.process.on_exit == "cancel":
            for track in milestones.tracks:
                if track.open is not None:
                    self._close(track.open)
        milestones.stop(at)

    def _close(self, run: Run) -> None:
        run.end("exit", self.exit_at, "the record left the process")
        run.exit = self.exits

    def close_after_all(self, track: Track, run: Run) -> None:
        """What was uncompleted while the record is out becomes what the exit would have made of it."""
        if not self.out or self.record.plan.process.on_exit != "cancel":
            return
        pass_all(self.record, track, run, until=self.exit_at - 1)
        self._close(run)
        if not run.clock.stops.holding(self.exit_at):  # the stop of being out began with the exit
            run.frozen_target = run.target

    # ------------------------------------------------------------------ coming back

    def _return(self, at: int) -> None:
        """Resume the same occurrences, or begin anew (after this instant's completions)."""
        self.out = False
        if self.record.plan.process.on_reopen != "resume":
            self._restarting = True
            return
        for track in self.record.milestones.tracks:
            if track.runs and track.runs[-1].ending == "exit" and track.runs[-1].exit == self.exits:
                track.runs[-1].reopen()
                track.runs[-1].arm()
            elif track.open is not None and self.record.milestones.rolls(track, track.open):
                self._roll(track, track.open, at)

    def _roll(self, track: Track, run: Run, at: int) -> None:
        """A period that ended while the record was out (`leave_open`) gives way now; the next begins at the return."""
        pass_all(self.record, track, run, until=at)
        end_period(run, at)
        track.due_while_out = True

    def restart(self, at: int) -> None:
        """Begin anew if the record came back to a process that restarts."""
        if not self._restarting:
            return
        self._restarting = False
        for track in self.record.milestones.tracks:
            if track.open is not None:
                track.open.end("cancelled", at, "the process was restarted")
            track.new_cycle()
        if self.record.process_start is not None:
            self.record.process_start = at
