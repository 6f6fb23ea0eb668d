"""Each action recorded once."""

import asyncio
from typing import Any

import pytest

from activities.ports import Ledger
from sla.finding import Finding, Settled
from sla.ledger_line import LOST, LedgerLine
from sla.messages import Outcome
from store.cases import StoredCases
from store.engine import Database
from store.ledger import StoredLedger
from store.records import Records
from tests.store.builders import REF, append, at, keep, opened, the_timeline

KEY = "C-1/Answer#1/1/warning-1/1"


def a_line(outcome: Outcome = "performed", clock: str = "09:30", **more: Any) -> LedgerLine:
    return LedgerLine(**{"key": KEY, "outcome": outcome, "at": at(clock), **more})


@pytest.fixture
def ledger(database: Database) -> StoredLedger:
    return StoredLedger(database)


async def test_it_is_the_port_that_the_activities_need(ledger: StoredLedger) -> None:
    port: Ledger = ledger
    assert await port.find(KEY) is None


async def test_a_line_is_found_as_it_was_written(ledger: StoredLedger) -> None:
    line = a_line(reason="why", detail={"role": "senior", "chosen": "ada", "more": [1, None]})
    assert await ledger.write("C-1", "reassign", line) == line
    assert await ledger.find(KEY) == line


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        ("performed", "performed", "first"),
        ("performed", "gave_up", "first"),
        ("performed", "dropped", "first"),
        ("dropped", "dropped", "first"),
        ("dropped", "performed", "second"),
        ("dropped", "gave_up", "second"),
        ("gave_up", "gave_up", "first"),
        ("gave_up", "performed", "second"),
        ("gave_up", "dropped", "second"),
    ],
)
async def test_what_was_performed_stands_and_all_else_gives_way_to_what_is_otherwise(
    ledger: StoredLedger, first: Outcome, second: Outcome, stands: str
) -> None:
    lines = {"first": a_line(first, reason="one"), "second": a_line(second, "10:00", reason="two")}
    await ledger.write("C-1", "email", lines["first"])
    assert await ledger.write("C-1", "email", lines["second"]) == lines[stands]
    assert await ledger.find(KEY) == lines[stands]


async def test_of_those_who_write_at_once_all_learn_the_same(ledger: StoredLedger, another: Database) -> None:
    elsewhere = StoredLedger(another)
    lines = [a_line(detail={"chosen": str(number)}) for number in range(10)]
    writers = [ledger, elsewhere] * 5
    stood = await asyncio.gather(*(by.write("C-1", "reassign", line) for by, line in zip(writers, lines, strict=True)))
    assert len({line.detail["chosen"] for line in stood}) == 1
    assert await ledger.find(KEY) == stood[0]


async def test_what_ended_undone_is_recorded_once_with_its_kind(ledger: StoredLedger, database: Database) -> None:
    cases, records = StoredCases(database), Records(database)
    await append(cases, "C-1", REF, [opened()])
    new = []
    for clock in ("09:45", "09:50"):
        dropped = a_line("dropped", clock, reason="already completed")
        new.append((await keep(cases, the_timeline([opened()], clock), dropped)).new)
    assert new == [[a_line("dropped", "09:45", reason="already completed")], []]
    (state,) = await records.effects("C-1")
    assert state.line == a_line("dropped", "09:45", reason="already completed")


async def test_what_was_dropped_unbeknown_to_the_case_is_told_and_what_it_knows_is_not(
    ledger: StoredLedger, database: Database
) -> None:
    cases, timeline, log = StoredCases(database), the_timeline([opened()], "09:45"), [opened()]
    await append(cases, "C-1", REF, log)
    known, unknown = a_line("dropped"), a_line("dropped", key="C-1/Answer#2/1/warning-1/1", reason="already completed")
    for line in (known, unknown, a_line(key="C-1/Answer#3/1/warning-1/1"), a_line("dropped", key="C-2/A#1/1/warning-1/1")):
        await ledger.write(line.key.partition("/")[0], "email", line)
    settled = await cases.settle(Finding(ref=REF, log=log, timeline=timeline, done={known.key}))
    assert settled == Settled(dropped=[unknown])
    settled = await cases.settle(Finding(ref=REF, log=log, timeline=timeline, done={known.key}, ended=[unknown]))
    assert settled.dropped == []


