"""`python -m bench.one NAME SCALE FILE`: one measure in a process of its own; its rows, or why there are none, into FILE."""

import asyncio
import importlib
import json
import signal
import sys
import traceback
from dataclasses import asdict
from pathlib import Path

from bench.order import module
from bench.rows import Row, Scale
from runtime.logs import configure
from runtime.settings import Settings


def main(words: list[str]) -> int:
    """0 if it was measured, 1 if not, 130 if it was interrupted."""
    name, scale, file = words
    try:
        with configure(Settings(log_level="warning")):  # what a measure runs in its own process writes no more than a worker
            rows: list[Row] = asyncio.run(importlib.import_module(module(name)).measure(Scale(scale)))
        told, status = json.dumps({"rows": [asdict(row) for row in rows]}), 0
    except KeyboardInterrupt:  # it took too long, or the whole bench was ended
        return 128 + signal.SIGINT
    except Exception as problem:  # whatever it was, it is told, and the next measure is taken
        traceback.print_exc()
        reason = f"{type(problem).__name__}: {problem}".strip().splitlines()[0]
        told, status = json.dumps({"failed": reason}), 1
    Path(file).write_text(told, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
