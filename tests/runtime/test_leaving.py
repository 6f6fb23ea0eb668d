"""Stopping: on the first signal in order, on the second at once, and at the end without a crash."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap

from runtime.signals import stop_on_signals


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


async def test_the_first_signal_asks_and_the_second_insists() -> None:
    insisted: list[int] = []
    with stop_on_signals(insisted.append) as stopping:
        assert not stopping.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(stopping.wait(), 30)
        assert insisted == []
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(100):
            await asyncio.sleep(0.01)
            if insisted:
                break
    assert insisted == [128 + signal.SIGINT]


async def test_afterwards_signals_do_what_they_did_before() -> None:
    before = signal.getsignal(signal.SIGINT)
    with stop_on_signals():
        pass
    assert signal.getsignal(signal.SIGINT) in (before, signal.default_int_handler)


def test_leaving_writes_out_what_was_said_and_runs_nothing_else() -> None:
    done = run("""
        import atexit, logging
        from runtime.exits import leave
        from runtime.logs import configure
        from runtime.settings import Settings
        atexit.register(print, "too late")
        configure(Settings(log_format="json"))
        print("output", end="")
        for n in range(200):
            logging.getLogger("x").warning("line %d", n)
        leave(3)
    """)
    assert done.returncode == 3
    assert done.stdout == "output"
    assert '"event": "line 199"' in done.stderr


def test_a_sink_that_is_stuck_does_not_keep_a_process_from_leaving() -> None:
    done = run("""
        import io, logging, time
        from runtime import exits
        from runtime.logs import configure
        from runtime.settings import Settings
        class Stuck(io.StringIO):
            def write(self, text):
                time.sleep(60)
        exits.FLUSH_S = 0.3
        configure(Settings(), Stuck())
        logging.getLogger("x").warning("never written")
        exits.leave(4)
    """)
    assert done.returncode == 4
