"""Groups of processes: whether one that was started, and all that it started, are gone."""

import os
import time


def is_empty(group: int, *, patience_s: float = 60.0) -> bool:
    """Whether no process of a group is left, after some time if need be."""
    until = time.monotonic() + patience_s
    while True:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
