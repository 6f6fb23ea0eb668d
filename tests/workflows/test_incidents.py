"""Real incidents of a service desk, through real workflows: each comes to what `evaluate` says of its events.

The log is ServiceNow's (see examples/README.md). Its incidents are shifted by whole weeks, so that each begins within a
week of the test server's present and keeps its weekdays; then all are told on one timeline, each event at its instant.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml
from temporalio.testing import WorkflowEnvironment

from activities.ports import Person, Queue
from sla.calendar import BusinessHours
from sla.engine import evaluate
from sla.events import AnyEvent, Changed, Event, read_event
from sla.imports.incidents import read_incidents
from sla.instants import to_instant
from sla.messages import CaseInput, ProcessRef
from sla.process.model import Process
from sla.timeline import Timeline
from starter.cases_client import CasesClient, Gone
from tests.workflows.servers import described, is_open, skipping, working
from tests.workflows.world import World, a_directory

EXAMPLES = Path(__file__).parents[2] / "examples"
PROCESS = Process.model_validate(yaml.safe_load((EXAMPLES / "processes/incidents.yaml").read_text("utf-8")))
HOURS = BusinessHours.model_validate(yaml.safe_load((EXAMPLES / "calendars/service-desk.yaml").read_text("utf-8")))
CALENDARS = {HOURS.calendar: HOURS}
WEEK = timedelta(weeks=1)
PATIENCE_S = 120


def shifted(present: datetime) -> dict[str, list[AnyEvent]]:
    """The incidents' events by record, each incident moved by whole weeks to begin within a week from now."""
    told = read_incidents((EXAMPLES / "incidents/incidents-2016.csv").read_text("utf-8"), "incidents-2016.csv").events
    by_record: dict[str, list[AnyEvent]] = {}
    for record, lines in groupby(told, lambda line: line["record"]):
        events: Any = [read_event(line, where=record) for line in lines]
        by = -((events[0].at - present) // WEEK) * WEEK
        moved = [event.model_copy(update={"at": event.at + by, "recorded_at": event.at + by}) for event in events]
        by_record[record] = moved
    return by_record


def by_instant(incidents: dict[str, list[AnyEvent]]) -> Iterator[tuple[datetime, list[list[AnyEvent]]]]:
    """One timeline: of each instant the events, a list for each record."""
    events = sorted((event for log in incidents.values() for event in log), key=lambda event: event.at)
    for at, together in groupby(events, lambda event: event.at):
        of_record: dict[str, list[AnyEvent]] = {}
        for event in together:
            of_record.setdefault(event.record, []).append(event)
        yield at, list(of_record.values())


class Desk:
    """Tells cases their news, by update and by signal in turns, and starts those anew that have ended."""

    def __init__(self, cases: CasesClient, world: World, ref: ProcessRef) -> None:
        self.cases = cases
        self.world = world
        self.ref = ref
        self.told = 0

    async def tell_all(self, events: Sequence[AnyEvent]) -> None:
        for event in events:
            self.told += 1
            await (self.report(event) if self.told % 2 or event.type == "opened" else self.tell(event))

    async def report(self, event: AnyEvent) -> None:
        try:
            await self.cases.report(event)
        except Gone:
            await self.cases.start_with(self.given(event), event)

    async def tell(self, event: AnyEvent) -> None:
        try:
            await self.cases.tell(event)
        except Gone:
            await self.cases.start_and_tell(self.given(event), event)

    def given(self, event: AnyEvent) -> CaseInput:
        known = event.record in self.world.cases.logs
        return self.world.case_input(event.record, self.ref) if known else CaseInput(record=event.record, ref=self.ref)


async def live_through(env: WorkflowEnvironment, desk: Desk, incidents: dict[str, list[AnyEvent]]) -> None:
    """Let time pass from instant to instant, and tell what happened then."""
    last = to_instant(await env.get_current_time())
    for at, together in by_instant(incidents):
        await sleep_until(env, at)
        await asyncio.gather(*(desk.tell_all(events) for events in together))
        last = at
    await sleep_until(env, last + WEEK)


async def sleep_until(env: WorkflowEnvironment, at: datetime) -> None:
    ahead = at - await env.get_current_time()
    if ahead > timedelta(0):
        await env.sleep(ahead)


def outcome(timeline: Timeline) -> list[Any]:
    """What became of each milestone."""
    return [(m.milestone, m.occurrence, m.status, m.completed_at, m.violated_at) for m in timeline.milestones]


def due(timeline: Timeline) -> set[str]:
    """The actions that are to be done."""
    return {effect.key for effect in timeline.effects if effect.status == "due"}


async def test_each_of_the_incidents_comes_to_what_the_law_says_of_its_events() -> None:
    directory = a_directory()
    directory.queues["service-desk"] = Queue(id="service-desk", email="desk@support.example")
    directory.people |= {name: a_senior(name) for name in ("uma", "vic")}
    directory.roles["senior_agent"] = ["ben", "uma", "vic"]
    world = World(directory=directory)
    world.definitions.hours |= CALENDARS
    ref = world.definitions.publish(PROCESS)
    async with asyncio.timeout(PATIENCE_S), skipping() as env, working(env.client, world, "q-incidents"):

        async def connected() -> Any:
            return env.client

        incidents = shifted(to_instant(await env.get_current_time()))
        desk = Desk(CasesClient(connected, queue_prefix="q-incidents"), world, ref)
        await live_through(env, desk, incidents)
        end = to_instant(await env.get_current_time())
        still_open = [record for record in incidents if is_open(await described(env.client, record))]
    assert len(incidents) >= 50
    for record, told in incidents.items():
        check(world, record, told, end)
    assert still_open == [record for record in incidents if not world.cases.views[record].out]
    mails = [mail.message_id for mail in world.mailer.sent]
    assert len(mails) == len(set(mails)) == sum(world.ledger.kinds[key] == "email" for key in world.performed())
    statuses = Counter(view.status for view in world.cases.views.values())
    assert min(statuses["compliant"], statuses["violated_closed"]) >= 10, "the incidents are of both kinds"


def a_senior(name: str) -> Person:
    return Person(id=name, name=name, email=f"{name}@support.example", timezone="Europe/London")


def check(world: World, record: str, told: Sequence[Event], end: datetime) -> None:
    """One incident: the log, the view kept in the store and the ledger are what `evaluate` makes of its events."""
    log, view = world.cases.logs[record], world.cases.views[record]
    chosen = [event for event in log if event.id not in {one.id for one in told}]
    law = evaluate(PROCESS, CALENDARS, [*told, *chosen], end)
    assert Counter(event.id for event in log if event not in chosen) == Counter(event.id for event in told)
    assert {type(event) for event in chosen} <= {Changed}, "whom reassignments chose"
    assert outcome(view) == outcome(law)
    assert view.status == law.status
    assert due(view) == due(law)
    lines = {key: line for key, line in world.ledger.lines.items() if key.startswith(f"{record}/") and "/to/" not in key}
    assert {key for key, line in lines.items() if line.outcome == "performed"} == due(law)
