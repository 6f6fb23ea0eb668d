"""The catalogue as a whole at the Desk: audited, put side by side, consolidated. No server of Temporal is needed."""

from datetime import timedelta
from typing import Any

import pytest

from runtime.settings import Settings
from sla.documents import parse_documents
from sla.errors import ServiceUnavailable, UnknownProcess
from sla.finding import Finding
from sla.messages import ProcessRef
from sla.process.model import Process
from sla.setup_errors import CannotConsolidate, InvalidQuery, NotDefined, OtherKindOfRecord
from sla.yamlwriting import write_document
from starter.definitions import Definitions, assemble
from starter.desk import Desk, open_desk
from starter.setup.views.governance import AuditQuery
from store.cases import StoredCases
from store.engine import Database
from tests.starter.setup.conftest import ADA, NOW, nowhere
from tests.store.builders import opened, the_timeline

MAIL = {"email": {"to": "role:lead", "template": "violation"}, "description": "The lead hears of it."}
PEOPLE = {
    "people": [{"person": "ada", "name": "Ada", "email": "ada@desk.example", "timezone": "UTC", "roles": ["lead"]}],
    "accounts": [{"account": "helios", "name": "Helios", "timezone": "UTC", "account_manager": "ada"}],
}


def a_process(name: str, within: str = "1h", **changes: Any) -> dict[str, Any]:
    line = {"milestone": "Answer", "description": "x", "within": within, "violations": [{"actions": [MAIL]}]}
    return {"process": name, "description": "x", "milestones": [line], **changes}


def promising(**processes: str) -> dict[str, Any]:
    """Entitlements of Helios, each by its own channel."""
    return {
        "entitlements": [
            {"entitlement": name, "account": "helios", "channels": [name.lower()], "process": process}
            for name, process in processes.items()
        ]
    }


def of(*documents: dict[str, Any]) -> Definitions:
    return assemble(parse_documents("---\n".join(map(write_document, documents)), "d.yaml"))


async def two_of_a_kind(desk: Desk) -> None:
    """Gold and Silver promise the same; Bronze something else. Each has a customer, one of Silver's by a template."""
    templates = {"entitlement_templates": [{"template": "usual", "process": "Silver"}]}
    by_template = {"entitlements": [{"entitlement": "E4", "account": "helios", "template": "usual", "channels": ["e4"]}]}
    processes = a_process("Gold"), a_process("Silver", "60m"), a_process("Bronze", "8h")
    await desk.catalogue.apply(of(PEOPLE, *processes))
    await desk.catalogue.apply(of(templates, promising(E1="Gold", E2="Silver", E3="Bronze")))
    await desk.catalogue.apply(of(by_template))


async def found(desk: Desk, **asked: Any) -> list[tuple[str, str]]:
    return [(one.code, one.subject) for one in await desk.governance.audit(AuditQuery(**asked))]


async def promised(desk: Desk) -> dict[str, str | None]:
    return {one.entitlement: one.process for one in await desk.entitlements.list()}


async def in_force(desk: Desk) -> list[str]:
    return [one.name for one in await desk.catalogue.processes() if one.status == "active"]


async def a_case(desk: Desk, url: str, record: str, process: str) -> None:
    """An open record of a process, as its log makes it."""
    database = Database(url)
    ref = ProcessRef(process=process, version=1, revision=1)
    log = [opened("08:00", record)]
    law = (await desk.catalogue.process(process)).definition
    timeline = the_timeline(log, "08:30", Process.model_validate(law))
    await StoredCases(database).settle(Finding(ref=ref, log=log, timeline=timeline))
    await database.dispose()


# ---------------------------------------------------------------------- audit


async def test_an_empty_catalogue_is_in_good_order(desk: Desk) -> None:
    assert await found(desk) == []


async def test_the_audit_reads_processes_people_entitlements_and_calendars(desk: Desk) -> None:
    await two_of_a_kind(desk)
    hours = {"calendar": "office", "timezone": "UTC", "hours": "always", "holidays": ["2026-03-20"]}
    await desk.catalogue.apply(of(hours, a_process("Copper", "3h")))
    assert await found(desk) == [
        ("holidays_run_out", "calendar/office"),
        ("same_timeline", "process/Gold"),
        ("promises_differ_by_scope", "account/helios"),
        ("promises_differ_by_scope", "account/helios"),
        ("without_entitlements", "process/Copper"),
    ]
    assert len(await found(desk, severity="warning")) == 2


async def test_somebody_who_left_a_role_is_missed(desk: Desk) -> None:
    await desk.catalogue.apply(of(PEOPLE, a_process("Gold"), promising(E1="Gold")))
    nobody = {"people": [{"person": "ada", "name": "Ada", "timezone": "UTC", "roles": []}]}
    await desk.catalogue.apply(of(nobody))
    assert await found(desk) == [("nobody_receives", "process/Gold: Answer")]


async def test_the_latest_case_of_a_process_counts(desk: Desk, url: str) -> None:
    await desk.catalogue.apply(of(PEOPLE, a_process("Gold"), promising(E1="Gold")))
    async with open_desk(Settings(database_url=url), nowhere, lambda: NOW + timedelta(days=120), ADA) as later:
        assert await found(later) == [("without_cases", "process/Gold")]
        assert await found(later, idle_days=150) == []
        await a_case(desk, url, "C-1", "Gold")
        [told] = await later.governance.audit()
        assert "the latest was opened on 2026-03-02" in told.sentence


# ---------------------------------------------------------------------- side by side


