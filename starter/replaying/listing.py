"""Which runs a query of Temporal's lists, page by page: for replaying many."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.connect import unavailable
from sla import messages
from sla.instants import to_text
from sla.setup_errors import InvalidQuery
from starter.replaying.sources import OfRun

PAGE: Final = 1000


def query_of(query: str | None, queue_prefix: str, since: datetime | None) -> str:
    """What Temporal is asked: the query given, or for all cases of this installation; of those, what was open since then."""
    asked = query or f"WorkflowType = '{messages.WORKFLOW}' AND TaskQueue = '{messages.task_queue(queue_prefix, 'cases')}'"
    if since is None:
        return asked
    return f"({asked}) AND (ExecutionStatus = 'Running' OR CloseTime >= '{to_text(since)}')"


def closed(query: str) -> str:
    """Of what a query lists, what no longer runs."""
    return f"({query}) AND ExecutionStatus != 'Running'"


async def count(client: Client, query: str) -> int:
    """How many runs there are. Raises InvalidQuery or ServiceUnavailable."""
    try:
        return (await client.count_workflows(query)).count
    except RPCError as error:
        raise _refused(error, client) from None


async def listed(client: Client, query: str) -> AsyncIterator[OfRun]:
    """The runs, as Temporal lists them. Raises as `count`."""
    try:
        async for one in client.list_workflows(query, page_size=PAGE):
            yield OfRun(one.id, one.run_id, one.workflow_type)
    except RPCError as error:
        raise _refused(error, client) from None


def _refused(error: RPCError, client: Client) -> Exception:
    if error.status == RPCStatusCode.INVALID_ARGUMENT:
        return InvalidQuery(field="--query", problem=f"Temporal does not take it: {error.message.rstrip('.')}")
    return unavailable(error, client)
