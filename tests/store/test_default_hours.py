"""The installation's default business hours: set anew, they are for records that are opened from then on."""

import asyncio
from datetime import datetime

import pytest
from alembic import command
from sqlalchemy import Connection, insert, select

from activities.situation import situation
from sla.acting import Actor
from sla.calendar import ALWAYS
from sla.errors import UnknownCalendar
from sla.forgetting import Erased, Names, spellings_of
from sla.messages import ProcessRef
from store import migrate
from store.audit import AuditQuery, StoredAuditLog
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.erasing import Erasing, Looked
from store.setup_tables import default_hours
from store.tables import catalogue, process_versions
from store.versions import digest_of
from tests.store.builders import a_process, at, opened, some_hours

WORKER = Actor(name="milepost worker", door="worker")
SAME_DAY, IN_THE_EVENING, NEXT_MORNING = at("17:30"), at("18:00"), at("33:30")
"""When an answer within the hour is due, asked for at half past four: around the clock, from five to ten, in the office."""


@pytest.fixture
async def definitions(database: Database) -> StoredDefinitions:
    """A process that names no business hours, and two calendars that may count by default."""
    async with Catalogue(database).publishing(at=at("08:00")) as publication:
        await publication.publish_process(a_process())
        await publication.publish_calendar(some_hours())
        await publication.publish_calendar(some_hours("evening", "17:00-22:00"))
    return StoredDefinitions(database)


async def set_to(database: Database, calendar: str | None) -> None:
    """What a worker does as it begins."""
    await Catalogue(database).let_be_default(calendar, at=at("08:30"), actor=WORKER)


async def held_to(database: Database) -> ProcessRef:
    """What a record is held to that is opened now."""
    return await Catalogue(database).process_ref("Support")


async def due(definitions: StoredDefinitions, ref: ProcessRef) -> datetime | None:
    """When the answer is due to whoever asked at half past four."""
    [answer] = (await situation(definitions, ref, [opened("16:30")], at("16:40"))).timeline.milestones
    return answer.target_at


async def rows(database: Database) -> list[tuple[int, str | None]]:
    async with database.reading() as connection:
        found = await connection.execute(select(default_hours).order_by(default_hours.c.revision))
        return [(row.revision, row.calendar) for row in found]


