"""News: by update or by signal, told twice, refused, misdirected, and from clocks that are wrong."""

import asyncio
from datetime import timedelta

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from sla.events import Event
from sla.instants import to_instant
from sla.messages import REFUSED
from sla.process.model import Process
from tests.workflows.harness import Bench
from tests.workflows.world import a_milestone, a_process

PROCESS = a_process(a_milestone("Status Update", "4h", recurrence="independent"))


def kept(bench: Bench) -> list[Event]:
    """The log as the store has it."""
    return bench.world.cases.logs.get(bench.record, [])


def seconds(bench: Bench, event: Event) -> float:
    """When an event counts as recorded, in seconds since the opening."""
    return (event.recorded_at - bench.opened_at).total_seconds()


async def the_reason(bench: Bench, **news: object) -> ApplicationError:
    """Report what must be refused; returns the failure."""
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await bench.report(**news)  # type: ignore[arg-type]
    assert isinstance(refused.value.cause, ApplicationError)
    return refused.value.cause


@pytest.mark.parametrize("process", [a_process(), PROCESS], ids=["one milestone", "two"])
async def test_a_signal_does_what_an_update_does(cached: int, process: Process) -> None:
    outcomes = []
    for way in (Bench.report, Bench.tell):
        async with Bench(process, cached=cached) as bench:
            await bench.open()
            for minute, type_, carried in (
                (10, "stopped", {}),
                (40, "resumed", {"reason": "the customer wrote"}),
                (80, "noted", {"kind": "response.sent"}),
                (90, "completed", {"milestone": process.milestones[-1].milestone}),
            ):
                await bench.at(minute)
                await way(bench, type_, **carried)
            await bench.at(400)
            view = bench.world.cases.views["C-1042"]
            told = [(event.id, event.recorded_at - event.at) for event in kept(bench)]
            outcomes.append((view.status, [m.status for m in view.milestones], sorted(bench.world.ledger.lines), told))
    assert outcomes[0] == outcomes[1]


async def test_the_same_event_is_one_event_however_often_and_by_whatever_way_it_is_told(cached: int) -> None:
    async with Bench(PROCESS, cached=cached) as bench:
        await bench.open()
        await bench.at(10)
        event = bench.event("completed", milestone="Status Update")
        first = await bench.send(event)
        assert first.changes == [
            "Status Update: running → met",
            f"Status Update #2: running, target {bench.instant(250):%Y-%m-%d %H:%M:%S} UTC".replace(":00 UTC", " UTC"),
        ]
        assert await bench.send(event) == first
        again = await bench.send(event, update_id="another")
        assert (again.duplicate, again.changes, again.status) == (True, [], first.status)
        await bench.signal(event)
        await bench.at(11)
        assert (await bench.state()).events == len(kept(bench)) == 2
        assert [m.occurrence for m in bench.world.cases.views["C-1042"].milestones if m.milestone == "Status Update"] == [
            1,
            2,
        ]


async def test_the_same_event_told_by_several_at_once_is_one_event_and_all_are_answered(cached: int) -> None:
    async with Bench(PROCESS, cached=cached) as bench:
        await bench.open()
        await bench.at(10)
        event = bench.event("completed", milestone="Status Update")
        ways = [bench.send(event, update_id=f"u-{number}") for number in range(4)]
        answers = await asyncio.gather(*ways, bench.signal(event))
        await bench.at(11)
        assert all(answer is None or answer.duplicate or answer.changes for answer in answers)
        assert (await bench.state()).events == len(kept(bench)) == 2


async def test_refused_news_is_answered_with_the_reason_and_changes_nothing(cached: int) -> None:
    async with Bench(PROCESS, cached=cached) as bench:
        await bench.open()
        await bench.at(5)
        await bench.report("completed", milestone="Status Update")
        await bench.at(6)
        before = await bench.state()
        for news, reason in (
            ({"type_": "completed", "milestone": "Diagnosis"}, "no milestone 'Diagnosis'"),
            ({"type_": "uncompleted", "milestone": "Status Update"}, "successor"),
            ({"type_": "opened", "fields": {}}, "already open"),
            ({"type_": "noted", "kind": "a", "at": -10}, "before the record was opened"),
        ):
            refused = await the_reason(bench, **news)
            assert refused.type == REFUSED == "refused_event"
            assert refused.non_retryable
            assert reason in refused.message
        await bench.tell("completed", milestone="Diagnosis")
        await bench.at(7)
        assert await bench.state() == before
        assert len(kept(bench)) == 2


