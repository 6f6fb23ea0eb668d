"""The judge of the cases themselves: none is stuck, none is forgotten, and each knows what the store knows."""

import asyncio
from collections.abc import Mapping
from typing import Final

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from sla.messages import STATE, WORKFLOW, CaseState, workflow_id
from tests.faults.seen import Seen
from tests.faults.world import World

RUNNING: Final = "ExecutionStatus = 'Running'"
OPEN_CASES: Final = f"{RUNNING} AND WorkflowType = '{WORKFLOW}'"
STUCK: Final = f"{RUNNING} AND TemporalReportedProblems IS NOT NULL"
AT_ONCE: Final = 8
ANSWER_S: Final = 20


async def at_work(world: World) -> bool:
    """Whether a case has something under way: a case that is asked tells, but that is for the end; here the server does.

    Other workflows are not asked: who keeps the histories of cases is always at it.
    """
    async for found in world.client.list_workflows(OPEN_CASES, page_size=1000):
        described = await world.client.get_workflow_handle(found.id).describe()
        if described.raw_description.pending_activities or described.raw_description.HasField("pending_workflow_task"):
            return True
    return False


async def complaints(world: World, seen: Mapping[str, Seen], *, answers_lost: bool) -> list[str]:
    """What is wrong with the workflows.

    `answers_lost`: an action may have been done without its case having heard of it; if the case then wanted it no more, it
    believes that it was dropped. The ledger knows better, and the ledger is what counts.
    """
    found = [f"{one.id} is stuck" async for one in world.client.list_workflows(STUCK)]
    slots = asyncio.Semaphore(AT_ONCE)

    async def ask(one: Seen) -> list[str]:
        async with slots:
            return [f"{one.record}: {problem}" for problem in await _of_one(world, one, answers_lost)]

    return found + [problem for problems in await asyncio.gather(*map(ask, seen.values())) for problem in problems]


async def _of_one(world: World, one: Seen, answers_lost: bool) -> list[str]:
    handle = world.client.get_workflow_handle(workflow_id(one.record))
    problems = []
    try:
        status = (await handle.describe()).status
        ends = WorkflowExecutionStatus.COMPLETED if one.row["out"] else WorkflowExecutionStatus.RUNNING
        if status != ends:
            problems.append(f"its case is {status and status.name}, and should be {ends.name}")
        if status == WorkflowExecutionStatus.COMPLETED and not world.closed_cases_answer:
            return problems
        async with asyncio.timeout(ANSWER_S):
            state: CaseState = await handle.query(STATE, result_type=CaseState)
    except (RPCError, TimeoutError) as error:
        return [*problems, f"its case gives no answer: {error}"]
    return problems + _differences(one, state, answers_lost)


def _differences(one: Seen, state: CaseState, answers_lost: bool) -> list[str]:
    problems = []
    if state.events != len(one.log):
        problems.append(f"its case knows {state.events} events, the store {len(one.log)}")
    if state.under_way:
        problems.append(f"its case still does {', '.join(state.under_way)}")
    ended = {key: line.outcome for key, line in one.ledger.items() if "/to/" not in key}
    applied = {key for key, effect in one.effects.items() if effect.action == "update"}
    for key, outcome in ended.items():
        believed = state.done.get(key)
        # An attempt that hung while its action was given up may find it unwanted afterwards: undone it is either way.
        excused = (believed, outcome) == ("gave_up", "dropped")
        excused |= answers_lost and (believed, outcome) == ("dropped", "performed")
        if key not in applied and believed != outcome and not excused:
            problems.append(f"its case has {key} as {believed}, the ledger as {outcome}")
    if state.view is not None and [m.status for m in state.view.milestones] != [m.status for m in one.now.milestones]:
        problems.append("its case shows other statuses than its log has")
    return problems
