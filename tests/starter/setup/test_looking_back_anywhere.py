"""A record as it was, on each database: with late news, with a move to another version behind it, with an entitlement."""

from typing import Any

import pytest

from activities.situation import situation
from sla.events import Event
from sla.finding import Finding
from sla.messages import ProcessRef
from sla.process.model import Process
from starter.desk import Desk
from starter.views import CaseFile
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.records import Records
from tests.starter.setup.promised import an_installation
from tests.store.builders import a_process, an_event, at, opened
from tests.store.promises import with_examples


def desk(database: Database, now: str = "10:15") -> Desk:
    return an_installation(database, at(now)).desk


async def shown(database: Database, record: str = "C-1", **when: Any) -> CaseFile:
    """The record at a quarter past ten, as of then."""
    times: dict[str, Any] = {name: at(clock) for name, clock in when.items()}
    return await desk(database).show(record, **times)


async def publish(database: Database, process: Process) -> ProcessRef:
    catalogue = Catalogue(database)
    async with catalogue.publishing(at=at("08:00")) as publication:
        await publication.publish_process(process)
    return await catalogue.process_ref("Support")


async def told(database: Database, ref: ProcessRef, log: list[Event], *learned: str) -> None:
    """The store learns of each event when it is told, and the case decides."""
    for number, clock in enumerate(learned, 1):
        timeline = (await situation(StoredDefinitions(database), ref, log[:number], at(clock))).timeline
        await StoredCases(database).settle(Finding(ref=ref, log=log[:number], timeline=timeline))


async def is_the_same_as_of_now(database: Database, record: str = "C-1") -> None:
    now = await shown(database, record, at="10:15", known_at="10:15")
    assert now.model_copy(update={"as_of": None}) == await desk(database).show(record)


async def test_late_news_makes_what_was_true_and_what_was_known_differ(database: Database) -> None:
    late = an_event("completed", "09:58", learned="10:03", milestone="Answer")
    await told(database, await publish(database, a_process()), [opened(), late], "09:00", "10:03")
    statuses = [
        [one.status for one in (await shown(database, **when)).timeline.milestones]
        for when in ({"at": "10:01"}, {"known_at": "10:01"}, {"at": "10:01", "known_at": "10:02"}, {"known_at": "10:03"})
    ]
    assert statuses == [["met"], ["overdue"], ["overdue"], ["met"]]
    await is_the_same_as_of_now(database)


@pytest.fixture
async def moved(database: Database) -> Database:
    """A case of nine o'clock, to be answered within the hour; at half past nine it was moved: solved by noon will do."""
    first = await publish(database, a_process())
    second = await publish(database, Process.model_validate(SOLVING))
    log = [opened(), an_event("migrated", "09:30", version=second.version, revision=second.revision)]
    await told(database, first, log, "09:00", "09:30")
    return database


SOLVING = {"process": "Support", "milestones": [{"milestone": "Solve", "within": "3h"}]}


async def test_before_a_record_was_moved_it_followed_the_version_that_it_was_opened_under(moved: Database) -> None:
    found = {}
    for clock in ("09:20", "09:30"):
        then = await shown(moved, at=clock)
        found[clock] = (then.record.version, [(one.milestone, one.status) for one in then.timeline.milestones])
    assert found["09:20"] == (1, [("Answer", "running")])
    assert found["09:30"] == (2, [("Solve", "running"), ("Answer", "cancelled")])
    assert (await desk(moved).show("C-1", event=1)).record.version == 1
    assert (await desk(moved).show("C-1", event=2)).record.version == 2
    await is_the_same_as_of_now(moved)


async def test_what_would_have_been_due_without_the_move_is_told_by_what_was_known_before(moved: Database) -> None:
    then = await shown(moved, at="10:05", known_at="09:20")
    assert [(one.milestone, one.status) for one in then.timeline.milestones] == [("Answer", "overdue")]


async def test_a_record_with_an_entitlement_was_held_to_it_from_the_start(database: Database) -> None:
    installation = an_installation(await with_examples(database))
    await installation.desk.open(record="C-9", fields={"account": "helios", "contact": "lee"})
    log = await Records(database).log("C-9")
    await told(database, installation.refs[0], list(log), "10:15")
    now = await desk(database).show("C-9")
    for when in ({"at": "09:00"}, {"known_at": "09:30"}):
        then = await shown(database, "C-9", **when)
        assert then.entitlement == now.entitlement
        assert (then.record.entitlement, then.record.process) == ("helios-premium", "Premium Support SLA")
    await is_the_same_as_of_now(database, "C-9")
