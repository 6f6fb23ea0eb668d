"""The reading side: finding records, and starting a case anew from what is remembered."""

import pytest

from sla.errors import UnknownRecord
from sla.ledger_line import LedgerLine
from sla.messages import CaseInput
from store.cases import StoredCases
from store.engine import Database
from store.ledger import StoredLedger
from store.records import Records
from tests.store.builders import REF, an_event, append, at, keep, opened, the_timeline


async def _a_busy_morning(cases: StoredCases) -> None:
    """C-1 due at 10:00, C-2 violated, C-3 due at 09:45, C-4 closed, C-5 not decided yet."""
    opening = {"C-1": "09:00", "C-2": "08:00", "C-3": "08:45", "C-4": "09:10", "C-5": "09:20"}
    owners = {"C-1": "ada", "C-2": "ben", "C-3": "ada", "C-4": "ben", "C-5": "ada"}
    for record, clock in opening.items():
        account = "helios" if record in ("C-1", "C-2") else "juniper"
        log = [opened(clock, record, owner=owners[record], account=account)]
        if record == "C-4":
            log.append(an_event("closed", "09:20", record=record))
        await append(cases, record, REF, log)
        if record != "C-5":
            await keep(cases, the_timeline(log, "09:20"))


async def _found(records: Records, **filters: object) -> list[str]:
    return [record.id for record in await records.list(**filters)]  # type: ignore[arg-type]


async def test_the_soonest_deadline_comes_first_and_those_without_one_last(cases: StoredCases, records: Records) -> None:
    await _a_busy_morning(cases)
    assert await _found(records) == ["C-3", "C-1", "C-2", "C-4", "C-5"]


async def test_or_the_latest_opened_comes_first(cases: StoredCases, records: Records) -> None:
    await _a_busy_morning(cases)
    assert await _found(records, order_by="-opened_at") == ["C-5", "C-4", "C-1", "C-3", "C-2"]


async def test_the_census_counts_open_records_by_status_and_knows_their_earliest_deadline(
    cases: StoredCases, records: Records
) -> None:
    await _a_busy_morning(cases)
    census = await records.census()
    assert census.open == {"compliant": 2, "at_risk": 1, "violated_open": 1}
    assert census.next_deadline == at("09:45")


async def test_the_census_of_an_empty_store_is_empty(records: Records) -> None:
    census = await records.census()
    assert (census.open, census.next_deadline) == ({}, None)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"status": "violated_open"}, ["C-2"]),
        ({"is_open": True, "owner": "ada"}, ["C-3", "C-1", "C-5"]),
        ({"is_open": False}, ["C-4"]),
        ({"account": "helios"}, ["C-1", "C-2"]),
        ({"process": "Support", "limit": 2}, ["C-3", "C-1"]),
        ({"queue": "tier-1"}, []),
        ({"process": "Gold"}, []),
    ],
)
async def test_records_are_found_by_all_filters_together(
    cases: StoredCases, records: Records, filters: dict[str, object], expected: list[str]
) -> None:
    await _a_busy_morning(cases)
    assert await _found(records, **filters) == expected


async def test_of_an_unknown_record_there_is_nothing_to_tell(records: Records) -> None:
    for question in (records.log, records.occurrences, records.effects, records.facts, records.tasks):
        assert await question("X") == []
    with pytest.raises(UnknownRecord):
        await records.get("X")
    with pytest.raises(UnknownRecord):
        await records.case_input("X")


async def test_a_case_starts_anew_from_its_log_and_what_was_done(
    cases: StoredCases, records: Records, database: Database
) -> None:
    log = [opened(), an_event("noted", "09:10", kind="seen")]
    await append(cases, "C-1", REF, log)
    await keep(cases, the_timeline(log, "10:05"))
    warned, violated = (state.effect.key for state in await records.effects("C-1"))
    ledger = StoredLedger(database)
    await ledger.write("C-1", "email", LedgerLine(key=warned, outcome="performed", at=at("09:30")))
    await ledger.write("C-1", "email", LedgerLine(key=f"{warned}/to/0123456789012345", outcome="performed", at=at("09:30")))
    gave_up = LedgerLine(key=violated, outcome="gave_up", at=at("10:05"), reason="nobody on duty")
    await keep(cases, the_timeline(log, "10:05"), gave_up)
    await ledger.write("C-2", "email", LedgerLine(key="C-2/A#1/1/warning-1/1", outcome="performed", at=at("09:30")))
    again = await records.case_input("C-1")
    assert again == CaseInput.model_validate(
        {
            "record": "C-1",
            "ref": REF,
            "log": log,
            "done": {warned: "performed", violated: "gave_up"},
            "decided_at": at("10:05"),
        }
    )
    assert CaseInput.model_validate_json(again.model_dump_json()) == again