class TestAnotherSetting:
    async def test_it_is_for_records_that_are_opened_from_then_on(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        held, found = [], []
        for calendar in ("office", None, "evening"):
            await set_to(database, calendar)
            held.append(await held_to(database))
            found.append(await due(definitions, held[-1]))
        assert found == [NEXT_MORNING, SAME_DAY, IN_THE_EVENING]
        assert [await due(definitions, ref) for ref in held] == found
        assert [await due(StoredDefinitions(database, default_hours="office"), ref) for ref in held] == found

    async def test_the_same_again_changes_nothing(self, database: Database, definitions: StoredDefinitions) -> None:
        await set_to(database, "office")
        before = await rows(database), await held_to(database)
        await set_to(database, "office")
        assert (await rows(database), await held_to(database)) == before

    async def test_workers_that_begin_at_once_note_it_once(
        self, database: Database, another: Database, definitions: StoredDefinitions
    ) -> None:
        await set_to(database, None)
        await asyncio.gather(*(set_to(one, "office") for one in (database, another) * 3))
        assert await rows(database) == [(0, None), (4, "office")]

    async def test_who_set_it_and_what_was_before_stands_in_the_audit_log(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        for calendar in (None, "office", "office", "evening"):
            await set_to(database, calendar)
        told = await StoredAuditLog(database).lines(AuditQuery(verb="catalogue.default_hours"), limit=9)
        assert [(one["who"], one["before"], one["after"]) for one in reversed(told)] == [
            (WORKER.name, {"calendar": None}, {"calendar": "office"}),
            (WORKER.name, {"calendar": "office"}, {"calendar": "evening"}),
        ]


class TestTheFirst:
    async def test_it_counts_for_what_was_opened_before_a_worker_came(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        before = await held_to(database)
        assert await due(StoredDefinitions(database, default_hours="evening"), before) == IN_THE_EVENING
        await set_to(database, "office")
        await set_to(database, "evening")
        assert await due(definitions, before) == NEXT_MORNING

    async def test_records_of_a_release_that_noted_nothing_keep_what_was_set_when_it_was_upgraded(
        self, empty_url: str
    ) -> None:
        database = Database(empty_url)
        async with database.transaction() as connection:
            await connection.run_sync(_upgraded_to, "0005")
            await connection.execute(insert(catalogue).values(id=1, revision=1))
            support = a_process()
            row = {"name": "Support", "version": 1, "status": "active", "is_default": True, "revision": 1}
            made = {"body": support.model_dump(mode="json"), "digest": digest_of(support), "created_at": at("08:00")}
            await connection.execute(insert(process_versions).values(**row, **made))
        old = await held_to(database)
        await database.upgrade()
        async with Catalogue(database).publishing(at=at("08:10")) as publication:
            await publication.publish_calendar(some_hours())
        await set_to(database, "office")
        await set_to(database, None)
        definitions = StoredDefinitions(database)
        assert (await due(definitions, old), await due(definitions, await held_to(database))) == (NEXT_MORNING, SAME_DAY)
        await database.dispose()


class TestANameThatNoCalendarHas:
    async def test_nothing_can_be_decided_by_it_and_the_right_one_takes_its_place(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        old = await held_to(database)
        await set_to(database, "ofice")
        with pytest.raises(UnknownCalendar, match="MILEPOST_DEFAULT_BUSINESS_HOURS names the business hours 'ofice'"):
            await definitions.default_hours(old)
        await set_to(database, "office")
        assert await due(definitions, old) == NEXT_MORNING
        assert await rows(database) == [(0, "office")]

    async def test_it_may_be_published_later(self, database: Database, definitions: StoredDefinitions) -> None:
        await set_to(database, "night")
        held = await held_to(database)
        async with Catalogue(database).publishing(at=at("09:00")) as publication:
            await publication.publish_calendar(some_hours("night", "22:00-06:00"))
        await set_to(database, None)
        assert (await definitions.default_hours(held)).calendar == "night"


class TestWhatElseHappens:
    async def test_another_version_of_the_calendar_is_for_new_records_too(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        await set_to(database, "office")
        old = await held_to(database)
        async with Catalogue(database).publishing(at=at("09:00")) as publication:
            await publication.publish_calendar(some_hours("office", "09:00-18:00"))
        assert await due(definitions, old) == NEXT_MORNING
        assert await due(definitions, await held_to(database)) == SAME_DAY

    async def test_records_go_on_counting_by_hours_that_were_retired_since(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        await set_to(database, "office")
        old = await held_to(database)
        await set_to(database, None)
        async with Catalogue(database).publishing(at=at("09:00")) as publication:
            await publication.retire("calendar", "office")
        assert await due(StoredDefinitions(database), old) == NEXT_MORNING

    async def test_what_counts_now_is_seen_at_once_by_who_asked_before(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        ever = ProcessRef(process="", version=0, revision=2**31 - 1)
        found = []
        for calendar in (None, "office", None):
            await set_to(database, calendar)
            found.append((await definitions.default_name(), await definitions.default_hours(ever)))
        assert found == [(None, ALWAYS), ("office", some_hours()), (None, ALWAYS)]

    async def test_to_forget_somebody_whose_name_it_bears_leaves_it(
        self, database: Database, definitions: StoredDefinitions
    ) -> None:
        async with Catalogue(database).publishing(at=at("09:00")) as publication:
            await publication.publish_calendar(some_hours("Jo Grey"))
        await set_to(database, "Jo Grey")
        erased = Erased(at=at("10:00"), salt="00", spellings=spellings_of("00", ["Jo Grey"], []))
        async with database.transaction() as connection:
            erasing = Erasing(connection, Names([erased]), contact=None, at=at("10:00"), looked=Looked(at("10:00")))
            await erasing.everything_else()
        assert (await rows(database), erasing.found.keys["default_hours"]) == ([(0, "Jo Grey")], 1)


def _upgraded_to(connection: Connection, revision: str) -> None:
    settings = migrate.config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)
