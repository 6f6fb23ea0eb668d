"""A record that was moved to another version: decided on, acted for and shown under the law that counts for each action."""

from typing import Any

from activities.situation import laws_of, situation
from sla.events import Migrated, Version
from sla.messages import ProcessRef
from sla.process.model import Process
from tests.activities.builders import RECORD, VIOLATION, WARNING, Scene, a_process, at, noted, opened

NEW_WARNING = f"{RECORD}/First Response#1/2/warning-1/1"
NEW_VIOLATION = f"{RECORD}/First Response#1/2/violation-1/1"


def migrated(time: str, version: int = 2, **more: Any) -> Migrated:
    given = {"record": RECORD, "id": f"migrated-{version}", "at": at(time), "recorded_at": at(time), "version": version}
    return Migrated.model_validate(given | {"revision": 1} | more)


def later(**differs: Any) -> Process:
    """Version 2: another reader at the violation, and two hours."""
    violations = [{"after": "0s", "actions": [{"email": {"to": "contact", "template": "violation"}}]}]
    return a_process(**({"within": "2h", "violations": violations} | differs))


def moved(time: str, to: Process | None = None, *more: Any, clock: str = "10:00") -> Scene:
    """A case that was opened at nine and moved to version 2."""
    scene = Scene(events=[opened(), migrated(time), *more])
    scene.definitions.publish(to or later(), version=2)
    scene.clock.at = at(clock)
    return scene


async def test_a_decision_is_made_under_the_version_that_the_record_was_moved_to() -> None:
    scene = moved("09:30")
    decision = await scene.decider.decide(scene.question("09:30", news=1))
    assert decision.next_wakeup == at("10:30")
    assert decision.changes == [
        "First Response: target 2026-03-02 10:00 UTC → 2026-03-02 11:00 UTC",
        "it follows version 2 of 'Premium' now",
    ]
    assert decision.view is not None
    assert decision.view.followed == ProcessRef(process="Premium", version=2, revision=1)


async def test_what_a_version_did_stays_done_and_is_not_done_again_under_another_number() -> None:
    scene = moved("09:50", clock="11:00")
    decision = await scene.decider.decide(scene.question("11:00", done=[WARNING]))
    assert [task.key for task in decision.start] == [NEW_VIOLATION]


async def test_an_action_of_the_version_moved_to_is_performed_by_its_own_line() -> None:
    scene = moved("09:30", clock="11:00")
    assert (await scene.perform(NEW_VIOLATION)).outcome == "performed"
    assert [mail.to for mail in scene.mailer.sent] == [("kim@helios.example",)]


async def test_an_action_of_the_version_left_is_performed_by_its_own_line() -> None:
    scene = moved("10:30", clock="11:00")
    assert (await scene.perform(VIOLATION)).outcome == "performed"
    assert [mail.to for mail in scene.mailer.sent] == [("ada@support.example",)]


async def test_an_action_knows_the_line_and_the_process_that_it_comes_from() -> None:
    scene = moved("09:30", later(description="Two hours."), clock="11:00")
    found = await situation(scene.definitions, scene.ref, scene.cases.logs[RECORD], scene.clock.now())
    effects = {effect.key: effect for effect in found.timeline.effects}
    assert found.law_of(effects[NEW_VIOLATION]).process.milestones[0].description == "Two hours."
    assert found.origins["First Response", 2].line.description == "Two hours."
    assert found.origins["First Response", 1].line.description == "Somebody has written back."


async def test_a_violation_of_the_version_moved_to_is_taken_back_if_somebody_was_told() -> None:
    scene = moved("09:30", None, noted("response.sent", "10:50", "11:10"), clock="11:10")
    key = f"{RECORD}/First Response#1/2/retracted/1"
    told = await scene.decider.decide(scene.question("11:10", done=[NEW_WARNING, NEW_VIOLATION]))
    assert key in [task.key for task in told.start]
    untold = await scene.decider.decide(scene.question("11:10", done=[NEW_WARNING]))
    assert [(one.key, one.reason) for one in untold.drop if one.key == key] == [(key, "nobody was told of the violation")]


async def test_a_version_that_was_never_published_changes_nothing_and_the_case_goes_on() -> None:
    scene = Scene()
    news = {"log": [opened(), migrated("09:30", version=9)], "news": 1}
    decision = await scene.decider.decide(scene.question("09:30").model_copy(update=news))
    assert (decision.refused, decision.next_wakeup) == ([], at("09:45"))
    assert decision.changes == [
        "2026-03-02T09:30:00Z: migrated (event 'migrated-9'): version 9 of its process is not known, nothing changed"
    ]


async def test_the_laws_of_a_log_are_those_that_its_migrations_may_mean() -> None:
    scene = moved("09:30")
    other = a_process("process: Other\nmilestones: [{milestone: First Response, within: 3h}]")
    scene.definitions.publish(other, version=4)
    log = [opened(), migrated("09:30"), migrated("09:40", 4, process="Other"), migrated("09:50", 5)]
    laws = await laws_of(scene.definitions, scene.ref, log)
    assert set(laws.versions or {}) == {Version("Premium", 2, 1), Version("Other", 4, 1)}
    assert (await laws_of(scene.definitions, scene.ref, [opened()])).versions is None