async def test_a_refused_events_id_is_not_used_up(cached: int) -> None:
    async with Bench(PROCESS, cached=cached) as bench:
        await bench.open()
        await bench.at(5)
        await the_reason(bench, type_="completed", milestone="Diagnosis", id="e", update_id="first")
        answer = await bench.report("completed", milestone="Status Update", id="e", update_id="second")
        assert not answer.duplicate
        assert answer.changes[0] == "Status Update: running → met"


async def test_news_of_another_record_is_turned_away_and_leaves_no_trace(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(5)
        before = await bench.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED")
        with pytest.raises(WorkflowUpdateFailedError) as rejected:
            await bench.report("closed", record="C-7")
        assert "this is the case of record 'C-1042', not 'C-7'" in str(rejected.value.cause)
        await bench.tell("closed", record="C-7")
        await bench.at(6)
        assert await bench.count("WORKFLOW_EXECUTION_UPDATE_ACCEPTED") == before == 1
        assert await bench.count("WORKFLOW_EXECUTION_UPDATE_REJECTED") == 0
        assert (await bench.state()).events == len(kept(bench)) == 1


async def test_a_sender_whose_clock_is_ahead_does_not_move_ours(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(58)
        await bench.report("noted", kind="response.sent", learned=68)
        await bench.at(59)
        (event,) = kept(bench)[1:]
        assert 0 <= seconds(bench, event) - 58 * 60 <= 1
        assert bench.world.cases.views["C-1042"].milestones[0].status == "met"


async def test_a_sender_whose_clock_is_behind_does_not_undo_what_was_done(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(65)
        await bench.report("noted", kind="response.sent", at=62, learned=55)
        await bench.at(66)
        (event,) = [one for one in kept(bench) if one.type == "noted"]  # type: ignore[attr-defined]
        assert seconds(bench, event) >= 60 * 60, "after the violation, which was acted upon"
        first = bench.world.cases.views["C-1042"].milestones[0]
        assert (first.status, first.violated) == ("met_late", True)


async def test_news_of_the_second_in_which_an_action_was_started_counts_after_it(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(45)
        await bench.report("noted", kind="response.sent")
        await bench.at(46)
        (event,) = kept(bench)[1:]
        assert seconds(bench, event) == 45 * 60 + 1
        assert bench.world.ledger.lines["C-1042/First Response#1/1/warning-1/1"].outcome == "performed"
        (warning,) = [one for one in bench.world.cases.views["C-1042"].effects if one.trigger == "warning"]
        assert warning.status == "retracted", "known to have been sent, though by now it should not have been"


async def test_news_of_the_near_future_counts_when_its_instant_comes(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(30)
        await bench.report("noted", kind="response.sent", at=34, learned=30)
        assert (await bench.state()).next_wakeup == bench.instant(34)
        assert bench.world.performed() == []
        await bench.at(34)
        await bench.rest()
        assert bench.world.cases.views["C-1042"].milestones[0].status == "met"


async def test_every_event_is_recorded_in_its_order_and_no_later_than_a_second_after_it_was_told(cached: int) -> None:
    async with Bench(PROCESS, cached=cached) as bench:
        await bench.open()
        for minute in (10, 20, 45, 60):
            await bench.at(minute)
            await bench.report("noted", kind="customer.replied", learned=minute + 3)
        await bench.at(61)
        assert bench.world.cases.views["C-1042"].as_of <= to_instant(await bench.env.get_current_time()) + timedelta(
            seconds=1
        )
        told = [(seconds(bench, event) - round((event.at - bench.opened_at).total_seconds())) for event in kept(bench)]
        assert all(0 <= late <= 1 for late in told)
        assert sorted(event.recorded_at for event in kept(bench)) == [event.recorded_at for event in kept(bench)]
