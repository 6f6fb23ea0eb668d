"""All records on record held to other promises: read in bulk from the store, weighed in processes side by side.

A process is handed ids and hands back figures; logs, laws and outcomes never leave it. Each has a connection of its own, and
keeps what it compiled: the new laws from its beginning on, the old ones as it meets them, each once.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import active_children
from multiprocessing.util import Finalize
from typing import Final

from activities.situation import law_of, laws_of
from runtime.processes import Crew, cores
from sla.calendar import BusinessHours
from sla.errors import ServiceUnavailable
from sla.evaluation.following import Laws
from sla.events import Event, Migrated
from sla.messages import ProcessRef
from sla.process.model import Process
from sla.tally import Tally
from starter.weighing import Asked, NewLaw, Weighing
from store.bulk import Bulk
from store.definitions import StoredDefinitions
from store.engine import Database

AT_ONCE: Final = 1_500
"""Evaluations that are made together: a part of a second, after which progress is told and Ctrl-C heard."""

_BETWEEN_OTHERS: Final = 20
"""Records that are weighed together where others wait for their turn: some milliseconds."""

_WORTH_IT: Final = 2_000
"""Records from which it pays to start processes, which takes each a second."""

Advance = Callable[[int, int], None]
"""Is told how many records of how many have been weighed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Everything that a process must know, as it can be handed over: definitions are JSON, what was compiled stays behind.

    `installed_hours` names the installation's business hours, for what records were held to so far.
    """

    url: str
    processes: tuple[str, ...]
    calendars: tuple[tuple[str, str], ...]
    default_hours: str
    installed_hours: str | None
    asked: Asked
    now: datetime

    @classmethod
    def of(cls, url: str, law: NewLaw, asked: Asked, now: datetime, installed_hours: str | None) -> "Task":
        """To weigh by these laws."""
        return cls(
            url=url,
            processes=tuple(one.model_dump_json(exclude_none=True) for one in law.processes),
            calendars=tuple((name, hours.model_dump_json()) for name, hours in law.calendars.items()),
            default_hours=law.default_hours.model_dump_json(),
            installed_hours=installed_hours,
            asked=asked,
            now=now,
        )

    def law(self) -> NewLaw:
        """The laws again."""
        return NewLaw(
            processes=tuple(Process.model_validate_json(text) for text in self.processes),
            calendars={name: BusinessHours.model_validate_json(text) for name, text in self.calendars},
            default_hours=BusinessHours.model_validate_json(self.default_hours),
        )


class Scales:
    """Weighs records of one database. For one event loop."""

    def __init__(self, database: Database, task: Task) -> None:
        self._bulk = Bulk(database)
        self._definitions = StoredDefinitions(database, default_hours=task.installed_hours)
        self._task = task
        self._new = task.law().laws()
        self._old: dict[ProcessRef, Laws] = {}

    async def weigh(self, names: Sequence[str]) -> Tally:
        """What becomes of these records."""
        weighing = Weighing(self._new, self._task.asked, self._task.now)
        for one in await self._bulk.read(names):
            weighing.add(one.record, one.fields, one.log, await self._law(one.opened_under, one.log))
        return weighing.tally

    async def _law(self, ref: ProcessRef, log: Sequence[Event]) -> Laws:
        """What a record is held to. Those that never moved share theirs."""
        if any(type(event) is Migrated for event in log):
            return await laws_of(self._definitions, ref, log)
        if ref not in self._old:
            self._old[ref] = Laws(first=await law_of(self._definitions, ref))
        return self._old[ref]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much is weighed at most: so many records, the newest, and no more of them after so many seconds."""

    records: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What was added up, and whether that is all that was meant."""

    tally: Tally
    complete: bool


async def weigh(
    database: Database,
    task: Task,
    *,
    bounds: Bounds | None = None,
    jobs: int | None = None,
    advance: Advance | None = None,
) -> Weighed:
    """Weigh the records that are meant, in so many processes (default: one for each core). Raises what `Database` does.

    Within bounds it stays in this process, and lets others have their turn after every few records.
    """
    names, complete = await _names(database, task, bounds)
    at_once = max(1, AT_ONCE // (1 + len(task.processes))) if bounds is None else _BETWEEN_OTHERS
    parts = [names[first : first + at_once] for first in range(0, len(names), at_once)]
    jobs = min(jobs or cores(), len(parts))
    alone = bounds is not None or jobs <= 1 or len(names) < _WORTH_IT
    total = Tally.of(len(task.processes), task.asked.by)
    clock = asyncio.get_running_loop().time
    until = None if bounds is None else clock() + bounds.seconds
    async with aclosing(_here(database, task, parts) if alone else _side_by_side(task, parts, jobs)) as tallies:
        async for tally, weighed in tallies:
            total.merge(tally)
            if advance is not None:
                advance(weighed, len(names))
            if until is not None and clock() > until and weighed < len(names):
                return Weighed(tally=total, complete=False)
    return Weighed(tally=total, complete=complete)


async def _names(database: Database, task: Task, bounds: Bounds | None) -> tuple[list[str], bool]:
    """The records that are meant, as far as the bounds reach, the newest of them; and whether these are all."""
    names: list[str] = []
    asked, newest_first = task.asked, bounds is not None
    async for page in Bulk(database).names(opened_from=asked.opened_from, process=asked.under, newest_first=newest_first):
        names += page
        if bounds is not None and len(names) > bounds.records:
            return names[: bounds.records], False
    return names, True


async def _here(database: Database, task: Task, parts: Sequence[list[str]]) -> AsyncGenerator[tuple[Tally, int], None]:
    """The parts' tallies one after the other, with how many records have had their turn. In between others have theirs."""
    scales, weighed = Scales(database, task), 0
    for part in parts:
        weighed += len(part)
        yield await scales.weigh(part), weighed
        await asyncio.sleep(0)


