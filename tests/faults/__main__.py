"""`python -m tests.faults`: every fault in a world of its own, and the table of what became of the cases."""

import argparse
import asyncio
import logging
import sys
from dataclasses import replace

from tests.faults.catalogue import FAULTS
from tests.faults.fault import Fault
from tests.faults.run import Result, Scale, run
from tests.faults.table import complaints, line, table
from tests.faults.world import DatabaseKind

SHORT = Scale(cases=30, span_s=20.0, patience_s=90.0, haste=True)


def main() -> int:
    """0 if every judgement was passed, 1 if not, 2 for a wrong word, 130 when interrupted."""
    asked = _words().parse_args()
    if asked.list:
        sys.stdout.writelines(f"{fault.name:<34}{fault.means}\n" for fault in FAULTS)
        return 0
    chosen = [fault for fault in FAULTS if not asked.only or any(word in fault.name for word in asked.only)]
    if not chosen:
        sys.stderr.write("there is no such fault; --list tells them\n")
        return 2
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # of an update that finds nobody the SDK leaves a future behind
    scale = SHORT if asked.short else Scale()
    scale = replace(scale, cases=asked.cases or scale.cases, span_s=asked.span or scale.span_s)
    results: list[Result] = []
    interrupted = False
    try:
        asyncio.run(_all(chosen, asked.seed, scale, asked.database, asked.at_once, results=results))
    except KeyboardInterrupt:
        interrupted = True
    order = [fault.name for fault in chosen]
    results.sort(key=lambda result: order.index(result.fault))
    words = f"--seed {asked.seed} --cases {scale.cases} --span {scale.span_s:g}{' --short' * asked.short}"
    sys.stdout.write("\n" + table(results) + complaints(results, words))
    if interrupted:
        sys.stdout.write(f"\nInterrupted: {len(results)} of {len(chosen)} faults were judged.\n")
        return 130
    return int(any(result.complaints for result in results))


async def _all(
    faults: list[Fault], seed: int, scale: Scale, database: DatabaseKind, at_once: int, *, results: list[Result]
) -> None:
    """Judge every fault; `results` has each as soon as it is known, so that an interruption loses none."""
    slots = asyncio.Semaphore(at_once)

    async def one(fault: Fault) -> None:
        async with slots:
            result = await run([fault], seed=seed, scale=scale, database=database)
        results.append(result)
        sys.stderr.write(line(result) + "\n")

    await asyncio.gather(*map(one, faults))


def _words() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    words.add_argument("--seed", type=int, default=1, help="another population, and other passings to die at")
    words.add_argument("--cases", type=int, help="cases under way in each world (200)")
    words.add_argument("--span", type=float, metavar="S", help="seconds that the traffic takes (50); limits go with it")
    words.add_argument("--only", action="append", metavar="FAULT", help="those whose name has this in it; repeatable")
    words.add_argument("--list", action="store_true", help="name the faults, and how each is done")
    words.add_argument("--short", action="store_true", help="fewer cases, shorter limits, hastier retries")
    words.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    words.add_argument("--at-once", type=int, default=2, metavar="N", help="worlds side by side (2)")
    return words


if __name__ == "__main__":
    code = main()
    if "temporalio" in sys.modules:
        from runtime.exits import leave

        leave(code)
    sys.exit(code)
