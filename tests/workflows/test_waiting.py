"""Waiting: one timer at most, and no more of them than there is need for."""

from collections.abc import Sequence

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from tests.workflows.harness import Bench
from tests.workflows.world import a_milestone, a_process

STARTED, FIRED, CANCELED = (
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_TIMER_FIRED,
    EventType.EVENT_TYPE_TIMER_CANCELED,
)
TWO = a_process(a_milestone("Resolution", "4h"), warnings=[])


def armed(events: Sequence[HistoryEvent]) -> list[int]:
    """How many timers are armed after each event of a history, where that changes; a replacement is one step."""
    number, steps = 0, []
    for event in events:
        number += {STARTED: 1, FIRED: -1, CANCELED: -1}.get(event.event_type, 0)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED:
            steps.append(number)
    return steps


async def timers(bench: Bench) -> tuple[int, int, int]:
    """How many were started, fired and cancelled."""
    return await bench.count("TIMER_STARTED"), await bench.count("TIMER_FIRED"), await bench.count("TIMER_CANCELED")


async def test_news_that_moves_no_deadline_leaves_the_timer_alone(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        for minute in range(1, 11):
            await bench.at(minute)
            await bench.report("noted", kind="customer.replied")
        assert await timers(bench) == (1, 0, 0)


async def test_a_deadline_that_moves_later_leaves_the_timer_alone_and_it_wakes_once_in_vain(cached: int) -> None:
    async with Bench(TWO, cached=cached) as bench:
        await bench.open()
        await bench.at(30)
        await bench.report("noted", kind="response.sent")
        assert (await bench.state()).next_wakeup == bench.instant(240)
        assert await timers(bench) == (1, 0, 0)
        decisions = await bench.count("MARKER_RECORDED")
        await bench.at(61)
        assert await timers(bench) == (2, 1, 0)
        assert await bench.count("MARKER_RECORDED") == decisions, "nobody needed to be asked"
        await bench.at(241)
        assert await timers(bench) == (2, 2, 0)
        assert bench.world.cases.views["C-1042"].status == "violated_open"


async def test_a_deadline_that_moves_earlier_replaces_the_timer(cached: int) -> None:
    process = a_process(within={"by": "priority", "values": {"P1": "30m"}, "default": "4h"}, warnings=[])
    async with Bench(process, cached=cached) as bench:
        await bench.open()
        await bench.at(10)
        await bench.report("changed", set={"priority": "P1"})
        assert await timers(bench) == (2, 0, 1)
        await bench.at(31)
        assert bench.world.performed() == ["C-1042/First Response#1/1/violation-1/1"]


async def test_a_stopped_clock_needs_no_timer_and_the_old_one_wakes_nobody(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(10)
        await bench.report("stopped")
        decisions = await bench.count("MARKER_RECORDED")
        await bench.at(600)
        assert await timers(bench) == (1, 1, 0)
        assert (await bench.state()).next_wakeup is None
        assert await bench.count("MARKER_RECORDED") == decisions
        await bench.report("resumed")
        await bench.at(651)
        assert bench.world.performed() == [
            "C-1042/First Response#1/1/warning-1/1",
            "C-1042/First Response#1/1/violation-1/1",
        ]


async def test_never_more_than_one_timer_is_armed(cached: int) -> None:
    periodic = a_milestone("Status Update", "20m", recurrence="periodic")
    async with Bench(a_process(periodic, a_milestone("Resolution", "4h")), cached=cached) as bench:
        await bench.open()
        for minute, type_, more in ((5, "stopped", {}), (15, "resumed", {}), (33, "noted", {"kind": "response.sent"})):
            await bench.at(minute)
            await bench.report(type_, **more)
        await bench.at(250)
        steps = armed((await bench.history()).events)
        assert set(steps) == {0, 1}