async def _side_by_side(task: Task, parts: Sequence[list[str]], jobs: int) -> AsyncGenerator[tuple[Tally, int], None]:
    """The same in processes, as they are done. Whoever does not wait for the end, ends them."""
    others = set(active_children())
    crew = Crew(jobs, _begin, task)
    waiting = {asyncio.wrap_future(crew.submit(_weigh, part)): len(part) for part in parts}
    weighed = 0
    try:
        while waiting:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                weighed += waiting.pop(one)
                yield _result(one), weighed
    finally:
        if waiting:
            for one in waiting:
                one.cancel()
            for child in set(active_children()) - others:
                child.terminate()
        crew.shutdown(cancel_futures=True)


def _result(part: "asyncio.Future[Tally]") -> Tally:
    """What a process answered. Raises what it refused, and ServiceUnavailable if it is gone."""
    try:
        return part.result()
    except BrokenProcessPool:
        raise ServiceUnavailable(
            service="A process that weighs records",
            address="this machine",
            problem="it was ended, perhaps for want of memory",
            remedy="Have fewer of them side by side: --jobs 1.",
        ) from None


# ---------------------------------------------------------------------- in a process of its own

_kept: list[tuple[asyncio.Runner, Database, Scales]] = []
"""What this process keeps from one part to the next."""


def _begin(task: Task) -> None:
    database = Database(task.url)
    _kept.append((asyncio.Runner(), database, Scales(database, task)))
    Finalize(None, _end, exitpriority=1)
    gc.freeze()
    gc.disable()  # an evaluation leaves no circles; what does is collected after each part


def _weigh(names: list[str]) -> Tally:
    runner, _, scales = _kept[0]
    try:
        return runner.run(scales.weigh(names))
    finally:
        gc.collect()


def _end() -> None:
    for runner, database, _ in _kept:
        with runner:
            runner.run(database.dispose())
