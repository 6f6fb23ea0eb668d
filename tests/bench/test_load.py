"""The load measures on the smallest scale: that they start, count and end what they should; their figures mean nothing."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from bench.load.bare import Bare
from bench.load.contestants import Contestant
from bench.load.deadlines import same_second
from bench.load.driving import lap
from bench.load.ground import Ground, ground
from bench.load.milepost import Milepost
from bench.measures.opening import BUDGET_S, affordable, slices
from bench.measures.recovery import recovered
from bench.measures.throughput import race
from bench.order import LIMITS_S
from bench.rows import Scale

PATIENCE_S = 120
CASES = 3

Make = Callable[[Ground], Contestant]


def on_dbos(here: Ground) -> Contestant:
    """The rival, which only those have who run the bench."""
    pytest.importorskip("dbos", reason="dbos is not installed: make bench installs it")
    from bench.rivals.on_dbos import OnDbos

    return OnDbos(here)


CONTESTANTS: dict[str, Make] = {"Milepost": Milepost, "bare": lambda here: Bare(here, recording=True), "DBOS": on_dbos}


@pytest.fixture(params=list(CONTESTANTS.values()), ids=list(CONTESTANTS))
def make(request: pytest.FixtureRequest) -> Make:
    """Each contestant in turn."""
    made: Make = request.param
    return made


async def test_a_whole_case_sends_one_mail_and_a_deadline_one_after_it_has_passed(make: Make) -> None:
    async with asyncio.timeout(PATIENCE_S), ground() as here, make(here) as one:
        driven = await lap(one, here.post, name="W", seconds=0.1)
        assert driven.cases == here.post.count() > 0
        late = await same_second(one, here, "L", CASES, rate=CASES / 2)
        assert len(late.accepted) == CASES
        assert min(late.accepted) > 0
        assert late.repeated == 0


async def test_a_race_tells_what_each_process_spent_on_a_case() -> None:
    async with asyncio.timeout(PATIENCE_S), ground() as here:
        found = await race(here, [Milepost(here, "ours"), Bare(here, recording=True)], Scale.SHORT)
    assert set(found.rates) == {"ours", "bare"}
    assert set(found.cpu_ms) == {"worker", "Temporal server", "who reports"}
    for process, of_each in found.cpu_ms.items():
        cores = {name: spent.median / 1000 * found.rates[name].median for name, spent in of_each.items()}
        assert all(0 < used < (psutil.cpu_count() or 1) for used in cores.values()), process


async def test_deadlines_that_pass_while_the_worker_is_dead_are_acted_upon_after_its_restart() -> None:
    async with asyncio.timeout(PATIENCE_S), ground() as here, Milepost(here) as one:
        found = await recovered(one, here, "R", CASES, rate=CASES / 2)
        assert 0 < found.first_s <= found.last_s


async def test_the_server_says_that_an_action_began_before_its_mail_was_accepted() -> None:
    async with asyncio.timeout(PATIENCE_S), ground() as here, Milepost(here) as one:
        late = await same_second(one, here, "L", CASES, rate=CASES / 2, began=True)
        assert all(0 < began < accepted for began, accepted in zip(sorted(late.began), sorted(late.accepted), strict=True))
        assert late.repeated == 0


async def test_an_open_case_takes_up_room_in_the_store_and_on_the_server() -> None:
    async with asyncio.timeout(PATIENCE_S), ground(on_disk=True) as here, Milepost(here) as one:
        before = one.stored(), here.server_size()
        await asyncio.gather(*(one.open(f"O-{number}", datetime.now(UTC) + timedelta(days=1)) for number in range(30)))
        assert one.worker.memory() > 0
        assert here.server_memory() > 0
        assert one.stored() > before[0]
        assert here.server_size() > before[1]


def test_the_first_slice_of_a_population_fills_the_cache_and_none_is_lost() -> None:
    population = [str(number) for number in range(23)]
    parts = slices(population, 10)
    assert [len(part) for part in parts] == [10, 4, 4, 4, 1]
    assert [record for part in parts for record in part] == population
    assert slices(population[:5], 5) == [population[:5]]


def test_ten_thousand_cases_fit_the_time_at_the_pace_of_two_cores_at_rest_and_fewer_where_it_is_slower() -> None:
    at_rest = {"opened_s": 600 / 36, "acted_s": 600 / 20}
    assert affordable(10_000, 600, **at_rest) == 10_000
    slower = affordable(10_000, 600, **{name: 3 * seconds for name, seconds in at_rest.items()})
    assert 3_000 < slower < 5_000
    assert affordable(10_000, 600, opened_s=BUDGET_S, acted_s=BUDGET_S) == 600
    assert LIMITS_S["opening"] > BUDGET_S


HOLD = """
import asyncio
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background processes are born deaf to it
from bench.load.bare import Bare
from bench.load.ground import ground
async def main():
    async with ground() as here, Bare(here):
        print(here.directory, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.mark.parametrize("ending", ["SIGINT", "SIGKILL"])
def test_whatever_a_measure_started_ends_with_it(ending: str) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert holder.stdout is not None
    directory = Path(holder.stdout.readline().strip())
    children = psutil.Process(holder.pid).children(recursive=True)
    assert len(children) >= 3, "a mail server, a Temporal server, a worker"
    holder.send_signal(getattr(signal, ending))
    holder.wait(timeout=60)
    holder.stdout.close()
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []
    assert directory.exists() is (ending == "SIGKILL"), "its files go, too, if it could still see to that"
    if directory.exists():
        shutil.rmtree(directory)
