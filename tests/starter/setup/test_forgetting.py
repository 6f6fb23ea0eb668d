"""`milepost forget`: names and addresses are nowhere afterwards; figures and verdicts are what they were. Both databases."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from activities.situation import situation
from runtime.settings import Settings
from sla.archive_run import Run
from sla.erasure import verdicts
from sla.events import Event
from sla.evidence_errors import DamagedHistory, InvalidErasure, RestsOnAName, UnknownContact
from sla.finding import Finding
from sla.histories import JsonObject, canonical, digest_of
from sla.ledger_line import LedgerLine
from sla.messages import ProcessRef
from sla.people import People
from sla.process.model import Process
from starter.desk import Desk, open_desk
from starter.setup.views.erasure import ErasureView
from store import erasing
from store.archive import StoredArchive, unpacked
from store.archive_tables import archived_runs
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.erasure_tables import erased_records, erasures
from store.ledger import StoredLedger
from store.setup_tables import audit_log, entitlement_choices, idempotent_answers
from store.tables import contacts, event_log, occurrences, tasks
from tests.postgres import PostgresServer
from tests.starter.setup.conftest import ADA, nowhere
from tests.store.builders import an_event, at, opened, packed, publish

NAME, ADDRESS, EARLIER = "Jo Grey", "jo.grey@helios.example", "Josephine Black"
WORDS = ("jo grey", "grey, jo", "jo.grey", "josephine", "black@old.example")
"""What nobody may find afterwards, in lower case."""
WARNING, VIOLATION = "C-1/Answer#1/1/warning-1/1", "C-1/Answer#1/1/violation-1/1"
NOW = at("11:00")


def people(name: str, email: str) -> People:
    return People.model_validate(
        {
            "accounts": [{"account": "helios", "name": "Helios", "timezone": "UTC"}],
            "contacts": [
                {"contact": "c-17", "name": name, "email": email, "account": "helios", "timezone": "UTC"},
                {"contact": "c-18", "name": "Max Brown", "email": "max@helios.example", "timezone": "UTC"},
            ],
        }
    )


def a_process(**line: Any) -> Process:
    mail = {"email": {"to": ["owner", "contact"], "template": "warning", "subject": "About {{ fields.caller }}"}}
    answer = {
        "milestone": "Answer",
        "within": "1h",
        "warnings": [{"at": "50%", "actions": [mail]}],
        "violations": [{"after": "0s", "actions": [{"update": {"set": {"note": "late"}}}]}],
        **line,
    }
    return Process.model_validate({"process": "Support", "milestones": [answer]})


CARBON_COPY: Any = {NAME: {"cc": [ADDRESS]}}
"""A key may be a name, too."""
LOG = [
    opened(contact="c-17", caller=NAME, mail=ADDRESS, tags=["vip", f"of {NAME}"], owner="ada", subject=f"{NAME} is out"),
    an_event("noted", "09:20", kind="customer.replied", text=f"Dear Ada,\n\nplease call.\n\n{NAME}", **CARBON_COPY),
    an_event("stopped", "09:30", reason=f"waiting for Grey, Jo <{ADDRESS}>"),
    an_event("resumed", "09:50", reason="JO GREY called back"),
]
OTHERS = [opened(record="C-2", contact="c-18", caller="Max Brown", text="as Jo Hardgrey said")]


@dataclass
class World:
    """An installation where Jo Grey is told of everywhere."""

    desk: Desk
    database: Database
    url: str
    postgres: PostgresServer | None

    async def decided(self, log: list[Event], clock: str, run: str | None = None, ref: ProcessRef | None = None) -> None:
        """A case decided on its log, as its workflow does."""
        ref = ref or REF
        timeline = (await situation(StoredDefinitions(self.database), ref, log, at(clock))).timeline
        await StoredCases(self.database).settle(Finding(ref=ref, log=log, timeline=timeline, run=run))

    async def published(self, process: Process) -> ProcessRef:
        """The next version of the process: what a record is held to that is opened from now on."""
        await publish(self.database, process)
        return await Catalogue(self.database).process_ref(process.process)

    async def outcome(self, record: str) -> JsonObject:
        return verdicts((await self.desk.evidence.dossier(record)).timeline())

    def everything(self, directory: Path) -> str:
        """All that the database holds, as one text in lower case: its files' bytes, or what pg_dump says."""
        if self.postgres is None:
            found = b"".join(file.read_bytes() for file in sorted(directory.glob("milepost.db*")))
        else:
            name = self.url.split("@/")[1].partition("?")[0]
            dump = [str(self.postgres.programs / "pg_dump"), "-h", str(self.postgres.directory), "-U", "postgres", name]
            found = subprocess.run(dump, check=True, capture_output=True).stdout
        return found.decode("utf-8", "replace").lower()

    async def archived(self) -> str:
        """All histories in the archive, inflated, as one text in lower case."""
        runs = [
            await StoredArchive(self.database).history(record, run) for record, run in (("C-1", "run-1"), ("C-1", "run-2"))
        ]
        return canonical(runs).lower()


