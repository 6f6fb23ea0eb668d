"""Programs that a measure starts: waited for until they are ready, ended with it, their memory read.

They stay in the measure's process group, so whoever ends the group ends them; and on Linux the kernel ends them when the
measure dies without a word.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from runtime.processes import mortal

ROOT = Path(__file__).parents[2]
READY_S = 60.0
GRACE_S = 15.0
POLL_S = 0.02
MIB = 2**20


class Child:
    """`async with Child(...) as child:` runs a program until the block ends. It may be killed and started again.

    It is ready when its output, which goes to the file `log`, has the word `ready`.
    """

    def __init__(self, command: Sequence[str], *, log: Path, ready: str, environ: Mapping[str, str] | None = None) -> None:
        self._command = list(command)
        self._log = log
        self._ready = ready.encode()
        self._environ = plain_environment() | dict(environ or {})
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start it and return when it is ready. Raises RuntimeError with its last words if it does not come to that."""
        self.spawn()
        try:
            await self.until_ready()
        except BaseException:
            self.kill()
            raise

    def spawn(self) -> None:
        """Start it, and return at once."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                mortal(self._command),
                env=self._environ,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    async def until_ready(self) -> None:
        """Wait for the word."""
        deadline = time.monotonic() + READY_S
        while self._ready not in self.said():
            if self._running().poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"{self._command[1:3]} did not become ready: {self.said()[-1500:].decode(errors='replace')}"
                )
            await asyncio.sleep(POLL_S)

    def said(self) -> bytes:
        """All that it wrote."""
        return self._log.read_bytes() if self._log.exists() else b""

    def kill(self) -> None:
        """SIGKILL: it has no time for anything."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    async def stop(self) -> None:
        """SIGTERM, and if that takes too long SIGKILL."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, GRACE_S)
        finally:
            process.kill()
            process.wait()

    def memory(self) -> float:
        """What it holds in memory now (resident), in MiB."""
        return memory(self._running().pid)

    def cpu_s(self) -> float:
        """CPU time that it has taken so far, in seconds."""
        return cpu_s(self._running().pid)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self._command[1:3]} does not run")
        return self._process


def memory(pid: int) -> float:
    """Resident memory of a process, in MiB."""
    return int(psutil.Process(pid).memory_info().rss) / MIB


def cpu_s(pid: int) -> float:
    """CPU time of a process so far, in seconds: its own, and the kernel's on its behalf; not that of its children."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def plain_environment() -> dict[str, str]:
    """Ours, without what is set for an installation."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "TEMPORAL_"))}


def python(module: str, *words: str) -> list[str]:
    """The command that runs a module."""
    return [sys.executable, "-m", module, *words]
