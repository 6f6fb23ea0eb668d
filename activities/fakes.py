# ruff: noqa: D102 - the methods are documented where they are required, in activities.ports
"""Every port in memory, for tests: classes that keep the laws of `activities.ports`, and remember what was asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from activities.actions.context import MailText
from activities.ports import LedgerLine, Mail, Permanent, Person, Queue
from sla.calendar import ALWAYS, BusinessHours
from sla.errors import UnknownProcess
from sla.events import Event
from sla.finding import Finding, Settled
from sla.ledger_line import LOST, UNDONE
from sla.messages import Outcome, ProcessRef
from sla.process.model import Process
from sla.timeline import Timeline

Failures = list[Exception | None]
"""What a fake raises instead of doing its work: one for each call, in order; None for a call that works."""


@dataclass(slots=True)
class SetClock:
    """A clock that stands where it was set."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass(slots=True)
class MemoryDefinitions:
    """Processes by name and version, and calendars of which there is one version only."""

    processes: dict[tuple[str, int], Process] = field(default_factory=dict)
    hours: dict[str, BusinessHours] = field(default_factory=dict)
    default: BusinessHours = ALWAYS

    def publish(self, process: Process, version: int = 1) -> ProcessRef:
        self.processes[process.process, version] = process
        return ProcessRef(process=process.process, version=version, revision=1)

    async def process(self, ref: ProcessRef) -> Process:
        try:
            return self.processes[ref.process, ref.version]
        except KeyError:
            raise UnknownProcess(process=ref.process, known=", ".join(name for name, _ in self.processes)) from None

    async def calendars(self, ref: ProcessRef) -> Mapping[str, BusinessHours]:
        return self.hours

    async def default_hours(self, ref: ProcessRef) -> BusinessHours:
        return self.default


@dataclass(slots=True)
class MemoryCases:
    """Logs and current views by record. `ledger` is the one that findings are entered in."""

    ledger: "MemoryLedger" = field(default_factory=lambda: MemoryLedger())  # noqa: PLW0108 - which is defined below
    logs: dict[str, list[Event]] = field(default_factory=dict)
    views: dict[str, Timeline] = field(default_factory=dict)

    async def log(self, record: str) -> list[Event]:
        return list(self.logs.get(record, []))

    async def settle(self, finding: Finding) -> Settled:
        timeline = finding.timeline
        log = self.logs.setdefault(timeline.record, [])
        known = {event.id for event in log}
        if unknown := known - finding.known():
            return Settled(unknown=[event for event in log if event.id in unknown])
        log += [event for event in finding.log if event.id not in known]
        shown = self.views.get(timeline.record)
        if shown is None or shown.as_of <= timeline.as_of:
            self.views[timeline.record] = timeline
        return await self._enter(finding)

    async def _enter(self, finding: Finding) -> Settled:
        kinds = {effect.key: effect.action for effect in finding.timeline.effects}
        new, stood = [], []
        for line in finding.ended:
            before = self.ledger.lines.get(line.key)
            stands = await self.ledger.write(finding.timeline.record, kinds.get(line.key, "unknown"), line)
            if stands is line and (before is None or before.outcome != line.outcome):
                new.append(line)
            elif stands.outcome == "performed" and line.outcome != "performed":
                stood.append(stands)
        record, known = f"{finding.timeline.record}/", finding.settled()
        dropped = [line for key, line in self.ledger.lines.items() if key.startswith(record) and line.outcome == "dropped"]
        return Settled(new=new, stood=stood, dropped=[line for line in dropped if line.key not in known])


@dataclass(slots=True)
class MemoryLedger:
    """Lines by key, and the problems of failed attempts with their times. `failures` are raised by `write`, first."""

    lines: dict[str, LedgerLine] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    attempts: list[tuple[str, str]] = field(default_factory=list)
    tried_at: list[datetime] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    failures: Failures = field(default_factory=list)

    async def find(self, key: str) -> LedgerLine | None:
        return self.lines.get(key)

    async def write(self, record: str, kind: str, line: LedgerLine, *, over: tuple[Outcome, ...] = UNDONE) -> LedgerLine:
        _fail(self.failures)
        stands = self.lines.get(line.key)
        if stands is None or (stands.outcome in over and stands.outcome != line.outcome):
            self.lines[line.key] = line
            self.kinds[line.key] = kind
        return self.lines[line.key]

    async def attempt(self, record: str, kind: str, key: str, problem: str, *, at: datetime) -> None:
        self.attempts.append((key, problem))
        self.tried_at.append(at)

    async def lost(self, record: str, kind: str, key: str, *, at_least: int, at: datetime) -> None:
        for _ in range(at_least - [name for name, _ in self.attempts].count(key)):
            await self.attempt(record, kind, key, LOST, at=at)

    async def begin(self, record: str, key: str) -> None:
        self.begun.append(key)

    async def refused(self, key: str) -> None:
        self.begun.remove(key)

    async def unheard(self, key: str) -> bool:
        return key in self.begun


