"""Lists of records to move: which are meant, and one list at a time."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import update

from sla.errors import UnknownProcess
from sla.messages import ProcessRef
from sla.move_query import MoveQuery, MoveTarget
from sla.setup_errors import (
    MigrationUnderWay,
    NothingToMove,
    OtherKindOfRecord,
    UnknownVersion,
    VersionNotActive,
)
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.engine import Database
from store.move_lists import MoveLists, StoredMigration
from store.moving import StoredMigrations
from store.tables import process_versions, records
from tests.store.builders import a_process, append, at, opened
from tests.store.moving_builders import (
    ALL,
    SECOND,
    a_morning,
    audited,
    begin,
    is_now,
    listed,
    publish,
    turn,
)


@pytest.fixture(autouse=True)
async def versions(database: Database) -> None:
    await publish(database)


class TestTheList:
    async def test_it_holds_the_open_records_of_the_process_that_follow_another_version(
        self, cases: StoredCases, lists: MoveLists, database: Database
    ) -> None:
        await a_morning(cases, ["C-1", "C-2", "C-3", "C-4"])
        await append(cases, "G-1", ProcessRef(process="Gold", version=1, revision=3), [opened(record="G-1")])
        await is_now(database, "C-2", out=True)
        await is_now(database, "C-3", version=2)
        made = await begin(lists)
        assert await listed(lists, made.id) == {"C-1": "waiting", "C-4": "waiting"}
        assert (made.id, made.state, made.progress.total) == ("20260302-093000", "running", 2)
        assert made.to == ProcessRef(process="Support", version=2, revision=4)

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"account": "helios"}, ["C-1", "C-2"]),
            ({"owner": "ada"}, ["C-2"]),
            ({"queue": "desk"}, ["C-1"]),
            ({"status": "violated_open"}, ["C-3"]),
            ({"fields": {"tier": "premium"}}, ["C-1", "C-3"]),
            ({"fields": {"tier": "premium", "seats": 3}}, ["C-3"]),
            ({"fields": {"seats": True}}, []),
            ({"fields": {"absent": None}}, []),
            ({"version": 1}, ["C-1", "C-2", "C-3"]),
            ({"version": 3}, []),
        ],
    )
    async def test_records_are_meant_that_match_all_filters(
        self, cases: StoredCases, lists: MoveLists, database: Database, filters: dict[str, Any], expected: list[str]
    ) -> None:
        await a_morning(cases, ["C-1"], account="helios", queue="desk", tier="premium", seats=1)
        await a_morning(cases, ["C-2"], account="helios", owner="ada")
        await a_morning(cases, ["C-3"], account="juniper", tier="premium", seats=3)
        await is_now(database, "C-3", status="violated_open")
        query = MoveQuery(process="Support", **filters)
        to = await lists.target(query, SECOND)
        assert [one async for page in lists.candidates(query, to) for one in page] == expected

    async def test_a_thousand_records_are_listed(self, lists: MoveLists, database: Database) -> None:
        names = [f"C-{number:04}" for number in range(1203)]
        row = {
            "process": "Support", "version": 1, "revision": 1, "status": "compliant", "fields": {}, "out": False,
            "opened_at": at("09:00"), "updated_at": at("09:00"),
        }  # fmt: skip
        async with database.transaction() as connection:
            await connection.execute(records.insert(), [{"id": name} | row for name in names])
        made = await begin(lists)
        assert [one.record for one in await lists.moves(made.id, limit=2000)] == names
        assert [one.record for one in await lists.moves(made.id, after=1200)] == names[1200:]

    async def test_who_started_it_is_in_the_audit_log(
        self, cases: StoredCases, lists: MoveLists, database: Database
    ) -> None:
        await a_morning(cases)
        made = await begin(lists, MoveQuery(process="Support", version=1))
        [line] = await audited(database)
        assert (line.who, line.verb, line.subject) == ("anna", "migrations.start", f"migration/{made.id}")
        assert line.after == {"to": "Support 2", "records": 3, "wanted": {"process": "Support", "version": 1}}

    @pytest.mark.parametrize(
        ("query", "to", "error", "says"),
        [
            (MoveQuery(process="Bronze"), SECOND, UnknownProcess, "Gold, Repair, Support"),
            (ALL, MoveTarget(version=7), UnknownVersion, "Process 'Support' has no version 7. It has: 1, 2"),
            (ALL, MoveTarget(version=1, process="Bronze"), UnknownProcess, "Bronze"),
            (ALL, MoveTarget(version=1, process="Repair"), OtherKindOfRecord, "'case', but 'Repair' for 'work_order'"),
            (ALL, MoveTarget(version=1), NothingToMove, r"version 1: 3 follow it already"),
            (MoveQuery(process="Support", account="x"), SECOND, NothingToMove, r"'Support' \(account x\).*none matches"),
        ],
    )
    async def test_what_cannot_be_moved_is_refused_and_leaves_nothing(  # noqa: PLR0917 - one for each fixture and case
        self,
        cases: StoredCases,
        lists: MoveLists,
        query: MoveQuery,
        to: MoveTarget,
        error: type[Exception],
        says: str,
    ) -> None:
        await a_morning(cases)
        with pytest.raises(error, match=says):
            await begin(lists, query, to)
        assert await lists.all() == []

    @pytest.mark.parametrize(("status", "word"), [("draft", "a draft"), ("retired", "retired")])
    async def test_nobody_moves_to_a_version_that_is_not_active(
        self, cases: StoredCases, lists: MoveLists, database: Database, status: str, word: str
    ) -> None:
        await a_morning(cases)
        async with database.transaction() as connection:
            second = (process_versions.c.name == "Support", process_versions.c.version == 2)
            await connection.execute(update(process_versions).where(*second).values(status=status, is_default=False))
        with pytest.raises(VersionNotActive, match=f"Version 2 of process 'Support' is {word}.*Active: 1"):
            await begin(lists)


class TestOneAtATime:
    async def test_a_second_list_of_the_process_is_refused_until_the_first_has_ended(
        self, cases: StoredCases, lists: MoveLists, migrations: StoredMigrations
    ) -> None:
        await a_morning(cases)
        first = await begin(lists)
        with pytest.raises(MigrationUnderWay, match=f"Migration {first.id} of process 'Support' is running, with 3"):
            await begin(lists, to=MoveTarget(version=1, process="Gold"))
        await turn(migrations, first.id, "stopped")
        with pytest.raises(MigrationUnderWay, match=f"resume {first.id}"):
            await begin(lists)
        await turn(migrations, first.id, "ended")
        assert (await begin(lists)).id == "20260302-093000-2"

    async def test_of_two_at_once_one_is_refused(self, cases: StoredCases, lists: MoveLists, another: Database) -> None:
        await a_morning(cases)
        elsewhere = MoveLists(another)
        told = await asyncio.gather(*(begin(one) for one in [lists, elsewhere] * 3), return_exceptions=True)
        assert sum(isinstance(one, StoredMigration) for one in told) == 1
        assert sum(isinstance(one, MigrationUnderWay) for one in told) == 5

    async def test_two_processes_may_be_brought_together_at_once(
        self, cases: StoredCases, lists: MoveLists, database: Database
    ) -> None:
        async with Catalogue(database).publishing(at=at("08:00")) as publication:
            await publication.publish_process(a_process("Silver"))
        await a_morning(cases)
        await append(cases, "S-1", ProcessRef(process="Silver", version=1, revision=5), [opened(record="S-1")])
        to_gold = MoveTarget(version=1, process="Gold")
        await begin(lists, to=to_gold)
        await begin(lists, MoveQuery(process="Silver"), to_gold)
        with pytest.raises(MigrationUnderWay):
            await begin(lists, MoveQuery(process="Gold"), MoveTarget(version=1, process="Silver"))
