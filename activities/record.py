"""`record`: what the store is told of a case. Idempotent: told twice, it knows no more than told once."""

import structlog
from temporalio import activity

from activities.observing import SILENT, Observer
from activities.ports import Cases, Definitions, Ledger, LedgerLine
from activities.situation import situation
from sla.messages import RECORD, RecordInput
from sla.timeline import Timeline

logger = structlog.get_logger()


class Recorder:
    """Adds events to the log, sets the current view right, and closes the ledger's lines of what ended undone."""

    def __init__(self, cases: Cases, ledger: Ledger, definitions: Definitions, *, observer: Observer = SILENT) -> None:
        self._cases = cases
        self._ledger = ledger
        self._definitions = definitions
        self._observer = observer

    @activity.defn(name=RECORD)
    async def record(self, told: RecordInput) -> None:
        """Record events, the timeline that they come to, and the actions that ended undone."""
        await self._cases.append(told.record, told.ref, told.events)
        log = await self._cases.log(told.record)
        timeline = (await situation(self._definitions, told.ref, log, told.now)).timeline
        await self._cases.keep(timeline)
        await self._conclude(told, timeline)
        await self._enter_updates(timeline)
        logger.debug("case_recorded", record=told.record, events=len(told.events), status=timeline.status)

    async def _conclude(self, told: RecordInput, timeline: Timeline) -> None:
        if not told.concluded:
            return
        kinds = {effect.key: effect.action for effect in timeline.effects}
        news = [ended for ended in told.concluded if await self._ledger.find(ended.key) is None]
        await self._ledger.conclude(told.record, told.concluded, told.now)
        for ended in news:
            kind = kinds.get(ended.key, "unknown")
            self._observer.effect(kind, ended.outcome)
            logger.warning("action_ended_undone", record=told.record, key=ended.key, kind=kind, outcome=ended.outcome)

    async def _enter_updates(self, timeline: Timeline) -> None:
        """An `update` is performed by the evaluation itself (SPEC 4); the ledger is told, as of any other action."""
        for effect in timeline.effects:
            if effect.action == "update" and effect.status == "due" and await self._ledger.find(effect.key) is None:
                line = LedgerLine(
                    key=effect.key, outcome="performed", at=effect.due_at, detail={"set": effect.params.get("set", {})}
                )
                await self._ledger.write(timeline.record, "update", line)
                self._observer.effect("update", "performed")
