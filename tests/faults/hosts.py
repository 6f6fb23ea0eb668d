"""Hosts in trouble: the Temporal server killed, and clocks that are wrong."""

import asyncio
import os
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from tests.faults.fault import Fault, Strike
from tests.faults.world import World

FAKETIME: Final = "faketime/libfaketimeMT.so.1"
PLACES: Final = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib")


async def _server_killed(world: World) -> None:
    """SIGKILL, and started again on the file that it kept."""
    assert world.server.pid is not None
    os.kill(world.server.pid, signal.SIGKILL)
    await asyncio.sleep(world.lasts_s(0.2))
    await world.server.stop()
    await world.server.start()


def _clock_off(minutes: int) -> Strike:
    """The worker's host goes wrong, C library and all; what measures lapses of time is right."""

    async def strike(world: World) -> None:
        await world.end_workers()
        await world.start_worker(
            LD_PRELOAD=str(_faketime()),
            FAKETIME=f"{minutes * 60:+d}",
            FAKETIME_DONT_FAKE_MONOTONIC="1",
            FAKETIME_FORCE_MONOTONIC_FIX="0",  # or waiting by the monotonic clock, which nobody falsifies, goes wrong
        )
        off_s = world.journalled("began")[-1]["wall"] - time.time()
        if abs(off_s - minutes * 60) > 60:
            world.complaints.append(f"the worker's clock is {off_s:.0f} s off, not {minutes} min")
        await asyncio.sleep(world.lasts_s(0.4))
        await world.end_workers()
        await world.start_worker()

    return strike


async def _desk_ahead(world: World) -> None:
    """The host that accepts events stamps them with an hour that has not come."""
    world.desk_clock_off = timedelta(minutes=10)
    await asyncio.sleep(world.lasts_s(0.4))
    world.desk_clock_off = timedelta(0)


def _faketime() -> Path | None:
    return next((found for place in PLACES if (found := Path(place, FAKETIME)).exists()), None)


def _no_faketime() -> str | None:
    return None if _faketime() else "faketime is not installed here"


HOSTS: Final = (
    Fault(
        name="Temporal server killed", means="SIGKILL, started again on its file", strike=_server_killed, answers_lost=True
    ),
    *(
        Fault(
            name=f"worker's clock {word}",
            means=f"libfaketime {minutes:+d} min",
            strike=_clock_off(minutes),
            obstacle=_no_faketime,
        )
        for word, minutes in (("10 min ahead", 10), ("10 min behind", -10))
    ),
    Fault(name="desk's clock 10 min ahead", means="events come with a wrong recorded_at", strike=_desk_ahead),
)
