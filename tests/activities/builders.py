"""A case on Monday 2 March 2026, its process, and the world around it, with everything that a test does not care about."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml

from activities.actions import CATALOGUE
from activities.actions.context import ActionContext, Outside, Templates
from activities.decide import Decider
from activities.fakes import (
    CountingObserver,
    MemoryCases,
    MemoryDefinitions,
    MemoryDirectory,
    MemoryLedger,
    MemoryMailer,
    MemorySecrets,
    MemoryTasks,
    MemoryWeb,
    PlainTemplates,
    SetClock,
)
from activities.perform import Performer
from activities.ports import Person, Queue
from activities.progress import LedgerProgress
from activities.situation import situation
from sla.calendar import BusinessHours
from sla.events import AnyEvent, Changed, Completed, Noted, Opened
from sla.messages import DecideInput, Performed, PerformInput, ProcessRef
from sla.process.model import Process

RECORD = "C-1042"
WARNING = f"{RECORD}/First Response#1/1/warning-1/1"
VIOLATION = f"{RECORD}/First Response#1/1/violation-1/1"
SUCCESS = f"{RECORD}/First Response#1/1/success/1"
RETRACTED = f"{RECORD}/First Response#1/1/retracted/1"

PROCESS = """
process: Premium
milestones:
  - milestone: First Response
    description: Somebody has written back.
    within: 1h
    complete_when: {event: response.sent}
    warnings: [{at: 75%, actions: [{email: {to: owner, template: warning}, description: A quarter is left.}]}]
    violations: [{after: 0s, actions: [{email: {to: owner, template: violation}}]}]
    success: [{email: {to: contact, template: success}}]
    on_retracted: [{email: {to: owner, template: retraction}}]
