"""Processes that work for this one, side by side: how many there can be, and that none outlives it."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from typing import ParamSpec, TypeVar

from runtime.signals import deaf_to_interrupts

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def cores() -> int:
    """How many processes can work at once here: the cores that we may use, which in a container are fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Crew(ProcessPoolExecutor):
    """Processes that each do `begin(given)` first. They never hear of Ctrl-C, and end with this one, even if it is killed.

    They are spawned: Temporal's core and database drivers are pools of threads, which a fork would not take along.
    """

    def __init__(self, jobs: int, begin: Callable[[Answer], object], given: Answer) -> None:
        spawning = multiprocessing.get_context("spawn")
        super().__init__(jobs, mp_context=spawning, initializer=_begin, initargs=(begin, given))

    def submit(self, fn: Callable[Given, Answer], /, *args: Given.args, **kwargs: Given.kwargs) -> "Future[Answer]":
        """Have it done by one of them."""
        with deaf_to_interrupts():  # they begin with the first work, and inherit it
            return super().submit(fn, *args, **kwargs)


def _begin(begin: Callable[[Answer], object], given: Answer) -> None:
    threading.Thread(target=_follow, daemon=True).start()
    begin(given)


def _follow() -> None:
    """End with the process that this one works for."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
