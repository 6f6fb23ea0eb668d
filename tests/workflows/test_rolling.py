"""Continuing as new: a case that has grown long goes on in another run as if nothing had been."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.ports import Transient
from sla.messages import CaseInput
from tests.workflows.live import LiveBench
from tests.workflows.world import a_process, violating

VIOLATION = "C-1042/First Response#1/1/violation-1/1"
MAIL = {"email": {"to": "owner", "template": "violation"}}


async def begun_with(run: WorkflowHistory) -> CaseInput:
    """What a run was given."""
    started = run.events[0].workflow_execution_started_event_attributes
    (case,) = await pydantic_data_converter.decode(started.input.payloads, [CaseInput])
    assert isinstance(case, CaseInput)
    return case


async def neutral_news_until(bench: LiveBench, runs: int) -> AsyncIterator[None]:
    """Report what moves nothing until there have been so many runs; yields after each event, with the case at rest."""
    for _ in range(20):
        await bench.report("noted", kind="customer.replied")
        await bench.rest()
        yield
        if len(await bench.runs()) >= runs:
            return
    raise AssertionError(f"the case did not roll: {len(await bench.runs())} runs")


async def test_state_and_log_are_the_same_after_a_roll_as_before_it() -> None:
    process = a_process(within="1h", warnings=[{"before": "59m 59s", "actions": [MAIL]}])
    async with LiveBench(process, events=16) as bench:
        await bench.open()
        await bench.at(2)
        await bench.until(lambda: bool(bench.world.performed()))
        before = await bench.state()
        assert before.done
        number = before.events
        async for _ in neutral_news_until(bench, runs=3):
            number += 1
            assert await bench.state() == before.model_copy(update={"events": number})
        for run in (await bench.runs())[1:]:
            case = await begun_with(run)
            assert (case.record, case.ref, case.done) == (before.record, before.ref, before.done)
            assert case.log == bench.world.cases.logs["C-1042"][: len(case.log)]
            assert case.decided_at
        assert bench.world.subjects() == ["violation of C-1042"]


@pytest.mark.parametrize("events", range(6, 20))
async def test_wherever_a_roll_falls_the_violation_acts_once(events: int) -> None:
    async with LiveBench(violating(MAIL, within="1s"), events=events) as bench:
        await bench.open()
        await bench.until(lambda: bench.world.performed() == [VIOLATION])
        state = await bench.state()
        assert (state.events, state.done, state.under_way) == (1, {VIOLATION: "performed"}, [])
        assert state.view
        assert [m.status for m in state.view.milestones] == ["overdue"]
        assert bench.world.mailer.tries == 1


async def test_an_action_between_two_attempts_is_carried_over_and_performed_once() -> None:
    async with LiveBench(violating(MAIL, within="1s"), events=16) as bench:
        bench.world.mailer.problem = Transient("the mail server does not answer")
        await bench.open()
        await bench.at(1.5)
        async for _ in neutral_news_until(bench, runs=3):
            assert (await bench.state()).under_way == [VIOLATION]
        bench.world.mailer.problem = None
        await bench.until(lambda: bench.world.performed() == [VIOLATION])
        state = await bench.state()
        assert (state.done, state.under_way) == ({VIOLATION: "performed"}, [])
        assert bench.world.subjects() == ["violation of C-1042"]


async def test_news_that_arrives_while_a_roll_waits_for_an_attempt_is_heard_and_the_action_not_repeated() -> None:
    async with LiveBench(violating(MAIL, within="1s"), events=16) as bench:
        bench.world.mailer.gate.clear()
        await bench.open()
        await bench.until(lambda: bench.world.mailer.tries == 1)
        news = [bench.send(bench.event("noted", kind="customer.replied")) for _ in range(6)]
        told = bench.handle.signal("hear", {"event": bench.event("noted", kind="customer.wrote").model_dump(mode="json")})
        waiting = asyncio.gather(*news, told)
        await asyncio.sleep(1)
        bench.world.mailer.gate.set()
        answers = [answer for answer in await waiting if answer is not None]
        assert [answer.changes for answer in answers] == [[]] * 6
        await bench.report("noted", kind="customer.replied")
        state = await bench.state()
        assert (state.events, state.done) == (9, {VIOLATION: "performed"})
        assert bench.world.mailer.tries == 1
        assert len(await bench.runs()) >= 2


async def test_updates_in_flight_are_all_answered_and_each_event_is_kept_once() -> None:
    async with LiveBench(events=16) as bench:
        await bench.open()
        for wave in range(3):
            await bench.rest()
            events = [bench.event("noted", kind="customer.replied", id=f"n-{wave}-{number}") for number in range(8)]
            answers = await asyncio.gather(*(bench.send(event) for event in events))
            assert [answer.changes for answer in answers] == [[]] * len(events)
        kept = [event.id for event in bench.world.cases.logs["C-1042"]]
        assert len(kept) == len(set(kept))
        assert (await bench.state()).events == 25
        assert len(await bench.runs()) >= 2


async def test_a_case_does_not_fall_silent_when_it_grows_long_while_the_store_is_down() -> None:
    async with LiveBench(events=16) as bench:
        await bench.open()
        bench.world.cases.down = True
        for _ in range(6):
            await bench.handle.signal(
                "hear", {"event": bench.event("noted", kind="customer.replied").model_dump(mode="json")}
            )
        await bench.until(lambda: bench.world.cases.tries > 1)
        bench.world.cases.down = False
        await bench.until(lambda: len(bench.world.cases.logs.get("C-1042", [])) == 7)
        assert (await bench.state()).events == 7


async def test_a_sender_whose_clock_is_behind_does_not_undo_after_a_roll_what_was_done_before_it() -> None:
    async with LiveBench(violating(MAIL, within="1s"), events=9) as bench:
        await bench.open()
        await bench.at(1.5)
        await bench.report("noted", kind="customer.replied")
        await bench.rest()
        assert len(await bench.runs()) >= 2
        answer = await bench.report("noted", kind="response.sent", at=1, learned=0)
        assert answer.status == "compliant"
        await bench.rest()
        assert [one.status for one in bench.world.cases.views["C-1042"].effects if one.trigger == "violation"] == [
            "retracted"
        ]


async def test_what_is_shown_is_carried_over_and_not_written_again() -> None:
    async with LiveBench(events=16) as bench:
        await bench.open()
        async for _ in neutral_news_until(bench, runs=3):
            pass
        for run in (await bench.runs())[1:]:
            assert not [e for e in run.events if e.HasField("upsert_workflow_search_attributes_event_attributes")]
        assert "| First Response #1 | running |" in await bench.details()
