"""Two versions of the worker side by side: a case stays with the one that began it until it is moved."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from temporalio.worker import Worker

from runtime.settings import Settings
from sla.errors import IncompleteBuild, UnknownBuild
from sla.finding import Finding, Settled
from sla.messages import task_queue
from starter.deployments import Build, Deployments, Nudged
from tests.workflows.harness import PATIENCE_S
from tests.workflows.live import LiveBench
from tests.workflows.servers import working
from tests.workflows.world import ShakyCases
from workers.wiring import versioned


async def until(deployments: Deployments, holds: Callable[[list[Build]], bool]) -> list[Build]:
    """The versions, once it is so: what Temporal tells of them lags behind a little."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds(builds := await deployments.builds()):
            await asyncio.sleep(0.1)
    return builds


async def bounded(work: Awaitable[bool]) -> bool:
    async with asyncio.timeout(PATIENCE_S):
        return await work


async def nudged(deployments: Deployments, job: str) -> list[Nudged]:
    async with asyncio.timeout(PATIENCE_S):
        return [told async for told in deployments.nudge(job=job)]


async def test_a_sleeping_case_moves_when_nudged_and_goes_on_where_it_was() -> None:
    async with LiveBench(events=4000, build="v1") as bench:
        deployments = Deployments(bench.client, queue_prefix=bench.prefix)
        assert await bounded(deployments.begin("v1"))
        await bench.open()
        before = await bench.state()
        assert await until(deployments, lambda builds: builds[0].open_cases == 1) == [
            Build(build_id="v1", state="current", open_cases=1)
        ]
        async with working(bench.client, bench.world, bench.prefix, build="v2"):
            assert not await bounded(deployments.begin("v2")), "the first version stays current until somebody decides"
            await deployments.make_current("v2")
            await asyncio.sleep(0.5)
            assert len(await bench.runs()) == 1, "nobody has woken it"
            *_, last = await nudged(deployments, "first")
            assert (last.cases, last.reached, last.finished) == (1, 1, True)
            there = await until(deployments, lambda builds: builds[0].open_cases == 1)
            assert [(build.build_id, build.state, build.open_cases) for build in there] == [
                ("v2", "current", 1),
                ("v1", "draining", 0),
            ]
            assert await bench.state() == before
            await bench.report("noted", kind="response.sent")
            await bench.until(lambda: bench.world.performed() == ["C-1042/First Response#1/1/success/1"])
            assert await nudged(deployments, "second") == [Nudged(cases=0, reached=0, finished=True)]


async def test_a_case_that_is_nudged_in_the_middle_of_a_step_is_nudged_until_it_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_end, settle = asyncio.Event(), asyncio.Event(), ShakyCases.settle

    async def slow(cases: ShakyCases, finding: Finding) -> Settled:
        begun.set()
        await may_end.wait()
        return await settle(cases, finding)

    async with LiveBench(events=4000, build="v1") as bench:
        deployments = Deployments(bench.client, queue_prefix=bench.prefix)
        assert await bounded(deployments.begin("v1"))
        await bench.open()
        async with working(bench.client, bench.world, bench.prefix, build="v2"):
            monkeypatch.setattr(ShakyCases, "settle", slow)
            told = asyncio.ensure_future(bench.report("noted", kind="customer.replied"))
            await begun.wait()
            await deployments.make_current("v2")
            assert await deployments.behind() == 1
            rounds = 0
            async with asyncio.timeout(PATIENCE_S):
                async for so_far in deployments.nudge(job="busy"):
                    rounds += so_far.finished
                    if rounds == 3:  # of all these it takes no notice
                        may_end.set()
            await told
            assert await deployments.behind() == 0


async def test_only_a_version_whose_workers_were_seen_can_become_current() -> None:
    async with LiveBench(events=4000) as bench:
        deployments = Deployments(bench.client, queue_prefix=bench.prefix)
        assert await deployments.builds() == []
        with pytest.raises(UnknownBuild, match="'v9' has been seen \\(known: none\\)"):
            await deployments.make_current("v9")
        assert await nudged(deployments, "nobody") == []


async def test_a_version_that_leaves_a_queue_unserved_cannot_become_current(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("starter.deployments.SETTLING_S", 1.5)
    async with LiveBench(events=4000, build="v1") as bench:
        deployments = Deployments(bench.client, queue_prefix=bench.prefix)
        assert await bounded(deployments.begin("v1"))
        await bench.open()
        only_mails = Worker(
            bench.client,
            task_queue=task_queue(bench.prefix, "mail"),
            activities=bench.world.performer.activities("mail"),
            deployment_config=versioned(Settings(task_queue=bench.prefix, build_id="v2")),
        )
        async with only_mails:
            await until(deployments, lambda builds: len(builds) == 2)
            with pytest.raises(IncompleteBuild, match="missing active task queues"):
                await deployments.make_current("v2")
