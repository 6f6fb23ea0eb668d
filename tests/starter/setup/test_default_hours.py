"""A record counts by the default business hours of its day: what is told of it stays when they are set anew."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from activities.adapters.clock import SystemClock
from activities.situation import laws_of
from runtime.settings import Settings
from sla.archive_run import Run
from sla.engine import evaluate_under
from sla.finding import Finding
from sla.histories import law_digest
from sla.process.model import Process
from sla.setup_errors import StillNeeded
from starter.api.definitions import document_of
from starter.definitions import Found
from starter.desk import Desk, open_desk
from starter.verifying import verify
from starter.weighing import Asked
from store.archive import StoredArchive
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from tests.starter.setup.conftest import ADA, nowhere
from tests.store.builders import a_process, at, opened, packed, publish, some_hours
from workers.wiring import note_default_hours

EVENING, NEXT_MORNING = at("17:30"), at("33:30")
"""When an answer within the hour is due, asked for at half past four: around the clock, and in office hours."""
NOW = at("36:00")
"""Tuesday noon."""


def set_to(url: str, calendar: str) -> Settings:
    return Settings(database_url=url, default_business_hours=calendar)


async def begin(database: Database, settings: Settings) -> None:
    """A worker begins."""
    await note_default_hours(settings, database, SystemClock())


@asynccontextmanager
async def a_desk(settings: Settings) -> AsyncIterator[Desk]:
    async with open_desk(settings, nowhere, lambda: NOW, ADA) as desk:
        yield desk


async def decided(database: Database, record: str) -> None:
    """A case was opened at half past four; its workflow has decided and ended, and its history is in the archive."""
    ref, definitions = await Catalogue(database).process_ref("Support"), StoredDefinitions(database)
    log = [opened("16:30", record)]
    laws = await laws_of(definitions, ref, log)
    found = Finding(ref=ref, log=log, timeline=evaluate_under(laws, log, at("16:40")), run=f"run-of-{record}")
    await StoredCases(database).settle(found)


async def archived(desk: Desk, database: Database, record: str) -> None:
    [law] = (await desk.evidence.dossier(record)).laws
    run = Run(record=record, run_id=f"run-of-{record}")
    about = {"closed_at": at("16:40"), "definitions": (law_digest(law),), "archived_at": NOW}
    await StoredArchive(database).store(run, packed(run.run_id, {"events": [{"eventId": "1"}]}, **about), at=NOW)


@pytest.fixture
async def old(url: str, database: Database) -> AsyncIterator[Desk]:
    """C-1 was opened in the days of `office`; then nothing was set any more, and C-2 was opened. The Desk is of today."""
    await publish(database, a_process(), some_hours())
    office, today = set_to(url, "office"), set_to(url, "")
    await begin(database, office)
    await decided(database, "C-1")
    async with a_desk(office) as of_then:
        await archived(of_then, database, "C-1")
    await begin(database, today)
    await decided(database, "C-2")
    async with a_desk(today) as of_today:
        yield of_today


async def due(desk: Desk, record: str) -> datetime | None:
    [answer] = (await desk.evidence.dossier(record)).timeline().milestones
    return answer.target_at


async def test_an_open_cases_target_stays_and_a_new_case_gets_another(old: Desk) -> None:
    assert (await due(old, "C-1"), await due(old, "C-2")) == (NEXT_MORNING, EVENING)
    shown = await old.show("C-1", known_at=NOW)
    assert [one.target_at for one in shown.timeline.milestones] == [NEXT_MORNING]


async def test_whatever_the_desk_itself_is_set_to(old: Desk, url: str) -> None:
    async with a_desk(set_to(url, "office")) as other:
        assert (await due(other, "C-1"), await due(other, "C-2")) == (NEXT_MORNING, EVENING)


async def test_its_story_tells_of_the_hours_of_its_day(old: Desk) -> None:
    told = {record: (await old.evidence.story(record)).model_dump_json() for record in ("C-1", "C-2")}
    assert {record: "'office'" in text for record, text in told.items()} == {"C-1": True, "C-2": False}


async def test_its_bundle_is_sound(old: Desk, tmp_path: Path) -> None:
    file = tmp_path / "C-1.mpb"
    file.write_bytes(await old.evidence.bundle("C-1"))
    verdict = verify(file)
    assert (verdict.runs, verdict.problems, verdict.differences) == (1, [], [])


async def test_what_if_holds_all_to_todays_hours_beside_what_each_was_held_to(old: Desk) -> None:
    data = {"process": "Support", "milestones": [{"milestone": "Answer", "within": "1h"}]}
    found = Found(value=Process.model_validate(data), document=document_of(data))
    simulated = await old.what_if.simulate(found, {}, Asked())
    [promise] = simulated.promises
    assert simulated.before is not None
    was, would = simulated.before.milestones[0].margins, promise.after.milestones[0].margins
    assert was is not None
    assert would is not None
    since_evening, since_morning = -int((NOW - EVENING).total_seconds()), -int((NOW - NEXT_MORNING).total_seconds())
    assert (was.p10_s, was.p90_s) == (since_evening, since_morning)
    assert (would.p10_s, would.p90_s) == (since_evening, since_evening)


async def test_todays_default_hours_cannot_be_retired_but_those_of_earlier_days_can(
    old: Desk, database: Database, url: str
) -> None:
    await begin(database, set_to(url, "office"))
    with pytest.raises(StillNeeded, match=r"they are the installation's default.*and restart the worker, first"):
        await old.catalogue.retire_calendar("office")
    await begin(database, set_to(url, ""))
    await old.catalogue.retire_calendar("office")
    assert (await due(old, "C-1"), await due(old, "C-2")) == (NEXT_MORNING, EVENING)


async def test_before_a_worker_has_begun_what_is_set_here_cannot_be_retired(database: Database, url: str) -> None:
    await publish(database, some_hours())
    async with a_desk(set_to(url, "office")) as desk:
        with pytest.raises(StillNeeded, match="they are the installation's default"):
            await desk.catalogue.retire_calendar("office")
