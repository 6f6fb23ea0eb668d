"""What becomes of records that are to move: in the order of their list, and for good."""

import pytest

from activities.ports import Migrations
from sla.messages import ProcessRef
from sla.moving import Progress, State
from sla.setup_errors import (
    UnknownMigration,
)
from store.cases import StoredCases
from store.engine import Database
from store.move_lists import MoveLists
from store.moving import StoredMigrations
from tests.store.builders import REF, an_event, append, at
from tests.store.moving_builders import (
    ALL,
    ANNA,
    a_morning,
    ask_next,
    audited,
    begin,
    is_now,
    listed,
    publish,
    settle,
    turn,
)


@pytest.fixture(autouse=True)
async def versions(database: Database) -> None:
    await publish(database)


def test_the_store_is_what_the_activities_need(migrations: StoredMigrations) -> None:
    port: Migrations = migrations
    assert port is migrations


class TestItsTurn:
    async def test_records_come_in_the_order_of_the_list_each_batch_after_the_one_before(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations
    ) -> None:
        await a_morning(cases)
        name = (await begin(lists)).id
        first = await ask_next(migrations, name, at_most=2)
        assert (first.records, first.position, first.finished) == (["C-1", "C-2"], 2, False)
        second = await ask_next(migrations, name, after=2, at_most=2)
        assert (second.records, second.position, second.finished) == (["C-3"], 3, True)
        assert second.to == ProcessRef(process="Support", version=2, revision=4)
        assert (await ask_next(migrations, name, after=3)).finished

    async def test_what_needs_no_moving_any_more_is_skipped(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations, database: Database
    ) -> None:
        await a_morning(cases)
        name = (await begin(lists)).id
        await is_now(database, "C-1", out=True)
        await is_now(database, "C-2", version=2)
        batch = await ask_next(migrations, name)
        assert (batch.records, batch.progress) == (["C-3"], Progress(waiting=1, skipped=2))
        skipped = await lists.moves(name, state="skipped")
        assert [one.problem for one in skipped] == ["it was closed meanwhile", "it follows that version already"]

    async def test_what_became_of_those_that_were_told(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations, database: Database
    ) -> None:
        names = ["C-1", "C-2", "C-3", "C-4", "C-5"]
        await a_morning(cases, names)
        name = (await begin(lists)).id
        await is_now(database, "C-1", version=2)
        await is_now(database, "C-2", out=True)
        first = await settle(migrations, name, *names, C_3="workflow not found")
        assert (first.waiting, first.progress) == (["C-4", "C-5"], Progress(waiting=2, moved=1, failed=1, skipped=1))
        event = an_event("migrated", "09:31", name=f"migrated-{name}", record="C-5", version=2, process="Support")
        await append(cases, "C-5", REF, [event])
        await is_now(database, "C-5", version=1)
        last = await settle(migrations, name, "C-4", "C-5", last=True)
        assert (last.waiting, last.progress.failed) == ([], 3)
        why = {one.record: one.problem or "" for one in await lists.moves(name, state="failed")}
        assert "could not be told: workflow not found" in why["C-3"]
        assert "has not answered in time" in why["C-4"]
        assert "follows version 1 of Support all the same" in why["C-5"]

    async def test_asked_again_what_became_of_a_record_stands(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations, database: Database
    ) -> None:
        await a_morning(cases)
        name = (await begin(lists)).id
        await is_now(database, "C-1", version=2)
        once = await settle(migrations, name, "C-1", "C-2", last=True)
        before = await lists.moves(name)
        await is_now(database, "C-1", version=1)
        assert await settle(migrations, name, "C-1", "C-2", last=True) == once
        assert await lists.moves(name) == before

    async def test_one_that_was_too_slow_is_counted_as_moved_at_the_end(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations, database: Database
    ) -> None:
        await a_morning(cases)
        name = (await begin(lists)).id
        await settle(migrations, name, "C-1", "C-2", "C-3", last=True)
        await is_now(database, "C-2", version=2)
        assert await turn(migrations, name, "ended") == Progress(moved=1, failed=2)
        assert await listed(lists, name) == {"C-1": "failed", "C-2": "moved", "C-3": "failed"}


class TestComingToRest:
    async def test_stopped_resumed_and_ended(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations, database: Database
    ) -> None:
        await a_morning(cases)
        name = (await begin(lists)).id
        states: list[State] = ["stopping", "stopping", "running"]
        for state in states:
            found = await lists.ask(name, state, verb=f"migrations.{state}", actor=ANNA, at=at("09:35"))
            assert found.state == state
        await turn(migrations, name, "stopped")
        await turn(migrations, name, "ended")
        ended = await lists.get(name)
        assert (ended.state, ended.ended_at) == ("ended", at("09:40"))
        await turn(migrations, name, "running")
        assert (await lists.get(name)).state == "ended", "what has ended stays so"
        told = [(line.verb, line.before, line.after) for line in (await audited(database))[1:]]
        assert told == [
            ("migrations.stopping", {"state": "running"}, {"state": "stopping"}),
            ("migrations.running", {"state": "stopping"}, {"state": "running"}),
        ], "what is so already is no change"

    async def test_called_off_the_others_stay_where_they_are(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations, database: Database
    ) -> None:
        await a_morning(cases)
        name = (await begin(lists)).id
        await is_now(database, "C-1", version=2)
        await settle(migrations, name, "C-1")
        await lists.ask(name, "ended", verb="migrations.stop", actor=ANNA, at=at("09:35"))
        assert (await ask_next(migrations, name)).finished
        assert [(one.state, one.problem) for one in await lists.moves(name)] == [
            ("moved", None),
            ("skipped", "the migration was called off"),
            ("skipped", "the migration was called off"),
        ]

    async def test_called_off_while_it_stops_what_was_under_way_is_counted_as_moved(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations, database: Database
    ) -> None:
        await a_morning(cases)
        name = (await begin(lists)).id
        for state in ("stopping", "ended"):
            await lists.ask(name, state, verb="migrations.stop", actor=ANNA, at=at("09:35"))
        await is_now(database, "C-1", version=2)
        await settle(migrations, name, "C-1")
        assert await turn(migrations, name, "stopped") == Progress(moved=1, skipped=2)

    async def test_one_that_is_not_known_is_refused(self, lists: MoveLists) -> None:
        with pytest.raises(UnknownMigration, match="There is no migration 'x'"):
            await lists.get("x")
        with pytest.raises(UnknownMigration):
            await lists.ask("x", "stopped", verb="migrations.stop", actor=ANNA, at=at("09:35"))

    async def test_the_latest_comes_first(self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations) -> None:
        await a_morning(cases)
        for clock in ("09:30", "09:31"):
            await turn(migrations, (await begin(lists, clock=clock)).id, "ended")
        assert [one.id for one in await lists.all()] == ["20260302-093100", "20260302-093000"]
        assert [one.wanted for one in await lists.all(limit=1)] == [ALL]
