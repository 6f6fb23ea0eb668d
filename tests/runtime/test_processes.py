"""Processes that work for another end with it, however it ends, and leave Ctrl-C to it."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator

import pytest

from runtime.processes import Crew, cores
from runtime.signals import deaf_to_interrupts
from tests.runtime.groups import is_empty

WORKING = """
    import functools, time
    from runtime.processes import Crew

    crew = Crew(2, functools.partial(print, flush=True), "here I am")
    working = [crew.submit(time.sleep, 600) for _ in range(2)]
    working[0].result()
"""


@pytest.fixture
def working() -> Iterator["subprocess.Popen[str]"]:
    """A process for which two others have begun to work; a group of their own."""
    command = [sys.executable, "-c", textwrap.dedent(WORKING)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as started:
        assert started.stdout is not None
        try:
            assert [started.stdout.readline() for _ in range(2)] == ["here I am\n"] * 2
            yield started
        finally:
            if not is_empty(started.pid, patience_s=0):
                os.killpg(started.pid, signal.SIGKILL)


@pytest.mark.parametrize("deadly", [signal.SIGTERM, signal.SIGKILL])
def test_when_it_is_killed_nobody_is_left_behind(working: "subprocess.Popen[str]", deadly: signal.Signals) -> None:
    working.send_signal(deadly)
    working.wait(30)
    assert is_empty(working.pid)


def test_they_are_deaf_to_ctrl_c_and_this_one_is_not() -> None:
    with Crew(1, time.sleep, 0) as crew:
        assert signal.SIGINT in crew.submit(signal.pthread_sigmask, signal.SIG_BLOCK, ()).result()
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.fixture
def heeding() -> Iterator[None]:
    """Ctrl-C is heard here, as it is not where a shell has started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding")
def test_a_ctrl_c_that_comes_while_they_begin_is_not_lost() -> None:
    happened = []
    try:
        with deaf_to_interrupts():
            signal.raise_signal(signal.SIGINT)
            happened.append("they have begun")
    except KeyboardInterrupt:
        happened.append("it is heard")
    assert happened == ["they have begun", "it is heard"]


def test_there_are_as_many_as_can_work_at_once() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
