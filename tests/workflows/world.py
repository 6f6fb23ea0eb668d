"""The world around a case under test: every port in memory, some of which can be taken down, and the usual definitions."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import yaml

from activities.actions.context import Outside
from activities.decide import Decider
from activities.fakes import (
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
from activities.ports import Mail, Queue
from sla.dispatch import BUDGET_S
from sla.events import Event
from sla.finding import Finding, Settled
from sla.messages import CaseInput, ProcessRef
from sla.process.model import Process
from tests.activities.builders import a_person

NEVER_READ = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the performers' clock stands: the test server skips time, so only what Temporal says of the time is true."""

PROCESS = """
process: Premium
on_reopen: resume
milestones:
  - milestone: First Response
    within: 1h
    complete_when: {event: response.sent}
    warnings: [{at: 75%, actions: [{email: {to: owner, template: warning}}]}]
    violations: [{after: 0s, actions: [{reassign: {to: "role:senior_agent"}}]}]
    success: [{webhook: {url: "https://hooks.example/met"}}]
    on_retracted: [{email: {to: owner, template: retraction}}]
"""
SILENT: dict[str, Any] = {"warnings": [], "violations": [], "success": [], "on_retracted": []}


def a_process(*more: dict[str, Any], text: str = PROCESS, **milestone: Any) -> Process:
    """First Response within an hour, from which `milestone` differs, and `more` milestones after it."""
    data = yaml.safe_load(text)
    data["milestones"][0] |= milestone
    data["milestones"] += more
    return Process.model_validate(data)


def a_milestone(name: str, within: str, **differs: Any) -> dict[str, Any]:
    """A further milestone, which does nothing unless told to."""
    return {"milestone": name, "within": within, **differs}


def violating(*actions: dict[str, Any], **milestone: Any) -> Process:
    """A process that does these actions at the violation, and nothing else."""
    return a_process(**(SILENT | {"violations": [{"after": "0s", "actions": list(actions)}]} | milestone))


def a_directory() -> MemoryDirectory:
    """Ada owns the case, Ben is senior, Grace manages; Kim is the customer."""
    people = {name: a_person(name) for name in ("ada", "ben", "grace")}
    kim = a_person("kim", name="Kim Park", email="kim.park@helios.example", kind="contact")
    return MemoryDirectory(
        people=people,
        contacts={"kim": kim},
        queues={"service-desk": Queue(id="service-desk", email="desk@support.example")},
        roles={"senior_agent": ["ben"], "support_manager": ["grace"]},
    )


def _open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


class Breakdown(Exception):
    """Nothing that the code foresees."""


@dataclass(slots=True)
class ShakyMailer(MemoryMailer):
    """A mail server that refuses with `problem` as long as there is one, and takes its time until `gate` is open."""

    problem: Exception | None = None
    gate: asyncio.Event = field(default_factory=_open_gate)
    tries: int = 0

    async def send(self, mail: Mail) -> None:
        self.tries += 1
        await self.gate.wait()
        if self.problem is not None:
            raise self.problem
        self.sent.append(mail)


@dataclass(slots=True)
class ShakyCases(MemoryCases):
    """A store that can be down. `tries` counts what it was asked while it was."""

    down: bool = False
    tries: int = 0

    async def log(self, record: str) -> list[Event]:
        self._answer()
        return list(self.logs.get(record, []))

    async def settle(self, finding: Finding) -> Settled:
        self._answer()
        return await MemoryCases.settle(self, finding)

    def _answer(self) -> None:
        if self.down:
            self.tries += 1
            raise Breakdown("the database does not answer")


@dataclass(slots=True)
class World:
    """Every port in memory, and the real activities over them."""

    definitions: MemoryDefinitions = field(default_factory=MemoryDefinitions)
    cases: ShakyCases = field(default_factory=ShakyCases)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    directory: MemoryDirectory = field(default_factory=a_directory)
    mailer: ShakyMailer = field(default_factory=ShakyMailer)
    web: MemoryWeb = field(default_factory=MemoryWeb)
    tasks: MemoryTasks = field(default_factory=MemoryTasks)
    budget_s: int = BUDGET_S

    def __post_init__(self) -> None:
        self.cases.ledger = self.ledger

    @property
    def decider(self) -> Decider:
        return Decider(self.definitions, self.cases, budget_s=self.budget_s)

    @property
    def performer(self) -> Performer:
        outside = Outside(
            directory=self.directory, tasks=self.tasks, mailer=self.mailer, web=self.web, secrets=MemorySecrets(),
            templates=PlainTemplates(), base_url="https://sla.support.example",
        )  # fmt: skip
        return Performer(
            definitions=self.definitions, cases=self.cases, ledger=self.ledger, clock=SetClock(NEVER_READ), outside=outside
        )

    def case_input(self, record: str, ref: ProcessRef) -> CaseInput:
        """What a case that has ended starts anew from, as the doors read it from the store."""
        log = self.cases.logs[record]
        done = {
            key: line.outcome
            for key, line in self.ledger.lines.items()
            if key.startswith(f"{record}/") and "/to/" not in key
        }
        return CaseInput.model_validate(
            {"record": record, "ref": ref, "log": log, "done": done} | {"decided_at": self.cases.views[record].as_of}
        )

    def performed(self) -> list[str]:
        """The keys of the actions performed, in the order in which they were."""
        return [key for key, line in self.ledger.lines.items() if line.outcome == "performed"]

    def subjects(self) -> list[str]:
        """The subjects of the mails sent, in order."""
        return [mail.subject for mail in self.mailer.sent]