@dataclass(slots=True)
class MemoryDirectory:
    """Who there is. `roles` are names to people's ids; `managers` are accounts to people's ids."""

    people: dict[str, Person] = field(default_factory=dict)
    contacts: dict[str, Person] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    roles: dict[str, list[str]] = field(default_factory=dict)
    managers: dict[str, str] = field(default_factory=dict)
    loads: dict[str, int] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)

    async def person(self, name: str) -> Person | None:
        return self.people.get(name)

    async def contact(self, name: str) -> Person | None:
        return self.contacts.get(name)

    async def queue(self, name: str) -> Queue | None:
        return self.queues.get(name)

    async def account_manager(self, account: str) -> Person | None:
        return self.people.get(self.managers.get(account, ""))

    async def in_role(self, role: str) -> list[Person]:
        return [self.people[name] for name in sorted(self.roles.get(role, []))]

    async def load(self, people: Sequence[str]) -> Mapping[str, int]:
        return {name: self.loads.get(name, 0) for name in people}

    async def last_chosen(self, role: str) -> str | None:
        return self.chosen.get(role)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """A task that was opened."""

    key: str
    record: str
    to: tuple[str, ...]
    subject: str
    due_at: datetime | None
    at: datetime


@dataclass(slots=True)
class MemoryTasks:
    """Tasks by key."""

    opened: dict[str, OpenTask] = field(default_factory=dict)

    async def open(
        self, *, key: str, record: str, to: Sequence[str], subject: str, due_at: datetime | None, at: datetime
    ) -> None:
        task = OpenTask(key=key, record=record, to=tuple(to), subject=subject, due_at=due_at, at=at)
        self.opened.setdefault(key, task)


@dataclass(slots=True)
class MemoryMailer:
    """Accepted mails, in order."""

    sent: list[Mail] = field(default_factory=list)
    failures: Failures = field(default_factory=list)

    async def send(self, mail: Mail) -> None:
        _fail(self.failures)
        self.sent.append(mail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A request that was accepted."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class MemoryWeb:
    """Accepted requests, in order."""

    posted: list[Posted] = field(default_factory=list)
    failures: Failures = field(default_factory=list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        _fail(self.failures)
        self.posted.append(Posted(url=url, body=body, headers=dict(headers)))


@dataclass(slots=True)
class MemorySecrets:
    """Secrets by name."""

    values: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.values.get(name)


@dataclass(slots=True)
class PlainTemplates:
    """Templates without a template language: names and sources as they are, and the views that were shown to them."""

    names: tuple[str, ...] = ("retraction", "success", "violation", "warning")
    views: list[Mapping[str, Any]] = field(default_factory=list)

    def known(self) -> tuple[str, ...]:
        return self.names

    def mail(self, name: str, view: Mapping[str, Any]) -> MailText:
        if name not in self.names:
            raise Permanent(f"there is no template '{name}'")
        self.views.append(view)
        return MailText(subject=f"{name} of {view['record']['id']}", text=f"{name}\n", html=f"<p>{name}</p>")

    def line(self, source: str, view: Mapping[str, Any]) -> str:
        self.views.append(view)
        return source

    def chat(self, source: str, view: Mapping[str, Any]) -> str:
        return self.line(source, view)


@dataclass(slots=True)
class CountingObserver:
    """What was observed, in order: the method's name and its arguments."""

    seen: list[tuple[Any, ...]] = field(default_factory=list)

    def decided(self) -> None:
        self.seen.append(("decided",))

    def warned(self) -> None:
        self.seen.append(("warned",))

    def violated(self) -> None:
        self.seen.append(("violated",))

    def retracted(self) -> None:
        self.seen.append(("retracted",))

    def triggered(self, trigger: str, late_s: float) -> None:
        self.seen.append(("triggered", trigger, late_s))

    def effect(self, kind: str, outcome: Outcome) -> None:
        self.seen.append(("effect", kind, outcome))

    def retried(self, kind: str) -> None:
        self.seen.append(("retried", kind))


def _fail(failures: Failures) -> None:
    if failures and (failure := failures.pop(0)) is not None:
        raise failure
