"""The hand-written cases do what ours does as far as others can see, or the comparison would flatter us."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowHistory
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment

from bench.baselines.case import MILESTONES, BareInput, steps
from bench.baselines.least import LeastCase
from bench.baselines.plain import PlainCase
from bench.baselines.working import working
from bench.histories import kinds, performed_actions, size
from sla import messages
from sla.events import AnyEvent, read_event
from sla.messages import News, ProcessRef, Reception
from tests.workflows.servers import skipping

REF = ProcessRef(process="Bench", version=1, revision=1)
HOURS = [4 * 3600, 8 * 3600, 12 * 3600]


def test_each_milestone_is_warned_of_at_three_quarters_and_violated_at_its_limit() -> None:
    told = [(step.after_s // 3600, step.name) for step in steps(BareInput(record="C-1", ref=REF, limits_s=HOURS))]
    assert told == [
        (3, "First Response/warning-1"),
        (4, "First Response/violation-1"),
        (6, "Diagnosis/warning-1"),
        (8, "Diagnosis/violation-1"),
        (9, "Resolution/warning-1"),
        (12, "Resolution/violation-1"),
    ]


async def lived(env: WorkflowEnvironment, design: Any, *, met: bool, shown: bool = False) -> WorkflowHistory:
    """A case from its opening to its end, on a clock that skips."""
    record = "C-1"
    start: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        design.run,
        BareInput(record=record, ref=REF, limits_s=HOURS, shown=shown),
        id=f"bare/{design.__name__}-{met}-{shown}",
        task_queue=messages.task_queue("compared", "cases"),
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
    )
    await env.client.execute_update_with_start_workflow(
        messages.REPORT, await news(env, type="opened"), start_workflow_operation=start, result_type=Reception
    )
    handle = await start.workflow_handle()
    for milestone in MILESTONES if met else ():
        await handle.execute_update(messages.REPORT, await news(env, type="completed", milestone=milestone))
    if not met:
        await env.sleep(timedelta(hours=13))
    await handle.execute_update(messages.REPORT, await news(env, type="closed"))
    await handle.result()
    history: WorkflowHistory = await handle.fetch_history()
    return history


async def news(env: WorkflowEnvironment, **carried: Any) -> News:
    now = (await env.get_current_time()).replace(microsecond=0).isoformat()
    data = {"record": "C-1", "id": f"{carried['type']} {carried.get('milestone', '')}".strip(), "at": now, **carried}
    event: Any = read_event(data, where="the test")
    told: AnyEvent = event
    return News(event=told)


@pytest.mark.parametrize("design", [LeastCase, PlainCase])
async def test_a_case_that_is_violated_three_times_mails_six_times_and_is_reassigned_three_times(design: Any) -> None:
    async with skipping() as env, working(env.client, "compared"):
        history = await lived(env, design, met=False)
    asked = [event.activity_task_scheduled_event_attributes.activity_id for event in history.events]
    acted = Counter(key.split("/")[-2] for key in asked if key.startswith("C-1/"))
    assert performed_actions(history) == 9
    assert acted == {"warning-1": 3, "violation-1": 6}
    assert kinds(history)["timer_fired"] == 6


@pytest.mark.parametrize("design", [LeastCase, PlainCase])
async def test_a_case_that_meets_everything_alarms_nobody(design: Any) -> None:
    async with skipping() as env, working(env.client, "compared"):
        history = await lived(env, design, met=True)
    assert performed_actions(history) == 0
    assert "timer_fired" not in kinds(history)


async def test_the_least_has_one_timer_where_the_plain_design_has_six() -> None:
    async with skipping() as env, working(env.client, "compared"):
        least, plain = await lived(env, LeastCase, met=True), await lived(env, PlainCase, met=True)
    assert (kinds(least)["timer_started"], kinds(plain)["timer_started"]) == (1, 6)
    assert size(least) < size(plain)


async def test_search_attributes_are_kept_only_where_they_are_wanted() -> None:
    async with skipping() as env, working(env.client, "compared"):
        shown, silent = [await lived(env, LeastCase, met=False, shown=wanted) for wanted in (True, False)]
    assert kinds(shown)["upsert_workflow_search_attributes"] == 6
    assert "upsert_workflow_search_attributes" not in kinds(silent)