async def test_those_who_conclude_the_same_in_different_orders_do_not_block_each_other(
    ledger: StoredLedger, database: Database, another: Database
) -> None:
    ended = [LedgerLine(key=f"C-1/A#1/1/warning-1/{n}", outcome="gave_up", at=at("10:00"), reason="x") for n in range(20)]
    logs = [("C-1", ended), ("C-2", ended[::-1])] * 2
    writers = [StoredCases(database), StoredCases(another)] * 2
    for record in ("C-1", "C-2"):
        await append(writers[0], record, REF, [opened(record=record)])
    told = [
        keep(by, the_timeline([opened(record=record)], "10:00"), *order)
        for by, (record, order) in zip(writers, logs, strict=True)
    ]
    await asyncio.gather(*told)
    assert await ledger.find(ended[7].key) is not None


async def test_attempts_are_counted_and_the_latest_problem_is_shown(ledger: StoredLedger, database: Database) -> None:
    await append(StoredCases(database), "C-1", REF, [opened()])
    await keep(StoredCases(database), the_timeline([opened()], "09:40"))
    for number in range(3):
        await ledger.attempt("C-1", "email", KEY, f"problem {number} \x00", at=at("09:41"))
    (state,) = await Records(database).effects("C-1")
    assert (state.line, state.attempts, state.problem, state.attempted_at) == (None, 3, "problem 2 �", at("09:41"))
    assert await ledger.find(KEY) is None


async def test_an_attempt_is_unheard_of_until_it_is_known_to_have_reached_nobody(ledger: StoredLedger) -> None:
    assert not await ledger.unheard(KEY)
    for _ in range(2):
        await ledger.begin("C-1", KEY)
        await ledger.attempt("C-1", "email", KEY, "what failed may have been something else", at=at("09:41"))
    await ledger.refused(KEY)
    assert await ledger.unheard(KEY)
    await ledger.refused(KEY)
    assert not await ledger.unheard(KEY)


async def test_attempts_at_once_are_all_counted(ledger: StoredLedger, another: Database, database: Database) -> None:
    await append(StoredCases(database), "C-1", REF, [opened()])
    await keep(StoredCases(database), the_timeline([opened()], "09:40"))
    elsewhere = StoredLedger(another)
    await asyncio.gather(*(one.attempt("C-1", "email", KEY, "no answer", at=at("09:41")) for one in [ledger, elsewhere] * 5))
    (state,) = await Records(database).effects("C-1")
    assert (state.attempts, state.attempted_at) == (10, at("09:41"))


async def test_attempts_that_were_lost_with_their_workers_have_failed_too(ledger: StoredLedger, database: Database) -> None:
    await append(StoredCases(database), "C-1", REF, [opened()])
    await keep(StoredCases(database), the_timeline([opened()], "09:40"))
    counted = []
    for at_least, clock in ((1, "09:42"), (3, "09:44"), (2, "09:45")):
        await ledger.lost("C-1", "email", KEY, at_least=at_least, at=at(clock))
        (state,) = await Records(database).effects("C-1")
        counted.append((state.attempts, state.problem, state.attempted_at))
    assert counted == [(1, LOST, at("09:42")), (3, LOST, at("09:44")), (3, LOST, at("09:44"))]
    await ledger.attempt("C-1", "email", KEY, "no answer", at=at("09:46"))
    (state,) = await Records(database).effects("C-1")
    assert (state.attempts, state.problem) == (4, "no answer")
