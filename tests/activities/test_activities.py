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
from sla.ledger_line import LOST
from sla.messages import Concluded, DecideInput, Decision, Performed, PerformInput
from tests.activities.builders import RECORD, VIOLATION, WARNING, Scene, at, completed, noted, opened, violating


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


def test_the_law_has_its_pinned_name() -> None:
    assert name_of(Scene().decider.decide) == "decide"


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
    scene.clock.at = at("09:59:50")
    scene.mailer.failures = [Transient("the server is busy", retry_after_s=90)]
    with pytest.raises(ApplicationError, match="the server is busy") as failure:
        await run(scene)
    assert (failure.value.type, failure.value.non_retryable) == (TRANSIENT, False)
    assert failure.value.next_retry_delay == timedelta(seconds=90)
    assert scene.ledger.attempts == [(VIOLATION, "ada: the server is busy")]
    assert scene.ledger.tried_at == [at("10:00")]  # by the server's clock


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
    assert scene.ledger.attempts == [(VIOLATION, LOST), (VIOLATION, "unexpected KeyError")]
    assert ("retried", "email") in scene.observer.seen


# ---------------------------------------------------------------------- decide


async def test_decide_starts_what_is_due_with_the_installations_budget() -> None:
    scene = Scene()
    decider = Decider(scene.definitions, scene.cases, observer=scene.observer, budget_s=3_600)
    decision: Decision = await ActivityEnvironment().run(decider.decide, scene.question("10:00", news=1))
    assert [(task.key, task.budget_s) for task in decision.start] == [(VIOLATION, 3_600), (WARNING, 3_600)]
    assert scene.observer.seen == [("decided",), ("warned",), ("violated",)]


async def test_decide_counts_what_is_withdrawn() -> None:
    scene = Scene()
    decider = scene.decider
    before = await decider.decide(scene.question("10:00"))
    scene.cases.logs[RECORD].append(noted("response.sent", "09:58", recorded="10:03"))
    await decider.decide(scene.question("10:03", shown=before.view and before.view.of(None), done=[VIOLATION, WARNING]))
    assert scene.observer.seen[-2:] == [("decided",), ("retracted",)]


# ---------------------------------------------------------------------- decide: what the store is told


async def test_what_a_decision_rests_on_is_in_the_store_once_it_is_made_and_only_once() -> None:
    scene = Scene()
    scene.cases.logs.clear()
    asked = DecideInput(record=RECORD, ref=scene.ref, log=[opened()], news=1, now=at("10:00"))
    first = await scene.decider.decide(asked)
    assert [event.id for event in scene.cases.logs[RECORD]] == ["e-opened"]
    assert scene.cases.views[RECORD].status == "violated_open"
    again = await scene.decider.decide(asked)
    assert len(scene.cases.logs[RECORD]) == 1
    assert again == first.model_copy(update={"found": [opened()]})


async def test_news_that_is_refused_leaves_no_trace() -> None:
    scene = Scene()
    log = [opened(), completed("No such thing", "09:30")]
    decision = await scene.decider.decide(DecideInput(record=RECORD, ref=scene.ref, log=log, news=1, now=at("09:30")))
    assert [one.event for one in decision.refused] == [log[1].id]
    assert scene.cases.logs[RECORD] == [opened()]


async def test_of_a_record_that_was_never_opened_the_store_knows_nothing() -> None:
    scene = Scene()
    scene.cases.logs.clear()
    note = noted("response.sent", "09:30")
    await scene.decider.decide(DecideInput(record=RECORD, ref=scene.ref, log=[note], news=1, now=at("09:30")))
    assert scene.cases.logs == {}


async def test_what_the_store_knows_and_the_case_does_not_counts_and_is_handed_to_the_case() -> None:
    """A worker that dies after it told the store, and before the case heard of it, leaves them so."""
    scene = Scene()
    answered = noted("response.sent", "09:30")
    scene.cases.logs[RECORD].append(answered)
    asked = DecideInput(record=RECORD, ref=scene.ref, log=[opened()], now=at("10:00"))
    decision = await scene.decider.decide(asked)
    assert decision.found == [answered]
    assert [task.trigger for task in decision.start] == ["success"]
    assert scene.cases.views[RECORD].status == "compliant"


