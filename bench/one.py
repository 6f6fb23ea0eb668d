"""`python -m bench.one NAME SCALE FILE`: one measure in a process of its own; its rows, or why there are none, into FILE."""

import asyncio
import importlib
import json
import sys
import time
import traceback
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.order import module
from bench.rows import Row, Scale


def main(words: list[str]) -> int:
    """0 if it was measured, 1 if not."""
    name, scale, file = words
    began = time.monotonic()
    try:
        rows: list[Row] = asyncio.run(importlib.import_module(module(name)).measure(Scale(scale)))
        told: dict[str, Any] = {"rows": [asdict(row) for row in rows]}
    except Exception as problem:  # whatever it was, it is told, and the next measure is taken
        traceback.print_exc()
        told = {"failed": f"{type(problem).__name__}: {problem}".strip().splitlines()[0]}
    Path(file).write_text(json.dumps(told | {"took_s": round(time.monotonic() - began, 1)}), encoding="utf-8")
    return 1 if "failed" in told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
