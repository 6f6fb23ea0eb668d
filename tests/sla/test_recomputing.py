"""A recorded decision against today's law: the same law says the same, and what differs is told in sentences."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from activities.actions import WORLDS
from activities.situation import laws_of
from sla.evaluation.following import Followed, Laws
from sla.events import AnyEvent, read_event
from sla.ledger_line import LedgerLine
from sla.messages import Concluded, DecideInput, Decision, Refused, Task
from sla.process.model import Process
from sla.recomputing import differences, facts, recompute
from tests.workflows.world import World, a_process

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minute: float) -> datetime:
    """So many minutes past nine."""
    return NINE + timedelta(minutes=minute)


def event(type_: str, minute: float, *, learned: float | None = None, **carried: Any) -> AnyEvent:
    """An event of the record, known when it happened unless told otherwise; its id is its type."""
    basics = {"record": "C-1", "id": type_, "type": type_, "at": at(minute)}
    told: Any = read_event(
        {**basics, "recorded_at": at(minute if learned is None else learned), **carried}, where="the test"
    )
    checked: AnyEvent = told
    return checked


OPENED = event("opened", 0, fields={"type": "case", "owner": "ada"})
ANSWERED = event("noted", 30, kind="response.sent")
WARNING, VIOLATION = "C-1/First Response#1/1/warning-1/1", "C-1/First Response#1/1/violation-1/1"


async def decided(world: World, minute: float, *log: AnyEvent, news: int = 1, **more: Any) -> tuple[DecideInput, Decision]:
    """A question at a minute, and what `decide` answers."""
    ref = world.definitions.publish(a_process())
    asked = DecideInput(record="C-1", ref=ref, log=list(log), news=news, now=at(minute), **more)
    return asked, await world.decider.decide(asked)


async def taken_again(world: World, asked: DecideInput, recorded: Decision, process: Process | None = None) -> list[str]:
    """What is decided otherwise today, under the same process or another."""
    laws = await laws_of(world.definitions, asked.ref, [*asked.log, *recorded.found])
    if process is not None:
        laws = Laws(first=Followed(process=process, calendars={}))
    return list(differences(asked, recorded, recompute(asked, recorded, laws, WORLDS)))


async def test_the_same_law_decides_the_same() -> None:
    world = World()
    for minute, log, news in ((0, [OPENED], 1), (45, [OPENED], 0), (60, [OPENED], 0), (70, [OPENED, ANSWERED], 1)):
        asked, recorded = await decided(world, minute, *log, news=news)
        assert await taken_again(world, asked, recorded) == []


async def test_what_the_store_knew_besides_is_taken_as_given() -> None:
    world = World()
    await decided(world, 30, OPENED, ANSWERED, news=2)
    asked, recorded = await decided(world, 31, OPENED, event("closed", 31))  # a worker died: the case never heard the answer
    assert [one.id for one in recorded.found] == ["noted"]
    assert await taken_again(world, asked, recorded) == []


async def test_what_the_ledger_had_done_after_all_is_taken_as_given() -> None:
    world = World()
    reassigned = event("changed", 60, id=f"{VIOLATION}!", set={"owner": "ben"})
    done = LedgerLine(key=VIOLATION, outcome="performed", at=at(60), detail={"events": [reassigned.model_dump(mode="json")]})
    await world.ledger.write("C-1", "reassign", done)
    dropped = Concluded(key=VIOLATION, outcome="dropped", reason="no longer wanted")
    asked, recorded = await decided(world, 61, OPENED, news=0, done=[WARNING, VIOLATION], concluded=[dropped])
    assert [(one.key, [told.id for told in one.events]) for one in recorded.fulfilled] == [(VIOLATION, [reassigned.id])]
    today = recompute(asked, recorded, await laws_of(world.definitions, asked.ref, asked.log), WORLDS)
    assert today.fulfilled == recorded.fulfilled
    assert list(differences(asked, recorded, today)) == []


async def test_what_a_decision_dropped_that_the_case_never_heard_is_taken_as_given() -> None:
    world = World()
    answered = event("noted", 50, kind="response.sent")
    _, first = await decided(world, 61, OPENED, answered)  # and the worker died before the case heard of it
    assert [one.key for one in first.drop] == [WARNING]
    sooner = event("noted", 40, id="sooner", kind="response.sent")
    asked, recorded = await decided(world, 62, OPENED, sooner, answered, news=2)
    assert (recorded.drop, recorded.unheard) == ([], first.drop)
    today = recompute(asked, recorded, await laws_of(world.definitions, asked.ref, asked.log), WORLDS)
    assert today.unheard == recorded.unheard
    assert list(differences(asked, recorded, today)) == []


async def test_refusals_are_recomputed_also_of_the_future() -> None:
    world = World()
    ahead = event("stopped", 60, learned=1)
    wrong = event("completed", 1, milestone="Lunch")
    asked, recorded = await decided(world, 1, OPENED, ahead, wrong, news=3)
    assert {one.event for one in recorded.refused} == {"stopped", "completed"}
    assert await taken_again(world, asked, recorded) == []


async def test_a_record_that_moved_is_held_to_its_versions() -> None:
    world = World()
    sooner = a_process(within="30m").model_copy(update={"process": "Gold"})
    world.definitions.publish(sooner, version=2)
    moved = event("migrated", 10, version=2, process="Gold", revision=1)
    asked, recorded = await decided(world, 10, OPENED, moved, news=2)
    assert recorded.next_wakeup == at(22.5)
    assert await taken_again(world, asked, recorded) == []


# ---------------------------------------------------------------------- what differs


async def test_a_shorter_promise_is_told_by_what_it_changes() -> None:
    world = World()
    asked, recorded = await decided(world, 45, OPENED, news=0)
    assert await taken_again(world, asked, recorded, a_process(within="40m")) == [
        "the record: at risk → violated open",
        "First Response: running → overdue",
        "First Response's target: 2026-03-02 10:00 UTC → 2026-03-02 09:40 UTC",
        "next deadline: 2026-03-02 10:00 UTC → none",
        "C-1/First Response#1/1/warning-1/1: started (email), due 2026-03-02 09:45 UTC → dropped, past the target",
        "next wake-up: 2026-03-02 10:00 UTC → none",
        "C-1/First Response#1/1/violation-1/1: nothing → started (reassign), due 2026-03-02 09:40 UTC",
    ]


async def test_a_milestone_that_is_not_known_today_refuses_its_completion() -> None:
    world = World()
    done = event("completed", 5, milestone="First Response")
    asked, recorded = await decided(world, 5, OPENED, done, news=2)
    told = await taken_again(world, asked, recorded, a_process(milestone="First Answer"))
    assert "First Response: met → nothing" in told
    assert "First Answer: nothing → running" in told
    [refused] = [one for one in told if one.startswith("event 'completed'")]
    assert refused.startswith("event 'completed': accepted → refused, ")


ASKED = DecideInput(record="C-1", ref={"process": "P", "version": 1, "revision": 1}, log=[OPENED], news=1, now=NINE)
TASK = Task(key="k", kind="email", world="mail", trigger="warning", due_at=NINE)


@pytest.mark.parametrize(
    ("recorded", "today", "told"),
    [
        (Decision(), Decision(finished=True), "the case: goes on → ends"),
        (Decision(next_wakeup=at(1)), Decision(), "next wake-up: 2026-03-02 09:01 UTC → none"),
        (Decision(start=[TASK]), Decision(), "k: started (email), due 2026-03-02 09:00 UTC → nothing"),
        (
            Decision(start=[TASK]),
            Decision(drop=[Concluded(key="k", outcome="dropped", reason="no longer wanted")]),
            "k: started (email), due 2026-03-02 09:00 UTC → dropped, no longer wanted",
        ),
        (
            Decision(drop=[Concluded(key="k", outcome="gave_up", reason="there is no action 'fax'")]),
            Decision(),
            "k: gave up, there is no action 'fax' → nothing",
        ),
        (
            Decision(refused=[Refused(event="opened", reason="it is closed")]),
            Decision(refused=[Refused(event="opened", reason="it is out")]),
            "event 'opened': refused, it is closed → refused, it is out",
        ),
    ],
)
def test_each_part_of_a_decision_is_told_of(recorded: Decision, today: Decision, told: str) -> None:
    assert list(differences(ASKED, recorded, today)) == [told]


def test_words_for_people_and_the_budget_of_an_action_are_not_compared() -> None:
    recorded = Decision(changes=["met"], wakeup_for="a target", start=[TASK])
    today = Decision(start=[TASK.model_copy(update={"budget_s": 60})])
    assert list(differences(ASKED, recorded, today)) == []
    assert facts(ASKED, recorded)["event 'opened'"] == "accepted"
