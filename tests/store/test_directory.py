"""People: how a file comes into the directory, and what the directory answers."""

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from activities.ports import Directory, Tasks
from sla.directory import Person, Queue
from sla.documents import parse_documents, validate_document
from sla.errors import UnknownCalendar, UnknownPerson
from sla.ledger_line import LedgerLine
from sla.people import People
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.directory import StoredDirectory
from store.engine import Database
from store.ledger import StoredLedger
from store.people import Counts
from store.records import Records
from store.tasks import StoredTasks
from store.views import StoredTask
from tests.store.builders import REF, an_event, append, at, keep, opened, some_hours, the_timeline

EXAMPLE = Path(__file__).parents[2] / "examples" / "people.yaml"


def the_example() -> People:
    (document,) = parse_documents(EXAMPLE.read_text(encoding="utf-8"), EXAMPLE.name)
    return validate_document(People, document)


def a_person(name: str = "ada", **more: Any) -> dict[str, Any]:
    return {"person": name, "name": name.title(), "timezone": "Europe/London", **more}


async def apply(database: Database, file: People) -> Counts:
    async with Catalogue(database).publishing(at=at("09:00")) as publication:
        for name in ("london-desk", "new-york-desk", "night-desk"):
            await publication.publish_calendar(some_hours(name))
        return await publication.publish_people(file, "people.yaml")


@pytest.fixture
def directory(database: Database) -> StoredDirectory:
    return StoredDirectory(database)


class TestFile:
    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"people": [a_person(), a_person()]}, "people[1]: 'ada' is already people[0]; keep one"),
            ({"people": [a_person(email="ada at home")]}, "'ada at home' is not an e-mail address"),
            ({"people": [a_person(timezone="Europe/Londn")]}, "did you mean Europe/London?"),
            ({"people": [a_person(roles=["agent", "agent"])]}, "'agent' is listed twice"),
            ({"people": [a_person(phone="1")]}, "Extra inputs are not permitted"),
            ({"queues": [{"queue": "tier 1"}]}, "String should match pattern"),
        ],
    )
    def test_what_does_not_hold_together_is_refused(self, wrong: dict[str, Any], said: str) -> None:
        with pytest.raises(ValidationError, match=re.escape(said)):
            People.model_validate(wrong)

    def test_an_address_within_the_company_will_do(self) -> None:
        person = People.model_validate({"people": [a_person(email="ada@intranet")]}).people[0]
        assert person.email == "ada@intranet"


class TestApply:
    async def test_the_example_is_applied_once_and_then_known(self, database: Database) -> None:
        assert await apply(database, the_example()) == Counts(created=17)
        assert await apply(database, the_example()) == Counts(unchanged=17)

    async def test_a_change_of_a_role_is_a_change_of_the_person(
        self, database: Database, directory: StoredDirectory
    ) -> None:
        await apply(database, People.model_validate({"people": [a_person(roles=["agent", "senior"]), a_person("ben")]}))
        changed = People.model_validate({"people": [a_person(roles=["agent"]), a_person("ben")]})
        assert await apply(database, changed) == Counts(changed=1, unchanged=1)
        assert await directory.in_role("senior") == []
        assert [person.id for person in await directory.in_role("agent")] == ["ada"]

    async def test_what_a_file_does_not_mention_stays_and_can_be_referred_to(
        self, database: Database, directory: StoredDirectory
    ) -> None:
        await apply(database, People.model_validate({"people": [a_person()], "queues": [{"queue": "tier-1"}]}))
        await apply(database, People.model_validate({"people": [a_person("ben", manager="ada", queues=["tier-1"])]}))
        assert await directory.queue("tier-1") == Queue(id="tier-1", email=None, members=("ben",))
        assert await directory.person("ada") is not None

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"people": [a_person(manager="zoe")]}, "people.yaml: people[0].manager names the person 'zoe'"),
            ({"people": [a_person(queues=["tier-9"])]}, "people.yaml: people[0].queues[0] names the queue 'tier-9'"),
            (
                {"contacts": [{"contact": "kim", "name": "Kim", "timezone": "UTC", "account": "x"}]},
                "people.yaml: contacts[0].account names the account 'x'",
            ),
        ],
    )
    async def test_a_reference_to_nobody_is_refused(self, database: Database, wrong: dict[str, Any], said: str) -> None:
        with pytest.raises(UnknownPerson, match=re.escape(said)):
            await apply(database, People.model_validate(wrong))

    async def test_duty_hours_that_nobody_published_are_refused(self, database: Database) -> None:
        with pytest.raises(UnknownCalendar, match=r"people\[0\]\.on_duty names the business hours 'moon'"):
            await apply(database, People.model_validate({"people": [a_person(on_duty="moon")]}))


