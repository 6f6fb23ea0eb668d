"""The measure of replaying counts what it says."""

from bench.measures import replay
from bench.rows import Scale


async def test_histories_are_counted_on_one_core_and_on_several() -> None:
    one, many = await replay.measure(Scale.SHORT)
    assert (one.subject, one.against, many.against) == ("one core", "Temporal's Replayer", "one core")
    assert one.figure is not None
    assert many.figure is not None
    assert min(one.figure, many.figure) > 0
    assert one.ratio is not None
    assert 0.1 < one.ratio < 10


def test_all_that_is_measured_is_of_one_process() -> None:
    paths, recipe = replay._golden()
    assert len(paths) >= 4
    assert recipe.given is not None
    assert len(recipe.given.versions) == 1
