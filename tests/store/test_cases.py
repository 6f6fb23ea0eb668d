"""Records, their logs, and what became of them."""

import asyncio

import pytest

from sla.engine import evaluate
from sla.errors import UnknownRecord
from sla.evaluation.following import Followed
from sla.events import Version
from sla.ledger_line import LedgerLine
from sla.messages import ProcessRef
from sla.timeline import Timeline
from store.cases import NOT_KNOWN_ANY_MORE, StoredCases
from store.engine import Database
from store.ledger import StoredLedger
from store.records import Records
from tests.store.builders import REF, a_process, an_event, append, at, keep, opened, the_timeline


class TestLog:
    async def test_an_unknown_record_has_no_events(self, cases: StoredCases) -> None:
        assert await cases.log("C-1") == []

    async def test_events_are_read_as_they_were_told(self, cases: StoredCases) -> None:
        told = [
            opened(priority="P1", score=1e20, count=10**20, odd="\u0001 ü 🙂", tags=["a", 1.0, True, None]),
            an_event("noted", "09:10", kind="customer.replied", words={"deep": [1, {"x": 2.50}]}),
        ]
        await append(cases, "C-1", REF, told)
        assert await cases.log("C-1") == told

    async def test_numbers_keep_their_kind(self, cases: StoredCases) -> None:
        await append(cases, "C-1", REF, [opened(share=1.0, whole=1, large=1e20)])
        fields = (await cases.log("C-1"))[0].facts()["fields"]
        assert [type(fields[name]) for name in ("share", "whole", "large")] == [float, int, float]

    async def test_events_stay_in_the_order_of_their_arrival_not_of_their_time(self, cases: StoredCases) -> None:
        late = an_event("completed", "09:20", milestone="Answer", learned="10:30")
        note = an_event("noted", "10:00", kind="seen")
        await append(cases, "C-1", REF, [opened()])
        await append(cases, "C-1", REF, [note])
        await append(cases, "C-1", REF, [late])
        assert [event.id for event in await cases.log("C-1")] == ["e-open", note.id, late.id]

    async def test_an_event_that_is_there_already_is_left_as_it_is(self, cases: StoredCases) -> None:
        first = an_event("noted", "09:10", name="n", kind="first")
        await append(cases, "C-1", REF, [opened(), first])
        await append(
            cases, "C-1", REF, [an_event("noted", "09:30", name="n", kind="second"), an_event("closed", "09:40", name="x")]
        )
        log = await cases.log("C-1")
        assert [event.id for event in log] == ["e-open", "n", "x"]
        assert log[1] == first

    async def test_of_two_events_with_one_id_in_one_call_the_first_stands(self, cases: StoredCases) -> None:
        first, second = (an_event("noted", "09:10", name="n", kind=kind) for kind in ("first", "second"))
        await append(cases, "C-1", REF, [opened(), first, second])
        assert await cases.log("C-1") == [opened(), first]

    async def test_the_same_id_on_two_records_is_two_events(self, cases: StoredCases) -> None:
        await append(cases, "C-1", REF, [opened()])
        await append(cases, "C-2", REF, [opened(record="C-2")])
        assert len(await cases.log("C-1")) == len(await cases.log("C-2")) == 1

    async def test_nothing_to_append_creates_no_record(self, cases: StoredCases, records: Records) -> None:
        await append(cases, "C-1", REF, [])
        with pytest.raises(UnknownRecord):
            await records.get("C-1")

    async def test_a_record_has_its_fields_before_the_first_decision(self, cases: StoredCases, records: Records) -> None:
        await append(
            cases, "C-1", REF, [opened(account="helios", owner="ada", queue="tier-1", opened_at="2026-03-02T08:45:00Z")]
        )
        record = await records.get("C-1")
        assert (record.type, record.account, record.owner, record.queue) == ("case", "helios", "ada", "tier-1")
        assert (record.opened_at, record.as_of, record.out, record.ref) == (at("08:45"), at("09:00"), False, REF)


