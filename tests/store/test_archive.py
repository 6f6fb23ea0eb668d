"""The archive's list, which is written with each decision, and the histories themselves: on both databases."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sla.archive_run import ANY, PackedRun, Run
from sla.events import Event
from sla.finding import Finding
from sla.histories import JsonObject, LawDigest, digest_of
from store.archive import StoredArchive, rewrite
from store.archive_tables import runs
from store.cases import StoredCases
from store.engine import Database
from store.runs import REST, pause
from tests.store import builders
from tests.store.builders import REF, an_event, append, at, opened, the_timeline

FIRST, SECOND = "run-1", "run-2"


@pytest.fixture
def archive(database: Database) -> StoredArchive:
    return StoredArchive(database)


async def decided(cases: StoredCases, run: str | None, *log: Event, clock: str = "09:00") -> None:
    """A run of the record's workflow decided on this log."""
    await cases.settle(Finding(ref=REF, log=log, timeline=the_timeline(log, clock), run=run))


def packed(run_id: str = FIRST, **more: Any) -> PackedRun:
    about: dict[str, Any] = {
        "began_us": 1,
        "started_at": at("09:00"),
        "closed_at": at("10:00"),
        "definitions": (LawDigest(ref=REF, process="p", calendars={"office": "c"}, default_hours="d"),),
        "archived_at": at("10:01"),
    }
    return builders.packed(run_id, {"events": [{"eventId": "1", "word": f"of {run_id}"}]}, **(about | more))


async def due(archive: StoredArchive, when: datetime) -> list[str]:
    return [run.run_id for run in await archive.due(when, at_most=10)]


