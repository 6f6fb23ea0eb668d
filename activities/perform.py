"""`action.<kind>`: one activity for each kind of action, and the protocol that they share.

Look in the ledger; write down that it is begun; judge anew whether the action is still wanted; do it; write that down.
Between the world's acceptance and the ledger's commit, and only there, a crash has the action done twice (SPEC 5).

The workflow starts an action only after the store has every event that the decision knew. So an action that today's log
does not reach is one that later news has taken back: it is dropped, not waited for. The one exception is a store that does
not know the record at all, which has lost it or lags behind: that is worth waiting for.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import structlog
from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.actions import CATALOGUE, read_params
from activities.actions.context import ActionContext, Done, Kind, Outside
from activities.beating import beating
from activities.observing import SILENT, Observer
from activities.ports import Cases, Clock, Definitions, Ledger, LedgerLine, Permanent, Transient
from activities.progress import LedgerProgress
from activities.situation import Situation, situation
from sla.dispatch import NO_LONGER_WANTED, NOBODY_TOLD, unwanted, violation_keys
from sla.instants import to_instant
from sla.ledger_line import UNDONE
from sla.messages import ACTION_PREFIX, Outcome, Performed, PerformInput, World
from sla.timeline import Effect

TRANSIENT = "transient"
PERMANENT = "permanent"
"""The types of the failures with which an action fails: the first is retried, the second is not."""

HOLDING_S = (0.5, 1, 2, 4, 8, 15, 15, 15, 15)
"""Pauses between attempts to write down what was done: together less than an attempt at an action may take."""

Perform = Callable[[PerformInput], Awaitable[Performed]]

logger = structlog.get_logger()


class Performer:
    """Performs actions of every kind in the catalogue."""

    def __init__(
        self,
        *,
        definitions: Definitions,
        cases: Cases,
        ledger: Ledger,
        clock: Clock,
        outside: Outside,
        observer: Observer = SILENT,
        catalogue: Mapping[str, Kind] = CATALOGUE,
    ) -> None:
        self._definitions = definitions
        self._cases = cases
        self._ledger = ledger
        self._clock = clock
        self._outside = outside
        self._observer = observer
        self._catalogue = catalogue
        self._turns: MutableMapping[str, asyncio.Lock] = WeakValueDictionary()

    def activities(self, world: World | None = None) -> list[Perform]:
        """The activities `action.<kind>` of one outside world, or of all, for a worker to register."""
        return [self._activity(kind) for name, kind in self._catalogue.items() if world in (None, kind.WORLD)]

    def _activity(self, kind: Kind) -> Perform:
        async def perform(asked: PerformInput) -> Performed:
            info = activity.info()
            try:
                return await beating(self.perform(kind, asked, attempt=info.attempt, now=info.started_time))
            except Transient as problem:
                delay = None if problem.retry_after_s is None else timedelta(seconds=problem.retry_after_s)
                await self._failed(kind, asked, str(problem), info.started_time)
                raise ApplicationError(str(problem), type=TRANSIENT, next_retry_delay=delay) from None
            except Permanent as problem:
                await self._failed(kind, asked, str(problem), info.started_time)
                raise ApplicationError(str(problem), type=PERMANENT, non_retryable=True) from None
            except Exception as problem:
                await self._failed(kind, asked, f"unexpected {type(problem).__name__}", info.started_time)
                raise

        return activity.defn(name=f"{ACTION_PREFIX}{kind.KIND}")(perform)

    async def _failed(self, kind: Kind, asked: PerformInput, problem: str, at: datetime) -> None:
        logger.warning("action_failed", record=asked.record, key=asked.key, kind=kind.KIND, problem=problem)
        await self._ledger.attempt(asked.record, kind.KIND, asked.key, problem, at=to_instant(at))

    async def perform(self, kind: Kind, asked: PerformInput, *, attempt: int = 1, now: datetime | None = None) -> Performed:
        """Perform an action unless it was performed, or is no longer wanted. Raises Transient or Permanent.

        `now` is by the clock that the case goes by, the Temporal server's: this host's may be wrong. Default: this host's.
        An attempt that Temporal takes for lost may only be slow: the next one, if it comes to this process, waits for it.
        """
        turn = self._turns.setdefault(asked.key, asyncio.Lock())
        async with turn:
            return await self._perform(kind, asked, attempt=attempt, now=now)

    async def _perform(self, kind: Kind, asked: PerformInput, *, attempt: int, now: datetime | None) -> Performed:
        recorded = await self._ledger.find(asked.key)
        if recorded is not None and recorded.outcome == "performed":
            return _performed(recorded)
        now = to_instant(now or self._clock.now())
        if attempt > 1:
            await self._ledger.lost(asked.record, kind.KIND, asked.key, at_least=attempt - 1, at=now)
        # Begun before it is judged: whoever drops it meanwhile knows from that that it may yet reach somebody.
        await self._ledger.begin(asked.record, asked.key)
        progress = LedgerProgress(self._ledger, record=asked.record, kind=kind.KIND, key=asked.key, at=now)
        try:
            found = await self._situation(asked, now)
            effect = next((effect for effect in found.timeline.effects if effect.key == asked.key), None)
            reason = NO_LONGER_WANTED if effect is None else await self._unwanted(effect, found)
            done = None
            if effect is not None and reason is None:
                self._count_beginning(kind, effect, now, attempt)
                done = await self._do(kind, found, effect, progress, now)
        except Exception:
            if not progress.accepted:
                await self._ledger.refused(asked.key)
            raise
        if done is None:
            await self._ledger.refused(asked.key)
            # Over what it saw, and nothing newer: the case may have given it up while this attempt hung.
            over: tuple[Outcome, ...] = () if recorded is None else (recorded.outcome,)
            line = LedgerLine(key=asked.key, outcome="dropped", at=now, reason=reason)
            return await self._write(kind, asked, line, over=over)
        detail = done.detail | ({"events": [event.model_dump(mode="json") for event in done.events]} if done.events else {})
        return await self._hold(kind, asked, LedgerLine(key=asked.key, outcome="performed", at=now, detail=detail))

    async def _unwanted(self, effect: Effect, found: Situation) -> str | None:
        if (reason := unwanted(effect)) is not None or effect.trigger != "retracted":
            return reason
        return None if await self._told(effect, found) else NOBODY_TOLD

    async def _told(self, effect: Effect, found: Situation) -> bool:
        """Whether a violation that is withdrawn may have reached anybody: not if all its actions are known to have not."""
        keys = violation_keys(effect, found.timeline)
        return not keys or any([await self._may_have_reached(key) for key in keys])

    async def _may_have_reached(self, key: str) -> bool:
        """Whether the world may have accepted an action, or a part of it: also if nothing was heard of an attempt."""
        line = await self._ledger.find(key)
        if line is None or line.outcome == "performed":
            return True
        return await self._ledger.unheard(key)

    async def _situation(self, asked: PerformInput, now: datetime) -> Situation:
        log = await self._cases.log(asked.record)
        if not log:
            raise Transient("the store does not know the record yet")
        return await situation(self._definitions, asked.ref, log, now)

    async def _do(self, kind: Kind, found: Situation, effect: Effect, progress: LedgerProgress, now: datetime) -> Done:
        try:
            params = read_params(kind, effect.params)
        except ValidationError as error:
            raise Permanent(f"the parameters do not fit: {error.error_count()} problems, {_first(error)}") from None
        law = found.law_of(effect)
        context = ActionContext(
            effect=effect,
            now=now,
            process=law.process,
            timeline=found.timeline,
            calendars=law.calendars,
            default_hours=law.default_hours,
            origins=found.origins,
            outside=self._outside,
            progress=progress,
        )
        return await kind.perform(context, params)

    async def _hold(self, kind: Kind, asked: PerformInput, line: LedgerLine) -> Performed:
        """Write that an action was performed, holding on to that while the store is away: to forget it is to do it twice."""
        for pause_s in HOLDING_S:
            try:
                return await self._write(kind, asked, line)
            except Exception as problem:
                logger.warning("ledger_unwritten", record=asked.record, key=line.key, problem=type(problem).__name__)
                await asyncio.sleep(pause_s)
        return await self._write(kind, asked, line)

    async def _write(
        self, kind: Kind, asked: PerformInput, line: LedgerLine, *, over: tuple[Outcome, ...] = UNDONE
    ) -> Performed:
        """Write the outcome; what stands in the ledger afterwards is the answer, whoever wrote it first."""
        stands = await self._ledger.write(asked.record, kind.KIND, line, over=over)
        self._observer.effect(kind.KIND, stands.outcome)
        logger.info("action_ended", record=asked.record, key=asked.key, kind=kind.KIND, outcome=stands.outcome)
        return _performed(stands)

    def _count_beginning(self, kind: Kind, effect: Effect, now: datetime, attempt: int) -> None:
        if attempt == 1:
            self._observer.triggered(effect.trigger, (now - effect.due_at).total_seconds())
        else:
            self._observer.retried(kind.KIND)


def _performed(line: LedgerLine) -> Performed:
    outcome = "performed" if line.outcome == "performed" else "dropped"
    return Performed.model_validate({"outcome": outcome, "reason": line.reason, "events": line.events()})


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg'].removeprefix('Value error, ')}"
