"""`decide`: the question a case asks whenever something happened or its time has come. Reads definitions, changes nothing.

It runs as a local activity, so that the answer is recorded in the case's history and never computed anew on replay.
"""

from collections.abc import Mapping

from temporalio import activity

from activities.actions import WORLDS
from activities.observing import SILENT, Observer
from activities.ports import Definitions
from activities.situation import situation
from sla.dispatch import BUDGET_S, dispatch, view_of, without_future
from sla.messages import DECIDE, CaseView, DecideInput, Decision, World


class Decider:
    """Answers with the law of `sla`; holds only what it needs to look definitions up."""

    def __init__(
        self,
        definitions: Definitions,
        *,
        observer: Observer = SILENT,
        worlds: Mapping[str, World] = WORLDS,
        budget_s: int = BUDGET_S,
    ) -> None:
        self._definitions = definitions
        self._budget_s = budget_s
        self._observer = observer
        self._worlds = worlds

    @activity.defn(name=DECIDE)
    async def decide(self, asked: DecideInput) -> Decision:
        """What to do now, given this log and what has been done by now."""
        asked, future = without_future(asked)
        found = await situation(self._definitions, asked.ref, asked.log, asked.now)
        before = asked.shown or await self._before(asked)
        decision = dispatch(asked, found.process, found.timeline, self._worlds, before=before, budget_s=self._budget_s)
        self._count(before, decision)
        return decision.model_copy(update={"refused": [*future, *decision.refused]}) if future else decision

    async def _before(self, asked: DecideInput) -> CaseView | None:
        """What a case that starts anew showed before its news: a run does not hand on what can be derived."""
        known = asked.log[: len(asked.log) - asked.news]
        return view_of((await situation(self._definitions, asked.ref, known, asked.now)).timeline) if known else None

    def _count(self, shown: CaseView | None, decision: Decision) -> None:
        self._observer.decided()
        warnings = {task.key.rpartition("/")[0] for task in decision.start if task.trigger == "warning"}
        for _ in warnings:
            self._observer.warned()
        if decision.view is None:
            return
        before, after = _violated(shown), _violated(decision.view)
        for _ in after - before:
            self._observer.violated()
        for _ in before - after:
            self._observer.retracted()


def _violated(view: CaseView | None) -> set[tuple[str, int]]:
    return set() if view is None else {(m.milestone, m.occurrence) for m in view.milestones if m.violated}
