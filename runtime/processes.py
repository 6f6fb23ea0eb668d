"""Processes that work for this one: how many there can be side by side, and that none outlives it."""

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import ParamSpec, TypeVar

from runtime.signals import deaf_to_interrupts

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Given = TypeVar("Given")

# Asks the kernel for SIGTERM when the parent dies (prctl PR_SET_PDEATHSIG = 1), then becomes the program. A
# program of its own and not a `preexec_fn`, which may not be used where there are threads; and there always
# are.
_MORTAL = """\
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


def cores() -> int:
    """How many processes can work at once here: the cores that we may use, which in a container are fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def mortal(command: Sequence[str]) -> list[str]:
    """A program's command, so that on Linux the kernel ends it when this process dies without having ended it."""
    if sys.platform != "linux":
        return [*command]
    return [sys.executable, "-I", "-S", "-c", _MORTAL, str(os.getpid()), *command]


class Crew(ProcessPoolExecutor):
    """Processes that each do `begin(given)` first. They never hear of Ctrl-C, and end with this one, even if it is killed.

    They are spawned: Temporal's core and database drivers are pools of threads, which a fork would not take along.
    """

    def __init__(self, jobs: int, begin: Callable[[Given], object], given: Given) -> None:
        spawning = multiprocessing.get_context("spawn")
        super().__init__(jobs, mp_context=spawning, initializer=_begin, initargs=(begin, given))

    def submit(self, fn: Callable[Asked, Answer], /, *args: Asked.args, **kwargs: Asked.kwargs) -> "Future[Answer]":
        """Have it done by one of them."""
        with deaf_to_interrupts():  # they begin with the first work, and inherit it
            return super().submit(fn, *args, **kwargs)


def _begin(begin: Callable[[Given], object], given: Given) -> None:
    threading.Thread(target=_follow, daemon=True).start()
    begin(given)


def _follow() -> None:
    """End with the process that this one works for."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
