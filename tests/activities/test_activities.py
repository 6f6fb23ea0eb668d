"""The activities as Temporal sees them: names, payloads, failures."""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, get_type_hints

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.actions import CATALOGUE
from activities.decide import Decider
from activities.perform import PERMANENT, TRANSIENT
from activities.ports import Permanent, Transient
from activities.record import Recorder
from sla.messages import Concluded, Decision, Performed, PerformInput, RecordInput
from tests.activities.builders import RECORD, VIOLATION, WARNING, Scene, at, noted, opened, violating


def name_of(function: Callable[..., Any]) -> str:
    definition = activity._Definition.must_from_callable(function)
    assert definition.name is not None
    return definition.name


def the_email(scene: Scene) -> Callable[[PerformInput], Awaitable[Performed]]:
    return next(one for one in scene.performer.activities() if name_of(one) == "action.email")


async def run(scene: Scene, *, attempt: int = 1) -> Performed:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, attempt=attempt, started_time=at("10:00"))
    asked = PerformInput(record=RECORD, ref=scene.ref, key=VIOLATION)
    return await environment.run(the_email(scene), asked)


def test_there_is_one_activity_for_each_kind() -> None:
    names = [name_of(one) for one in Scene().performer.activities()]
    assert names == [f"action.{kind}" for kind in CATALOGUE]


def test_each_world_has_its_own() -> None:
    performer = Scene().performer
    worlds = {world: [name_of(one) for one in performer.activities(world)] for world in ("mail", "web", "desk")}
    assert worlds == {
        "mail": ["action.email"],
        "web": ["action.notify", "action.webhook"],
        "desk": ["action.reassign", "action.task", "action.update"],
    }


def test_payloads_are_declared_for_the_data_converter() -> None:
    for function in Scene().performer.activities():
        hints = get_type_hints(function)
        assert (hints["asked"], hints["return"]) == (PerformInput, Performed)


def test_the_law_and_the_record_have_their_pinned_names() -> None:
    scene = Scene()
    assert name_of(Decider(scene.definitions).decide) == "decide"
    assert name_of(Recorder(scene.cases, scene.ledger, scene.definitions).record) == "record"


async def test_the_activity_performs() -> None:
    scene = Scene()
    assert (await run(scene)).outcome == "performed"
    assert len(scene.mailer.sent) == 1


async def test_the_servers_time_counts_when_this_hosts_clock_is_behind() -> None:
    scene = Scene()
    scene.clock.at = at("09:59:50")
    assert (await run(scene)).outcome == "performed"


async def test_not_now_is_retried_after_the_delay_that_was_asked_for_and_noted_for_people() -> None:
    scene = Scene()
    scene.mailer.failures = [Transient("the server is busy", retry_after_s=90)]
    with pytest.raises(ApplicationError, match="the server is busy") as failure:
        await run(scene)
    assert (failure.value.type, failure.value.non_retryable) == (TRANSIENT, False)
    assert failure.value.next_retry_delay == timedelta(seconds=90)
    assert scene.ledger.attempts == [(VIOLATION, "ada: the server is busy")]


async def test_never_is_not_retried() -> None:
    scene = Scene()
    scene.mailer.failures = [Permanent("550 no such user")]
    with pytest.raises(ApplicationError, match="550 no such user") as failure:
        await run(scene)
    assert (failure.value.type, failure.value.non_retryable) == (PERMANENT, True)
    assert scene.ledger.attempts == [(VIOLATION, "ada: 550 no such user")]


async def test_a_mistake_of_ours_is_retried_as_it_is_and_noted_without_its_text() -> None:
    scene = Scene()
    scene.mailer.failures = [KeyError("ada@support.example")]
    with pytest.raises(KeyError):
        await run(scene, attempt=2)
    assert scene.ledger.attempts == [(VIOLATION, "unexpected KeyError")]
    assert ("retried", "email") in scene.observer.seen


# ---------------------------------------------------------------------- decide


async def test_decide_starts_what_is_due_with_the_installations_budget() -> None:
    scene = Scene()
    decider = Decider(scene.definitions, observer=scene.observer, budget_s=3_600)
    decision: Decision = await ActivityEnvironment().run(decider.decide, scene.question("10:00", news=1))
    assert [(task.key, task.budget_s) for task in decision.start] == [(VIOLATION, 3_600), (WARNING, 3_600)]
    assert scene.observer.seen == [("decided",), ("warned",), ("violated",)]


async def test_decide_counts_what_is_withdrawn() -> None:
    scene = Scene()
    decider = Decider(scene.definitions, observer=scene.observer)
    before = await decider.decide(scene.question("10:00"))
    scene.cases.logs[RECORD].append(noted("response.sent", "09:58", recorded="10:03"))
    await decider.decide(scene.question("10:03", shown=before.view, done=[VIOLATION, WARNING]))
    assert scene.observer.seen[-2:] == [("decided",), ("retracted",)]


# ---------------------------------------------------------------------- record


async def test_record_keeps_the_log_and_the_view_and_is_idempotent() -> None:
    scene = Scene()
    scene.cases.logs.clear()
    recorder = Recorder(scene.cases, scene.ledger, scene.definitions)
    told = RecordInput(record=RECORD, ref=scene.ref, events=[opened()], now=at("10:00"))
    for _ in range(2):
        await ActivityEnvironment().run(recorder.record, told)
    assert len(scene.cases.logs[RECORD]) == 1
    assert scene.cases.views[RECORD].status == "violated_open"


async def test_record_enters_in_the_ledger_what_the_evaluation_performs_by_itself() -> None:
    scene = Scene(process=violating({"update": {"set": {"escalated": True}}}))
    recorder = Recorder(scene.cases, scene.ledger, scene.definitions, observer=scene.observer)
    told = RecordInput(record=RECORD, ref=scene.ref, now=at("10:30"))
    for _ in range(2):
        await recorder.record(told)
    line = scene.ledger.lines[VIOLATION]
    assert (line.outcome, line.at, line.detail) == ("performed", at("10:00"), {"set": {"escalated": True}})
    assert scene.observer.seen == [("effect", "update", "performed")]


async def test_record_closes_what_ended_undone_and_counts_it_once() -> None:
    scene = Scene()
    recorder = Recorder(scene.cases, scene.ledger, scene.definitions, observer=scene.observer)
    ended = Concluded(key=VIOLATION, outcome="gave_up", reason="the server was down")
    for _ in range(2):
        await recorder.record(RecordInput(record=RECORD, ref=scene.ref, concluded=[ended], now=at("10:30")))
    assert scene.ledger.lines[VIOLATION].reason == "the server was down"
    assert scene.observer.seen == [("effect", "email", "gave_up")]


async def test_record_does_not_take_back_what_was_performed() -> None:
    scene = Scene()
    await scene.perform()
    recorder = Recorder(scene.cases, scene.ledger, scene.definitions)
    ended = Concluded(key=VIOLATION, outcome="dropped", reason="no longer wanted")
    await recorder.record(RecordInput(record=RECORD, ref=scene.ref, concluded=[ended], now=at("10:30")))
    assert scene.ledger.lines[VIOLATION].outcome == "performed"
