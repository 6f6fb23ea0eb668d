"""`decide`: the question that a case asks whenever something happened or its time has come, and the store's knowledge of it.

It runs as a local activity, so that the answer is recorded in the case's history and never computed anew on replay. What the
answer rests on is in the store before the answer is given: an action that it starts finds it there. The case's log and the
store's complete each other: whichever lost something learns it from the other.
"""

from collections.abc import Iterator, Mapping

import structlog
from temporalio import activity

from activities.actions import WORLDS
from activities.observing import SILENT, Observer
from activities.ports import Cases, Definitions, LedgerLine
from activities.situation import situation
from sla.dispatch import BUDGET_S, NO_LONGER_WANTED, dispatch, knowing, without_future
from sla.events import Event
from sla.finding import Finding, Settled
from sla.messages import DECIDE, CaseView, Concluded, DecideInput, Decision, Fulfilled, World
from sla.timeline import Timeline
from sla.viewing import view_of

logger = structlog.get_logger()


class Decider:
    """Answers with the law of `sla`. `worlds` are those of the kinds of action; `budget_s` is how long one is tried."""

    def __init__(
        self,
        definitions: Definitions,
        cases: Cases,
        *,
        observer: Observer = SILENT,
        worlds: Mapping[str, World] = WORLDS,
        budget_s: int = BUDGET_S,
    ) -> None:
        self._definitions = definitions
        self._cases = cases
        self._budget_s = budget_s
        self._observer = observer
        self._worlds = worlds

    @activity.defn(name=DECIDE)
    async def decide(self, asked: DecideInput) -> Decision:
        """What to do now, given this log and what has been done by now. Told twice, the store knows as if once."""
        says = asked.news > 0
        asked, future = without_future(asked)
        before = asked.shown or await self._before(asked)
        found: list[Event] = []
        while True:
            there = await situation(self._definitions, asked.ref, asked.log, asked.now)
            decision = dispatch(
                asked, there.process, there.timeline, self._worlds,
                before=before, budget_s=self._budget_s, says=says, origins=there.origins,
            )  # fmt: skip
            settled = await self._settle(asked, decision, there.timeline)
            if not settled.unknown:
                break
            found += settled.unknown
            asked = knowing(asked, settled.unknown)
        self._count(before, decision, view_of(there.timeline))
        logger.debug("case_decided", record=asked.record, events=len(asked.log), status=there.timeline.status)
        fulfilled = [Fulfilled(key=line.key, events=line.events()) for line in settled.stood]
        unheard = [_concluded(line) for line in settled.dropped]
        told = {"found": found, "fulfilled": fulfilled, "unheard": unheard, "refused": [*future, *decision.refused]}
        return decision.model_copy(update=told)

    async def _before(self, asked: DecideInput) -> CaseView | None:
        """What a case that starts anew showed before its news: a run does not hand on what can be derived."""
        known = asked.log[: len(asked.log) - asked.news]
        return view_of((await situation(self._definitions, asked.ref, known, asked.now)).timeline) if known else None

    async def _settle(self, asked: DecideInput, decision: Decision, timeline: Timeline) -> Settled:
        """Tell the store, which may know more. Of a record that was never opened it need not know."""
        refused = {one.event for one in decision.refused}
        first = len(asked.log) - asked.news
        news = [event for event in asked.log[first:] if event.id not in refused]
        log = [*asked.log[:first], *news]
        if not log:
            return Settled()
        undone = [*asked.concluded, *(one for one in decision.drop if one.key not in asked.running)]
        ended = [*(_undone(one, timeline) for one in undone), *_updates(timeline)]
        settled = await self._cases.settle(
            Finding(ref=asked.ref, log=log, news=len(news), timeline=timeline, ended=ended, done={*asked.done}, run=_run())
        )
        kinds = {effect.key: effect.action for effect in timeline.effects}
        for line in settled.new:
            kind = kinds.get(line.key, "unknown")
            self._observer.effect(kind, line.outcome)
            if line.outcome != "performed":
                logger.warning("action_ended_undone", record=asked.record, key=line.key, kind=kind, outcome=line.outcome)
        return settled

    def _count(self, shown: CaseView | None, decision: Decision, view: CaseView) -> None:
        self._observer.decided()
        warnings = {task.key.rpartition("/")[0] for task in decision.start if task.trigger == "warning"}
        for _ in warnings:
            self._observer.warned()
        before, after = _violated(shown), _violated(view)
        for _ in after - before:
            self._observer.violated()
        for _ in before - after:
            self._observer.retracted()


def _run() -> str | None:
    """The run of the workflow that asks; None where no workflow does."""
    return activity.info().workflow_run_id if activity.in_activity() else None


def _undone(one: Concluded, timeline: Timeline) -> LedgerLine:
    return LedgerLine(key=one.key, outcome=one.outcome, at=timeline.as_of, reason=one.reason)


def _concluded(line: LedgerLine) -> Concluded:
    """An action that the ledger has as dropped, told to its case, which never heard that decision."""
    return Concluded(key=line.key, outcome="dropped", reason=line.reason or NO_LONGER_WANTED)


def _updates(timeline: Timeline) -> Iterator[LedgerLine]:
    """An `update` is performed by the evaluation itself (SPEC 4); the ledger is told, as of any other action."""
    for effect in timeline.effects:
        if effect.action == "update" and effect.status == "due":
            detail = {"set": effect.params.get("set", {})}
            yield LedgerLine(key=effect.key, outcome="performed", at=effect.due_at, detail=detail)


def _violated(view: CaseView | None) -> set[tuple[str, int]]:
    return set() if view is None else {(m.milestone, m.occurrence) for m in view.milestones if m.violated}
