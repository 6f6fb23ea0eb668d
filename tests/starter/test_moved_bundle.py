"""A bundle of a record that was moved to another process: what it says holds, is told, and replays, with its file alone."""

import asyncio
import json
from importlib.metadata import version
from pathlib import Path

import pytest

from sla.dossier import Dossier
from sla.duration import Duration
from sla.events import Migrated
from sla.histories import History, digest_of, law_digest, plain
from sla.messages import DecideInput
from starter.answers import DECISIONS_DIFFER, FINE, UNWELL
from starter.bundles import bundle_of, save, written
from starter.replaying.laws import of_laws
from starter.replaying.reading import parsed
from tests.starter.command_line import milepost
from tests.starter.replaying.builders import golden, replays
from tests.workflows.golden import laws_under

PATH = golden("migrated")


async def asked() -> DecideInput:
    """What the last decision of the golden history was given."""
    async with replays() as replaying:
        await replaying.replay(parsed(PATH.read_bytes(), "it"), of_laws(laws_under(PATH)))
        return replaying._capturing.tape.taken[-1].asked


@pytest.fixture
def dossier() -> Dossier:
    """The record as of then."""
    last = asyncio.run(asked())
    assert any(isinstance(event, Migrated) for event in last.log)
    return Dossier(
        record=last.record,
        taken_at=last.now,
        engine=version("milepost"),
        opened_under=last.ref,
        laws=tuple(laws_under(PATH)),
        log=tuple(last.log),
    )


def a_bundle(directory: Path, dossier: Dossier) -> Path:
    """Of the record, with the golden history, which was stored when all laws were known."""
    history = plain(json.loads(PATH.read_text("utf-8")))
    run = History(
        run_id="run-1",
        status="running",
        events=len(history["events"]),
        definitions=tuple(law_digest(law) for law in laws_under(PATH)),
        digest=digest_of(history),
        original_digest=digest_of(history),
        history=history,
    )
    path = directory / "case.mpb"
    save(path, written(bundle_of(dossier, [run])))
    return path


def test_it_is_verified_explained_and_replayed_by_both_laws(tmp_path: Path, dossier: Dossier) -> None:
    path = a_bundle(tmp_path, dossier)
    assert milepost("verify", path).code == FINE
    told = milepost("explain", path)
    assert told.code == FINE
    assert "Gold" in told.out
    ran = milepost("replay", path, "--json")
    assert (ran.code, [one["verdict"] for one in ran.objects]) == (FINE, ["same"])


def test_another_law_than_it_was_moved_to_is_noticed_by_both(tmp_path: Path, dossier: Dossier) -> None:
    first, second = dossier.laws
    [line] = second.process.milestones
    longer = line.model_copy(update={"within": Duration.parse("3h")})
    slower = second.process.model_copy(update={"milestones": (longer,)})
    changed = dossier.model_copy(update={"laws": (first, second.model_copy(update={"process": slower}))})
    path = a_bundle(tmp_path, changed)
    said = milepost("verify", path)
    assert said.code == UNWELL
    assert "The process of Gold v2 is not as it was when run run-1 was stored." in " ".join(said.out.split())
    assert milepost("replay", path).code == DECISIONS_DIFFER
