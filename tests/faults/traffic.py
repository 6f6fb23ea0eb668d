"""The population: what happens to each case and when, drawn from a seed; and the telling of it, for as long as it takes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from sla.errors import MilepostError, RefusedEvent
from starter.desk import Desk
from tests.faults.seen import Seen

SUPPORT: Final = "Faults Support"
UPDATES: Final = "Faults Updates"
AGENTS: Final = ("ada", "ben", "chloe")
AGAIN_S: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happens to a record `at_s` seconds into the traffic, and is told at `told_s`."""

    at_s: float
    told_s: float
    id: str
    data: dict[str, Any]
    waited_for: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A record: its opening, and what follows."""

    record: str
    process: str
    fields: dict[str, Any]
    opened_s: float
    happenings: tuple[Happening, ...]


def population(seed: int, cases: int, span_s: float) -> list[Story]:
    """That many stories, which last `span_s` seconds together; the same for the same seed."""
    return [_story(Random(f"{seed}/{number}"), f"F-{number:04}", span_s) for number in range(1, cases + 1)]


def _story(dice: Random, record: str, span_s: float) -> Story:
    updates = dice.random() < 0.25
    opened = dice.uniform(0, 0.2)
    told = _Teller(dice, record, opened, span_s)
    if updates:
        _updates(dice, told, opened)
    else:
        _support(dice, told, opened)
    return Story(
        record=record,
        process=UPDATES if updates else SUPPORT,
        fields={
            "owner": dice.choice(AGENTS),
            "priority": dice.choice(("P1", "P2", "P3")),
            "subject": f"{record} has a fault",
            "escalated": False,
        },
        opened_s=opened * span_s,
        happenings=tuple(sorted(told.all, key=lambda one: (one.told_s, one.id))),
    )


@dataclass(slots=True)
class _Teller:
    """Collects happenings. Instants are parts of the span, from 0 to 1."""

    dice: Random
    record: str
    opened: float
    span_s: float
    all: list[Happening] = field(default_factory=list)

    def __call__(self, at: float, late: float = 0.0, *, waited_for: bool = True, **data: Any) -> None:
        number = len(self.all) + 1
        self.all.append(
            Happening(
                at_s=at * self.span_s,
                told_s=(at + late) * self.span_s,
                id=f"{self.record}-{number}",
                data=data,
                waited_for=waited_for,
            )
        )

    def maybe(self, chance: float) -> bool:
        return self.dice.random() < chance

    def between(self, low: float, high: float) -> float:
        return self.dice.uniform(low, high)


def _support(dice: Random, told: _Teller, opened: float) -> None:
    if told.maybe(0.7):  # of these some come in time, some too late, and some are learned of late
        late = told.between(0.05, 0.25) if told.maybe(0.3) else 0.0
        told(opened + told.between(0.05, 0.5), late, waited_for=told.maybe(0.6), type="noted", kind="response.sent")
    if told.maybe(0.25):
        began = opened + told.between(0.05, 0.3)
        told(began, type="stopped", reason="a part is on its way")
        told(began + told.between(0.05, 0.2), type="resumed")
    if told.maybe(0.2):
        began = opened + told.between(0.05, 0.3)
        told(began, type="changed", set={"status": "Waiting on Customer"})
        told(began + told.between(0.05, 0.2), type="changed", set={"status": "Working"})
    if told.maybe(0.2):
        told(opened + told.between(0.02, 0.2), type="changed", set={"priority": dice.choice(("P1", "P2", "P3"))})
    if told.maybe(0.5):
        completed = opened + told.between(0.2, 0.7)
        told(completed, type="completed", milestone="Resolution")
        if told.maybe(0.3):
            told(completed + told.between(0.02, 0.1), type="uncompleted", milestone="Resolution")
    if told.maybe(0.7):
        _closing(told)


def _updates(dice: Random, told: _Teller, opened: float) -> None:
    for _ in range(dice.randint(1, 4)):
        late = told.between(0.05, 0.2) if told.maybe(0.2) else 0.0
        told(opened + told.between(0.05, 0.7), late, waited_for=told.maybe(0.5), type="noted", kind="update.sent")
    if told.maybe(0.4):
        told(opened + told.between(0.05, 0.5), type="changed", set={"escalated": True})
    _closing(told, for_good=True)


def _closing(told: _Teller, *, for_good: bool = False) -> None:
    closed = told.between(0.75, 0.9)
    told(closed, type="closed")
    if told.maybe(0.25):
        told(closed + 0.04, type="reopened")
        if for_good or told.maybe(0.5):
            told(closed + 0.08, type="closed")


class Traffic:
    """Tells the stories through a Desk, from `begin` on. What finds nobody is told again until somebody answers."""

    def __init__(self, desk: Desk, stories: list[Story]) -> None:
        self._desk = desk
        self._stories = stories
        self.began_at = datetime.now(UTC)
        self.told: dict[str, dict[str, dict[str, Any]]] = {story.record: {} for story in stories}
        self.refused: dict[str, set[str]] = {story.record: set() for story in stories}
        self.complaints: list[str] = []
        self.again = 0

    async def tell(self) -> None:
        """All of it, each case at its own time."""
        self.began_at = datetime.now(UTC)
        await asyncio.gather(*(self._tell(story) for story in self._stories))

    def unheard(self, seen: Mapping[str, Seen]) -> list[str]:
        """What was acknowledged and is in no log yet."""
        logs = {record: {event.id for event in seen[record].log} if record in seen else set() for record in self.told}
        return [one for record, events in self.told.items() for one in set(events) - self.refused[record] - logs[record]]

    async def _tell(self, story: Story) -> None:
        await self._until(story.opened_s)
        await self._insist(story, "opened", {"type": "opened", "fields": story.fields}, story.opened_s, waited_for=True)
        for one in story.happenings:
            await self._until(one.told_s)
            await self._insist(story, one.id, one.data, one.at_s, waited_for=one.waited_for)

    async def _insist(self, story: Story, event: str, data: dict[str, Any], at_s: float, *, waited_for: bool) -> None:
        at = self._instant(at_s)
        self.told[story.record][event] = {**data, "at": at}
        while True:
            try:
                await self._once(story, event, data, at, waited_for=waited_for)
            except RefusedEvent:
                self.refused[story.record].add(event)
            except MilepostError:
                self.again += 1
                await asyncio.sleep(AGAIN_S)
                continue
            except Exception as problem:
                self.complaints.append(f"{story.record}: the desk raised {type(problem).__name__}: {problem}")
                await asyncio.sleep(AGAIN_S)
                continue
            return

    async def _once(self, story: Story, event: str, data: dict[str, Any], at: datetime, *, waited_for: bool) -> None:
        record = story.record
        if event == "opened":
            await self._desk.open(record=record, process=story.process, fields=data["fields"], at=at, event_id=event)
        elif waited_for:
            await self._desk.report({**data, "record": record, "id": event, "at": at})
        else:
            await self._desk.tell({**data, "record": record, "id": event, "at": at})

    def _instant(self, at_s: float) -> datetime:
        return (self.began_at + timedelta(seconds=at_s)).replace(microsecond=0)

    async def _until(self, at_s: float) -> None:
        ahead = (self.began_at + timedelta(seconds=at_s) - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(0.0, ahead))
