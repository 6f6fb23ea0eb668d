"""`task`: what is opened for whom, and when it is due."""

from typing import Any

import pytest

from activities.adapters.templates import FileTemplates
from activities.ports import Permanent
from tests.activities.builders import VIOLATION, Scene, at, opened, violating


def a_scene(to: Any = "role:support_manager", subject: str = "Call the customer", **params: Any) -> Scene:
    scene = Scene(process=violating({"task": {"to": to, "subject": subject, **params}}, business_hours="day"))
    scene.templates = FileTemplates()
    return scene


async def test_a_task_is_opened_once_under_the_actions_key() -> None:
    scene = a_scene(due="30m")
    await scene.perform(kind="task")
    scene.ledger.lines.clear()
    await scene.perform(kind="task")
    (task,) = scene.tasks.opened.values()
    assert (task.key, task.to, task.subject) == (VIOLATION, ("role:support_manager",), "Call the customer")
    assert (task.at, task.due_at) == (at("10:00"), at("10:30"))


async def test_a_task_need_not_be_due() -> None:
    scene = a_scene()
    await scene.perform(kind="task")
    assert scene.tasks.opened[VIOLATION].due_at is None


async def test_a_due_time_is_time_on_the_wall_day_and_night() -> None:
    scene = a_scene(due="20h")
    await scene.perform(kind="task")
    assert scene.tasks.opened[VIOLATION].due_at == at("06:00", day=3)


async def test_business_days_are_the_exception_and_count_in_the_milestones_hours() -> None:
    scene = a_scene(due="1bd")
    await scene.perform(kind="task")
    assert scene.tasks.opened[VIOLATION].due_at == at("10:00", day=3)


async def test_the_subject_may_insert_values_and_stays_one_line() -> None:
    scene = a_scene(subject="{{ record.subject }}: call {{ record.account }}")
    scene.cases.logs["C-1042"] = [opened(subject="Down\nagain")]
    await scene.perform(kind="task")
    assert scene.tasks.opened[VIOLATION].subject == "Down again: call helios"


@pytest.mark.parametrize(
    ("to", "assignees"),
    [
        ("owner", ("ada",)),
        ("ben", ("ben",)),
        ("queue", ("queue:tier-1",)),
        ("account_manager", ("hugo",)),
        (["ada", "owner", "queue:tier-2", "zoe"], ("ada", "queue:tier-2")),
        (["support_manager", "role:support_manager", "tier-2"], ("role:support_manager", "queue:tier-2")),
    ],
)
async def test_it_is_for_people_by_id_and_for_roles_and_queues_by_name(to: Any, assignees: tuple[str, ...]) -> None:
    scene = a_scene(to)
    await scene.perform(kind="task")
    assert scene.tasks.opened[VIOLATION].to == assignees


@pytest.mark.parametrize("to", ["zoe", "role:pilot", "queue:nowhere", "owner", "queue", "account_manager"])
async def test_nobody_at_all_fails_for_good(to: str) -> None:
    scene = a_scene(to)
    scene.cases.logs["C-1042"] = [opened(owner=None, queue=None, account=None)]
    with pytest.raises(Permanent, match=f"nobody to give the task to behind '{to}'"):
        await scene.perform(kind="task")
