"""The processes that replay many histories end with the one that they work for, however it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.runtime.groups import is_empty
from tests.starter.command_line import ROOT
from tests.starter.replaying.builders import FILES, premium

PATIENCE_S = 60.0


@contextmanager
def a_long_replay(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Thousands of histories in two processes, of which the first have been told of; a group of processes of its own."""
    files = [str(path) for path in FILES] * 300
    command = [
        sys.executable,
        "-m",
        "workers",
        "replay",
        *files,
        "--process",
        str(premium(directory)),
        "--jobs",
        "2",
        "--json",
    ]
    with (directory / "errors").open("w") as errors:
        started = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env={}, cwd=ROOT, start_new_session=True
        )
    assert started.stdout is not None
    try:
        assert started.stdout.readline()
        yield started
    finally:
        started.stdout.close()
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def test_ctrl_c_ends_all_of_them_without_a_trace(tmp_path: Path) -> None:
    with a_long_replay(tmp_path) as replay:
        os.killpg(replay.pid, signal.SIGINT)  # as a terminal does
        assert replay.stdout is not None
        replay.stdout.read()
        assert replay.wait(PATIENCE_S) == 130
        assert is_empty(replay.pid)
    assert (tmp_path / "errors").read_text() == ""


@pytest.mark.parametrize("deadly", [signal.SIGTERM, signal.SIGKILL])
def test_when_it_is_killed_nobody_is_left_behind(tmp_path: Path, deadly: signal.Signals) -> None:
    with a_long_replay(tmp_path) as replay:
        replay.send_signal(deadly)
        replay.wait(PATIENCE_S)
        assert is_empty(replay.pid)
