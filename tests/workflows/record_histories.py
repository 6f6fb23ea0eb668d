"""Records the golden histories anew: python -m tests.workflows.record_histories [STORY…]

They are what an open case of this release looks like to the next one, which must replay them (`test_replay`). Record
those of a new release, and of a new path; never record an old release's again, nor because a replay fails: a history
that no longer replays is an open case that would be stuck.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import yaml
from temporalio.client import WorkflowHistory, WorkflowUpdateFailedError

from activities.ports import Permanent, Transient
from sla.calendar import BusinessHours
from sla.dossier import LawKept
from sla.process.model import Process
from tests.workflows import golden as kept
from tests.workflows.harness import Bench
from tests.workflows.live import LiveBench
from tests.workflows.world import World, a_milestone, a_process, violating

HISTORIES = kept.HISTORIES
RELEASE = version("milepost")
PREFIX = "golden"
MAIL: dict[str, Any] = {"email": {"to": "owner", "template": "violation"}}
VIOLATION = "C-1042/First Response#1/1/violation-1/1"
OFFICE = """
process: Office
business_hours: office
stop_when: {status: Waiting on Customer}
exit_when: {status: Solved}
milestones:
  - milestone: First Response
    within: 2h
    when: {tier: gold}
    complete_when: {event: response.sent}
    warnings: [{at: 50%, actions: [{task: {to: owner, subject: Answer them, due: 1h}}]}]
    violations: [{actions: [{notify: {url: "https://chat.example/room", text: Overdue}}, {update: {set: {priority: P1}}}]}]
  - milestone: Status Update
    within: 1h
    recurrence: periodic
    complete_when: {event: update.sent}
"""


class Golden(NamedTuple):
    """A history, and what it was made under."""

    history: WorkflowHistory
    laws: list[LawKept]


Told = dict[str, Golden]


async def golden(bench: Bench, history: WorkflowHistory | None = None) -> Golden:
    """The bench's history, or an earlier one of it."""
    return Golden(history or await bench.history(), kept.laws_in(bench.world))


async def all_met() -> Told:
    """Two milestones, both reached in time; then the record is closed."""
    async with Bench(a_process(a_milestone("Resolution", "4h")), prefix=PREFIX) as bench:
        await bench.open()
        await bench.at(20)
        await bench.report("noted", kind="response.sent")
        await bench.at(90)
        await bench.tell("completed", milestone="Resolution", by="ada")
        await bench.at(91)
        await bench.report("closed")
        await bench.closed()
        return {"all-met": await golden(bench)}


async def violated() -> Told:
    """Warned, violated, reassigned, answered too late; the case stays open."""
    async with Bench(prefix=PREFIX) as bench:
        await bench.open()
        await bench.at(75)
        await bench.report("noted", kind="response.sent")
        await bench.at(76)
        return {"warned-violated-reassigned": await golden(bench)}


async def stopped() -> Told:
    """The clock is stopped and runs again, by signal; the first timer wakes in vain."""
    async with Bench(prefix=PREFIX) as bench:
        await bench.open()
        await bench.at(10)
        await bench.tell("stopped", reason="the customer has the ball")
        await bench.at(70)
        await bench.tell("resumed")
        await bench.at(106)
        return {"stopped-and-resumed": await golden(bench)}


async def moved_earlier() -> Told:
    """A shorter limit: the timer is replaced by an earlier one."""
    limits = {"by": "priority", "values": {"P1": "30m"}, "default": "4h"}
    async with Bench(a_process(within=limits, warnings=[]), prefix=PREFIX) as bench:
        await bench.open()
        await bench.at(10)
        await bench.report("changed", set={"priority": "P1"})
        await bench.at(31)
        return {"deadline-moved-earlier": await golden(bench)}


async def late_news() -> Told:
    """An answer told late takes a violation back."""
    async with Bench(a_process(success=[]), prefix=PREFIX) as bench:
        await bench.open()
        await bench.at(61)
        await bench.at(70)
        await bench.report("noted", kind="response.sent", at=58)
        await bench.at(71)
        return {"late-news-retracted": await golden(bench)}


async def refused() -> Told:
    """News that is refused, by update and by signal; then the same id with news that is not."""
    async with Bench(prefix=PREFIX) as bench:
        await bench.open()
        await bench.at(5)
        try:
            await bench.report("completed", milestone="Diagnosis", id="e", update_id="first")
        except WorkflowUpdateFailedError:
            await bench.tell("completed", milestone="Diagnosis", id="e")
        await bench.report("completed", milestone="First Response", id="e", update_id="second")
        await bench.at(6)
        return {"refused": await golden(bench)}


async def given_up() -> Told:
    """An action fails for good; a person has it tried again."""
    async with Bench(violating(MAIL), prefix=PREFIX) as bench:
        bench.world.mailer.problem = Permanent("550 no such mailbox")
        await bench.open()
        await bench.at(61)
        bench.world.mailer.problem = None
        await bench.retry(VIOLATION)
        await bench.at(62)
        return {"given-up-and-retried": await golden(bench)}


async def moot() -> Told:
    """An action waits for the mail server and is cancelled, because the milestone was completed meanwhile."""
    async with Bench(a_process(success=[]), prefix=PREFIX) as bench:
        bench.world.mailer.problem = Transient("the mail server does not answer")
        await bench.open()
        await bench.at(46)
        await bench.report("noted", kind="response.sent")
        await bench.at(47)
        return {"moot-action-cancelled": await golden(bench)}


