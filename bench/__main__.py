"""`python -m bench`: take the measures, print one table; `make bench` is this.

Progress goes to stderr and the table to stdout, so `python -m bench > figures.txt` keeps just the table. Exit status 1 if
a measure could not be taken, 2 if it was asked wrongly. A target that was missed is no failure; it is listed.
"""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bench.machine import describe
from bench.order import LIMITS_S, present
from bench.report import Report, as_json, as_text
from bench.rows import Scale
from bench.running import Taken, take

SCALES = {
    Scale.SHORT: "a smoke run: seconds, and figures that mean nothing",
    Scale.PATIENT: "cut nothing to fit the time, however long it takes: opening and recovery",
}


def main(words: Sequence[str] | None = None) -> int:
    """Take what was asked for."""
    asked = _parser().parse_args(words)
    if asked.list:
        print("\n".join(f"{name:12} at most {LIMITS_S[name]} s" for name in present()))
        return 0
    names = [name for name in present() if not asked.only or name in asked.only]
    scale = asked.scale
    machine, began = describe(), time.monotonic()
    taken = [_take(name, scale) for name in names]
    report = Report(scale=scale, machine=machine, taken=tuple(taken), took_s=time.monotonic() - began)
    print(as_text(report), end="", flush=True)
    if asked.json:
        asked.json.write_text(as_json(report), encoding="utf-8")
    return 1 if any(one.failed for one in taken) else 0


def _take(name: str, scale: Scale) -> Taken:
    _say(f"{name} …")
    one = take(name, scale)
    _say(f"{name}: {one.failed or f'{len(one.rows)} rows'}, {one.took_s:.0f} s")
    return one


def _say(words: str) -> None:
    print(f"bench: {words}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="What Milepost costs, and how fast it is.")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=present(), help="these measures only")
    scale = parser.add_mutually_exclusive_group()
    scale.set_defaults(scale=Scale.FULL)
    for chosen, told in SCALES.items():
        scale.add_argument(f"--{chosen}", action="store_const", dest="scale", const=chosen, help=told)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything to FILE, too")
    parser.add_argument("--list", action="store_true", help="name the measures and how long each may take")
    return parser


def _on_sigterm(_number: int, _frame: FrameType | None) -> NoReturn:
    """As Ctrl-C: the measure under way is ended with all its servers."""
    sys.exit(128 + signal.SIGTERM)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _on_sigterm)
    sys.exit(main())
