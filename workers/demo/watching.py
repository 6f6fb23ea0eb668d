"""What the demo sees of the live cases: the store, looked at again and again, and a journal of what changed in it.

Nothing here is computed by the demo: a status is what the service recorded, an action what its ledger holds.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sla.errors import UnknownRecord
from sla.timeline import Occurrence, TriggerKind, numbered
from store.engine import Database
from store.records import Records
from store.views import EffectState, StoredRecord

LOOK_S = 0.25
"""How often the store is looked at, in seconds."""

Say = Callable[[datetime, str, str], None]
"""Takes note of something: when, of which record, and what in words."""


def now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


async def until(at: datetime) -> None:
    """Wait until this instant has come."""
    await asyncio.sleep(max(0.0, (at - now()).total_seconds()))


@dataclass(slots=True, kw_only=True)
class Seen:
    """A case as the store had it at the last look, and the latest two lines of its journal."""

    record: str
    stored: StoredRecord | None = None
    occurrences: Sequence[Occurrence] = ()
    effects: Sequence[EffectState] = ()
    latest: list[str] = field(default_factory=list)


class Watch:
    """The cases of the demo as they move. `say` hears of every change, in the order of its being seen."""

    def __init__(self, database: Database, records: Sequence[str], say: Say) -> None:
        self.cases = {record: Seen(record=record) for record in records}
        self._store = Records(database)
        self._say = say

    async def look(self) -> None:
        """Look at every case once, and say what is new."""
        for case in self.cases.values():
            try:
                stored = await self._store.get(case.record)
            except UnknownRecord:
                continue
            occurrences = await self._store.occurrences(case.record)
            effects = await self._store.effects(case.record)
            news = [*_moved(case.occurrences, occurrences), *_done(case.effects, effects)]
            case.stored, case.occurrences, case.effects = stored, occurrences, effects
            for line in news:
                self.tell(case.record, line)

    def tell(self, record: str, words: str) -> None:
        """Write a line into a case's journal."""
        latest = self.cases[record].latest
        latest[:] = [*latest, words][-2:]
        self._say(now(), record, words)

    async def keep_looking(self, shown: Callable[[], None], enough: asyncio.Event) -> None:
        """Look until it is enough, and a last time then; `shown` is called after each look."""
        while not enough.is_set():
            await self.look()
            shown()
            await asyncio.sleep(LOOK_S)
        await self.look()
        shown()

    async def performed(self, record: str, milestone: str, trigger: TriggerKind, *, patience_s: float) -> None:
        """Wait until it has been seen that what this trigger asked for was performed, no longer than `patience_s`."""
        end = now() + timedelta(seconds=patience_s)
        while now() < end:
            seen = [one for one in self.cases[record].effects if one.effect.milestone == milestone]
            wanted = [one for one in seen if one.effect.trigger == trigger]
            if wanted and all(one.line is not None for one in wanted):
                return
            await asyncio.sleep(LOOK_S)


# ---------------------------------------------------------------------- what is new, in words


def _moved(before: Sequence[Occurrence], after: Sequence[Occurrence]) -> Iterator[str]:
    """A line for each thing that happened to milestones; several of which the same is to be said share one."""
    was = {(one.milestone, one.occurrence): one for one in before}
    said: dict[str, list[str]] = {}
    for one in after:
        what = _change(was.get((one.milestone, one.occurrence)), one)
        if what is not None:
            said.setdefault(what, []).append(numbered(one.milestone, one.occurrence))
    for what, names in said.items():
        everything = len(names) == len(after) > 1
        yield f"{'all milestones' if everything else _listed(names)}: {what}"


def _change(was: Occurrence | None, one: Occurrence) -> str | None:
    if was is not None and (was.status, was.retracted) == (one.status, one.retracted):
        return None
    if one.status == "met":
        left = one.limit_s - (one.actual_s or 0)
        return "met; violation retracted" if one.retracted else f"met, {left} s left"
    if one.status == "overdue":
        return "violated"
    if one.status == "met_late":
        return f"met, {one.overdue_s} s late"
    if one.status == "running" and was is not None:
        return "running again"
    return one.status


def _done(before: Sequence[EffectState], after: Sequence[EffectState]) -> Iterator[str]:
    known = {one.effect.key for one in before if one.line is not None}
    yield from (_deed(one) for one in after if one.line is not None and one.effect.key not in known)


def _deed(state: EffectState) -> str:
    """What the ledger says of an action that ended."""
    line, effect = state.line, state.effect
    if line is None or line.outcome != "performed":
        outcome = line.outcome.replace("_", " ") if line else "pending"
        return f"{effect.action} for {effect.milestone} {outcome}"
    if effect.action == "reassign":
        return f"reassigned to {line.detail.get('chosen') or line.detail.get('queue')}"
    if effect.action == "email":
        return f"{line.detail.get('template')} mailed to {_listed(line.detail.get('sent', []))}"
    return f"{effect.action} performed"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
