"""Bundles with golden histories: what they say holds, is told, and replays, of a record that moved, and without a name."""

import asyncio
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sla.dossier import Dossier
from sla.duration import Duration
from sla.events import Migrated
from sla.forgetting import Erased, Names, spellings_of
from sla.histories import History, JsonObject, canonical, digest_of, law_digest
from sla.messages import DecideInput
from starter.answers import DECISIONS_DIFFER, FINE, UNWELL
from starter.bundles import bundle_of, read_bundle, written
from starter.files import save
from starter.replaying.laws import of_laws
from starter.replaying.reading import parsed
from tests.starter.command_line import milepost
from tests.starter.replaying.builders import golden, history_of, replays
from tests.workflows.golden import laws_under

ERASED_AT = datetime(2026, 12, 1, tzinfo=UTC)


async def asked(story: str) -> DecideInput:
    """What the last decision of a golden history was given."""
    path = golden(story)
    async with replays() as replaying:
        await replaying.replay(parsed(path.read_bytes(), story), of_laws(laws_under(path)))
        return replaying._capturing.tape.taken[-1].asked


def dossier_of(story: str) -> Dossier:
    """The record as of then."""
    last = asyncio.run(asked(story))
    return Dossier(
        record=last.record,
        taken_at=last.now,
        engine=version("milepost"),
        opened_under=last.ref,
        laws=tuple(laws_under(golden(story))),
        log=tuple(last.log),
    )


def a_bundle(directory: Path, story: str, dossier: Dossier, kept: JsonObject | None = None) -> Path:
    """Of the record, with the golden history, which was stored when all laws were known; or with less, `kept` of it."""
    history = history_of(story)
    run = History(
        run_id="run-1",
        status="running",
        events=len(history["events"]),
        definitions=tuple(law_digest(law) for law in laws_under(golden(story))),
        redacted_at=None if kept is None else ERASED_AT,
        digest=digest_of(kept or history),
        original_digest=digest_of(history),
        history=kept or history,
    )
    path = directory / "case.mpb"
    save(path, written(bundle_of(dossier, [run])))
    return path


def test_of_a_record_that_moved_it_is_verified_explained_and_replayed_by_both_laws(tmp_path: Path) -> None:
    dossier = dossier_of("migrated")
    assert any(isinstance(event, Migrated) for event in dossier.log)
    path = a_bundle(tmp_path, "migrated", dossier)
    assert milepost("verify", path).code == FINE
    told = milepost("explain", path)
    assert told.code == FINE
    assert "Gold" in told.out
    ran = milepost("replay", path, "--json")
    assert (ran.code, [one["verdict"] for one in ran.objects]) == (FINE, ["same"])


def test_another_law_than_it_was_moved_to_is_noticed(tmp_path: Path) -> None:
    dossier = dossier_of("migrated")
    first, second = dossier.laws
    [line] = second.process.milestones
    longer = line.model_copy(update={"within": Duration.parse("3h")})
    slower = second.process.model_copy(update={"milestones": (longer,)})
    changed = dossier.model_copy(update={"laws": (first, second.model_copy(update={"process": slower}))})
    path = a_bundle(tmp_path, "migrated", changed)
    said = milepost("verify", path)
    assert said.code == UNWELL
    assert "The process of Gold v2 is not as it was when run run-1 was stored." in " ".join(said.out.split())
    assert milepost("replay", path).code == DECISIONS_DIFFER


def test_a_history_out_of_which_a_name_was_taken_is_verified_explained_and_replayed(tmp_path: Path) -> None:
    story = "warned-violated-reassigned"
    spellings = spellings_of("salt", ["Dashboard Down"], [])  # as if that were somebody's name: it is the subject
    names = Names([Erased(at=ERASED_AT, salt="salt", spellings=spellings)]).of("C-1042")
    dossier = dossier_of(story)
    log = [names.event(event.model_dump(mode="json")) for event in dossier.log]
    path = a_bundle(
        tmp_path, story, Dossier.model_validate({**dict(dossier), "log": log}), kept=names.value(history_of(story))
    )
    assert "Dashboard down" in canonical(history_of(story))
    assert "Dashboard down" not in canonical(read_bundle(path).model_dump(mode="json"))
    said = milepost("verify", path)
    assert said.code == FINE
    assert "1 redacted" in " ".join(said.out.split())
    told = milepost("explain", path)
    assert told.code == FINE
    ran = milepost("replay", path, "--json")
    assert (ran.code, [one["verdict"] for one in ran.objects]) == (FINE, ["same"])