REF = ProcessRef(process="Support", version=1, revision=1)


@pytest.fixture
async def world(url: str, database: Database, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """Eleven o'clock: two cases, one of them of Jo Grey, who once had another name, and is named wherever it is possible."""
    catalogue = Catalogue(database)
    async with catalogue.publishing(at=at("08:00")) as publication:
        await publication.publish_process(a_process())
    async with catalogue.publishing(at=at("08:10")) as publication:
        await publication.publish_people(people(EARLIER, "j.black@old.example"))
    async with catalogue.publishing(at=at("08:20")) as publication:
        await publication.publish_people(people(NAME, ADDRESS))
    postgres = None if database.is_sqlite else request.getfixturevalue("postgres")
    async with open_desk(Settings(database_url=url), nowhere, lambda: NOW, ADA) as desk:
        made = World(desk, database, url, postgres)
        await made.decided(LOG, "10:45")
        await made.decided(OTHERS, "10:45")
        await _told_elsewhere(database)
        await _archived(database, "run-1")
        yield made


async def _told_elsewhere(database: Database) -> None:
    ledger = StoredLedger(database)
    detail = {"to": [ADDRESS], "message_id": "<1@x>", "said": {"dear": NAME}}
    await ledger.write("C-1", "email", LedgerLine(key=WARNING, outcome="performed", at=at("09:35"), detail=detail))
    await ledger.attempt("C-1", "email", f"{WARNING}/to/x", f"550 <{ADDRESS}>: no such user", at=at("09:34"))
    rows: list[tuple[Any, dict[str, Any]]] = [
        (tasks, {"key": VIOLATION, "record": "C-1", "to": [ADDRESS], "subject": f"Call {NAME}", "opened_at": at("10:00")}),
        (
            entitlement_choices,
            {
                "record": "C-1",
                "at": at("09:00"),
                "chosen": None,
                "why": f"{NAME} asked",
                "rejected": [{"entitlement": "Gold", "reason": f"not for {NAME}"}],
            },
        ),
        (
            idempotent_answers,
            {"who": "helpdesk", "key": "k", "request": "d", "status": 200, "body": f'{{"by": "{NAME}"}}', "at": NOW},
        ),
    ]
    async with database.transaction() as connection:
        for table, row in rows:
            await connection.execute(insert(table).values(row))
        await connection.execute(update(occurrences).values(reason=f"as {NAME} wished"))


def _history(run: str) -> JsonObject:
    told = [event.model_dump(mode="json") for event in LOG]
    payload = {"as": {"encoding": "json/plain"}, "text": canonical({"record": "C-1", "log": told})}
    return {"events": [{"eventId": "1", "run": run, "input": payload}, {"eventId": "2", "failure": f"550 {ADDRESS}"}]}


async def _archived(
    database: Database, run: str, record: str = "C-1", archived_at: datetime = NOW, history: JsonObject | None = None
) -> None:
    whole = packed(run, history or _history(run), closed_at=at("10:30"), archived_at=archived_at)
    await StoredArchive(database).store(Run(record=record, run_id=run), whole, at=archived_at)


OF_C_1 = select(event_log.c.body).where(event_log.c.record == "C-1").order_by(event_log.c.sequence)


# ---------------------------------------------------------------------- nowhere


async def test_nobody_finds_the_name_or_the_address_anywhere(world: World, tmp_path: Path) -> None:
    before = world.everything(tmp_path) + await world.archived()
    assert all(word in before for word in WORDS), "it was planted"
    await world.desk.erasure.forget(contact="c-17")
    after = world.everything(tmp_path) + await world.archived()
    assert [word for word in WORDS if word in after] == []
    assert "max brown" in after
    assert "jo hardgrey" in after


async def test_it_says_where_it_was(world: World) -> None:
    found = await world.desk.erasure.forget(contact="c-17")
    assert found.places == {
        "archived_runs": 1, "audit_log": 2, "contacts": 1, "effect_attempts": 1, "effect_ledger": 1,
        "entitlement_choices": 1, "event_log": 4, "idempotent_answers": 1, "occurrences": 2, "records": 1, "tasks": 1,
    }  # fmt: skip
    assert (found.erasure, found.dry_run, found.records, found.open_records) == (1, False, 2, 2)


async def test_figures_and_verdicts_are_what_they_were(world: World) -> None:
    before = [await world.outcome(record) for record in ("C-1", "C-2")]
    assert before[0]["status"] == "violated_open"
    await world.desk.erasure.forget(contact="c-17")
    assert [await world.outcome(record) for record in ("C-1", "C-2")] == before


async def test_the_case_is_still_told_and_the_contact_is_a_pseudonym(world: World) -> None:
    await world.desk.erasure.forget(contact="c-17")
    log = (await world.desk.evidence.dossier("C-1")).log
    assert log[0].model_dump()["fields"] == {
        "type": "case", "contact": "c-17", "caller": "[erased]", "mail": "[erased]", "tags": ["vip", "of [erased]"],
        "owner": "ada", "subject": "[erased] is out",
    }  # fmt: skip
    assert log[2].model_dump()["reason"] == "waiting for [erased] <[erased]>"
    async with world.database.reading() as connection:
        row = (await connection.execute(select(contacts).where(contacts.c.id == "c-17"))).mappings().one()
    assert dict(row) == {"id": "c-17", "name": "[erased]", "email": None, "timezone": "UTC", "account": "helios"}


async def test_what_it_was_before_and_is_now_is_proved_by_digests(world: World) -> None:
    async with world.database.reading() as connection:
        bodies = list(await connection.scalars(OF_C_1))
    await world.desk.erasure.forget(contact="c-17")
    async with world.database.reading() as connection:
        proof = (await connection.execute(select(erased_records).where(erased_records.c.record == "C-1"))).mappings().one()
        after = list(await connection.scalars(OF_C_1))
        noted = (await connection.execute(select(erasures))).mappings().one()
    assert (proof["log_before"], proof["log_after"]) == (digest_of(bodies), digest_of(after))
    assert proof["outcome"] == digest_of(await world.outcome("C-1"))
    assert (noted["number"], noted["at"], noted["by"], noted["contact"]) == (1, NOW, "ada", "c-17")
    [run] = await StoredArchive(world.database).kept("C-1")
    history = await StoredArchive(world.database).history("C-1", "run-1")
    assert (run.original_digest, run.digest, run.redacted_at) == (digest_of(_history("run-1")), digest_of(history), NOW)


# ---------------------------------------------------------------------- the audit log


async def test_the_chain_of_the_audit_log_holds_and_its_line_names_nobody(world: World) -> None:
    head = (await world.desk.audit_log.verify()).head
    await world.desk.erasure.forget(contact="c-17")
    verdict = await world.desk.audit_log.verify(head)
    assert (verdict.sound, verdict.redacted) == (True, 2)
    [line] = (await world.desk.audit_log.lines(verb="erasure.forget")).lines
    assert (line.subject, line.who, line.before) == ("erasure/1", "ada", None)
    assert "c-17" not in str(line.after)


@pytest.mark.parametrize("number", [2, 3])
async def test_a_redacted_line_that_somebody_alters_is_found_all_the_same(world: World, number: int) -> None:
    await world.desk.erasure.forget(contact="c-17")
    off, on = (
        ("DROP TRIGGER audit_log_no_update", "")
        if world.database.is_sqlite
        else (f"ALTER TABLE audit_log {what} TRIGGER audit_log_keeps_row" for what in ("DISABLE", "ENABLE"))
    )
    async with world.database.transaction() as connection:
        from sqlalchemy import text

        await connection.execute(text(off))
        await connection.execute(update(audit_log).where(audit_log.c.number == number).values(after={"name": "Somebody"}))
        if on:
            await connection.execute(text(on))
    verdict = await world.desk.audit_log.verify()
    assert [(one.number, one.problem) for one in verdict.breaks] == [
        (number, "was altered: what it says does not fit its hash")
    ]


async def test_the_database_goes_on_refusing_to_change_lines(world: World) -> None:
    await world.desk.erasure.forget(contact="c-17")
    with pytest.raises(Exception, match="audit_log is only added to"):
        async with world.database.transaction() as connection:
            await connection.execute(update(audit_log).values(who="eve"))


async def test_who_does_not_own_the_audit_log_is_told_so_and_nothing_is_changed(world: World) -> None:
    if world.postgres is None:
        pytest.skip("a file has no owner among its users")
    name = world.url.split("@/")[1].partition("?")[0]
    made = f"CREATE ROLE {name} LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}"
    world.postgres.sql(f"{made}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}", name)
    url = world.url.replace("postgres@/", f"{name}@/")
    async with open_desk(Settings(database_url=url), nowhere, lambda: NOW, ADA) as other:
        with pytest.raises(InvalidErasure, match="only the database user who owns its table"):
            await other.erasure.forget(contact="c-17")
        assert (await other.evidence.dossier("C-1")).log[0].model_dump()["fields"]["caller"] == NAME


# ---------------------------------------------------------------------- all of it or nothing


async def test_a_rehearsal_says_the_same_and_changes_nothing(world: World, tmp_path: Path) -> None:
    before = await world.desk.show("C-1"), await world.archived(), (await world.desk.audit_log.verify()).head
    rehearsed = await world.desk.erasure.forget(contact="c-17", dry_run=True)
    assert (await world.desk.show("C-1"), await world.archived(), (await world.desk.audit_log.verify()).head) == before
    done = await world.desk.erasure.forget(contact="c-17")
    assert (rehearsed.places, rehearsed.records, rehearsed.stays) == (done.places, done.records, done.stays)
    assert (rehearsed.erasure, rehearsed.dry_run) == (None, True)


@pytest.mark.parametrize("dry_run", [True, False])
async def test_if_an_outcome_rests_on_the_name_nothing_is_changed_and_the_condition_is_named(
    world: World, tmp_path: Path, *, dry_run: bool
) -> None:
    ref = await world.published(a_process(when={"caller": NAME}))
    log = [opened(record="C-3", caller=NAME, priority="P1")]
    await world.decided(log, "10:45", ref=ref)
    before = await world.desk.show("C-1"), await world.archived()
    with pytest.raises(RestsOnAName) as refused:
        await world.desk.erasure.forget(contact="c-17", dry_run=dry_run)
    assert refused.value.facts["record"] == "C-3"
    assert "the `when` of milestone 'Answer', which looks at 'caller'" in str(refused.value)
    assert NAME not in str(refused.value)
    assert (await world.desk.show("C-1"), await world.archived()) == before
    async with world.database.reading() as connection:
        assert (await connection.execute(select(erasures))).all() == []


BY_NAME = {"all": [{"caller": NAME}, {"state": "done"}]}


async def test_what_could_part_a_running_case_from_its_log_in_time_is_refused_and_a_closed_one_is_not(world: World) -> None:
    ref = await world.published(Process.model_validate({**a_process().model_dump(mode="json"), "exit_when": BY_NAME}))
    log: list[Event] = [opened(record="C-3", caller=NAME, state="new")]
    await world.decided(log, "10:45", ref=ref)
    with pytest.raises(RestsOnAName, match="`exit_when` of process 'Support', which looks at 'caller', if not now"):
        await world.desk.erasure.forget(contact="c-17")
    await world.decided([*log, an_event("closed", "10:50", record="C-3")], "10:55", ref=ref)
    assert (await world.desk.erasure.forget(contact="c-17")).records == 3


@pytest.mark.parametrize("archived_at", ["08:00", "11:00"], ids=["looked at beforehand", "looked at within"])
async def test_a_damaged_history_is_named_and_nothing_is_changed(world: World, archived_at: str) -> None:
    await _archived(world.database, "run-0", archived_at=at(archived_at))
    async with world.database.transaction() as connection:
        await connection.execute(update(archived_runs).where(archived_runs.c.run_id == "run-0").values(body=b"rust"))
    before = await world.desk.show("C-1")
    with pytest.raises(DamagedHistory, match="history of run run-0 of record 'C-1' is damaged"):
        await world.desk.erasure.forget(contact="c-17")
    assert await world.desk.show("C-1") == before


async def test_one_that_was_moved_to_where_nothing_looks_at_it_is_forgotten(world: World) -> None:
    ref = await world.published(Process.model_validate({**a_process().model_dump(mode="json"), "exit_when": BY_NAME}))
    moved = an_event("migrated", "10:40", record="C-3", version=1)
    await world.decided([opened(record="C-3", caller=NAME), moved], "10:45", ref=ref)
    assert (await world.desk.erasure.forget(contact="c-17")).records == 3


# ---------------------------------------------------------------------- afterwards


async def test_an_open_case_that_still_knows_the_name_does_not_write_it_again(world: World, tmp_path: Path) -> None:
    await world.desk.erasure.forget(contact="c-17")
    news = an_event("noted", "10:50", kind="customer.replied", text=f"{NAME} thanks you")
    await world.decided([*LOG, news], "10:55")
    ledger = StoredLedger(world.database)
    await ledger.attempt("C-1", "email", f"{WARNING}/to/y", f"550 {ADDRESS}", at=at("10:56"))
    detail = {"to": [ADDRESS]}
    await ledger.write("C-1", "email", LedgerLine(key=f"{WARNING}/to/z", outcome="performed", at=at("10:57"), detail=detail))
    found = world.everything(tmp_path)
    assert [word for word in WORDS if word in found] == []
    assert (await world.desk.evidence.dossier("C-1")).log[-1].model_dump()["text"] == "[erased] thanks you"


async def test_cases_that_decide_meanwhile_neither_fail_nor_write_it_again(world: World, tmp_path: Path) -> None:
    async def decides(record: str) -> None:
        log = [opened(record=record, contact="c-17", caller=NAME)]
        for minute in range(10, 40):
            told = an_event("noted", f"09:{minute}", record=record, kind="x", text=f"{NAME} wrote")
            log.append(told)
            await world.decided(log, f"09:{minute}")
            await asyncio.sleep(0)

    async def acts() -> None:
        ledger = StoredLedger(world.database)
        for number in range(40):
            await ledger.attempt("C-1", "email", f"{WARNING}/to/{number}", f"550 {ADDRESS}", at=at("10:56"))

    records_of_theirs = ["C-1", *(f"C-{number}" for number in range(20, 24))]
    for record in records_of_theirs[1:]:
        await world.decided([opened(record=record, contact="c-17", caller=NAME)], "09:05")
    await asyncio.gather(*map(decides, records_of_theirs[1:]), acts(), world.desk.erasure.forget(contact="c-17"))
    await world.database.rewrite()  # others may have had the file in hand
    found = world.everything(tmp_path)
    assert [word for word in WORDS if word in found] == []
    logs = [(await world.desk.evidence.dossier(record)).log for record in records_of_theirs[1:]]
    assert [len(log) for log in logs] == [31] * 4
    assert (await world.desk.audit_log.verify()).sound


async def test_histories_are_looked_through_before_decisions_have_to_wait_but_for_those_that_hold_it_or_are_new(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean: JsonObject = {"events": [{"eventId": "1", "run": "run-clean"}]}
    await _archived(world.database, "run-0", archived_at=at("08:00"))
    await _archived(world.database, "run-clean", "C-2", at("08:00"), clean)
    told: list[str] = []
    inflate, look, begin = unpacked, erasing.look_ahead, erasing.Erasing.begin

    def inflated(body: bytes, record: str, run_id: str) -> JsonObject:
        history = inflate(body, record, run_id)
        told.append(history["events"][0]["run"])
        return history

    async def looked(*given: Any, **more: Any) -> erasing.Looked:
        found = await look(*given, **more)
        await _archived(world.database, "run-2")  # meanwhile
        return found

    async def begun(self: erasing.Erasing) -> None:
        told.append("decisions wait")
        await begin(self)

    monkeypatch.setattr(erasing, "unpacked", inflated)
    monkeypatch.setattr("starter.setup.erasure.look_ahead", looked)
    monkeypatch.setattr(erasing.Erasing, "begin", begun)
    await world.desk.erasure.forget(contact="c-17")
    assert told == ["run-0", "run-clean", "decisions wait", "run-0", "run-1", "run-2"]
    archive = StoredArchive(world.database)
    found = canonical([await archive.history("C-1", run) for run in ("run-0", "run-1", "run-2")]).lower()
    assert [word for word in WORDS if word in found] == []
    assert await archive.history("C-2", "run-clean") == clean


async def test_who_is_named_otherwise_meanwhile_is_forgotten_by_that_name_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _archived(world.database, "run-0", archived_at=at("08:00"), history={"events": [{"by": "Mary Stone"}]})
    look = erasing.look_ahead

    async def looked(*given: Any, **more: Any) -> erasing.Looked:
        found = await look(*given, **more)
        async with Catalogue(world.database).publishing(at=at("10:59")) as publication:
            await publication.publish_people(people("Mary Stone", ADDRESS))
        return found

    monkeypatch.setattr("starter.setup.erasure.look_ahead", looked)
    await world.desk.erasure.forget(contact="c-17")
    assert await StoredArchive(world.database).history("C-1", "run-0") == {"events": [{"by": "[erased]"}]}
    assert [word for word in WORDS if word in await world.archived()] == []


async def test_a_history_that_is_archived_later_is_redacted_on_its_way(world: World) -> None:
    await world.desk.erasure.forget(contact="c-17")
    await _archived(world.database, "run-2")
    assert [word for word in WORDS if word in await world.archived()] == []
    [run] = [one for one in await StoredArchive(world.database).kept("C-1") if one.run_id == "run-2"]
    assert run.original_digest == digest_of(_history("run-2")) != run.digest
    assert run.redacted_at is not None


async def test_runs_that_are_archived_are_counted_as_well_because_temporal_may_still_hold_them(world: World) -> None:
    await world.decided(LOG, "10:50", run="run-1")
    await _archived(world.database, "run-1")
    await world.decided(LOG, "10:55", run="run-3")
    found = await world.desk.erasure.forget(contact="c-17")
    assert (found.still_in_temporal, found.last_closed_at) == (2, at("10:30"))


async def test_a_record_that_comes_later_is_told_as_it_is(world: World) -> None:
    await world.desk.erasure.forget(contact="c-17")
    await world.decided([opened(record="C-9", caller=NAME)], "10:45")
    assert (await world.desk.evidence.dossier("C-9")).log[0].model_dump()["fields"]["caller"] == NAME


async def test_forgotten_twice_there_is_nothing_left_to_forget_but_another_name(world: World) -> None:
    await world.desk.erasure.forget(contact="c-17")
    with pytest.raises(InvalidErasure, match="--also"):
        await world.desk.erasure.forget(contact="c-17")
    again = await world.desk.erasure.forget(contact="c-17", also=["Ada"])
    assert (again.erasure, again.places["event_log"]) == (2, 2)
    assert (await world.desk.audit_log.verify()).sound


# ---------------------------------------------------------------------- who, and what stays


async def test_an_address_alone_is_forgotten_as_well(world: World, tmp_path: Path) -> None:
    await world.desk.erasure.forget(addresses=[ADDRESS.upper()])
    found = world.everything(tmp_path) + await world.archived()
    assert "jo.grey@" not in found
    assert "jo grey" in found


async def test_what_stays_is_said(world: World) -> None:
    async with Catalogue(world.database).publishing(at=at("08:30")) as publication:
        await publication.publish_process(a_process(when={"caller": {"ne": NAME}}))
        more = {"contact": "c-19", "name": NAME, "timezone": "UTC"}
        await publication.publish_people(People.model_validate({"contacts": [more]}))
    found = await world.desk.erasure.forget(contact="c-17")
    assert found.stays == [
        "Another contact, 'c-19', has that name; elsewhere it is taken out for both.",
        "A version of process 'Support' (2) says it, and published versions never change.",
    ]


async def test_a_contact_whose_id_is_the_address_goes_altogether(world: World, tmp_path: Path) -> None:
    mailed = "max.green@sol.example"
    async with Catalogue(world.database).publishing(at=at("08:30")) as publication:
        entry = {"contact": mailed, "name": "Max Green", "email": mailed, "timezone": "UTC"}
        await publication.publish_people(People.model_validate({"contacts": [entry]}))
    await world.decided([opened(record="C-4", contact=mailed)], "10:45")
    await world.desk.erasure.forget(contact=mailed)
    found = world.everything(tmp_path)
    assert [word for word in ("max.green", "max green") if word in found] == []


@pytest.mark.parametrize(
    ("asked", "refusal", "sentence"),
    [
        ({"contact": "c-99"}, UnknownContact, "There is no contact 'c-99'"),
        ({}, InvalidErasure, "say who: --contact ID, or --address ADDRESS"),
        ({"addresses": ["Jo Grey"]}, InvalidErasure, "'Jo Grey' is no address"),
        ({"also": ["x"]}, InvalidErasure, "two letters at least"),
    ],
)
async def test_who_is_not_said_well_is_refused(
    world: World, asked: dict[str, Any], refusal: type[Exception], sentence: str
) -> None:
    with pytest.raises(refusal, match=sentence):
        await world.desk.erasure.forget(**asked)


def test_the_answer_names_nobody() -> None:
    assert set(ErasureView.model_fields) == {
        "erasure", "dry_run", "places", "records", "open_records", "still_in_temporal", "last_closed_at", "stays", "remains",
    }  # fmt: skip
