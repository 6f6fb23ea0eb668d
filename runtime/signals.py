"""Ctrl-C and SIGTERM as an event to wait for, so that a process stops in its own order."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

from runtime.exits import leave

STOPPING = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_on_signals(impatient: Callable[[int], object] = leave) -> Iterator[asyncio.Event]:
    """An event that the first SIGINT or SIGTERM sets; to be used in a running loop of the main thread.

        with stop_on_signals() as stopping:
            await stopping.wait()

    A second signal is impatience: `impatient` is called with the exit code that shells expect, 128 + its
    number; by default the process is left on the spot.
    """
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()

    def received(number: int) -> None:
        if stopping.is_set():
            impatient(128 + number)
        stopping.set()

    for each in STOPPING:
        loop.add_signal_handler(each, received, each)
    try:
        yield stopping
    finally:
        for each in STOPPING:
            loop.remove_signal_handler(each)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Processes that are started meanwhile never hear of Ctrl-C, which is for the one that hands out the work.

    Here it is only put off until the block is left: ignored, it would be lost.
    """
    resource_tracker.ensure_running()  # multiprocessing's, which would take the mask away when it is started
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
