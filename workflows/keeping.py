"""The workflow that keeps histories: there is one for an installation, and it never ends.

It only sees to it that somebody keeps them: the work is an activity, which goes on for a while, tells that it is alive, and
is taken up by another worker when it falls silent. What is still to be stored is in the store, and so nothing is lost here.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.workflow import ContinueAsNewVersioningBehavior

with workflow.unsafe.imports_passed_through():
    from sla import archiving
    from sla.archiving import KeepInput, KeepTurn, Kept

TURN_S = 300
"""How long one turn of the activity is."""
SILENCE = timedelta(seconds=30)
"""After so long without a sign its worker is taken for dead."""
LONGEST = timedelta(hours=1)
"""A turn ends with the history that it is at, however long that takes; so long at most."""
ROLL_AFTER = 200
"""Turns until it continues as new, when it also looks for records whose first run is not known: each two thirds of a day."""
PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))


@workflow.defn(name=archiving.WORKFLOW)
class KeepHistories:
    """The keeper of the archive."""

    @workflow.init
    def __init__(self, keep: KeepInput) -> None:
        self.done = keep.so_far

    @workflow.run
    async def run(self, keep: KeepInput) -> None:
        """Have histories kept, turn after turn."""
        turns = 0
        while not self._should_roll(turns):
            await self._turn(sweep=turns == 0)
            turns += 1
        workflow.continue_as_new(
            KeepInput(so_far=self.done), initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE
        )

    @workflow.query(name=archiving.SO_FAR)
    def so_far(self) -> Kept:
        """How much has been kept, as of the latest turn."""
        return self.done

    async def _turn(self, *, sweep: bool) -> None:
        kept: Kept = await workflow.execute_activity(
            archiving.KEEP,
            KeepTurn(for_s=TURN_S, sweep=sweep),
            result_type=Kept,
            start_to_close_timeout=LONGEST,
            heartbeat_timeout=SILENCE,
            retry_policy=PATIENT,
            summary=f"{self.done.stored} stored so far",
        )
        self.done = self.done.and_also(kept)
        rows = [f"| {name} | {getattr(self.done, name)} |" for name in ("stored", "lost", "bytes")]
        workflow.set_current_details("\n".join(["| histories | |", "|---|---|", *rows]))

    def _should_roll(self, turns: int) -> bool:
        """When its history has grown long, or workers of a newer version are to go on with it."""
        now = workflow.info()
        long = turns >= ROLL_AFTER or (turns > 0 and now.is_continue_as_new_suggested())
        return long or (turns > 0 and now.is_target_worker_deployment_version_changed())
