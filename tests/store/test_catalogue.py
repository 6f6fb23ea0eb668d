"""What is published: once, for ever, and all of an apply or nothing."""

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError

from activities.ports import Definitions
from sla.calendar import ALWAYS
from sla.errors import LimitExceeded, ProcessNotNamed, UnknownCalendar, UnknownProcess
from sla.messages import ProcessRef
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.publication import Published
from store.tables import process_versions
from tests.store.builders import a_process, at, some_hours

NOW = at("09:00")


class TestProcesses:
    async def test_a_published_process_is_what_new_cases_are_held_to(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            assert await publication.publish_process(a_process()) == Published(name="Support", version=1, created=True)
        ref = await catalogue.process_ref("Support")
        assert ref == ProcessRef(process="Support", version=1, revision=1)
        port: Definitions = definitions
        assert await port.process(ref) == a_process()

    async def test_the_same_definition_again_changes_nothing(self, catalogue: Catalogue) -> None:
        for created in (True, False, False):
            async with catalogue.publishing(at=NOW) as publication:
                process = await publication.publish_process(a_process(), "# text")
                hours = await publication.publish_calendar(some_hours())
            assert (process.created, process.version, hours.created, hours.version) == (created, 1, created, 1)
        assert (await catalogue.process_ref()).revision == 2

    async def test_a_new_version_is_the_default_and_the_old_one_stays_as_it_was(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        for within in ("1h", "2h"):
            async with catalogue.publishing(at=NOW) as publication:
                await publication.publish_process(a_process(within=within))
        assert (await catalogue.process_ref("Support")).version == 2
        old = await catalogue.process_ref("Support", version=1)
        assert await definitions.process(old) == a_process(within="1h")

    async def test_going_back_to_an_earlier_definition_is_a_version_of_its_own(self, catalogue: Catalogue) -> None:
        for within in ("1h", "2h", "1h"):
            async with catalogue.publishing(at=NOW) as publication:
                published = await publication.publish_process(a_process(within=within))
        assert published == Published(name="Support", version=3, created=True)

    async def test_without_a_name_the_only_process_is_meant(self, catalogue: Catalogue) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process())
        assert (await catalogue.process_ref()).process == "Support"
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process("Premium"))
        with pytest.raises(ProcessNotNamed, match="Several processes are active: Premium, Support"):
            await catalogue.process_ref()
        assert await catalogue.processes() == ["Premium", "Support"]

    @pytest.mark.parametrize(
        ("name", "version", "shown"), [("Gold", None, "'Gold'"), ("Support", 2, "'Support .version 2.'")]
    )
    async def test_an_unknown_process_or_version_is_refused_with_those_known(
        self, catalogue: Catalogue, name: str, version: int | None, shown: str
    ) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process())
        with pytest.raises(UnknownProcess, match=rf"{shown}. Known: Support"):
            await catalogue.process_ref(name, version)

    async def test_a_version_that_was_never_published_cannot_be_read(self, definitions: StoredDefinitions) -> None:
        with pytest.raises(UnknownProcess, match="Known: none"):
            await definitions.process(ProcessRef(process="Support", version=1, revision=1))

    async def test_one_process_too_many_is_refused_but_a_new_version_is_not(self, database: Database) -> None:
        small = Catalogue(database, max_processes=2)
        async with small.publishing(at=NOW) as publication:
            for name in ("A", "B"):
                await publication.publish_process(a_process(name))
            assert (await publication.publish_process(a_process("A", within="2h"))).version == 2
        with pytest.raises(LimitExceeded, match="has 3 processes with 'C'; the limit is 2"):
            async with small.publishing(at=NOW) as publication:
                await publication.publish_process(a_process("C"))

    async def test_the_database_itself_refuses_a_second_default(self, catalogue: Catalogue, database: Database) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            for within in ("1h", "2h"):
                await publication.publish_process(a_process(within=within))
        with pytest.raises(IntegrityError):
            async with database.transaction() as connection:
                await connection.execute(process_versions.update().values(is_default=True))


