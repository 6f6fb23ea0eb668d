"""Whom a name means, and what happens when nobody fits: asked beforehand, with the rules by which actions find people."""

from datetime import datetime
from typing import Any

import pytest

from sla.errors import InvalidAction, UnknownRecord
from sla.people import People
from store.catalogue import Catalogue
from store.engine import Database
from tests.starter.setup.promised import Installation, an_installation
from tests.store.builders import at
from tests.store.promises import with_examples

NIGHT = at("23:30")


@pytest.fixture
async def here(database: Database) -> Installation:
    return an_installation(await with_examples(database))


async def with_record(here: Installation, **fields: Any) -> None:
    await here.desk.open(record="C-1", process="Standard Support SLA", fields=fields)


async def reached(here: Installation, to: str, *, record: str | None = "C-1", now: datetime | None = None) -> Any:
    """Whom a mail, a task and a reassignment reach."""
    found = await here.desk.people.resolve(to, record=record, at=now)
    return found.email.reaches, found.task.reaches, found.reassign.reaches


# ---------------------------------------------------------------------- who there is


async def test_people_are_listed_with_who_is_on_duty_and_what_they_have_in_hand(here: Installation) -> None:
    await with_record(here, owner="ada")
    found = {one.person: one for one in await here.desk.people.people()}
    assert (found["ada"].on_duty_now, found["ada"].load, found["ada"].roles) == (True, 1, ("agent", "senior_agent"))
    assert (found["edda"].on_duty_now, found["grace"].on_duty_now) == (False, True)


async def test_roles_queues_accounts_and_contacts_are_listed(here: Installation) -> None:
    people = here.desk.people
    roles = {one.role: (one.people, one.on_duty_now) for one in await people.roles()}
    assert roles["senior_agent"] == (("ada", "carla", "edda"), ("ada",))
    assert next((one.queue, one.members) for one in await people.queues()) == ("service-desk", ("dev", "edda"))
    assert [(one.account, one.account_manager, one.tier) for one in await people.accounts()] == [
        ("helios", "hugo", "premium"),
        ("juniper", "hugo", None),
        ("larkspur", "iris", None),
    ]
    assert [one.contact for one in await people.contacts()] == ["kim", "moses", "nora"]
    assert [one.contact for one in await people.contacts(account="juniper")] == ["moses"]


# ---------------------------------------------------------------------- whom a name means


async def test_the_names_of_a_record_mean_whom_it_names(here: Installation) -> None:
    await with_record(here, owner="ben", contact="nora", account="larkspur", queue="service-desk")
    assert await reached(here, "owner") == (("ben",), ("ben",), ())
    assert await reached(here, "contact") == (("nora",), (), ())
    assert await reached(here, "account_manager") == (("iris",), ("iris",), ("iris",))
    assert await reached(here, "queue") == (("dev", "edda"), ("queue:service-desk",), ()), "mail goes to its members"


async def test_names_that_need_no_record(here: Installation) -> None:
    assert await reached(here, "grace", record=None) == (("grace",), ("grace",), ("grace",))
    assert await reached(here, "queue:tier-1", record=None) == (("tier-1",), ("queue:tier-1",), ("queue:tier-1",))
    assert await reached(here, "it@juniper.example", record=None) == (("it@juniper.example",), (), ())


async def test_of_a_role_somebody_on_duty_gets_the_record(here: Installation) -> None:
    found = await here.desk.people.resolve("role:senior_agent")
    assert found.reassign.reaches == ("ada",)
    assert [(one.id, one.on_duty_now) for one in found.people] == [("ada", True), ("carla", False), ("edda", False)]
    assert await reached(here, "role:senior_agent", record=None, now=NIGHT) == (
        ("ada", "carla", "edda"),
        ("role:senior_agent",),
        ("edda",),
    )


@pytest.mark.parametrize(("bare", "meant"), [("senior_agent", "role:senior_agent"), ("tier-1", "queue:tier-1")])
async def test_a_bare_name_that_is_no_persons_is_a_roles_or_else_a_queues(here: Installation, bare: str, meant: str) -> None:
    assert await reached(here, bare, record=None) == await reached(here, meant, record=None)
    people = [(await here.desk.people.resolve(name)).people for name in (bare, meant)]
    assert people[0] == people[1] != ()


async def test_a_bare_name_is_first_of_all_a_persons(here: Installation, database: Database) -> None:
    namesake = {"person": "senior_agent", "name": "Sen Agent", "timezone": "UTC", "email": "sen@helios.example"}
    async with Catalogue(database).publishing(at=NIGHT) as publication:
        await publication.publish_people(People.model_validate({"people": [namesake]}))
    assert await reached(here, "senior_agent", record=None) == (("senior_agent",),) * 3
    assert "ada" in (await reached(here, "role:senior_agent", record=None))[0]


async def test_round_robin_can_be_asked_for_too(here: Installation) -> None:
    found = await here.desk.people.resolve("role:agent", by="round_robin")
    assert found.reassign.reaches == ("ada",)


# ---------------------------------------------------------------------- nobody fits


async def test_if_nobody_of_a_role_is_on_duty_one_of_the_others_gets_it_and_that_is_said(
    here: Installation, database: Database
) -> None:
    two = [
        {"person": name, "name": name, "timezone": "Europe/London", "roles": ["clerk"], "on_duty": "london-desk"}
        for name in ("xan", "yve")
    ]
    async with Catalogue(database).publishing(at=NIGHT) as publication:
        await publication.publish_people(People.model_validate({"people": two}))
    found = await here.desk.people.resolve("role:clerk", at=NIGHT)
    assert found.reassign.reaches == ("xan",)
    assert found.reassign.note == "nobody of the role is on duty: one of the others is chosen all the same"
    assert found.email.problem == "there is nobody to mail behind role:clerk: xan, yve without an address"


@pytest.mark.parametrize(
    ("to", "mail", "task", "reassign"),
    [
        (
            "owner",
            "there is nobody to mail behind owner",
            "there is nobody to give a task to behind owner",
            "'owner' has the record already; name a person, role:… or queue:…",
        ),
        (
            "contact",
            "there is nobody to mail behind contact",
            "'contact' is the customer; name a person, a role or a queue of the directory",
            "'contact' is the customer; name a person, a role or a queue of the directory",
        ),
        (
            "account_manager",
            "there is nobody to mail behind account_manager",
            "there is nobody to give a task to behind account_manager",
            "the record's account has no manager",
        ),
        (
            "role:pilot",
            "there is nobody to mail behind role:pilot",
            "there is nobody to give a task to behind role:pilot",
            "nobody has the role 'pilot'",
        ),
        (
            "queue:tier-9",
            "there is nobody to mail behind queue:tier-9",
            "there is nobody to give a task to behind queue:tier-9",
            "the directory holds no queue 'tier-9'",
        ),
    ],
)
async def test_where_there_is_nobody_each_action_says_why(
    here: Installation, to: str, mail: str, task: str, reassign: str
) -> None:
    await with_record(here)
    found = await here.desk.people.resolve(to, record="C-1")
    assert (found.email.problem, found.task.problem, found.reassign.problem) == (mail, task, reassign)
    assert found.people == ()


@pytest.mark.parametrize("to", ["", " ", "team:x", "role: x", "@"])
async def test_what_can_name_nobody_is_refused(here: Installation, to: str) -> None:
    with pytest.raises(InvalidAction):
        await here.desk.people.resolve(to)


async def test_an_unknown_record_is_refused(here: Installation) -> None:
    with pytest.raises(UnknownRecord):
        await here.desk.people.resolve("owner", record="C-9")
