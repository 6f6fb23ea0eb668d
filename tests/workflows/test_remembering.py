"""The store: it may be down for a while, and a case ends only when it knows all."""

import pytest

from activities.fakes import MemoryDefinitions
from activities.ports import Transient
from sla.errors import RefusedEvent
from sla.messages import CaseInput, ProcessRef
from sla.process.model import Process
from tests.workflows.harness import Bench
from tests.workflows.world import Breakdown, World, a_process, violating

WARNING = "C-1042/First Response#1/1/warning-1/1"
VIOLATION = "C-1042/First Response#1/1/violation-1/1"
SUCCESS = "C-1042/First Response#1/1/success/1"
MAIL = {"email": {"to": "owner", "template": "violation"}}


def carried(bench: Bench) -> CaseInput:
    """What a closed case starts anew from."""
    return bench.world.case_input(bench.record, bench.ref)


async def test_a_store_that_is_down_delays_what_needs_it_and_loses_nothing(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        await bench.open()
        await bench.at(40)
        bench.world.cases.down = True
        await bench.tell("changed", set={"owner": "grace"})
        await bench.tell("noted", kind="customer.replied")
        await bench.at(46)
        assert bench.world.cases.tries > 1
        assert WARNING not in await bench.scheduled(), "it would not know to whom it should go"
        bench.world.cases.down = False
        await bench.at(48)
        assert [mail.to for mail in bench.world.mailer.sent] == [("grace@support.example",)]
        assert [event.id for event in bench.world.cases.logs["C-1042"]] == ["opened", "e-2", "e-3"]


class Forgetful(MemoryDefinitions):
    """Definitions that cannot be read twice."""

    failures = 2

    async def process(self, ref: ProcessRef) -> Process:
        if self.failures:
            self.failures -= 1
            raise Breakdown("the database does not answer")
        return await super().process(ref)


async def test_a_decision_that_cannot_be_made_is_asked_for_again_and_whoever_waits_is_answered(cached: int) -> None:
    async with Bench(world=World(definitions=Forgetful()), cached=cached) as bench:
        answer = await bench.open()
        assert answer.status == "compliant"
        await bench.at(46)  # the timer is late by as much as the decision was
        assert bench.world.performed() == [WARNING]


async def test_a_deadline_that_passes_while_the_store_is_down_is_acted_upon_when_it_is_back(cached: int) -> None:
    async with Bench(violating(MAIL), cached=cached) as bench:
        await bench.open()
        await bench.at(59)
        bench.world.cases.down = True
        await bench.at(64)
        assert bench.world.subjects() == []
        bench.world.cases.down = False
        await bench.at(66)
        assert bench.world.subjects() == ["violation of C-1042"]


async def test_a_record_whose_opening_is_refused_leaves_no_case_behind_and_can_be_opened_rightly(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        with pytest.raises(RefusedEvent, match="applies to 'case'"):
            await bench.open(type="problem")
        await bench.closed()
        assert bench.world.cases.logs == {}
        await bench.open()
        assert await bench.is_open()


async def test_closing_ends_the_case_with_its_outcome(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(10)
        await bench.report("closed")
        assert await bench.closed() == "compliant"
        left = bench.world.cases.views["C-1042"].milestones
        assert [(m.milestone, m.status) for m in left] == [("First Response", "cancelled")]
        assert bench.world.performed() == []


async def test_a_case_does_not_end_before_the_store_knows_all(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(10)
        bench.world.cases.down = True
        await bench.tell("closed")
        await bench.at(20)
        assert await bench.is_open()
        bench.world.cases.down = False
        await bench.at(22)
        await bench.closed()
        assert [event.id for event in bench.world.cases.logs["C-1042"]] == ["opened", "e-2"]
        assert bench.world.cases.views["C-1042"].out


async def test_a_case_does_not_end_before_its_actions_have(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        bench.world.web.failures = [Transient("503") for _ in range(7)]
        await bench.open()
        await bench.at(30)
        await bench.report("noted", kind="response.sent")
        await bench.report("closed")
        await bench.at(32)
        assert (await bench.state()).under_way == [SUCCESS]
        assert await bench.is_open()
        await bench.at(45)
        await bench.closed()
        assert bench.world.ledger.lines[SUCCESS].outcome == "performed"


async def test_a_reopened_record_goes_on_in_a_run_of_its_own_where_it_left_off(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(50)
        await bench.report("closed")
        await bench.closed()
        await bench.at(80)
        await bench.start_with(bench.event("reopened"), carried(bench))
        state = await bench.state()
        assert state.events == 3
        assert state.next_wakeup == bench.instant(90), "the half hour in between counts as stopped"
        await bench.at(91)
        assert bench.world.performed() == [WARNING, VIOLATION]
        assert [event.type for event in bench.world.cases.logs["C-1042"]] == [  # type: ignore[attr-defined]
            "opened", "closed", "reopened", "changed",
        ]  # fmt: skip


async def test_news_of_a_closed_record_is_kept_and_the_case_ends_again(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        await bench.open()
        await bench.at(50)
        await bench.report("closed")
        await bench.closed()
        await bench.at(80)
        await bench.start_with(bench.event("noted", kind="response.sent", at=40), carried(bench))
        assert await bench.closed() == "compliant"
        assert [m.status for m in bench.world.cases.views["C-1042"].milestones] == ["met"]
        assert len(bench.world.cases.logs["C-1042"]) == 3


async def test_an_action_given_up_in_a_closed_case_can_still_be_tried_again(cached: int) -> None:
    async with Bench(a_process(success=[{"email": {"to": "contact", "template": "success"}}]), cached=cached) as bench:
        kim = bench.world.directory.contacts.pop("kim")
        await bench.open()
        await bench.at(30)
        await bench.report("noted", kind="response.sent")
        await bench.report("closed")
        await bench.closed()
        assert bench.world.ledger.lines[SUCCESS].outcome == "gave_up"
        bench.world.directory.contacts["kim"] = kim
        await bench.bounded(bench.cases.retry(carried(bench), SUCCESS))
        await bench.closed()
        assert bench.world.subjects() == ["success of C-1042"]
        assert bench.world.ledger.lines[SUCCESS].outcome == "performed"


async def test_a_record_that_leaves_as_its_last_milestone_is_met_ends_its_case_when_the_success_is_told(cached: int) -> None:
    resolved = {"status": "Resolved"}
    process = Process.model_validate(a_process(complete_when=resolved).model_dump() | {"exit_when": resolved})
    async with Bench(process, cached=cached) as bench:
        await bench.open()
        await bench.at(30)
        await bench.report("changed", set=resolved)
        await bench.at(31)
        assert bench.world.performed() == [SUCCESS]
        assert not await bench.is_open()