class TestList:
    async def test_a_run_that_decided_is_on_the_list_and_is_looked_at_when_it_has_been_quiet_for_long(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await decided(cases, FIRST, opened())
        assert await due(archive, at("09:00") + REST - timedelta(seconds=1)) == []
        assert await due(archive, at("09:00") + REST) == [FIRST]

    async def test_when_nothing_lies_ahead_it_is_looked_at_at_once(self, cases: StoredCases, archive: StoredArchive) -> None:
        closed = an_event("closed", "09:30")
        await decided(cases, FIRST, opened())
        await decided(cases, FIRST, opened(), closed, clock="09:30")
        assert await due(archive, at("09:29")) == []
        assert await due(archive, at("09:30")) == [FIRST]

    async def test_another_run_of_the_record_tells_that_the_one_before_has_closed(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await decided(cases, FIRST, opened())
        await decided(cases, SECOND, opened(), clock="09:10")
        assert await due(archive, at("09:10")) == [FIRST]

    async def test_a_decision_that_is_not_written_puts_nothing_on_the_list(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await append(cases, "C-1", REF, [opened(), an_event("noted", "09:05", kind="seen")])
        await decided(cases, FIRST, opened(), clock="09:10")
        assert await archive.of("C-1") == [], "the store knew an event that the case did not: nothing was settled"

    async def test_told_twice_it_is_on_the_list_once(self, cases: StoredCases, archive: StoredArchive) -> None:
        for _ in range(2):
            await decided(cases, FIRST, opened())
        assert [run.run_id for run in await archive.of("C-1")] == [FIRST]

    async def test_runs_that_decide_at_once_are_all_on_the_list(self, cases: StoredCases, archive: StoredArchive) -> None:
        await asyncio.gather(*(decided(cases, f"run-{number}", opened()) for number in range(8)))
        assert {run.run_id for run in await archive.of("C-1")} == {f"run-{number}" for number in range(8)}

    async def test_one_that_still_runs_is_looked_at_with_longer_and_longer_pauses(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await decided(cases, FIRST, opened(), an_event("closed", "09:00"))
        now, waited = at("09:00"), []
        for _ in range(20):
            [run] = await archive.due(now, at_most=10)
            await archive.again(run, at=now)
            waited.append(pause(run.looks))
            now += waited[-1]
        assert waited == sorted(waited)
        assert (waited[0], waited[-1]) == (timedelta(seconds=2), REST)

    async def test_records_that_no_run_is_known_of_are_asked_for_once(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await decided(cases, None, opened())
        await decided(cases, FIRST, opened(record="C-2"))
        assert [(await archive.sweep(at("10:00"))).added for _ in range(2)] == [1, 0]
        assert await archive.due(at("10:00"), at_most=10) == [Run(record="C-1", run_id=ANY)]
        await archive.all_found("C-1", [FIRST, SECOND], at=at("10:00"))
        assert await due(archive, at("10:00")) == [FIRST, SECOND]
        assert (await archive.sweep(at("10:00"))).added == 0

    async def test_so_are_those_whose_first_run_was_heard_of_too_late_to_have_been_the_first(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        early, late = (opened(record=record) for record in ("C-1", "C-2"))
        await decided(cases, FIRST, early, clock="09:10")
        await append(cases, "C-2", REF, [late])  # by a release that kept no list
        await decided(cases, SECOND, late, an_event("reopened", "09:11", record="C-2"), clock="09:11")
        assert [(await archive.sweep(at("10:00"))).added for _ in range(2)] == [1, 0]
        assert await archive.due(at("10:00"), at_most=10) == [Run(record="C-2", run_id=ANY)]
        await archive.all_found("C-2", [FIRST, SECOND], at=at("10:00"))
        assert await due(archive, at("10:00")) == [FIRST]
        assert (await archive.sweep(at("10:00"))).added == 0

    async def test_what_was_lost_and_cannot_be_stored_for_now_waits_as_well(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await decided(cases, FIRST, opened(), an_event("closed", "09:00"))
        [run] = await archive.due(at("09:00"), at_most=10)
        await archive.lose(run, at=at("09:00"))
        [lost] = await archive.due(at("09:00") + timedelta(days=1), at_most=10)
        await archive.again(lost, at=at("09:00") + timedelta(days=1), problem="a key is missing")
        assert await due(archive, at("09:00") + timedelta(days=1)) == []
        assert await archive.due(at("09:00") + timedelta(days=1) + REST, at_most=10) == [lost]

    async def test_they_are_gone_through_a_part_at_a_time(
        self, cases: StoredCases, archive: StoredArchive, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("store.runs.SWEPT", 2)
        for number in range(5):
            await decided(cases, None if number % 2 else FIRST, opened(record=f"C-{number}"))
        after: str | None = ""
        found = []
        while after is not None:
            swept = await archive.sweep(at("10:00"), after=after)
            found.append(swept.added)
            after = swept.last
        assert found == [1, 1, 0]
        assert [run.record for run in await archive.due(at("10:00"), at_most=9)] == ["C-1", "C-3"]

    async def test_what_is_lost_is_looked_for_again_for_some_days_and_then_no_more(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await decided(cases, FIRST, opened(), an_event("closed", "09:00"))
        now = at("09:00")
        for looks in range(12):
            found = await archive.due(now, at_most=10)
            if not found:
                break
            await archive.lose(found[0], at=now)
            now += timedelta(days=2**looks)
        assert looks == 6
        held = await archive.holdings(behind=at("09:00"))
        assert (held.lost, held.missed) == (1, 0)

    async def test_what_was_lost_and_is_there_after_all_is_stored(self, cases: StoredCases, archive: StoredArchive) -> None:
        await decided(cases, FIRST, opened(), an_event("closed", "09:00"))
        [run] = await archive.due(at("09:00"), at_most=10)
        await archive.lose(run, at=at("09:00"))
        held = await archive.holdings(behind=at("09:00"))
        assert (held.lost, held.missed, held.records) == (1, 1, ("C-1",))
        [again] = await archive.due(at("09:00") + timedelta(days=1), at_most=10)
        assert await archive.store(again, packed(), at=at("10:01"))
        assert (await archive.holdings(behind=at("09:00"))).lost == 0


class TestHistories:
    async def test_a_run_is_stored_once_and_comes_off_the_list(self, cases: StoredCases, archive: StoredArchive) -> None:
        await decided(cases, FIRST, opened())
        [run] = await archive.of("C-1")
        other = packed(engine="9.9.9")
        assert await archive.store(run, packed(), at=at("10:01"))
        assert not await archive.store(run, other, at=at("10:02"))
        assert await archive.kept("C-1") == [packed().about]
        assert await due(archive, at("09:00") + 2 * REST) == []
        assert await archive.history("C-1", FIRST) == {"events": [{"eventId": "1", "word": "of run-1"}]}

    async def test_the_runs_before_and_after_it_come_onto_the_list_with_it(
        self, cases: StoredCases, archive: StoredArchive
    ) -> None:
        await decided(cases, FIRST, opened())
        [run] = await archive.of("C-1")
        await archive.store(run, packed(continues="run-0", continued_by=SECOND), at=at("10:01"))
        assert await due(archive, at("10:01")) == ["run-0", SECOND]

    async def test_two_who_store_at_once_store_one(self, cases: StoredCases, archive: StoredArchive) -> None:
        await decided(cases, FIRST, opened())
        [run] = await archive.of("C-1")
        await asyncio.gather(*(archive.store(run, packed(), at=at("10:01")) for _ in range(4)))
        assert [one.run_id for one in await archive.kept("C-1")] == [FIRST]
        assert (await archive.holdings(behind=at("09:00"))).stored == 1

    async def test_what_is_rewritten_tells_what_was_there_first(
        self, cases: StoredCases, archive: StoredArchive, database: Database
    ) -> None:
        await decided(cases, FIRST, opened())
        [run] = await archive.of("C-1")
        await archive.store(run, packed(), at=at("10:01"))
        less: JsonObject = {"events": [{"eventId": "1", "word": "redacted"}]}
        async with database.transaction() as connection:
            await rewrite(connection, "C-1", FIRST, less, at=at("11:00"))
        [kept] = await archive.kept("C-1")
        assert (kept.digest, kept.original_digest) == (digest_of(less), packed().about.digest)
        assert (kept.redacted_at, await archive.history("C-1", FIRST)) == (at("11:00"), less)

    async def test_what_is_not_there_is_nothing(self, archive: StoredArchive) -> None:
        assert (await archive.kept("C-9"), await archive.history("C-9", FIRST), await archive.of("C-9")) == ([], None, [])
        held = await archive.holdings(behind=at("09:00"))
        assert (held.stored, held.lost, held.behind, held.troubled, held.trouble) == (0, 0, 0, 0, None)

    async def test_what_could_not_be_stored_is_counted_with_its_reason_until_it_is(
        self, cases: StoredCases, archive: StoredArchive, database: Database
    ) -> None:
        await decided(cases, FIRST, opened())
        [run] = await archive.of("C-1")
        await archive.again(run, at=at("10:00"), problem="a key is missing")
        held = await archive.holdings(behind=at("10:01"))
        assert held.behind == 0, "it is to be looked at again after a while"
        assert (held.troubled, held.trouble) == (1, "a key is missing")
        await archive.store(run, packed(), at=at("10:01"))
        assert (await archive.holdings(behind=at("09:00"))).troubled == 0
        async with database.reading() as connection:
            assert await connection.scalar(select(runs.c.state)) == "stored"