async def test_news_that_the_store_heard_first_counts_as_it_was_told_first() -> None:
    scene = Scene()
    first = noted("response.sent", "09:30")
    scene.cases.logs[RECORD].append(first)
    again = first.model_copy(update={"recorded_at": at("09:40")})
    log = [opened(), again]
    decision = await scene.decider.decide(DecideInput(record=RECORD, ref=scene.ref, log=log, news=1, now=at("09:40")))
    assert (decision.found, decision.refused) == ([first], [])
    assert scene.cases.logs[RECORD] == [opened(), first]


async def test_what_the_case_knows_and_the_store_has_lost_is_in_the_store_again() -> None:
    scene = Scene()
    scene.cases.logs.clear()
    log = [opened(), noted("response.sent", "09:30")]
    await scene.decider.decide(DecideInput(record=RECORD, ref=scene.ref, log=log, now=at("09:45")))
    assert scene.cases.logs[RECORD] == log


async def test_an_update_which_the_evaluation_performs_by_itself_is_in_the_ledger_once() -> None:
    scene = Scene(process=violating({"update": {"set": {"escalated": True}}}))
    for _ in range(2):
        await scene.decider.decide(scene.question("10:30"))
    line = scene.ledger.lines[VIOLATION]
    assert (line.outcome, line.at, line.detail) == ("performed", at("10:00"), {"set": {"escalated": True}})
    assert scene.observer.seen.count(("effect", "update", "performed")) == 1


async def test_what_ended_undone_is_in_the_ledger_and_counted_once() -> None:
    scene = Scene()
    ended = Concluded(key=VIOLATION, outcome="gave_up", reason="the server was down")
    for _ in range(2):
        await scene.decider.decide(scene.question("10:30", concluded=[ended], done=[VIOLATION, WARNING]))
    assert scene.ledger.lines[VIOLATION].reason == "the server was down"
    assert scene.observer.seen.count(("effect", "email", "gave_up")) == 1


async def test_what_was_performed_is_not_taken_back() -> None:
    scene = Scene()
    await scene.perform()
    ended = Concluded(key=VIOLATION, outcome="dropped", reason="no longer wanted")
    await scene.decider.decide(scene.question("10:30", concluded=[ended], done=[VIOLATION, WARNING]))
    assert scene.ledger.lines[VIOLATION].outcome == "performed"


async def test_an_action_taken_for_undone_that_the_ledger_has_is_told_to_the_case_with_what_it_decided() -> None:
    """A worker that dies after it wrote to the ledger, and before it answered; then the action was no longer wanted."""
    scene = Scene(process=violating({"reassign": {"to": "ben"}}))
    await scene.perform(kind="reassign")
    ended = Concluded(key=VIOLATION, outcome="dropped", reason="no longer wanted")
    decision = await scene.decider.decide(scene.question("10:30", concluded=[ended], done=[VIOLATION]))
    (fulfilled,) = decision.fulfilled
    assert fulfilled.key == VIOLATION
    assert [event.facts()["set"] for event in fulfilled.events] == [{"owner": "ben"}]


async def test_what_a_decision_dropped_whose_answer_was_lost_the_next_one_tells_the_case() -> None:
    """Late, the warning was wanted no more; by what is known when the question is asked again, it never fell due at all."""
    scene = Scene()
    answered = noted("response.sent", "09:50")
    log = [opened(), answered]
    first = await scene.decider.decide(DecideInput(record=RECORD, ref=scene.ref, log=log, news=1, now=at("10:01")))
    assert [one.key for one in first.drop] == [WARNING]  # and the worker died before the case heard of it
    sooner = noted("response.sent", "09:40").model_copy(update={"id": "e-sooner"})
    log = [opened(), sooner, answered]
    second = await scene.decider.decide(DecideInput(record=RECORD, ref=scene.ref, log=log, news=2, now=at("10:02")))
    assert WARNING not in [effect.key for effect in scene.cases.views[RECORD].effects]
    assert (second.drop, second.unheard) == ([], first.drop)
    asked = DecideInput(record=RECORD, ref=scene.ref, log=scene.cases.logs[RECORD], done=[WARNING], now=at("10:03"))
    assert (await scene.decider.decide(asked)).unheard == []