class TestMigration:
    NEWER = ProcessRef(process="Premium", version=2, revision=7)
    MOVE = an_event("migrated", "09:20", version=2, process="Premium", revision=7)

    def moved(self, clock: str = "09:30") -> Timeline:
        versions = {Version("Premium", 2, 7): Followed(process=a_process("Premium", "2h"), calendars={})}
        return evaluate(a_process(), {}, [opened(), self.MOVE], at(clock), versions=versions)

    async def test_a_record_follows_what_it_was_moved_to_and_starts_anew_from_what_it_was_opened_under(
        self, cases: StoredCases, records: Records
    ) -> None:
        await append(cases, "C-1", REF, [opened()])
        await keep(cases, the_timeline([opened()], "09:10"))
        assert ((await records.get("C-1")).ref, (await records.get("C-1")).opened_under) == (REF, REF)
        await append(cases, "C-1", REF, [self.MOVE])
        await keep(cases, self.moved())
        there = await records.get("C-1")
        assert (there.ref, there.opened_under, there.next_deadline) == (self.NEWER, REF, at("11:00"))
        assert (await records.case_input("C-1")).ref == REF
        assert [one.id for one in await records.list(process="Premium")] == ["C-1"]

    async def test_an_older_call_does_not_move_it_back(self, cases: StoredCases, records: Records) -> None:
        await append(cases, "C-1", REF, [opened(), self.MOVE])
        await keep(cases, self.moved())
        await keep(cases, the_timeline([opened()], "09:10"))
        assert (await records.get("C-1")).ref == self.NEWER

    async def test_later_knowledge_that_it_did_not_move_moves_it_back(self, cases: StoredCases, records: Records) -> None:
        await append(cases, "C-1", REF, [opened(), self.MOVE])
        await keep(cases, self.moved())
        await keep(cases, the_timeline([opened()], "09:40"))
        assert ((await records.get("C-1")).ref, (await records.get("C-1")).opened_under) == (REF, REF)

    async def test_the_migration_is_in_the_log_as_it_was_told(self, cases: StoredCases) -> None:
        await append(cases, "C-1", REF, [opened(), self.MOVE])
        assert await cases.log("C-1") == [opened(), self.MOVE]


class TestKeep:
    async def test_the_current_view_equals_the_timeline(self, cases: StoredCases, records: Records) -> None:
        events = [opened(account="helios", owner="ada"), an_event("completed", "10:10", milestone="Answer")]
        timeline = the_timeline(events, "10:30")
        await append(cases, "C-1", REF, events)
        await keep(cases, timeline)
        assert tuple(await records.occurrences("C-1")) == timeline.milestones
        assert tuple(one.effect for one in await records.effects("C-1")) == timeline.effects
        record = await records.get("C-1")
        assert (record.status, record.fields, record.as_of) == ("violated_closed", timeline.fields, at("10:30"))
        assert (record.next_wakeup, record.next_deadline, record.updated_at) == (None, None, at("10:30"))

    async def test_the_next_deadline_is_the_target_of_what_is_open_and_not_violated(
        self, cases: StoredCases, records: Records
    ) -> None:
        await append(cases, "C-1", REF, [opened()])
        await keep(cases, the_timeline([opened()], "09:10"))
        assert (await records.get("C-1")).next_deadline == at("10:00")
        await keep(cases, the_timeline([opened()], "10:00"))
        assert (await records.get("C-1")).next_deadline is None

    async def test_an_older_timeline_changes_nothing(self, cases: StoredCases, records: Records) -> None:
        await append(cases, "C-1", REF, [opened()])
        await keep(cases, the_timeline([opened()], "10:05"))
        facts = await records.facts("C-1")
        await keep(cases, the_timeline([opened()], "09:10"))
        assert (await records.get("C-1")).status == "violated_open"
        assert await records.facts("C-1") == facts

    async def test_what_present_knowledge_does_not_have_goes(self, cases: StoredCases, records: Records) -> None:
        await append(cases, "C-1", REF, [opened()])
        await keep(cases, the_timeline([opened()], "10:05"))
        await keep(cases, the_timeline([opened()], "10:06").model_copy(update={"milestones": (), "effects": ()}))
        assert await records.occurrences("C-1") == []
        assert await records.effects("C-1") == []
        assert (await records.facts("C-1"))[-1].what == "withdrawn"

    async def test_an_action_in_the_ledger_stays_and_is_retracted(
        self, cases: StoredCases, records: Records, database: Database
    ) -> None:
        await append(cases, "C-1", REF, [opened()])
        timeline = the_timeline([opened()], "10:05")
        await keep(cases, timeline)
        performed = LedgerLine(key=timeline.effects[0].key, outcome="performed", at=at("09:30"))
        await StoredLedger(database).write("C-1", "email", performed)
        await keep(cases, the_timeline([opened()], "10:06").model_copy(update={"effects": ()}))
        (left,) = await records.effects("C-1")
        assert (left.effect.key, left.effect.status, left.effect.reason) == (performed.key, "retracted", NOT_KNOWN_ANY_MORE)
        assert left.line == performed


