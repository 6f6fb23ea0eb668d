"""News that comes after its time: the outcome is what it would have been, and what was done about it is taken back."""

from tests.workflows.harness import Bench
from tests.workflows.world import a_process

VIOLATION = "C-1042/First Response#1/1/violation-1/1"
RETRACTED = "C-1042/First Response#1/1/retracted/1"


async def test_an_answer_that_was_in_time_and_told_late_takes_the_violation_back(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        await bench.open()
        await bench.at(61)
        assert VIOLATION in bench.world.performed()
        await bench.at(70)
        answer = await bench.report("noted", kind="response.sent", at=58)
        assert answer.changes == ["First Response: overdue → met, the violation is withdrawn"]
        await bench.at(71)
        assert bench.world.performed()[-1] == RETRACTED
        assert bench.world.subjects() == ["warning of C-1042", "retraction of C-1042"]
        first = bench.world.cases.views["C-1042"].milestones[0]
        assert (first.status, first.violated, first.retracted) == ("met", False, True)


async def test_an_answer_told_late_that_was_late_takes_nothing_back(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        await bench.open()
        await bench.at(70)
        await bench.report("noted", kind="response.sent", at=61)
        await bench.at(71)
        assert bench.world.subjects() == ["warning of C-1042"]
        assert bench.world.cases.views["C-1042"].milestones[0].status == "met_late"


async def test_the_violation_that_is_reached_again_after_its_retraction_acts_again_under_a_key_of_its_own(
    cached: int,
) -> None:
    async with Bench(a_process(complete_when=None, success=[]), cached=cached) as bench:
        await bench.open()
        await bench.at(70)
        await bench.report("completed", milestone="First Response", at=58)
        await bench.at(80)
        await bench.report("uncompleted", milestone="First Response")
        await bench.at(81)
        assert bench.world.performed()[-3:] == [VIOLATION, RETRACTED, f"{VIOLATION}~2"]


async def test_a_record_opened_late_acts_at_once_on_what_has_passed_and_sends_no_warning(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open(at=-90)
        await bench.at(1)
        assert bench.world.performed() == [VIOLATION]
        assert bench.world.subjects() == []
