"""The measure of replaying counts what it says."""

import json

from bench.measures import replay
from bench.rows import Scale


async def test_histories_are_counted_on_one_core_and_on_several() -> None:
    one, many = await replay.measure(Scale.SHORT)
    assert (one.subject, one.against, many.against) == ("one core", "Temporal's Replayer", "one core")
    assert one.figure is not None
    assert many.figure is not None
    assert min(one.figure, many.figure) > 0
    assert one.ratio == one.figure / one.detail["against"]
    assert many.ratio == many.figure / one.figure


def test_how_large_the_histories_are_is_counted() -> None:
    paths, _ = replay._golden()
    events = [len(json.loads(path.read_text("utf-8"))["events"]) for path in paths]
    decisions = [path.read_text("utf-8").count('"markerName":"core_local_activity"') for path in paths]
    sizes = f"{min(events)} to {max(events)} events and {min(decisions)} to {max(decisions)} decisions in each"
    assert replay._sizes(paths) == sizes


def test_all_that_is_measured_is_of_one_process() -> None:
    paths, recipe = replay._golden()
    assert len(paths) >= 4
    assert recipe.given is not None
    assert len(recipe.given.versions) == 1