async def test_processes_side_by_side(desk: Desk) -> None:
    await two_of_a_kind(desk)
    compared = await desk.governance.compare(["Gold", "Bronze", "Gold"])
    assert (compared.processes, compared.versions) == (("Gold", "Bronze"), (1, 1))
    assert [row.values for row in compared.rows if row.differs] == [("1h", "8h")]
    with pytest.raises(InvalidQuery, match="two processes or more"):
        await desk.governance.compare(["Gold", "Gold"])
    with pytest.raises(UnknownProcess):
        await desk.governance.compare(["Gold", "Tin"])


# ---------------------------------------------------------------------- consolidation


async def test_a_preview_says_what_would_come_of_it_and_keeps_nothing(desk: Desk) -> None:
    await two_of_a_kind(desk)
    before = await desk.catalogue.export()
    lines = (await desk.audit_log.lines()).lines
    foreseen = await desk.governance.consolidate("Gold", ["Silver", "Bronze"], dry_run=True)
    assert [(one.kind, one.name, one.process) for one in foreseen.entitlements] == [
        ("template", "usual", "Silver"), ("entitlement", "E2", "Silver"), ("entitlement", "E3", "Bronze"),
        ("entitlement", "E4", "Silver"),
    ]  # fmt: skip
    assert [(one.process, one.retired, one.differences) for one in foreseen.sources] == [
        ("Silver", (1,), ()), ("Bronze", (1,), ("Answer tightened from 8h to 1h",)),
    ]  # fmt: skip
    assert await desk.catalogue.export() == before
    assert (await desk.audit_log.lines()).lines == lines


async def test_one_takes_over_the_entitlements_of_the_others_which_are_retired(desk: Desk) -> None:
    await two_of_a_kind(desk)
    done = await desk.governance.consolidate("Gold", ["Silver"])
    assert not done.dry_run
    assert await promised(desk) == {"E1": "Gold", "E2": "Gold", "E3": "Bronze", "E4": "Gold"}
    assert await in_force(desk) == ["Bronze", "Gold"]
    told = [(one.verb, one.subject, one.who) for one in (await desk.audit_log.lines(limit=6)).lines]
    assert told == [
        ("governance.consolidate", "process/Gold 1", "ada"),
        ("catalogue.retire", "process/Silver 1", "ada"),
        ("governance.consolidate", "entitlement/E4", "ada"),
        ("governance.consolidate", "entitlement/E2", "ada"),
        ("governance.consolidate", "entitlement_template/usual", "ada"),
        ("catalogue.apply", "entitlement/E4", "ada"),
    ]
    assert (await desk.audit_log.verify()).sound
    assert await found(desk) == [("promises_differ_by_scope", "account/helios")]


async def test_done_again_it_changes_nothing(desk: Desk) -> None:
    await two_of_a_kind(desk)
    assert (await desk.governance.consolidate("Gold", ["Silver"])).changes
    lines = (await desk.audit_log.lines()).lines
    again = await desk.governance.consolidate("Gold", ["Silver", "Silver"])
    assert not again.changes
    assert (await desk.audit_log.lines()).lines == lines


async def test_what_is_exported_afterwards_says_so_and_can_be_applied(desk: Desk) -> None:
    await two_of_a_kind(desk)
    await desk.governance.consolidate("Gold", ["Silver"])
    texts = await desk.catalogue.export()
    definitions = assemble(document for path, text in texts.items() for document in parse_documents(text, path))
    report = await desk.catalogue.apply(definitions)
    assert {line.outcome for line in report.lines} == {"unchanged"}
    with pytest.raises(NotDefined):  # an old file, which names what is retired
        await desk.catalogue.apply(of(promising(E2="Silver")))


@pytest.mark.parametrize(
    ("keep", "sources", "refusal", "reason"),
    [
        ("Gold", [], CannotConsolidate, "there is none"),
        ("Gold", ["Silver", "Gold"], CannotConsolidate, "it is one of them"),
        ("Tin", ["Silver"], UnknownProcess, "Tin"),
        ("Gold", ["Silver", "Tin"], UnknownProcess, "Tin"),
        ("Old", ["Silver"], CannotConsolidate, "no version of it is in force"),
        ("Repair", ["Silver"], OtherKindOfRecord, "work_order"),
    ],
)
async def test_what_would_strand_somebody_is_refused_and_nothing_changes(
    desk: Desk, keep: str, sources: list[str], refusal: type[Exception], reason: str
) -> None:
    await two_of_a_kind(desk)
    await desk.catalogue.apply(of(a_process("Old"), a_process("Repair", applies_to="work_order")))
    await desk.catalogue.retire("Old")
    before = await desk.catalogue.export()
    with pytest.raises(refusal, match=reason):
        await desk.governance.consolidate(keep, sources)
    assert await desk.catalogue.export() == before


async def test_open_records_stay_on_their_version_unless_they_are_to_move(desk: Desk, url: str) -> None:
    await two_of_a_kind(desk)
    await a_case(desk, url, "C-1", "Bronze")
    stays = await desk.governance.consolidate("Gold", ["Bronze"], dry_run=True)
    assert (stays.sources[0].open_records, stays.sources[0].preview) == (1, None)
    moves = await desk.governance.consolidate("Gold", ["Silver", "Bronze"], move_records=True, dry_run=True)
    assert [one.preview and one.preview.total for one in moves.sources] == [None, 1]
    assert moves.sources[1].preview is not None
    assert moves.sources[1].preview.records[0].record == "C-1"


async def test_without_a_server_that_could_move_records_nothing_is_begun(desk: Desk, url: str) -> None:
    await two_of_a_kind(desk)
    await a_case(desk, url, "C-1", "Bronze")
    with pytest.raises(ServiceUnavailable):
        await desk.governance.consolidate("Gold", ["Bronze"], move_records=True)
    assert await in_force(desk) == ["Bronze", "Gold", "Silver"]
