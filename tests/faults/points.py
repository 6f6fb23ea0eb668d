"""The named points at which a worker can be made to die, and the journal that it keeps until then.

In the worker's process only. The points lie around the product's ports, which are wrapped; the product knows nothing of it.
"""

import json
import os
import signal
import time
from collections import Counter
from typing import Any, Final

POINTS: Final = {
    "before_decide": "before a decision is taken",
    "after_decide": "after a decision is recorded, before its answer reaches the case",
    "before_mail": "before the mail server is spoken to",
    "after_mail": "after the mail server has accepted, before the ledger knows",
    "after_ledger": "after the ledger knows, before the case does",
}


class Points:
    """Counts passings; at the chosen point and number the process kills itself, as an outage would: without a word."""

    def __init__(self, point: str, passing: int, journal: str) -> None:
        self._point, self._passing = point, passing
        self._passed: Counter[str] = Counter()
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    @classmethod
    def from_environment(cls) -> "Points":
        """As the world that started this process wants it."""
        env = os.environ
        return cls(env.get("FAULTS_POINT", ""), int(env.get("FAULTS_PASSING", "0")), env["FAULTS_JOURNAL"])

    def passing(self, point: str) -> None:
        """Here is the point."""
        self._passed[point] += 1
        if point == self._point and self._passed[point] == self._passing:
            self.note("died", point=point)
            os.kill(os.getpid(), signal.SIGKILL)

    def note(self, what: str, **facts: Any) -> None:
        """Write a line that survives any death. Its time is the monotonic clock's, which all processes of a host share."""
        line = {"pid": os.getpid(), "at": time.monotonic(), "what": what, **facts}
        os.write(self._journal, json.dumps(line).encode() + b"\n")
