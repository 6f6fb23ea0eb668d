"""Draft, active, retired: what may become of a version, and what is refused because it would strand somebody."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from sla.acting import Actor
from sla.calendar import BusinessHours
from sla.errors import LimitExceeded, UnknownCalendar, UnknownProcess
from sla.messages import ProcessRef
from sla.people import People
from sla.process.model import Process
from sla.setup_errors import NoSuchCalendar, StaleEtag, StillNeeded, UnknownVersion, WrongStatus
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.publication import Publication, Published
from store.setup_tables import audit_log, entitlement_templates, entitlements, migrations
from store.tables import accounts, calendar_versions, process_versions
from store.versions import Kind, digest_of
from tests.store.builders import a_process, at, some_hours

NOW = at("09:00")
ADA = Actor(name="ada", door="cli", request_id="r-1")


async def change(catalogue: Catalogue, work: Callable[[Publication], Awaitable[Any]], clock: str = "09:00") -> Any:
    """One change, by Ada."""
    async with catalogue.publishing(at=at(clock), actor=ADA) as publication:
        return await work(publication)


async def publish(catalogue: Catalogue, *limits: str, **more: Any) -> None:
    for within in limits:
        await change(catalogue, publishing(a_process(within=within, **more)))


def publishing(process: Process) -> Callable[[Publication], Awaitable[Published]]:
    return lambda one: one.publish_process(process)


def drafting(definition: Process | BusinessHours, notes: str) -> Callable[[Publication], Awaitable[Published]]:
    return lambda one: one.draft(definition, notes=notes)


async def statuses(catalogue: Catalogue, name: str = "Support", kind: Kind = "process") -> dict[int, str]:
    found = await catalogue.versions(kind, name)
    return {one.version: one.status + (" default" if one.is_default else "") for one in found}


async def promise(database: Database, process: str | None, *, ends_on: date | None = None, hours: str | None = None) -> None:
    async with database.transaction() as connection:
        await connection.execute(accounts.insert().values(id="helios", name="Helios", timezone="UTC"))
        row: dict[str, Any] = {
            "id": "E-1",
            "account": "helios",
            "contacts": [],
            "process": process,
            "ends_on": ends_on,
            "used": 0,
        }
        await connection.execute(entitlements.insert().values(**row, body={"entitlement": "E-1", "business_hours": hours}))


class TestDrafts:
    async def test_a_draft_is_seen_by_no_case(self, catalogue: Catalogue, definitions: StoredDefinitions) -> None:
        await publish(catalogue, "1h")
        drafted = await change(catalogue, lambda one: one.draft(a_process(within="2h"), notes="Slower", based_on=1))
        assert drafted == Published(name="Support", version=2, created=True)
        assert await statuses(catalogue) == {1: "active default", 2: "draft"}
        assert (await catalogue.process_ref("Support")).version == 1
        with pytest.raises(UnknownProcess):
            await catalogue.process_ref("Support", 2)
        with pytest.raises(UnknownProcess):
            await definitions.process(ProcessRef(process="Support", version=2, revision=9))

    async def test_there_is_one_draft_and_a_new_one_takes_its_place(self, catalogue: Catalogue) -> None:
        for within in ("2h", "3h"):
            await change(catalogue, drafting(a_process(within=within), within))
        [draft] = await catalogue.versions("process", "Support")
        assert (draft.version, draft.notes, draft.process()) == (1, "3h", a_process(within="3h"))
        again = await change(catalogue, lambda one: one.draft(a_process(within="3h"), notes="3h"))
        assert again == Published(name="Support", version=1, created=False)

    async def test_a_draft_becomes_the_default_and_never_changes_again(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.draft(a_process(within="2h")))
        activated = await change(catalogue, lambda one: one.activate("process", "Support", 2), "10:00")
        assert (activated.status, activated.activated_at) == ("active", at("10:00"))
        assert await statuses(catalogue) == {1: "active", 2: "active default"}
        await change(catalogue, lambda one: one.draft(a_process(within="5h")))
        assert await statuses(catalogue) == {1: "active", 2: "active default", 3: "draft"}
        assert await definitions.process(await catalogue.process_ref("Support")) == a_process(within="2h")

    async def test_a_version_may_be_active_without_being_the_default(self, catalogue: Catalogue) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.draft(a_process(within="2h")))
        await change(catalogue, lambda one: one.activate("process", "Support", 2, default=False))
        assert await statuses(catalogue) == {1: "active default", 2: "active"}
        assert (await catalogue.process_ref("Support", 2)).version == 2

    async def test_an_apply_of_what_the_draft_says_publishes_the_draft(self, catalogue: Catalogue) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.draft(a_process(within="2h"), notes="Agreed with Helios"))
        await publish(catalogue, "120m")
        assert await statuses(catalogue) == {1: "active", 2: "active default"}
        assert (await catalogue.version("process", "Support")).notes == "Agreed with Helios"

    async def test_a_draft_may_name_a_calendar_that_is_not_there_but_cannot_become_active(
        self, catalogue: Catalogue
    ) -> None:
        await change(catalogue, lambda one: one.draft(a_process(business_hours="moon")))
        with pytest.raises(UnknownCalendar, match="'moon'"):
            await change(catalogue, lambda one: one.activate("process", "Support", 1))
        await change(catalogue, lambda one: one.draft(some_hours("moon")))
        with pytest.raises(UnknownCalendar, match="'moon'"):
            await change(catalogue, lambda one: one.activate("process", "Support", 1))
        await change(catalogue, lambda one: one.activate("calendar", "moon", 1))
        await change(catalogue, lambda one: one.activate("process", "Support", 1))
        assert await catalogue.processes() == ["Support"]

    async def test_drafts_count_towards_the_number_of_processes_and_retired_ones_do_not(self, database: Database) -> None:
        small = Catalogue(database, max_processes=1)
        await change(small, lambda one: one.draft(a_process("A")))
        with pytest.raises(LimitExceeded, match=r"has 2 processes with 'B'; the limit is 1. Retire one"):
            await change(small, lambda one: one.draft(a_process("B")))
        await change(small, lambda one: one.retire("process", "A"))
        await change(small, lambda one: one.draft(a_process("B")))
        assert await statuses(small, "A") == {1: "retired"}


class TestEtags:
    async def test_who_has_seen_a_draft_before_it_changed_cannot_publish_it(self, catalogue: Catalogue) -> None:
        await change(catalogue, lambda one: one.draft(a_process(within="2h")))
        seen = (await catalogue.version("process", "Support", 1)).etag
        await change(catalogue, lambda one: one.draft(a_process(within="3h"), if_match=seen))
        for late in (
            lambda one: one.activate("process", "Support", 1, if_match=seen),
            lambda one: one.draft(a_process(within="4h"), if_match=seen),
            lambda one: one.retire("process", "Support", 1, if_match=seen),
            lambda one: one.retire("process", "Support", if_match=seen),
        ):
            with pytest.raises(StaleEtag, match="not as you have seen it"):
                await change(catalogue, late)
        now = (await catalogue.version("process", "Support", 1)).etag
        await change(catalogue, lambda one: one.activate("process", "Support", 1, if_match=now))
        with pytest.raises(StaleEtag):
            await change(catalogue, lambda one: one.make_default("Support", 1, if_match=now))
        with pytest.raises(StaleEtag, match="now gone"):
            await change(catalogue, lambda one: one.draft(a_process(), if_match=now))
        await change(catalogue, lambda one: one.make_default("Support", 1, if_match="*"))


class TestDefaults:
    async def test_an_earlier_version_becomes_the_default_again(self, catalogue: Catalogue) -> None:
        await publish(catalogue, "1h", "2h")
        await change(catalogue, lambda one: one.make_default("Support", 1))
        assert await statuses(catalogue) == {1: "active default", 2: "active"}

    async def test_neither_a_draft_nor_a_retired_version_can_be_the_default(self, catalogue: Catalogue) -> None:
        await publish(catalogue, "1h", "2h")
        await change(catalogue, lambda one: one.draft(a_process(within="3h")))
        await change(catalogue, lambda one: one.retire("process", "Support", 1))
        with pytest.raises(WrongStatus, match=r"Version 3 of process 'Support' is draft, so it cannot be the default"):
            await change(catalogue, lambda one: one.make_default("Support", 3))
        with pytest.raises(WrongStatus, match=r"is retired, so it cannot be the default. Make a new version of it"):
            await change(catalogue, lambda one: one.make_default("Support", 1))
        with pytest.raises(WrongStatus, match="cannot become active again"):
            await change(catalogue, lambda one: one.activate("process", "Support", 1))
        with pytest.raises(UnknownVersion, match=r"Process 'Support' has no version 7. It has: 1, 2, 3"):
            await change(catalogue, lambda one: one.make_default("Support", 7))


class TestRetiringProcesses:
    async def test_the_default_cannot_be_retired_by_itself(self, catalogue: Catalogue) -> None:
        await publish(catalogue, "1h", "2h")
        with pytest.raises(StillNeeded, match="Version 2 of process 'Support' cannot be retired: it is the default"):
            await change(catalogue, lambda one: one.retire("process", "Support", 2))
        await change(catalogue, lambda one: one.retire("process", "Support", 1))
        assert await statuses(catalogue) == {1: "retired", 2: "active default"}

    async def test_a_retired_process_takes_no_new_cases_and_its_cases_keep_it(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        await publish(catalogue, "1h", "2h")
        ref = await catalogue.process_ref("Support", 1)
        await change(catalogue, lambda one: one.draft(a_process(within="3h")))
        gone = await change(catalogue, lambda one: one.retire("process", "Support"), "10:00")
        assert [(one.version, one.status, one.retired_at) for one in gone] == [
            (number, "retired", at("10:00")) for number in (1, 2, 3)
        ]
        with pytest.raises(UnknownProcess):
            await catalogue.process_ref("Support")
        assert await definitions.process(ref) == a_process(within="1h")
        assert await change(catalogue, lambda one: one.retire("process", "Support")) == []

    async def test_a_process_that_was_retired_can_be_published_again_as_a_new_version(self, catalogue: Catalogue) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.retire("process", "Support"))
        await publish(catalogue, "1h")
        assert await statuses(catalogue) == {1: "retired", 2: "active default"}

    async def test_a_process_that_entitlements_promise_is_needed(self, catalogue: Catalogue, database: Database) -> None:
        await publish(catalogue, "1h", "2h")
        await promise(database, "Support", ends_on=NOW.date())
        with pytest.raises(StillNeeded, match=r"'Support' cannot be retired: it is promised by entitlements E-1. Let them"):
            await change(catalogue, lambda one: one.retire("process", "Support"))
        await change(catalogue, lambda one: one.retire("process", "Support", 1))
        assert await statuses(catalogue) == {1: "retired", 2: "active default"}

    async def test_a_process_that_a_template_names_is_needed(self, catalogue: Catalogue, database: Database) -> None:
        await publish(catalogue, "1h")
        async with database.transaction() as connection:
            row = {"id": "premium", "body": {"template": "premium", "process": "Support"}}
            await connection.execute(entitlement_templates.insert().values(**row))
        with pytest.raises(StillNeeded, match="promised by templates premium"):
            await change(catalogue, lambda one: one.retire("process", "Support"))

    @pytest.mark.parametrize("version", [None, 1], ids=["as a whole", "one version"])
    async def test_a_process_to_which_records_are_being_moved_is_needed(
        self, catalogue: Catalogue, database: Database, version: int | None
    ) -> None:
        await publish(catalogue, "1h", "2h", "3h")
        moving: dict[str, Any] = {"process": "Old", "to_process": "Support", "to_version": 1, "revision": 1, "wanted": {}}
        for name, state in (("m-1", "ended"), ("m-2", "stopped")):
            async with database.transaction() as connection:
                row = {"id": name, "state": state, "started_at": NOW, "started_by": "ada", "per_second": 20, **moving}
                await connection.execute(migrations.insert().values(**row))
        with pytest.raises(StillNeeded, match=r"records are being moved to it by migrations m-2. Wait"):
            await change(catalogue, lambda one: one.retire("process", "Support", version))
        await change(catalogue, lambda one: one.retire("process", "Support", 2))

    async def test_entitlements_that_are_over_hold_nothing(self, catalogue: Catalogue, database: Database) -> None:
        await publish(catalogue, "1h")
        await promise(database, "Support", ends_on=date(2026, 2, 28))
        await change(catalogue, lambda one: one.retire("process", "Support"))
        assert await statuses(catalogue) == {1: "retired"}

    async def test_what_was_never_there_cannot_be_retired(self, catalogue: Catalogue) -> None:
        with pytest.raises(UnknownProcess):
            await change(catalogue, lambda one: one.retire("process", "Support"))
        with pytest.raises(NoSuchCalendar, match="no business hours 'moon'"):
            await change(catalogue, lambda one: one.retire("calendar", "moon"))


class TestCalendars:
    async def test_a_draft_counts_for_the_cases_that_are_opened_after_it_was_published(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        early, late = some_hours(), some_hours(windows="10:00-16:00")
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.publish_calendar(early))
        await change(catalogue, lambda one: one.draft(late))
        await publish(catalogue, "2h")
        before = await catalogue.process_ref("Support")
        assert (await definitions.calendars(before))["office"] == early
        await change(catalogue, lambda one: one.activate("calendar", "office", 2))
        after = await catalogue.process_ref("Support")
        assert [(await definitions.calendars(ref))["office"] for ref in (before, after)] == [early, late]

    async def test_of_a_draft_and_a_later_version_counts_what_was_published_last(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        drafted, published = some_hours(windows="10:00-16:00"), some_hours(windows="11:00-15:00")
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.draft(drafted))
        await change(catalogue, lambda one: one.publish_calendar(published))
        first = await catalogue.process_ref("Support")
        await change(catalogue, lambda one: one.activate("calendar", "office", 1))
        assert (await definitions.calendars(first))["office"] == published
        assert (await definitions.calendars(await catalogue.process_ref("Support")))["office"] == drafted

    async def test_a_draft_that_was_given_up_counts_for_nobody(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.publish_calendar(some_hours()))
        await change(catalogue, lambda one: one.draft(some_hours(windows="10:00-16:00")))
        await change(catalogue, lambda one: one.retire("calendar", "office", 2))
        await change(catalogue, lambda one: one.draft(a_process(within="9h")))
        await change(catalogue, lambda one: one.retire("process", "Support", 2))
        ref = await catalogue.process_ref("Support")
        assert (await definitions.calendars(ref))["office"] == some_hours()
        with pytest.raises(UnknownProcess):
            await definitions.process(ProcessRef(process="Support", version=2, revision=9))

    async def test_what_an_earlier_release_published_keeps_its_cases_when_it_is_retired(
        self, catalogue: Catalogue, definitions: StoredDefinitions, database: Database
    ) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.publish_calendar(some_hours()))
        ref = await catalogue.process_ref("Support")
        async with database.transaction() as connection:
            for table in (process_versions, calendar_versions):
                await connection.execute(table.update().values(activated_at=None, created_by=None))
        await change(catalogue, lambda one: one.retire("process", "Support"))
        await change(catalogue, lambda one: one.retire("calendar", "office"))
        assert await definitions.process(ref) == a_process(within="1h")
        assert (await definitions.calendars(ref))["office"] == some_hours()

    async def test_the_countries_of_a_draft_become_dates_when_it_is_published(self, catalogue: Catalogue) -> None:
        german = some_hours(holidays=[{"country": "DE"}])
        await change(catalogue, lambda one: one.draft(german))
        await change(catalogue, lambda one: one.activate("calendar", "office", 1))
        stored = await catalogue.version("calendar", "office")
        assert stored.written() == german
        assert stored.calendar() == german.resolved(range(2025, 2032))
        again = await change(catalogue, lambda one: one.publish_calendar(german))
        assert again == Published(name="office", version=1, created=False)

    async def test_a_country_in_place_of_its_dates_is_a_change(self, catalogue: Catalogue) -> None:
        german = some_hours(holidays=[{"country": "DE"}])
        dates = german.resolved(range(2025, 2032))
        for hours, version in ((dates, 1), (german, 2), (german, 2)):
            async with catalogue.publishing(at=NOW) as publication:
                assert (await publication.publish_calendar(hours)).version == version

    async def test_dates_that_an_earlier_release_published_without_names_stay_until_the_calendar_is_applied_again(
        self, catalogue: Catalogue, definitions: StoredDefinitions, database: Database
    ) -> None:
        german = some_hours(holidays=[{"country": "DE"}])
        await change(catalogue, lambda one: one.publish_calendar(german))
        await publish(catalogue, "1h", business_hours="office")
        held = await catalogue.process_ref()
        named = german.resolved(range(2025, 2032))
        bare = some_hours(holidays=[rule.nameless() for rule in named.holidays])
        body = bare.model_dump(mode="json")
        assert body["holidays"][0] == "2025-01-01"
        async with database.transaction() as connection:
            await connection.execute(calendar_versions.update().values(body=body, digest=digest_of(bare)))
        published = await change(catalogue, lambda one: one.publish_calendar(german))
        assert (published.version, [one.what for one in published.changes]) == (2, ["changed"])
        assert published.changes[0].sentence.endswith("names change no open time")
        assert (await catalogue.version("calendar", "office")).calendar() == named
        assert (await definitions.calendars(held))["office"] == bare  # an open case is held to what it was
        again = await change(catalogue, lambda one: one.publish_calendar(german))
        assert again == Published(name="office", version=2, created=False)

    async def test_what_names_a_calendar_keeps_it(self, catalogue: Catalogue, database: Database) -> None:
        await change(catalogue, lambda one: one.publish_calendar(some_hours()))
        await publish(catalogue, "1h", business_hours="office")
        await publish(catalogue, "1h")
        ada = {"person": "ada", "name": "Ada", "timezone": "UTC", "on_duty": "office"}
        await change(catalogue, lambda one: one.publish_people(People.model_validate({"people": [ada]})))
        await promise(database, None, hours="office")
        with pytest.raises(StillNeeded) as refused:
            await change(catalogue, lambda one: one.retire("calendar", "office"))
        assert str(refused.value) == (
            "Business hours 'office' cannot be retired: it is named by the processes 'Support' (version 1); "
            "people are on duty in it: ada; it is promised by entitlements E-1. Let them name other business hours first."
        )

    async def test_a_retired_calendar_still_counts_for_cases_and_can_be_named_no_more(
        self, catalogue: Catalogue, definitions: StoredDefinitions
    ) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.publish_calendar(some_hours()))
        ref = await catalogue.process_ref("Support")
        await change(catalogue, lambda one: one.retire("calendar", "office"))
        assert (await definitions.calendars(ref))["office"] == some_hours()
        assert await catalogue.calendar_names() == []
        with pytest.raises(UnknownCalendar):
            await publish(catalogue, "2h", business_hours="office")

    async def test_a_published_version_is_not_retired_by_itself_and_a_draft_is(self, catalogue: Catalogue) -> None:
        await change(catalogue, lambda one: one.publish_calendar(some_hours()))
        await change(catalogue, lambda one: one.draft(some_hours(windows="10:00-16:00")))
        with pytest.raises(WrongStatus, match="cannot be retired by itself"):
            await change(catalogue, lambda one: one.retire("calendar", "office", 1))
        await change(catalogue, lambda one: one.retire("calendar", "office", 2))
        assert await statuses(catalogue, "office", "calendar") == {1: "active", 2: "retired"}


class TestTheAuditLog:
    async def test_every_change_has_a_line_and_what_changes_nothing_has_none(
        self, catalogue: Catalogue, database: Database
    ) -> None:
        for _ in range(2):
            await publish(catalogue, "1h")
            await change(catalogue, lambda one: one.publish_calendar(some_hours()))
        for _ in range(2):
            await change(catalogue, lambda one: one.draft(a_process(within="2h"), notes="Slower"))
        for _ in range(2):
            await change(catalogue, lambda one: one.activate("process", "Support", 2, default=False))
        for _ in range(2):
            await change(catalogue, lambda one: one.make_default("Support", 2))
        for _ in range(2):
            await change(catalogue, lambda one: one.retire("process", "Support"))
        async with database.reading() as connection:
            lines = (await connection.execute(select(audit_log).order_by(audit_log.c.number))).all()
        assert [(line.verb, line.subject) for line in lines] == [
            ("catalogue.apply", "process/Support 1"),
            ("catalogue.apply", "calendar/office 1"),
            ("catalogue.draft", "process/Support 2"),
            ("catalogue.activate", "process/Support 2"),
            ("catalogue.make_default", "process/Support 2"),
            ("catalogue.retire", "process/Support 1"),
            ("catalogue.retire", "process/Support 2"),
        ]
        assert {(line.who, line.door, line.request_id) for line in lines} == {("ada", "cli", "r-1")}
        assert lines[2].after["changes"] == ["Answer relaxed from 1h to 2h"]
        assert (lines[3].before["status"], lines[3].after["status"]) == ("draft", "active")

    async def test_a_change_of_people_is_told_entry_by_entry(self, catalogue: Catalogue, database: Database) -> None:
        for roles in (["agent"], ["agent", "lead"]):
            zoe = {"person": "zoe", "name": "Zoë", "timezone": "UTC", "roles": roles}
            people = People.model_validate({"people": [zoe], "queues": [{"queue": "tier-1"}]})
            async with catalogue.publishing(at=NOW, actor=ADA) as publication:
                counts = await publication.publish_people(people)
        assert counts.changes == ("person zoe: roles [agent] → [agent, lead]",)
        async with database.reading() as connection:
            lines = (await connection.execute(select(audit_log).order_by(audit_log.c.number))).all()
        assert [(line.subject, line.before is None) for line in lines] == [
            ("person/zoe", True), ("queue/tier-1", True), ("person/zoe", False),
        ]  # fmt: skip
        assert (lines[2].before["roles"], lines[2].after["roles"]) == (["agent"], ["agent", "lead"])

    async def test_a_change_that_is_refused_at_its_end_leaves_no_line(
        self, catalogue: Catalogue, database: Database
    ) -> None:
        with pytest.raises(UnknownCalendar):
            await publish(catalogue, "1h", business_hours="moon")
        async with database.reading() as connection:
            assert (await connection.execute(select(audit_log))).all() == []


class TestAtTheSameTime:
    async def test_of_those_who_retire_and_publish_at_once_each_finds_what_the_others_did(
        self, catalogue: Catalogue, another: Database
    ) -> None:
        await publish(catalogue, "1h")
        await change(catalogue, lambda one: one.draft(a_process(within="2h")))
        elsewhere = Catalogue(another)
        outcomes = await asyncio.gather(
            change(catalogue, lambda one: one.activate("process", "Support", 2)),
            change(elsewhere, lambda one: one.retire("process", "Support")),
            change(elsewhere, lambda one: one.make_default("Support", 1)),
            return_exceptions=True,
        )
        for outcome in outcomes:
            assert not isinstance(outcome, BaseException) or isinstance(outcome, WrongStatus)
        assert set((await statuses(catalogue)).values()) == {"retired"}

    async def test_one_of_two_who_saw_the_same_draft_publishes_it(self, catalogue: Catalogue, another: Database) -> None:
        await change(catalogue, lambda one: one.draft(a_process(within="2h")))
        seen = (await catalogue.version("process", "Support", 1)).etag
        outcomes = await asyncio.gather(
            change(catalogue, lambda one: one.activate("process", "Support", 1, if_match=seen)),
            change(Catalogue(another), lambda one: one.activate("process", "Support", 1, if_match=seen)),
            return_exceptions=True,
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StaleEtag", "StoredVersion"]


async def test_a_year_later_a_country_has_dates_of_one_year_more(catalogue: Catalogue) -> None:
    german = BusinessHours.model_validate(
        {"calendar": "office", "timezone": "UTC", "hours": "always", "holidays": [{"country": "DE"}]}
    )
    await change(catalogue, lambda one: one.publish_calendar(german))
    async with catalogue.publishing(at=datetime(2027, 3, 2, tzinfo=UTC)) as publication:
        published = await publication.publish_calendar(german)
    assert published.version == 2
    assert {"removed", "added"} == {one.what for one in published.changes}
