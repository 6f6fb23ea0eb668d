"""The workflow of one migration: it goes through a list of records in the store, and tells the case of each to move.

    next ─> tell each case ─> settle ─> (look again, with patience) ─> wait for the rate ─> next

No rule lives here, nor the list: which records come next, and what became of those that were told, it asks activities. One
record that cannot be moved stops nothing. Telling a case twice is safe: the event has the same id.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError
from temporalio.workflow import ContinueAsNewVersioningBehavior

with workflow.unsafe.imports_passed_through():
    from sla import messages, moving
    from sla.events import Migrated
    from sla.messages import News, ProcessRef
    from sla.moving import Batch, MoveInput, NextInput, Progress, SettledMoves, SettleInput, State, TurnInput

# See `workflows.case`.
with workflow.unsafe.sandbox_import_notification_policy(workflow.SandboxImportNotificationPolicy.SILENT):
    from workflows.telling import second

AT_ONCE = 50
"""How many cases are told at once, at most."""

PAUSES_S = (0.25, 0.5, 1, 2, 4, 8, 8, 8)
"""How long to wait before each look at what became of those that were told; after the last they have failed."""

ROLL_AFTER = 400
"""After how many records to continue as new."""

PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1))
ATTEMPT = timedelta(seconds=30)
"""What an attempt may take that needs milliseconds: so long it is waited for if its worker died."""


@workflow.defn(name=moving.WORKFLOW)
class MoveRecords:
    """One migration. Its result is what became of its records."""

    @workflow.init
    def __init__(self, move: MoveInput) -> None:
        self.migration = move.migration
        self.per_second = move.per_second
        self.after = move.after
        self.told = 0
        self.stopping = False
        self.done = Progress()

    # ------------------------------------------------------------------ the story

    @workflow.run
    async def run(self, move: MoveInput) -> Progress:
        """Move what is on the list, until all have had their turn or somebody stops it."""
        while True:
            if self.stopping:
                if await self._stop():
                    return self.done
            elif self._should_roll():
                self._roll()
            else:
                began = workflow.now()
                batch = await self._next()
                await self._move(batch)
                if batch.finished and not self.stopping:
                    await self._turn("ended")
                    return self.done
                await self._keep_to_rate(began, len(batch.records))

    async def _stop(self) -> bool:
        """Come to rest; False if somebody has it go on meanwhile."""
        await self._turn("stopped")
        if self.stopping:
            return True
        await self._turn("running")
        return False

    async def _keep_to_rate(self, began: datetime, told: int) -> None:
        """Wait until so many may have been told since then; who stops the migration does not wait for that."""
        ahead = began + timedelta(seconds=told / self.per_second) - workflow.now()
        if ahead > timedelta(0):
            await self._pause(ahead)

    async def _pause(self, length: timedelta) -> None:
        with suppress(TimeoutError):
            await workflow.wait_condition(lambda: self.stopping, timeout=length)

    # ------------------------------------------------------------------ hearing

    @workflow.signal(name=moving.STOP)
    def stop(self) -> None:
        """Finish what is under way, and leave the others as they are."""
        self.stopping = True

    @workflow.signal(name=moving.RESUME)
    def resume(self) -> None:
        """Go on after all."""
        self.stopping = False

    @workflow.query(name=moving.PROGRESS)
    def progress(self) -> Progress:
        """How far it has come, as of the latest batch."""
        return self.done

    # ------------------------------------------------------------------ moving

    async def _move(self, batch: Batch) -> None:
        """Tell each case, and look what became of it until all have moved or patience ends."""
        problems: dict[str, str] = {}
        await asyncio.gather(*(self._tell(record, batch.to, problems) for record in batch.records))
        self.told += len(batch.records)
        waiting = batch.records
        for number, pause_s in enumerate(PAUSES_S, 1):
            if not waiting:
                break
            await workflow.sleep(pause_s)
            waiting = await self._settle(waiting, problems, last=number == len(PAUSES_S))
        self.after = batch.position

    async def _tell(self, record: str, to: ProcessRef, problems: dict[str, str]) -> None:
        """Tell one case; why it could not be told is noted."""
        now = second(workflow.now())
        event = Migrated(
            record=record,
            id=moving.event_id(self.migration),
            at=now,
            recorded_at=now,
            process=to.process,
            version=to.version,
            revision=to.revision,
        )
        case = workflow.get_external_workflow_handle(messages.workflow_id(record))
        try:
            await case.signal(messages.HEAR, News(event=event))
        except FailureError as problem:
            problems[record] = problem.message

    # ------------------------------------------------------------------ asking

    async def _next(self) -> Batch:
        size = min(AT_ONCE, max(1, self.per_second))
        now = second(workflow.now())
        batch: Batch = await workflow.execute_activity(
            moving.NEXT,
            NextInput(migration=self.migration, after=self.after, at_most=size, now=now),
            result_type=Batch,
            start_to_close_timeout=ATTEMPT,
            retry_policy=PATIENT,
            summary=f"the records after {self.after}",
        )
        self._show(batch.progress)
        return batch

    async def _settle(self, records: list[str], problems: dict[str, str], *, last: bool) -> list[str]:
        now = second(workflow.now())
        unheard = {record: problems[record] for record in records if record in problems}
        settled: SettledMoves = await workflow.execute_activity(
            moving.SETTLE,
            SettleInput(migration=self.migration, records=records, problems=unheard, last=last, now=now),
            result_type=SettledMoves,
            start_to_close_timeout=ATTEMPT,
            retry_policy=PATIENT,
            summary=f"what became of {len(records)}",
        )
        self._show(settled.progress)
        return settled.waiting

    async def _turn(self, state: State) -> None:
        progress: Progress = await workflow.execute_activity(
            moving.TURN,
            TurnInput(migration=self.migration, state=state, now=second(workflow.now())),
            result_type=Progress,
            start_to_close_timeout=ATTEMPT,
            retry_policy=PATIENT,
            summary=state,
        )
        self._show(progress)

    def _show(self, progress: Progress) -> None:
        """What Temporal's own pages show of it."""
        self.done = progress
        rows = [f"| {name} | {getattr(progress, name)} |" for name in ("moved", "skipped", "failed", "waiting")]
        head = [f"**{progress.done} of {progress.total}**", "", "| records | |", "|---|---|"]
        workflow.set_current_details("\n".join([*head, *rows]))

    # ------------------------------------------------------------------ rolling over

    def _should_roll(self) -> bool:
        """When the history has grown long, or a newer version of the worker is to go on with it."""
        now = workflow.info()
        long = self.told >= ROLL_AFTER or now.is_continue_as_new_suggested()
        return long or now.is_target_worker_deployment_version_changed()

    def _roll(self) -> None:
        workflow.continue_as_new(
            MoveInput(migration=self.migration, per_second=self.per_second, after=self.after),
            initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE,
        )
