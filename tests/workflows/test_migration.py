"""A case that runs is moved to another version: its target moves, its timer follows, and it goes on from there."""

from sla.messages import ProcessRef
from tests.workflows.harness import Bench
from tests.workflows.world import a_milestone, a_process

WARNING = "C-1042/First Response#1/1/warning-1/1"
VIOLATION = "C-1042/First Response#1/1/violation-1/1"


async def test_its_target_moves_and_its_timer_follows(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        bench.world.definitions.publish(a_process(a_milestone("Fix", "3h"), within="30m", success=[]), version=2)
        await bench.open()
        await bench.at(10)
        await bench.tell("migrated", version=2, revision=1)
        state = await bench.state()
        assert state.view is not None
        assert [one.target_at for one in state.view.milestones] == [bench.instant(30), bench.instant(180)]
        assert state.view.followed == ProcessRef(process="Premium", version=2, revision=1)
        assert "moved to Premium v2" in await bench.details()
        assert (state.ref, state.next_wakeup) == (bench.ref, bench.instant(22.5))
        await bench.at(31)
        assert bench.world.performed() == [WARNING, VIOLATION]
        await bench.at(61)
        assert bench.world.performed() == [WARNING, VIOLATION]


async def test_a_longer_limit_lets_the_armed_timer_ring_in_vain(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        bench.world.definitions.publish(a_process(within="2h", success=[]), version=2)
        await bench.open()
        await bench.at(50)
        assert bench.world.performed() == [WARNING]
        await bench.tell("migrated", version=2, revision=1)
        await bench.at(70)
        assert bench.world.performed() == [WARNING], "the warning at 75 % is not sent again, and nothing is violated yet"
        await bench.at(121)
        assert bench.world.performed() == [WARNING, VIOLATION]
        assert bench.world.cases.views["C-1042"].milestones[0].violated_at == bench.instant(120)


async def test_told_twice_it_is_one_move(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        bench.world.definitions.publish(a_process(within="2h", success=[]), version=2)
        await bench.open()
        await bench.at(10)
        move = bench.event("migrated", version=2, revision=1, id="migrated-M-1")
        await bench.signal(move)
        before = await bench.state()
        await bench.at(20)
        await bench.signal(move)
        assert (await bench.state()).events == before.events == 2


async def test_a_case_that_starts_anew_from_the_store_follows_what_it_was_moved_to(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        bench.world.definitions.publish(a_process(within="2h", success=[]), version=2)
        await bench.open()
        await bench.at(10)
        await bench.tell("migrated", version=2, revision=1)
        await bench.tell("closed")
        await bench.closed()
        await bench.at(20)
        await bench.start_with(bench.event("reopened"), bench.world.case_input("C-1042", bench.ref))
        state = await bench.state()
        assert state.view is not None
        assert state.view.milestones[0].target_at == bench.instant(130)


async def test_news_of_a_milestone_that_only_the_new_version_has_is_heard_after_the_move(cached: int) -> None:
    async with Bench(a_process(success=[]), cached=cached) as bench:
        bench.world.definitions.publish(a_process(a_milestone("Fix", "3h"), success=[]), version=2)
        await bench.open()
        await bench.at(10)
        await bench.tell("migrated", version=2, revision=1)
        await bench.at(20)
        answer = await bench.report("completed", milestone="Fix")
        assert answer.changes == ["Fix: running → met"]