"""


def at(time: str, day: int = 2) -> datetime:
    """An instant in March 2026, UTC; London has no summer time then."""
    return datetime.fromisoformat(f"2026-03-{day:02}T{time}").replace(tzinfo=UTC)


def a_process(text: str = PROCESS, **milestone: Any) -> Process:
    """A process with one milestone of an hour, from which `milestone` differs."""
    data = yaml.safe_load(text)
    data["milestones"][0] |= milestone
    return Process.model_validate(data)


def violating(action: dict[str, Any], **milestone: Any) -> Process:
    """A process that does one thing at the violation, and nothing else."""
    silent: dict[str, Any] = {"warnings": [], "success": [], "on_retracted": []}
    return a_process(violations=[{"after": "0s", "actions": [action]}], **(silent | milestone))


def opened(time: str = "09:00", **fields: Any) -> Opened:
    given = {
        "type": "case", "owner": "ada", "contact": "kim", "account": "helios", "queue": "tier-1", "priority": "P1",
        "status": "New", "subject": "The dashboard is down",
    }  # fmt: skip
    return Opened(record=RECORD, id="e-opened", at=at(time), recorded_at=at(time), fields=given | fields)


def noted(kind: str, time: str, recorded: str | None = None) -> Noted:
    return Noted(record=RECORD, id=f"e-{kind}", at=at(time), recorded_at=at(recorded or time), kind=kind)


def changed(time: str, **values: Any) -> Changed:
    return Changed(record=RECORD, id=f"e-changed-{time}", at=at(time), recorded_at=at(time), set=values)


def completed(milestone: str, time: str) -> Completed:
    return Completed(record=RECORD, id=f"e-completed-{milestone}", at=at(time), recorded_at=at(time), milestone=milestone)


def a_person(name: str, /, **facts: Any) -> Person:
    given = {"id": name, "name": name.capitalize(), "email": f"{name}@support.example", "timezone": "Europe/London"}
    return Person(**(given | facts))


def desk_hours(name: str, window: str) -> BusinessHours:
    days = ("mon", "tue", "wed", "thu", "fri")
    return BusinessHours.model_validate(
        {"calendar": name, "timezone": "Europe/London", "hours": {day: [window] for day in days}}
    )


def a_directory() -> MemoryDirectory:
    """Ada, Ben and Carla by day, Edda by night; Grace manages; Hugo looks after Helios, where Kim works."""
    people = [
        a_person("ada", name="Ada Whitlock", on_duty="day"),
        a_person("ben", on_duty="day"),
        a_person("carla", on_duty="day", timezone="America/New_York"),
        a_person("edda", on_duty="night"),
        a_person("grace"),
        a_person("hugo", timezone="Europe/Berlin"),
    ]
    kim = a_person("kim", name="Kim Park", email="kim@helios.example", timezone="Asia/Seoul", kind="contact")
    return MemoryDirectory(
        people={person.id: person for person in people},
        contacts={"kim": kim},
        queues={
            "tier-1": Queue(id="tier-1", email="tier-1@support.example"),
            "tier-2": Queue(id="tier-2", email=None, members=("ada", "edda")),
        },
        roles={"senior_agent": ["ada", "ben", "carla", "edda"], "support_manager": ["grace"]},
        managers={"helios": "hugo"},
    )


@dataclass(slots=True)
class Scene:
    """A case that follows a process, at an instant, with all ports in memory."""

    process: Process = field(default_factory=a_process)
    events: list[AnyEvent] = field(default_factory=lambda: [opened()])
    clock: SetClock = field(default_factory=lambda: SetClock(at("10:00")))
    definitions: MemoryDefinitions = field(default_factory=MemoryDefinitions)
    cases: MemoryCases = field(default_factory=MemoryCases)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    directory: MemoryDirectory = field(default_factory=a_directory)
    mailer: MemoryMailer = field(default_factory=MemoryMailer)
    web: MemoryWeb = field(default_factory=MemoryWeb)
    tasks: MemoryTasks = field(default_factory=MemoryTasks)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    templates: Templates = field(default_factory=PlainTemplates)
    observer: CountingObserver = field(default_factory=CountingObserver)
    base_url: str = "https://sla.support.example"
    ref: ProcessRef = field(init=False)

    def __post_init__(self) -> None:
        self.ref = self.definitions.publish(self.process)
        self.definitions.hours |= {
            "day": desk_hours("day", "08:00-18:00"),
            "night": desk_hours("night", "18:00-08:00"),
        }
        self.cases.ledger = self.ledger
        self.cases.logs[RECORD] = list(self.events)

    @property
    def outside(self) -> Outside:
        return Outside(
            directory=self.directory, tasks=self.tasks, mailer=self.mailer, web=self.web, secrets=self.secrets,
            templates=self.templates, base_url=self.base_url,
        )  # fmt: skip

    @property
    def performer(self) -> Performer:
        return Performer(
            definitions=self.definitions, cases=self.cases, ledger=self.ledger, clock=self.clock, outside=self.outside,
            observer=self.observer,
        )  # fmt: skip

    async def perform(self, key: str = VIOLATION, kind: str = "email", **how: Any) -> Performed:
        asked = PerformInput(record=RECORD, ref=self.ref, key=key)
        return await self.performer.perform(CATALOGUE[kind], asked, **how)

    @property
    def decider(self) -> Decider:
        return Decider(self.definitions, self.cases, observer=self.observer)

    async def context(self, key: str = VIOLATION) -> ActionContext:
        """What the action of this key would be given now."""
        found = await situation(self.definitions, self.ref, self.cases.logs[RECORD], self.clock.now())
        effect = next(effect for effect in found.timeline.effects if effect.key == key)
        return ActionContext(
            effect=effect, now=self.clock.now(), process=found.process, timeline=found.timeline,
            calendars=found.calendars, default_hours=found.default_hours, outside=self.outside,
            progress=LedgerProgress(self.ledger, record=RECORD, kind=effect.action, key=key, at=self.clock.now()),
        )  # fmt: skip

    def question(self, now: str, **more: Any) -> DecideInput:
        """The question that the case asks at `now`."""
        return DecideInput(record=RECORD, ref=self.ref, log=self.cases.logs[RECORD], now=at(now), **more)
