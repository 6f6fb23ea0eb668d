"""Run `milepost` in this process, or as a process of its own, and look at what it wrote."""

import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from runtime.settings import Settings
from starter.cli.app import build
from starter.cli.errors import run
from starter.cli.services import Services

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines; fails if there is anything else on it."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The one JSON object on standard error."""
        [line] = self.err.splitlines()
        error: dict[str, Any] = json.loads(line)["error"]
        return error


def milepost(*arguments: str | Path, services: Services | None = None, stdin: str = "") -> Ran:
    """Run a command line in this process; without `services` there is no Desk, and the settings are the defaults."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(build(services or no_desk()), [str(argument) for argument in arguments])
    return Ran(code=code, out=_text(out), err=_text(err))


def no_desk(settings: Callable[[], Settings] = Settings) -> Services:
    """An installation without server and database."""
    return Services(settings=settings)


def process_of(*arguments: str | Path, env: Mapping[str, str] | None = None, stdin: str = "") -> Ran:
    """Run the real entry point as a process of its own, by default without any environment."""
    command: Sequence[str] = [sys.executable, "-m", "workers", *(str(argument) for argument in arguments)]
    ended = subprocess.run(  # it is our own program
        command,
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=dict(env or {}),
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    return Ran(code=ended.returncode, out=ended.stdout, err=ended.stderr)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode()
