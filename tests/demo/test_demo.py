"""The demo itself, at a quicker pace: real servers, real mails, real time."""

import asyncio
import io
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from runtime.settings import Settings
from tests.demo.builders import QUICK
from tests.starter.command_line import milepost
from workers.__main__ import services
from workers.demo import run_demo
from workers.demo.performance import BIN, TRY


@pytest.fixture(scope="module", autouse=True)
def _settle() -> Iterator[None]:
    """The SDK's threads need a moment before the interpreter may go (see `runtime.exits`)."""
    yield
    time.sleep(0.5)


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory in which temporary ones are made."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


async def test_every_case_ends_as_promised_and_nothing_is_left_behind(kept: Path) -> None:
    screen = Console(file=io.StringIO(), width=120, highlight=False)
    began = time.monotonic()
    code = await run_demo(Settings(), pace=QUICK, screen=screen)
    assert isinstance(screen.file, io.StringIO)
    text = screen.file.getvalue()
    assert code == 0, text
    assert "✗" not in text
    assert time.monotonic() - began < 110
    assert list(kept.iterdir()) == []
    for words in (
        "Premium Support SLA (1 h = 12 s)",
        "C-3  First Response: violated",
        "C-5  First Response: met; violation retracted",
        "15 e-mails arrived",
        "Violated: First Response of C-3",
        "Withdrawn: First Response of C-5",
        "Your case C-6 is due for resolution in 3 hours",
        "89 incidents",
        "Every case ended as promised",
        f"{BIN} dev",
    ):
        assert words in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_can_be_interrupted_and_leaves_nothing_behind(number: signal.Signals, kept: Path) -> None:
    screen = Console(file=io.StringIO(), width=120, highlight=False)
    asyncio.get_running_loop().call_later(5, os.kill, os.getpid(), number)
    assert await run_demo(Settings(), pace=QUICK, screen=screen) == 130
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("command", TRY)
def test_what_it_recommends_are_commands_with_these_options(command: str) -> None:
    words = command.split()
    verb = words[: 2 if words[0] == "case" else 1]
    ran = milepost(*verb, "--help", services=services())
    assert ran.code == 0
    assert all(word in ran.out for word in words if word.startswith("--"))
