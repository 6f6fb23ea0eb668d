"""Workers for the hand-written cases, and their activities, which answer as ours do and do nothing."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from bench.baselines.case import RECORD, Recorded
from bench.baselines.least import LeastCase
from bench.baselines.plain import PlainCase
from runtime.sandbox import sandbox
from sla.events import Changed
from sla.instants import to_instant
from sla.messages import ACTION_PREFIX, Performed, PerformInput, task_queue

CHOSEN = "edda"
"""Whom a violation is reassigned to; as long a name as any."""


@activity.defn(name=f"{ACTION_PREFIX}email")
async def email(told: PerformInput) -> Performed:
    """What ours answers when a mail was sent."""
    return Performed(outcome="performed")


@activity.defn(name=f"{ACTION_PREFIX}reassign")
async def reassign(told: PerformInput) -> Performed:
    """What ours answers when somebody was chosen: that the owner changed."""
    at = to_instant(activity.info().started_time)
    changed = Changed(record=told.record, id=told.key, at=at, recorded_at=at, set={"owner": CHOSEN})
    return Performed(outcome="performed", events=[changed])


@activity.defn(name=RECORD)
async def record(line: Recorded) -> None:
    """Where a table would be written."""


@asynccontextmanager
async def working(client: Client, prefix: str) -> AsyncIterator[None]:
    """Work on the task queues of `prefix` for as long as the block runs: cases in the sandbox that ours has, and actions."""
    queues = {world: task_queue(prefix, world) for world in ("mail", "desk")}
    async with AsyncExitStack() as stack:
        cases = Worker(
            client,
            task_queue=task_queue(prefix, "cases"),
            workflows=[LeastCase, PlainCase],
            activities=[record],
            workflow_runner=sandbox(),
        )
        mail = Worker(client, task_queue=queues["mail"], activities=[email])
        desk = Worker(client, task_queue=queues["desk"], activities=[reassign])
        for worker in (cases, mail, desk):
            await stack.enter_async_context(worker)
        yield