async def store_down() -> Told:
    """The store is down while news comes; an action waits for it."""
    async with Bench(a_process(success=[]), prefix=PREFIX) as bench:
        await bench.open()
        await bench.at(40)
        bench.world.cases.down = True
        await bench.tell("changed", set={"owner": "grace"})
        await bench.tell("noted", kind="customer.replied")
        await bench.at(46)
        bench.world.cases.down = False
        await bench.at(48)
        return {"store-down": await golden(bench)}


async def reopened() -> Told:
    """Closed, with its actions still to be performed; then the next run, after the record was reopened."""
    async with Bench(prefix=PREFIX) as bench:
        bench.world.web.failures = [Transient("503") for _ in range(3)]
        await bench.open()
        await bench.at(30)
        await bench.report("noted", kind="response.sent")
        await bench.report("closed")
        await bench.at(40)
        await bench.closed()
        closed = await bench.history()
        await bench.at(80)
        await bench.start_with(bench.event("reopened"), bench.world.case_input(bench.record, bench.ref))
        await bench.report("uncompleted", milestone="First Response")
        await bench.at(120)
        return {"closed": await golden(bench, closed), "next-run-reopened": await golden(bench)}


async def rolled() -> Told:
    """Before and after continuing as new, with an action between two attempts and news that comes meanwhile."""
    async with LiveBench(violating(MAIL, within="1s"), events=16, prefix=PREFIX) as bench:
        bench.world.mailer.problem = Transient("the mail server does not answer")
        await bench.open()
        await bench.until(lambda: bench.world.mailer.tries > 0)
        while len(await bench.runs()) < 2:
            await bench.report("noted", kind="customer.replied")
            await bench.rest()
        await bench.report("noted", kind="customer.replied")
        bench.world.mailer.problem = None
        await bench.until(lambda: bench.world.performed() == [VIOLATION])
        await bench.rest()
        runs = await bench.runs()
        before, after = [await golden(bench, run) for run in runs[:2]]
        return {"before-continuing-as-new": before, "after-continuing-as-new": after}


async def migrated() -> Told:
    """Moved to another process, whose target is sooner: the timer and the search attributes follow."""
    async with Bench(a_process(success=[]), prefix=PREFIX) as bench:
        sooner = a_process(within="30m", success=[]).model_copy(update={"process": "Gold"})
        bench.world.definitions.publish(sooner, version=2)
        await bench.open()
        await bench.at(10)
        await bench.tell("migrated", version=2, process="Gold", revision=1)
        await bench.at(31)
        return {"migrated": await golden(bench)}


async def office_hours() -> Told:
    """Business hours after a holiday, a clock that a field stops, periods; an event that only the store had heard."""
    today = datetime.now(UTC).date()
    outing = {"from": f"{today}", "to": f"{today + timedelta(days=1)}", "name": "Works outing"}
    week = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    hours = {"calendar": "office", "timezone": "Europe/London", "hours": week, "holidays": [outing]}
    world = World()
    world.definitions.hours["office"] = BusinessHours.model_validate(hours)
    async with Bench(Process.model_validate(yaml.safe_load(OFFICE)), world=world, prefix=PREFIX) as bench:
        morning = datetime.combine(today + timedelta(days=2), datetime.min.time(), ZoneInfo("Europe/London"))

        async def until(clock: str) -> None:
            hour, minute = map(int, clock.split(":"))
            await bench.at((morning.replace(hour=hour, minute=minute) - bench.opened_at).total_seconds() / 60)

        await bench.open(tier="gold", status="Open")
        await until("09:30")
        await bench.report("changed", set={"status": "Waiting on Customer"})
        await until("10:30")
        await bench.report("changed", set={"status": "Open"})
        await until("11:10")
        world.cases.logs[bench.record].append(bench.event("noted", kind="customer.replied"))
        await bench.report("noted", kind="update.sent")
        await until("12:10")
        await bench.report("noted", kind="response.sent")
        await bench.report("changed", set={"status": "Solved"})
        await bench.closed()
        return {"office-hours": await golden(bench)}


STORIES: tuple[Callable[[], Awaitable[Told]], ...] = (
    all_met, violated, stopped, moved_earlier, late_news, refused, given_up, moot, store_down, reopened, rolled, migrated,
    office_hours,
)  # fmt: skip


def as_text(history: WorkflowHistory) -> str:
    """JSON with a line for each event, without stack traces: they name directories of this machine."""
    events = json.loads(history.to_json(), object_hook=_without_traces)["events"]
    lines = [json.dumps(event, separators=(",", ":"), sort_keys=True) for event in events]
    return '{"events":[\n' + ",\n".join(lines) + "\n]}\n"


def _without_traces(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "stackTrace"}


async def record(wanted: list[str]) -> None:
    for story in STORIES:
        if not wanted or story.__name__ in wanted:
            for name, (history, laws) in (await story()).items():
                path = HISTORIES / f"{RELEASE}-{name}.json"
                path.write_text(as_text(history), "utf-8")
                kept.keep(RELEASE, name, laws)
                sys.stdout.write(f"{path.name}: {len(history.events)} events, {path.stat().st_size} bytes\n")


if __name__ == "__main__":
    HISTORIES.mkdir(exist_ok=True)
    asyncio.run(record(sys.argv[1:]))
    time.sleep(0.5)  # see tests/conftest.py
