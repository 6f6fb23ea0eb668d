"""A history as Temporal wrote it, of a case whose customer was forgotten: its bundle is proved, replayed and explained."""

import json
from pathlib import Path
from typing import Any

import pytest

from activities.situation import situation
from runtime.settings import Settings
from sla.archive_run import Run
from sla.dossier import LawKept
from sla.events import Event, read_event
from sla.finding import Finding
from sla.histories import JsonObject, canonical, law_digest
from sla.instants import to_instant
from starter.bundles import read_bundle
from starter.desk import open_desk
from store.archive import StoredArchive
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from tests.starter.command_line import milepost, no_desk
from tests.starter.replaying.builders import golden, history_of
from tests.starter.setup.conftest import ADA, nowhere
from tests.store.builders import packed
from tests.workflows.golden import laws_under

RECORD, NAME, RUN = "dashboard-down-17", "Dashboard Down", "run-1"
"""The subject of the golden cases is somebody's name here, and the record is called after them."""
STORY = "warned-violated-reassigned"


def the_history() -> JsonObject:
    """A golden history, of a record of that name."""
    history: JsonObject = json.loads(canonical(history_of(STORY)).replace("C-1042", RECORD))
    return history


def the_log(history: JsonObject) -> list[Event]:
    """The events that the case was told of, in order."""
    accepted = "workflowExecutionUpdateAcceptedEventAttributes"
    asked = [
        one[accepted]["acceptedRequest"]["input"]["args"]["payloads"][0] for one in history["events"] if accepted in one
    ]
    return [read_event(json.loads(one["text"])["event"], where="a golden history") for one in asked]


async def archived(database: Database) -> None:
    """The case is in the store with its log, and its history in the archive."""
    [law, *_] = laws_under(golden(STORY))
    history = the_history()
    log = the_log(history)
    async with Catalogue(database).publishing(at=log[0].at) as publication:
        await publication.publish_process(law.process)
    closed_at = to_instant(log[-1].recorded_at)
    timeline = (await situation(StoredDefinitions(database), law.ref, log, closed_at)).timeline
    await StoredCases(database).settle(Finding(ref=law.ref, log=log, timeline=timeline, run=RUN))
    digests = (await _digest(database, law),)
    whole = packed(RUN, history, started_at=log[0].at, closed_at=closed_at, definitions=digests, archived_at=closed_at)
    await StoredArchive(database).store(Run(record=RECORD, run_id=RUN), whole, at=closed_at)


async def _digest(database: Database, law: LawKept) -> Any:
    stored = StoredDefinitions(database)
    return law_digest(law.model_copy(update={"calendars": {}, "default_hours": await stored.default_hours(law.ref)}))


@pytest.fixture
async def bundle(url: str, database: Database, tmp_path: Path) -> Path:
    """The case's bundle after its customer was forgotten."""
    await archived(database)
    now = to_instant(the_log(the_history())[-1].recorded_at)
    async with open_desk(Settings(database_url=url), nowhere, lambda: now, ADA) as desk:
        found = await desk.erasure.forget(also=[NAME])
        assert (found.places["archived_runs"], found.places["event_log"]) == (1, 1)
        data = await desk.evidence.bundle(RECORD)
    path = tmp_path / "case.mpb"
    path.write_bytes(data)
    return path


def test_it_is_proved_replayed_and_explained_as_before(bundle: Path) -> None:
    [verdict] = milepost("verify", bundle, "--json").objects
    assert (verdict["problems"], verdict["differences"], verdict["redacted"]) == ([], [], 1)
    assert (verdict["sound"], verdict["record"], verdict["status"]) == (True, RECORD, "violated_closed")
    ran = milepost("replay", bundle, "--json", services=no_desk(lambda: Settings(data_dir=bundle.parent / "none")))
    [replayed] = ran.objects
    assert (replayed["verdict"], replayed["decisions"], ran.code) == ("same", 5, 0)
    told = milepost("explain", bundle)
    assert told.code == 0
    assert RECORD in told.out


def test_the_name_is_in_none_of_it_but_in_the_records_id(bundle: Path) -> None:
    whole = canonical(read_bundle(bundle).model_dump(mode="json")).lower().replace(RECORD, "")
    assert "dashboard" not in whole
    assert "[erased]" in whole
