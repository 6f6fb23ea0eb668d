"""Migrations at the Desk: what one would change is told before anything is moved, and nothing is half-begun."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client

from activities.situation import situation
from sla.acting import Actor
from sla.errors import ServiceUnavailable
from sla.finding import Finding
from sla.messages import ProcessRef
from sla.move_query import MoveQuery, MoveTarget
from sla.process.model import Process
from sla.setup_errors import MigrationEnded, NothingToMove, UnknownMigration, UnknownVersion
from starter.desk import Desk, open_desk
from starter.setup.views.migrations import ForeseenMove, MigrationPreview
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.move_lists import MoveLists
from tests.starter.patients import on_file, with_tables
from tests.store.builders import MONDAY, an_event, at, opened, the_timeline

NOW = "12:00"
ANNA = Actor(name="anna", door="cli")
ALL = MoveQuery(process="Support")
SECOND = MoveTarget(version=2)


def support(answer: str, *more: dict[str, Any], limit: str = "24h") -> Process:
    """Answer within so much, and solve the case."""
    email = [{"after": "0s", "actions": [{"email": {"to": "owner", "template": "violation"}}]}]
    lines = [{"milestone": "Answer", "within": answer, "violations": email}, {"milestone": "Solution", "within": limit}]
    return Process.model_validate({"process": "Support", "milestones": [*lines, *more]})


async def no_server() -> Client:
    raise ServiceUnavailable(service="The Temporal server", address="here", problem="refused", remedy="Start it.")


class Office:
    """Support in two versions, at noon; cases are as their logs make them, and none has a workflow."""

    def __init__(self, desk: Desk, database: Database) -> None:
        self.desk = desk
        self.database = database

    async def publish(self, process: Process) -> ProcessRef:
        async with Catalogue(self.database).publishing(at=at("08:00")) as publication:
            await publication.publish_process(process)
        return await Catalogue(self.database).process_ref("Support")

    async def has(self, record: str, clock: str, ref: ProcessRef, process: Process, *events: tuple[str, str]) -> None:
        """A case that was opened at this time; then other events."""
        log = [opened(clock, record)]
        log += [an_event(kind, when, record=record, milestone="Answer") for kind, when in events]
        timeline = the_timeline(log, NOW, process)
        await StoredCases(self.database).settle(Finding(ref=ref, log=log, timeline=timeline))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    settings = await with_tables(on_file(tmp_path))
    database = Database(settings.database_url)

    def now() -> datetime:
        return at(NOW)

    async with open_desk(settings, no_server, now, ANNA) as desk:
        yield Office(desk, database)
    await database.dispose()


async def a_morning(office: Office, first: Process, second: Process) -> None:
    """Opened at eight, at half past ten, and at half past eleven; one was answered at once."""
    ref = await office.publish(first)
    await office.publish(second)
    await office.has("C-8", "08:00", ref, first)
    await office.has("C-10", "10:30", ref, first)
    await office.has("C-11", "11:30", ref, first)
    await office.has("C-9", "09:00", ref, first, ("completed", "09:10"))


def fates(preview: MigrationPreview) -> dict[str, str]:
    return {one.record: one.fate for one in preview.records}


def of(preview: MigrationPreview, record: str) -> ForeseenMove:
    [found] = [one for one in preview.records if one.record == record]
    return found


async def test_a_shorter_limit_violates_some_and_moves_the_targets_of_others(office: Office) -> None:
    await a_morning(office, support("2h"), support("1h"))
    preview = await office.desk.migrations.preview(ALL, SECOND)
    assert fates(preview) == {"C-10": "newly_violated", "C-11": "target_moved", "C-8": "unchanged", "C-9": "unchanged"}
    assert preview.counts == {
        "newly_violated": 1, "newly_cured": 0, "target_moved": 1, "changed": 0, "unchanged": 2, "refused": 0,
    }  # fmt: skip
    assert (of(preview, "C-10").status, of(preview, "C-10").new_status) == ("compliant", "violated_open")
    assert "target 2026-03-02 13:30 UTC → 2026-03-02 12:30 UTC" in of(preview, "C-11").changes[0]
    assert preview.actions == of(preview, "C-10").actions == 1
    assert preview.records[0].record == "C-10", "the gravest comes first"


async def test_a_milestone_that_is_overdue_and_not_in_the_new_version_is_cured(office: Office) -> None:
    second = Process.model_validate({"process": "Support", "milestones": [{"milestone": "Solution", "within": "24h"}]})
    await a_morning(office, support("2h"), second)
    preview = await office.desk.migrations.preview(ALL, SECOND)
    assert fates(preview) == {"C-8": "newly_cured", "C-10": "changed", "C-11": "changed", "C-9": "unchanged"}


async def test_a_record_that_moved_before_is_evaluated_as_it_is_now(office: Office) -> None:
    first = await office.publish(support("2h"))
    second = await office.publish(support("3h"))
    await office.publish(support("1h"))
    facts: dict[str, Any] = {"process": "Support", "version": 2, "revision": second.revision}
    log = [opened("10:30", "C-10"), an_event("migrated", "11:00", record="C-10", **facts)]
    there = await situation(StoredDefinitions(office.database), first, log, at(NOW))
    await StoredCases(office.database).settle(Finding(ref=first, log=log, timeline=there.timeline))
    preview = await office.desk.migrations.preview(ALL, MoveTarget(version=3))
    assert fates(preview) == {"C-10": "newly_violated"}
    assert "target 2026-03-02 13:30 UTC → 2026-03-02 11:30 UTC" in preview.records[0].changes[0]
    with pytest.raises(NothingToMove, match="1 follow it already"):
        await office.desk.migrations.preview(ALL, SECOND)


async def test_records_may_move_to_another_process(office: Office) -> None:
    await a_morning(office, support("2h"), support("1h"))
    async with Catalogue(office.database).publishing(at=at("08:00")) as publication:
        await publication.publish_process(support("3h").model_copy(update={"process": "Gold"}))
    preview = await office.desk.migrations.preview(ALL, MoveTarget(process="Gold", version=1))
    assert (preview.to_process, fates(preview)["C-10"], fates(preview)["C-9"]) == ("Gold", "target_moved", "unchanged")


async def test_a_preview_changes_nothing(office: Office) -> None:
    await a_morning(office, support("2h"), support("1h"))
    before = [await StoredCases(office.database).log(name) for name in ("C-8", "C-10")]
    first = await office.desk.migrations.preview(ALL, SECOND)
    assert await office.desk.migrations.preview(ALL, SECOND) == first
    assert [await StoredCases(office.database).log(name) for name in ("C-8", "C-10")] == before
    assert await office.desk.migrations.list() == []
    assert first.as_of == at(NOW) > MONDAY


async def test_a_preview_of_hundreds_counts_each_once(office: Office) -> None:
    first, second = support("2h"), support("1h")
    ref = await office.publish(first)
    await office.publish(second)
    for number in range(620):
        await office.has(f"C-{number:03}", "10:30" if number % 2 else "11:30", ref, first)
    preview = await office.desk.migrations.preview(ALL, SECOND)
    assert (preview.total, preview.counts["newly_violated"], preview.counts["target_moved"]) == (620, 310, 310)
    assert len(fates(preview)) == 620


@pytest.mark.parametrize(
    ("query", "to", "error"),
    [
        (MoveQuery(process="Support", owner="nobody"), SECOND, NothingToMove),
        (ALL, MoveTarget(version=9), UnknownVersion),
    ],
)
async def test_what_cannot_be_moved_cannot_be_previewed(
    office: Office, query: MoveQuery, to: MoveTarget, error: type[Exception]
) -> None:
    await a_morning(office, support("2h"), support("1h"))
    with pytest.raises(error):
        await office.desk.migrations.preview(query, to)


async def test_without_a_server_nothing_is_begun(office: Office) -> None:
    await a_morning(office, support("2h"), support("1h"))
    with pytest.raises(ServiceUnavailable):
        await office.desk.migrations.start(ALL, SECOND)
    assert await office.desk.migrations.list() == []


async def test_one_whose_workflow_could_not_be_begun_is_kept_to_be_resumed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_morning(office, support("2h"), support("1h"))

    async def reached(_: object) -> None: ...

    monkeypatch.setattr("starter.migrations_client.MigrationsClient.reach", reached)
    with pytest.raises(ServiceUnavailable, match=r"The list is kept.* milepost migration resume 20260302-120000"):
        await office.desk.migrations.start(ALL, SECOND)
    [kept] = await office.desk.migrations.list()
    assert (kept.state, kept.records, kept.progress.waiting) == ("stopped", 4, 4)


async def test_one_that_has_ended_or_is_not_known_is_left_alone(office: Office) -> None:
    await a_morning(office, support("2h"), support("1h"))
    made = await MoveLists(office.database).create(ALL, SECOND, per_second=5, actor=ANNA, at=at(NOW))
    ended = await office.desk.migrations.stop(made.id, for_good=True)
    assert (ended.state, ended.progress.skipped) == ("ended", 4)
    for verb in (office.desk.migrations.stop, office.desk.migrations.resume):
        with pytest.raises(MigrationEnded):
            await verb(made.id)
        with pytest.raises(UnknownMigration):
            await verb("x")
    with pytest.raises(UnknownMigration):
        await office.desk.migrations.moves("x")
