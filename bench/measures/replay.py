"""Replayed histories a second, on one core and on all: today's workflow in the sandbox, and every decision taken again.

The histories are golden ones, of one process: warned and violated, stopped and resumed, refused news, closed, reopened. What
Temporal's Replayer takes for the same histories by itself tells what capturing and recomputing the decisions costs.
"""

import json
import time
from collections.abc import AsyncIterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from bench.rows import Row, Scale
from bench.stats import Takes, takes
from runtime.converter import converter
from runtime.processes import cores
from runtime.sandbox import sandbox
from runtime.settings import Settings
from sla.dossier import LawKept
from starter.replaying.crew import AT_ONCE, replayed
from starter.replaying.laws import of_laws
from starter.replaying.reading import parsed
from starter.replaying.session import BUILD, quiet_runtime
from starter.replaying.sources import OfFile, Recipe, Source
from workflows.case import SlaCase

NAME = "replay"
UNIT = "histories/s"
ALONE = "Temporal's Replayer"
HISTORIES = Path(__file__).parents[2] / "tests" / "histories"


async def measure(scale: Scale) -> list[Row]:
    """On one core beside the Replayer alone, by turns; then on all cores."""
    paths, recipe = _golden()
    count, repeats = scale.pick(short=3 * AT_ONCE, full=400), scale.pick(short=1, full=3)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(repeats):
        ours.append(await _rate(paths, recipe, count, jobs=1))
        theirs.append(await _alone(paths, count))
    jobs = max(2, cores())
    many = [await _rate(paths, recipe, jobs * count, jobs=jobs) for _ in range(repeats)]
    return [_one(takes(ours), takes(theirs), paths), _all(takes(many), takes(ours), jobs)]


def _one(ours: Takes, theirs: Takes, paths: Sequence[Path]) -> Row:
    return Row(
        measure=NAME,
        subject="one core",
        figure=ours.median,
        unit=UNIT,
        against=ALONE,
        ratio=ours.median / theirs.median,
        note=f"{theirs.median:,.0f}; {_sizes(paths)}",
        detail={"spread": ours.spread, "against": theirs.median, "against_spread": theirs.spread},
    )


def _sizes(paths: Sequence[Path]) -> str:
    runs = [parsed(path.read_bytes(), path.name) for path in paths]
    events = [len(run.events) for run in runs]
    decisions = [len(list(run.decisions())) for run in runs]
    return f"{min(events)} to {max(events)} events and {min(decisions)} to {max(decisions)} decisions in each"


def _all(many: Takes, one: Takes, jobs: int) -> Row:
    return Row(
        measure=NAME,
        subject=f"{jobs} processes",
        figure=many.median,
        unit=UNIT,
        against="one core",
        ratio=many.median / one.median,
        note="once they have begun",
        detail={"spread": many.spread},
    )


def _golden() -> tuple[list[Path], Recipe]:
    """The histories of the commonest process, and what they are to be replayed under."""
    told: dict[str, list[dict[str, Any]]] = {}
    for file in sorted((HISTORIES / "definitions").glob("*.json")):
        stories = json.loads(file.read_text("utf-8"))
        told |= {f"{file.stem}-{story}": laws for story, laws in stories.items()}
    alike = max(told.values(), key=lambda laws: sum(other == laws for other in told.values()))
    paths = [HISTORIES / f"{name}.json" for name, laws in told.items() if laws == alike]
    given = of_laws([LawKept.model_validate(one) for one in alike])
    return paths, Recipe(settings=Settings(), given=given)


async def _rate(paths: Sequence[Path], recipe: Recipe, count: int, *, jobs: int) -> float:
    """Histories a second, from when all processes have begun."""
    warm = AT_ONCE * (1 if jobs == 1 else 2 * jobs)
    began = 0.0
    done = 0
    async for one in replayed(_sources(paths, count + warm), recipe, jobs=jobs):
        if one.verdict != "same":
            raise AssertionError(f"{one.source} did not replay: {one}")
        done += 1
        if done == warm:
            began = time.perf_counter()
    return count / (time.perf_counter() - began)


async def _sources(paths: Sequence[Path], count: int) -> AsyncIterator[Source]:
    for path in islice(cycle(paths), count):
        yield OfFile(path)


async def _alone(paths: Sequence[Path], count: int) -> float:
    """The same files, read and replayed in the same way (`session.Replays`), with nothing looked at."""
    replayer = Replayer(
        workflows=[SlaCase],
        data_converter=converter(None),
        workflow_runner=sandbox(),
        build_id=BUILD,
        runtime=quiet_runtime(),
        debug_mode=True,
    )

    async def histories() -> AsyncIterator[WorkflowHistory]:
        for path in islice(cycle(paths), count + AT_ONCE):
            yield WorkflowHistory.from_json(path.stem, path.read_text("utf-8"))

    began = 0.0
    done = 0
    async with replayer.workflow_replay_iterator(histories()) as results:
        async for one in results:
            if one.replay_failure is not None:
                raise one.replay_failure
            done += 1
            if done == AT_ONCE:
                began = time.perf_counter()
    return count / (time.perf_counter() - began)
