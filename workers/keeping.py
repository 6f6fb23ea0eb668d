"""A worker sees to it that the archive is kept: it starts the one workflow that does, unless that runs already."""

import asyncio
from typing import Final

import structlog
from temporalio.client import Client
from temporalio.common import AutoUpgradeVersioningOverride, WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from runtime.settings import Settings
from sla import archiving, messages
from sla.archiving import KeepInput
from workflows.keeping import KeepHistories

logger = structlog.get_logger()

ANSWER_S: Final = 10.0


async def begin_keeping(client: Client, settings: Settings) -> bool:
    """Start the workflow that keeps histories; False, and a warning, if that cannot be done: cases do not wait for it."""
    try:
        async with asyncio.timeout(ANSWER_S):
            await client.start_workflow(
                KeepHistories.run,
                KeepInput(),
                id=archiving.workflow_id(settings.task_queue),
                task_queue=messages.task_queue(settings.task_queue, "cases"),
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary="keeps the histories of cases that have closed",
                # It never ends, so that it must not stay with the version that began it, whose workers will be gone.
                versioning_override=AutoUpgradeVersioningOverride() if settings.build_id else None,
            )
    except (RPCError, TimeoutError) as problem:
        logger.warning("archive_not_kept", problem=str(problem) or "no answer")
        return False
    return True
