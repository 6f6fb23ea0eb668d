"""Very many records at once: every one of them, each once, with its log as it is."""

from datetime import datetime

from sla.engine import evaluate
from sla.evaluation.following import Followed
from sla.events import Version
from sla.finding import Finding
from sla.messages import ProcessRef
from store.bulk import Bulk
from store.cases import StoredCases
from store.engine import Database
from store.records import Records
from tests.store.builders import REF, a_process, an_event, at, opened, the_timeline


async def on_record(database: Database, record: str, opening: str, ref: ProcessRef = REF, **fields: str) -> None:
    """A case that was opened then, and told of a note at noon, learned late."""
    told = an_event("noted", "12:00", record=record, learned="12:30", kind="customer.replied", sender="ben")
    log = [opened(opening, record, **fields), told]
    await StoredCases(database).settle(
        Finding(ref=ref, log=log, timeline=the_timeline(log, "13:00", a_process(ref.process)))
    )


async def names(
    database: Database, size: int, opened_from: datetime | None = None, process: str | None = None
) -> list[list[str]]:
    return [page async for page in Bulk(database).names(opened_from=opened_from, process=process, size=size)]


async def test_pages_hold_every_record_once_in_order_of_opening(database: Database) -> None:
    for record, opening in (("C-3", "09:00"), ("C-1", "09:00"), ("C-2", "08:00"), ("C-5", "11:00"), ("C-4", "10:00")):
        await on_record(database, record, opening)
    assert await names(database, 2) == [["C-2", "C-1"], ["C-3", "C-4"], ["C-5"]]
    assert await names(database, 5) == [["C-2", "C-1", "C-3", "C-4", "C-5"]]


async def test_the_newest_may_come_first(database: Database) -> None:
    for record, opening in (("C-3", "09:00"), ("C-1", "09:00"), ("C-2", "08:00"), ("C-5", "11:00"), ("C-4", "10:00")):
        await on_record(database, record, opening)
    pages = [page async for page in Bulk(database).names(newest_first=True, size=2)]
    assert pages == [["C-5", "C-4"], ["C-3", "C-1"], ["C-2"]]


async def test_an_empty_database_has_no_page(database: Database) -> None:
    assert await names(database, 2) == []


async def test_only_what_was_opened_since_and_follows_a_process(database: Database) -> None:
    gold = REF.model_copy(update={"process": "Gold"})
    await on_record(database, "C-1", "08:00")
    await on_record(database, "C-2", "09:00")
    await on_record(database, "C-3", "10:00", gold)
    assert await names(database, 9, opened_from=at("09:00")) == [["C-2", "C-3"]]
    assert await names(database, 9, process="Gold") == [["C-3"]]
    assert await names(database, 9, opened_from=at("09:00"), process="Support") == [["C-2"]]


async def test_the_logs_of_many_are_those_of_each(database: Database) -> None:
    for record in ("C-1", "C-2", "C-3"):
        await on_record(database, record, "09:00", priority="P1")
    found = {one.record: one for one in await Bulk(database).read(["C-3", "C-1", "C-9"])}
    assert set(found) == {"C-1", "C-3"}
    for record, one in found.items():
        log = await Records(database).log(record)
        assert one.log == log
        assert [event.facts() for event in one.log] == [event.facts() for event in log]
        assert (one.opened_under, one.fields["priority"]) == (REF, "P1")


async def test_a_record_that_moved_is_read_with_what_it_was_opened_under(database: Database) -> None:
    to = REF.model_copy(update={"version": 2})
    log = [opened(), an_event("migrated", "10:00", version=2, revision=1)]
    laws = {Version("Support", 2, 1): Followed(process=a_process(within="3h"), calendars={})}
    timeline = evaluate(a_process(), {}, log, at("11:00"), versions=laws)
    await StoredCases(database).settle(Finding(ref=REF, log=log, timeline=timeline))
    assert (await Records(database).get("C-1")).ref == to
    [found] = await Bulk(database).read(["C-1"])
    assert (found.opened_under, found.log) == (REF, log)
