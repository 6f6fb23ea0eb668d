"""Worker processes: started with the settings of a world, and ended by the signals that end real ones."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

READY_S: Final = 60.0
POLL_S: Final = 0.05


class WorkerProcess:
    """One `milepost worker`, wrapped so that it can be told where to die (`tests.faults.worker`)."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self.log = log

    @classmethod
    async def start(cls, environ: Mapping[str, str], log: Path) -> "WorkerProcess":
        """Start one, and return when it works."""
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.faults.worker",
                env=dict(environ), stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        worker = cls(process, log)
        try:
            async with asyncio.timeout(READY_S):
                while b'"worker_ready"' not in log.read_bytes():
                    if process.returncode is not None:
                        raise RuntimeError(f"the worker ended at once: {log.read_text()[-2000:]}")
                    await asyncio.sleep(POLL_S)
        except BaseException:
            await worker.end(signal.SIGKILL)
            raise
        return worker

    @property
    def lives(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self.lives:
            os.kill(self._process.pid, number)

    async def end(self, number: signal.Signals) -> int:
        """Send it a signal and wait until it has ended; its exit code."""
        self.send(number)
        return await self._process.wait()

    async def death(self, within_s: float) -> bool:
        """Wait for it to die of itself; whether it did."""
        try:
            async with asyncio.timeout(within_s):
                return await self._process.wait() == -signal.SIGKILL
        except TimeoutError:
            return False