class TestDirectory:
    async def test_unknown_names_give_nothing(self, directory: StoredDirectory) -> None:
        port: Directory = directory
        assert [await port.person("x"), await port.contact("x"), await port.queue("x")] == [None, None, None]
        assert [await port.account_manager("x"), await port.last_chosen("x"), await port.in_role("x")] == [None, None, []]
        assert await port.load(["x"]) == {"x": 0}
        assert await port.load([]) == {}

    async def test_people_are_as_the_file_says(self, database: Database, directory: StoredDirectory) -> None:
        await apply(database, the_example())
        assert await directory.person("ada") == Person(
            id="ada",
            name="Ada Whitlock",
            email="ada@support.example",
            timezone="Europe/London",
            on_duty="london-desk",
            manager="grace",
        )
        assert await directory.contact("kim") == Person(
            id="kim", name="Kim Park", email="kim@helios.example", timezone="Europe/Berlin", kind="contact"
        )
        assert [person.id for person in await directory.in_role("senior_agent")] == ["ada", "carla", "edda"]
        service_desk = await directory.queue("service-desk")
        assert service_desk == Queue(id="service-desk", email=None, members=("dev", "edda"))
        manager = await directory.account_manager("larkspur")
        assert manager is not None
        assert manager.id == "iris"

    async def test_load_counts_the_open_records_that_somebody_owns(
        self, database: Database, directory: StoredDirectory
    ) -> None:
        cases = StoredCases(database)
        for record, owner in (("C-1", "ada"), ("C-2", "ada"), ("C-3", "ben"), ("C-4", "ada")):
            await append(cases, record, REF, [opened(record=record, owner=owner)])
        closed = [opened(record="C-4", owner="ada"), an_event("closed", "09:10", record="C-4")]
        await keep(cases, the_timeline(closed, "09:10"))
        assert await directory.load(["ada", "ben", "carla"]) == {"ada": 2, "ben": 1, "carla": 0}

    async def test_of_choices_in_one_second_the_last_written_was_the_last(
        self, database: Database, directory: StoredDirectory
    ) -> None:
        ledger = StoredLedger(database)
        for key, role, chosen, clock in (
            ("k9", "senior", "ada", "09:00"),
            ("k1", "senior", "ben", "09:00"),
            ("k5", "junior", "dev", "09:30"),
            ("k0", "senior", "zoe", "08:00"),
        ):
            line = LedgerLine(key=key, outcome="performed", at=at(clock), detail={"role": role, "chosen": chosen})
            await ledger.write("C-1", "reassign", line)
        assert await directory.last_chosen("senior") == "ben"
        assert await directory.last_chosen("junior") == "dev"


async def test_a_task_is_opened_once_for_each_key(database: Database) -> None:
    tasks: Tasks = StoredTasks(database)
    for subject in ("Call Helios", "Call again"):
        await tasks.open(key="k1", record="C-1", to=["ada"], subject=subject, due_at=at("12:00"), at=at("09:00"))
    await tasks.open(key="k2", record="C-1", to=[], subject="Write", due_at=None, at=at("08:00"))
    assert await Records(database).tasks("C-1") == [
        StoredTask(key="k2", record="C-1", to=(), subject="Write", due_at=None, opened_at=at("08:00")),
        StoredTask(key="k1", record="C-1", to=("ada",), subject="Call Helios", due_at=at("12:00"), opened_at=at("09:00")),
    ]
