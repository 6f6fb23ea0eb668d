"""The Desk and a record that was moved: it shows what is followed now, and holds news to the version of its instant."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from activities.situation import situation
from sla.dossier import Dossier
from sla.errors import RefusedEvent
from sla.finding import Finding
from sla.process.model import Process
from starter.desk import Desk
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from tests.starter.setup.desks import Clock, a_desk
from tests.store.builders import an_event, at, opened


def support(milestone: str, within: str) -> Process:
    return Process.model_validate({"process": "Support", "milestones": [{"milestone": milestone, "within": within}]})


@pytest.fixture
async def moved(tmp_path: Path, clock: Clock) -> AsyncIterator[Desk]:
    """A case of nine o'clock, due to be answered at ten, that was moved at half past nine: to be solved by noon."""
    async with a_desk(tmp_path, clock) as desk:
        await _move(desk._context.database)
        clock.goes_on(minutes=40)
        yield desk


async def _move(database: Database) -> None:
    catalogue, definitions = Catalogue(database), StoredDefinitions(database)
    refs = []
    for process in (support("Answer", "1h"), support("Solve", "3h")):
        async with catalogue.publishing(at=at("08:00")) as publication:
            await publication.publish_process(process)
        refs.append(await catalogue.process_ref("Support"))
    first, second = refs
    log = [opened(), an_event("migrated", "09:30", version=second.version, revision=second.revision)]
    timeline = (await situation(definitions, first, log, at("09:30"))).timeline
    await StoredCases(database).settle(Finding(ref=first, log=log, timeline=timeline))


async def test_it_is_shown_as_it_stands_under_the_version_that_it_follows(moved: Desk) -> None:
    page = await moved.show("C-1")
    assert (page.record.process, page.record.version) == ("Support", 2)
    assert [(one.milestone, one.status, one.target_at) for one in page.timeline.milestones] == [
        ("Solve", "running", at("12:00")),
        ("Answer", "cancelled", at("10:00")),
    ]


@pytest.mark.parametrize(("milestone", "when", "others"), [("Answer", "09:35", "Solve"), ("Solve", "09:20", "Answer")])
async def test_news_of_a_milestone_that_was_not_followed_then_is_refused(
    moved: Desk, milestone: str, when: str, others: str
) -> None:
    news = {"record": "C-1", "id": "n", "type": "completed", "at": at(when), "milestone": milestone}
    with pytest.raises(RefusedEvent, match=f"no milestone '{milestone}'; it has: {others}"):
        await moved.report(news)


async def test_nobody_moves_a_record_by_reporting_that_it_moved(moved: Desk) -> None:
    when: datetime = at("09:35")
    with pytest.raises(RefusedEvent, match="milepost migrate"):
        await moved.report({"record": "C-1", "id": "n", "type": "migrated", "at": when, "version": 1})


async def test_its_dossier_needs_nobody_else_to_come_to_the_same(moved: Desk) -> None:
    page = await moved.show("C-1")
    dossier = Dossier.model_validate_json((await moved.evidence.dossier("C-1")).model_dump_json())
    assert [kept.ref.version for kept in dossier.laws] == [1, 2]
    assert dossier.timeline() == page.timeline
