"""`reassign`: who gets the record."""

from typing import Any

import pytest

from activities.fakes import SetClock
from activities.ports import Permanent
from sla.events import Changed
from tests.activities.builders import VIOLATION, Scene, at, opened, violating


def a_scene(to: Any, *, owner: str | None = "grace", now: str = "10:00", **params: Any) -> Scene:
    """A case that Grace has, whose first response is violated within working hours."""
    process = violating({"reassign": {"to": to, **params}})
    return Scene(process=process, events=[opened(owner=owner)], clock=SetClock(at(now)))


async def reassigned(scene: Scene) -> dict[str, Any]:
    (event,) = (await scene.perform(kind="reassign")).events
    assert isinstance(event, Changed)
    return dict(event.set)


def detail(scene: Scene) -> dict[str, Any]:
    return scene.ledger.lines[VIOLATION].detail


async def test_a_person_gets_it_by_id() -> None:
    assert await reassigned(a_scene("ben")) == {"owner": "ben"}


async def test_the_account_manager_gets_it() -> None:
    assert await reassigned(a_scene("account_manager")) == {"owner": "hugo"}


@pytest.mark.parametrize("to", ["queue:tier-2", "tier-2"])
async def test_a_queue_gets_it_and_nobody_owns_it_any_more(to: str) -> None:
    assert await reassigned(a_scene(to)) == {"queue": "tier-2", "owner": None}


async def test_the_change_is_told_as_an_event_that_bears_the_actions_key() -> None:
    (event,) = (await a_scene("ben").perform(kind="reassign")).events
    assert (event.id, event.at, event.record) == (VIOLATION, at("10:00"), "C-1042")


async def test_a_key_too_long_for_an_event_ends_in_its_digest() -> None:
    name = "x" * 120
    scene = a_scene("ben")
    scene.process = violating({"reassign": {"to": "ben"}}, milestone=name)
    scene.events = [opened().model_copy(update={"record": "C" * 150})]
    scene.__post_init__()
    scene.cases.logs = {"C" * 150: list(scene.events)}
    key = f"{'C' * 150}/{name}#1/1/violation-1/1"
    from activities.actions import CATALOGUE
    from sla.messages import PerformInput

    asked = PerformInput(record="C" * 150, ref=scene.ref, key=key)
    (event,) = (await scene.performer.perform(CATALOGUE["reassign"], asked)).events
    assert len(event.id) == 200


# ---------------------------------------------------------------------- of a role


async def test_of_a_role_whoever_owns_the_fewest_open_records_gets_it() -> None:
    scene = a_scene("role:senior_agent")
    scene.directory.loads = {"ada": 4, "ben": 2, "carla": 3, "edda": 0}
    assert await reassigned(scene) == {"owner": "ben"}, "Edda has none, but is not on duty by day"


async def test_a_tie_goes_by_id() -> None:
    assert await reassigned(a_scene("role:senior_agent")) == {"owner": "ada"}


async def test_the_present_owner_is_passed_over_while_there_is_anybody_else() -> None:
    scene = a_scene("role:senior_agent", owner="ada")
    scene.directory.loads = {"ben": 5, "carla": 6}
    assert await reassigned(scene) == {"owner": "ben"}


async def test_the_present_owner_keeps_it_where_nobody_else_is_on_duty() -> None:
    scene = a_scene("role:senior_agent", owner="ada")
    scene.directory.roles["senior_agent"] = ["ada", "edda"]
    assert await reassigned(scene) == {"owner": "ada"}


async def test_who_is_on_duty_is_judged_now_and_not_when_it_was_due() -> None:
    assert await reassigned(a_scene("role:senior_agent", now="19:00")) == {"owner": "edda"}


async def test_somebody_without_hours_of_duty_always_is_on_duty() -> None:
    assert await reassigned(a_scene("role:support_manager", owner="ada", now="23:00")) == {"owner": "grace"}


async def test_where_nobody_is_on_duty_anybody_of_the_role_gets_it_and_the_ledger_says_so() -> None:
    scene = a_scene("role:senior_agent", now="19:00")
    scene.directory.roles["senior_agent"] = ["ada", "ben"]
    assert await reassigned(scene) == {"owner": "ada"}
    assert detail(scene)["on_duty"] is False


async def test_round_robin_goes_on_after_the_latest_choice_and_begins_again() -> None:
    scene = a_scene("role:senior_agent", by="round_robin")
    assert await reassigned(scene) == {"owner": "ada"}
    for last, following in [("ada", "ben"), ("ben", "carla"), ("carla", "ada"), ("edda", "ada")]:
        scene = a_scene("role:senior_agent", by="round_robin")
        scene.directory.chosen = {"senior_agent": last}
        assert await reassigned(scene) == {"owner": following}


@pytest.mark.parametrize("to", ["role:senior_agent", "senior_agent"])
async def test_the_ledger_knows_the_role_and_the_choice_for_the_next_round(to: str) -> None:
    scene = a_scene(to)
    await reassigned(scene)
    assert (detail(scene)["role"], detail(scene)["chosen"], detail(scene)["on_duty"]) == ("senior_agent", "ada", True)


# ---------------------------------------------------------------------- nobody


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ("zoe", "the directory holds no person, role or queue 'zoe'"),
        ("queue:nowhere", "the directory holds no queue 'nowhere'"),
        ("role:pilot", "nobody has the role 'pilot'"),
    ],
)
async def test_nobody_at_all_fails_for_good_with_the_reason(to: str, reason: str) -> None:
    with pytest.raises(Permanent, match=reason):
        await a_scene(to).perform(kind="reassign")


async def test_an_account_without_a_manager_fails_for_good() -> None:
    scene = a_scene("account_manager")
    scene.directory.managers.clear()
    with pytest.raises(Permanent, match="no manager"):
        await scene.perform(kind="reassign")


async def test_of_a_list_the_first_that_can_be_had_gets_it() -> None:
    assert await reassigned(a_scene(["role:pilot", "zoe", "queue:tier-2"])) == {"queue": "tier-2", "owner": None}
