"""What a Temporal server tells of itself, of our workers and of our workflows, for `milepost doctor`. Only asks.

It uses Temporal's client, whose failures become ours here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType, WorkerVersioningMode
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, DescribeTaskQueueRequest, GetSystemInfoRequest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from runtime.connect import unavailable
from sla import messages
from sla.errors import UnknownNamespace
from starter.deployments import Deployments

PROBLEMS = "TemporalReportedProblems"
"""The search attribute that a server sets by itself when a workflow fails at the same task again and again."""
_PREFIX = messages.workflow_id("")


@dataclass(frozen=True, kw_only=True)
class Poller:
    """A process that asks a task queue for work. `build` is empty if it names none; the instant is by the server's clock."""

    identity: str
    build: str
    versioned: bool
    seen_at: datetime


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A task queue: who asks it for work, and which build new work goes to if its workers are versioned."""

    pollers: tuple[Poller, ...]
    current_build: str


class TemporalView:
    """One namespace of one server. Methods raise ServiceUnavailable or UnknownNamespace; the caller limits their time."""

    def __init__(self, client: Client, *, queue_prefix: str) -> None:
        self._client = client
        self.namespace = client.namespace
        self.address = client.service_client.config.target_host
        ours = f"WorkflowType = '{messages.WORKFLOW}' AND TaskQueue = '{messages.task_queue(queue_prefix, 'cases')}'"
        self._deployments = Deployments(client, queue_prefix=queue_prefix)
        self._running = f"{ours} AND ExecutionStatus = 'Running'"
        self._stuck = f"{self._running} AND {PROBLEMS} IS NOT NULL"

    async def version(self) -> str:
        """The server's version, such as `1.32.0`."""
        with self._asking():
            info = await self._client.workflow_service.get_system_info(GetSystemInfoRequest())
        return info.server_version

    async def retention(self) -> timedelta:
        """How long the namespace keeps workflows that have ended."""
        asked = DescribeNamespaceRequest(namespace=self.namespace)
        with self._asking():
            found = await self._client.workflow_service.describe_namespace(asked)
        return found.config.workflow_execution_retention_ttl.ToTimedelta()

    async def search_attributes(self) -> dict[str, str]:
        """The namespace's own search attributes with their types, as `temporal operator search-attribute` spells them."""
        asked = ListSearchAttributesRequest(namespace=self.namespace)
        with self._asking():
            found = await self._client.operator_service.list_search_attributes(asked)
        return {name: _spelt(kind) for name, kind in found.custom_attributes.items()}

    async def queue(self, name: str, *, workflows: bool) -> Queue:
        """A task queue of workflows or of activities."""
        kind = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW if workflows else TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
        asked = DescribeTaskQueueRequest(namespace=self.namespace, task_queue=TaskQueue(name=name), task_queue_type=kind)
        with self._asking():
            found = await self._client.workflow_service.describe_task_queue(asked)
        current = found.versioning_info.current_deployment_version.build_id
        return Queue(pollers=tuple(_poller(one) for one in found.pollers), current_build=current)

    async def count_running(self) -> int:
        """How many of our workflows run."""
        with self._asking():
            return (await self._client.count_workflows(self._running)).count

    async def running(self, *, limit: int) -> dict[str, datetime]:
        """The records whose workflows run, at most so many, each with the workflow's start by the server's clock."""
        with self._asking():
            found = self._client.list_workflows(self._running, limit=limit, page_size=min(limit, 1000))
            return {one.id.removeprefix(_PREFIX): one.start_time async for one in found}

    async def stuck(self, *, limit: int) -> tuple[int, list[str]] | None:
        """How many of our workflows have failed at the same task again and again, and the records of some.

        None of a server that keeps no account of it: older ones do not know the search attribute.
        """
        try:
            count = (await self._client.count_workflows(self._stuck)).count
            found = self._client.list_workflows(self._stuck, limit=limit)
            return count, [one.id.removeprefix(_PREFIX) async for one in found]
        except RPCError as error:
            if error.status == RPCStatusCode.INVALID_ARGUMENT:
                return None
            raise unavailable(error, self._client) from None

    async def behind(self) -> int:
        """How many open cases are not with the current version of the worker; 0 where workers have no versions."""
        return await self._deployments.behind()

    async def is_running(self, record: str) -> bool:
        """Whether a record's workflow runs; unlike the lists this is true at this moment."""
        try:
            found = await self._client.get_workflow_handle(messages.workflow_id(record)).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise unavailable(error, self._client) from None
        return found.status == WorkflowExecutionStatus.RUNNING

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise UnknownNamespace(namespace=self.namespace) from None
            raise unavailable(error, self._client) from None


def _poller(info: PollerInfo) -> Poller:
    options = info.deployment_options
    return Poller(
        identity=info.identity,
        build=options.build_id or info.worker_version_capabilities.build_id,
        versioned=options.worker_versioning_mode == WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED,
        seen_at=info.last_access_time.ToDatetime(tzinfo=UTC),
    )


def _spelt(kind: "IndexedValueType.ValueType") -> str:
    """`INDEXED_VALUE_TYPE_KEYWORD_LIST` is `KeywordList`."""
    words = IndexedValueType.Name(kind).removeprefix("INDEXED_VALUE_TYPE_").split("_")
    return "".join(word.capitalize() for word in words)