class TestTogether:
    async def test_an_apply_that_fails_publishes_nothing(self, catalogue: Catalogue) -> None:
        async def apply() -> None:
            async with catalogue.publishing(at=NOW) as publication:
                await publication.publish_calendar(some_hours())
                await publication.publish_process(a_process(business_hours="moon"))

        with pytest.raises(UnknownCalendar, match=r"'Support', business_hours, names the business hours 'moon'.*: office"):
            await apply()
        assert await catalogue.calendar_names() == []
        assert await catalogue.processes() == []

    async def test_a_process_may_name_a_calendar_that_comes_after_it(self, catalogue: Catalogue) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process(business_hours="office"))
            await publication.publish_calendar(some_hours())
        assert await catalogue.calendar_names() == ["office"]

    async def test_two_who_publish_at_once_do_so_one_after_the_other(self, catalogue: Catalogue, another: Database) -> None:
        async def publish(by: Catalogue, name: str) -> Published:
            async with by.publishing(at=NOW) as publication:
                await asyncio.sleep(0.01)
                return await publication.publish_process(a_process(name))

        elsewhere = Catalogue(another)
        published = await asyncio.gather(*(publish(by, name) for name in ("A", "B", "C") for by in (catalogue, elsewhere)))
        assert sorted((one.name, one.version, one.created) for one in published) == [
            (name, 1, created) for name in ("A", "B", "C") for created in (False, True)
        ]
        assert (await catalogue.process_ref("A")).revision == 3


class TestCalendars:
    async def test_a_case_sees_the_calendars_of_its_revision(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        versions = [some_hours(windows=windows) for windows in ("09:00-17:00", "08:00-18:00")]
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process())
            await publication.publish_calendar(versions[0])
        before = await catalogue.process_ref("Support")
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_calendar(versions[1])
        after = await catalogue.process_ref("Support")
        assert [(await definitions.calendars(ref))["office"] for ref in (before, after)] == versions

    async def test_a_calendar_younger_than_the_case_is_seen_in_its_first_version(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process())
        ref = await catalogue.process_ref("Support")
        assert await definitions.calendars(ref) == {}
        for windows in ("09:00-17:00", "08:00-18:00"):
            async with catalogue.publishing(at=NOW) as publication:
                await publication.publish_calendar(some_hours(windows=windows))
        assert await definitions.calendars(ref) == {"office": some_hours()}

    async def test_what_never_changes_is_read_once(self, catalogue: Catalogue, definitions: StoredDefinitions) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process())
            await publication.publish_calendar(some_hours())
        ref = await catalogue.process_ref("Support")
        assert await definitions.process(ref) is await definitions.process(ref)
        assert await definitions.calendars(ref) is await definitions.calendars(ref)
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_calendar(some_hours("night", windows="22:00-06:00"))
        later = await definitions.calendars(ref)
        assert sorted(later) == ["night", "office"]

    async def test_a_countrys_holidays_are_dates_once_published(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        german = some_hours(holidays=[{"country": "DE", "subdivision": "BE"}])
        async with catalogue.publishing(at=NOW, years=range(2026, 2028)) as publication:
            await publication.publish_process(a_process())
            await publication.publish_calendar(german)
        published = (await definitions.calendars(await catalogue.process_ref()))["office"]
        assert published == german.resolved(range(2026, 2028)) != german
        assert {"date": "2026-03-08", "name": "Women's Day"} in published.model_dump(mode="json")["holidays"]

    async def test_a_year_later_the_same_file_brings_another_years_holidays(self, catalogue: Catalogue) -> None:
        german = some_hours(holidays=[{"country": "DE"}])
        published = []
        for when in (NOW, NOW, NOW.replace(year=2027)):
            async with catalogue.publishing(at=when) as publication:
                published.append(await publication.publish_calendar(german))
        assert [(one.version, one.created) for one in published] == [(1, True), (1, False), (2, True)]

    async def test_the_default_hours_are_around_the_clock_unless_set(self, database: Database, catalogue: Catalogue) -> None:
        async with catalogue.publishing(at=NOW) as publication:
            await publication.publish_process(a_process())
            await publication.publish_calendar(some_hours())
        ref = await catalogue.process_ref()
        assert await StoredDefinitions(database, default_hours="").default_hours(ref) == ALWAYS
        assert await StoredDefinitions(database, default_hours="office").default_hours(ref) == some_hours()
        with pytest.raises(UnknownCalendar, match="MILEPOST_DEFAULT_BUSINESS_HOURS names the business hours 'moon'"):
            await StoredDefinitions(database, default_hours="moon").default_hours(ref)
