"""From the database through the Desk's dossier to the story: what was promised, what gave a record its process, and that all
of it is told as of one moment."""

from collections.abc import Sequence
from typing import Any

from runtime.settings import Settings
from sla.acting import Actor
from sla.dossier import Deed
from sla.events import Event
from sla.ledger_line import LedgerLine
from sla.process.model import Process
from starter.definitions import load
from starter.setup.context import Context
from starter.setup.evidence import EvidenceDesk
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.ledger import StoredLedger
from store.records import Records
from tests.starter.setup.promised import Begun, Installation, an_installation
from tests.store.builders import an_event, append, at, opened
from tests.store.promises import EXAMPLES, NOW, apply, with_examples


async def told(here: Installation, **opening: Any) -> list[str]:
    """What is told of how the record came here, without times, from the choice on."""
    await here.desk.open(record="C-1", **opening)
    story = await here.desk.evidence.story("C-1")
    said = [one.text.partition(": ")[2] for one in story.entry if one.at is not None]
    return said[1:3]


async def test_the_process_that_was_promised_is_told_with_the_entitlement_and_those_that_lost(database: Database) -> None:
    here = an_installation(await with_examples(database))
    about = {"account": "helios", "contact": "kim", "asset": "helios-inverter-7"}
    chosen, held = await told(here, fields=about)
    assert chosen.startswith(
        "the entitlement 'helios-hall-7' was chosen: the best of 2: it is for this asset and this contact. "
        "Not chosen: 'helios-premium': "
    )
    assert held.startswith(
        "it is held to version 1 of 'Premium Support SLA', the process that this entitlement promises, with the calendars of"
    )


async def test_a_process_that_was_named_is_not_told_as_promised(database: Database) -> None:
    here = an_installation(await with_examples(database))
    chosen, held = await told(here, process="Premium Support SLA", fields={"account": "larkspur"})
    assert chosen.startswith("the entitlement 'larkspur-ten' was chosen: ")
    assert held.startswith("it is held to version 1 of 'Premium Support SLA', the process that its opening named, with")


async def test_the_only_process_that_there_was_is_told_as_that(database: Database) -> None:
    found = load([EXAMPLES / "processes" / "standard-support.yaml", EXAMPLES / "calendars", EXAMPLES / "people.yaml"])
    async with Catalogue(database).publishing(at=NOW) as publication:
        for calendar in found.calendars:
            await publication.publish_calendar(calendar.value)
        await publication.publish_people(found.people[0].value)
        await publication.publish_process(found.processes[0].value)
    await apply(database, {"entitlements": [{"entitlement": "advice", "account": "larkspur"}]})
    chosen, held = await told(an_installation(database), fields={"account": "larkspur"})
    assert chosen == "the entitlement 'advice' was chosen: the only one: it is for the account."
    assert held.startswith("it is held to version 1 of 'Standard Support SLA', the only process that there was, since")


async def test_the_second_opening_does_not_change_what_gave_it_its_process(database: Database) -> None:
    here = an_installation(await with_examples(database))
    await here.desk.open(record="C-1", process="Premium Support SLA", fields={"account": "larkspur"})
    assert "the process that its opening named" in (await told(here, fields={"account": "larkspur"}))[1]


GOLD = Process.model_validate(
    {
        "process": "Gold",
        "milestones": [
            {"milestone": "Call", "within": "30m", "when": {"tier": "gold"}, "start": "criteria",
             "warnings": [{"at": "50%", "actions": [{"email": {"to": "owner", "template": "warning"}}]}]},
        ],
    }
)  # fmt: skip
WARNING = "C-1/Call#1/1/warning-1/1"


class Moving(Records):
    """Records of which the case goes on as soon as something of it was read: news, and what is done about it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._of = database
        self.went_on = False

    async def log(self, record: str) -> Sequence[Event]:
        found = await super().log(record)
        await self._goes_on(record)
        return found

    async def deeds(self, record: str) -> Sequence[Deed]:
        found = await super().deeds(record)
        await self._goes_on(record)
        return found

    async def _goes_on(self, record: str) -> None:
        if not self.went_on:
            self.went_on = True
            ref = (await self.get(record)).opened_under
            await append(StoredCases(self._of), record, ref, [an_event("changed", "08:20", set={"tier": "gold"})])
            done = LedgerLine(key=WARNING, outcome="performed", at=at("08:35"))
            await StoredLedger(self._of).write(record, "email", done)


async def test_of_a_case_that_goes_on_while_it_is_read_nothing_is_told_without_its_reason(database: Database) -> None:
    catalogue, records = Catalogue(database), Moving(database)
    async with catalogue.publishing(at=NOW) as publication:
        await publication.publish_process(GOLD)
    await append(StoredCases(database), "C-1", await catalogue.process_ref("Gold"), [opened("08:00")])
    context = Context(
        database=database, settings=Settings(), clock=lambda: NOW, actor=Actor(name="grace", door="cli"),
        cases=Begun(database), catalogue=catalogue, definitions=StoredDefinitions(database), records=records,
    )  # fmt: skip
    story = await EvidenceDesk(context).story("C-1")
    assert records.went_on
    assert [one.text for one in story.closing] == []
    assert [one.milestone for one in story.chapters] == ["Call"]
