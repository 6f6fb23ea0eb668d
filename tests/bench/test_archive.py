"""What the archive is measured by."""

from bench.contract import definitions
from bench.histories import STORIES
from bench.measures import archive


async def test_a_case_is_played_to_its_end_stored_and_weighed_on_all_three_scales() -> None:
    async with archive.staged() as stage:
        story = next(iter(STORIES))
        await stage.desk.apply(definitions(f"Bench, {story}", STORIES[story]))
        await archive._played(stage, "C-1", story)
        kept = await archive._kept(stage, "C-1")
    assert 1000 < kept.archived < kept.bundle
    assert kept.archived < kept.temporal / 2
    assert kept.ms > 0
    archived, bundle, storing = archive._rows(story, [kept])
    assert (archived.figure, archived.unit, archived.ratio) == (kept.archived, "bytes", kept.archived / kept.temporal)
    assert (bundle.figure, storing.unit) == (kept.bundle, "ms")