class TestFacts:
    async def test_a_retracted_violation_is_told_with_when_it_was_found_out(
        self, cases: StoredCases, records: Records
    ) -> None:
        late = an_event("completed", "09:58", milestone="Answer", learned="10:03")
        await append(cases, "C-1", REF, [opened()])
        for clock, events in (("09:00", [opened()]), ("10:00", [opened()]), ("10:03", [opened(), late])):
            await keep(cases, the_timeline(events, clock))
        assert [(fact.what, fact.at, fact.as_of) for fact in await records.facts("C-1")] == [
            ("running", at("09:00"), at("09:00")),
            ("violated", at("10:00"), at("10:00")),
            ("overdue", at("10:00"), at("10:00")),
            ("retracted", at("10:03"), at("10:03")),
            ("completed", at("09:58"), at("10:03")),
            ("met", at("09:58"), at("10:03")),
        ]

    async def test_keeping_again_adds_no_fact(self, cases: StoredCases, records: Records) -> None:
        await append(cases, "C-1", REF, [opened()])
        for _ in range(3):
            await keep(cases, the_timeline([opened()], "10:05"))
        once = await records.facts("C-1")
        await keep(cases, the_timeline([opened()], "11:00"))
        assert await records.facts("C-1") == once
        assert [fact.what for fact in once] == ["violated", "overdue"]

    async def test_a_completion_taken_back_is_a_fact(self, cases: StoredCases, records: Records) -> None:
        events = [opened(), an_event("completed", "09:10", milestone="Answer")]
        undone = [*events, an_event("uncompleted", "09:20", milestone="Answer")]
        await append(cases, "C-1", REF, undone)
        await keep(cases, the_timeline(events, "09:10"))
        await keep(cases, the_timeline(undone, "09:20"))
        told = [(fact.what, fact.at, fact.details.get("before")) for fact in await records.facts("C-1")]
        assert told == [
            ("completed", at("09:10"), None),
            ("met", at("09:10"), None),
            ("uncompleted", at("09:20"), "2026-03-02T09:10:00Z"),
            ("running", at("09:20"), "met"),
        ]

    async def test_what_is_only_foreseen_is_no_fact(self, cases: StoredCases, records: Records) -> None:
        foreseen = the_timeline([opened(clock="09:00", opened_at="2026-03-02T12:00:00Z")], "09:10")
        assert [one.status for one in foreseen.milestones] == ["waiting"]
        await append(cases, "C-1", REF, [opened()])
        await keep(cases, foreseen)
        await keep(cases, foreseen.model_copy(update={"milestones": ()}))
        assert await records.facts("C-1") == []


class TestAtOnce:
    async def test_events_told_by_two_processes_at_once_all_get_a_place(self, cases: StoredCases, another: Database) -> None:
        elsewhere = StoredCases(another)
        notes = [an_event("noted", "09:10", name=f"n{number}", kind="x") for number in range(20)]
        await asyncio.gather(
            *(append(cases, "C-1", REF, [opened(), note]) for note in notes[:12]),
            *(append(elsewhere, "C-1", REF, [opened(), note]) for note in notes[8:]),
        )
        log = await cases.log("C-1")
        assert sorted(event.id for event in log) == sorted(["e-open", *(note.id for note in notes)])
        assert log[0] == opened()

    async def test_facts_are_told_once_however_many_keep_them(
        self, cases: StoredCases, another: Database, records: Records
    ) -> None:
        elsewhere = StoredCases(another)
        await append(cases, "C-1", REF, [opened()])
        timeline = the_timeline([opened()], "10:05")
        await asyncio.gather(*(keep(one, timeline) for one in [cases, elsewhere] * 6))
        assert [fact.what for fact in await records.facts("C-1")] == ["violated", "overdue"]

    async def test_of_timelines_kept_at_once_the_latest_stands(
        self, cases: StoredCases, another: Database, records: Records
    ) -> None:
        elsewhere = StoredCases(another)
        await append(cases, "C-1", REF, [opened()])
        clocks = ["09:10", "10:05", "09:40", "10:30", "09:00", "10:00"]
        keeping = [keep(one, the_timeline([opened()], clock)) for clock in clocks for one in (cases, elsewhere)]
        await asyncio.gather(*keeping)
        record = await records.get("C-1")
        assert (record.as_of, record.status) == (at("10:30"), "violated_open")
        assert [fact.what for fact in await records.facts("C-1")].count("violated") == 1

    async def test_who_is_interrupted_leaves_nothing_locked_and_nothing_half_done(
        self, cases: StoredCases, another: Database, records: Records
    ) -> None:
        writers = [cases, StoredCases(another)] * 3
        await append(cases, "C-1", REF, [opened()])
        for turn in range(40):
            notes = [an_event("noted", "09:10", name=f"{turn}-{number}", kind="x") for number in range(len(writers))]
            telling = [asyncio.create_task(append(by, "C-1", REF, [note])) for by, note in zip(writers, notes, strict=True)]
            await asyncio.sleep(0.001 * (turn % 20))
            for task in telling:
                task.cancel()
            ended = await asyncio.gather(*telling, return_exceptions=True)
            assert all(one is None or isinstance(one, asyncio.CancelledError) for one in ended)
        async with asyncio.timeout(30):
            await append(cases, "C-1", REF, [an_event("closed", "09:30", name="last")])
        assert (await records.log("C-1"))[-1].id == "last"
