"""Measures one after the other, each in a process of its own, so that none disturbs the next or ends the others."""

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.order import LIMITS_S
from bench.rows import Row, Scale

OWN = ("MILEPOST_", "TEMPORAL_")
"""What is set for an installation, which the bench never touches: it has servers and databases of its own."""

GRACE_S = 20.0
"""How long a measure that took too long may take to clean up, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A measure that was taken, or why it was not; after how long."""

    measure: str
    rows: tuple[Row, ...] = ()
    failed: str | None = None
    took_s: float = 0.0


def take(measure: str, scale: Scale, *, limit_s: float | None = None) -> Taken:
    """Take one measure. It and all that it started is ended after `limit_s` seconds (default: as `bench.order` says)."""
    limit_s = _limit_s(measure, scale) if limit_s is None else limit_s
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as kept:
        file = Path(kept) / "rows.json"
        ended = _run([sys.executable, "-m", "bench.one", measure, scale.value, str(file)], limit_s)
        took_s = time.monotonic() - began
        if ended is None:
            return Taken(measure=measure, failed=f"not done after {limit_s:g} s", took_s=took_s)
        if not file.exists():
            return Taken(measure=measure, failed=f"ended with status {ended} and told nothing", took_s=took_s)
        told = json.loads(file.read_text(encoding="utf-8"))
    rows = tuple(Row(**row) for row in told.get("rows", ()))
    return Taken(measure=measure, rows=rows, failed=told.get("failed"), took_s=took_s)


def _limit_s(measure: str, scale: Scale) -> float:
    return math.inf if scale is Scale.PATIENT else LIMITS_S[measure]


def _run(command: list[str], limit_s: float) -> int | None:
    """The exit status; None if it had to be ended."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    process = subprocess.Popen(
        command,
        env=environ,
        cwd=Path(__file__).parents[1],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,  # our own stdout is for the table alone
        start_new_session=True,
    )
    try:
        return process.wait(timeout=None if math.isinf(limit_s) else limit_s)
    except subprocess.TimeoutExpired:
        return None
    finally:  # also after Ctrl-C; a server or worker that it left behind must not disturb the next
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """As Ctrl-C would, so that it stops its servers and removes its files; then, with all of its group, for certain."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GRACE_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
