"""The time-skipping server, and the workers of an installation over a world in memory."""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import get_args

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionRequest, DescribeWorkflowExecutionResponse
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from runtime.sandbox import sandbox
from runtime.settings import Settings
from sla import messages
from tests.workflows.world import World
from workers.wiring import versioned
from workflows.case import SlaCase

IDENTITY = "golden"
"""Of clients and workers: histories that are kept name no machine."""


def program(name: str) -> str:
    """A program that pip installed beside the interpreter."""
    return str(Path(sys.executable).parent / name)


@cache
def quiet() -> Runtime:
    """The SDK's runtime for all tests. Its core warns of what the test server lacks, once for each worker: not here."""
    return Runtime(
        telemetry=TelemetryConfig(logging=LoggingConfig(TelemetryFilter(core_level="ERROR", other_level="ERROR")))
    )


@asynccontextmanager
async def skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server of its own, with our search attributes."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=program("temporal-test-server"),
        data_converter=pydantic_data_converter,
        identity=IDENTITY,
        runtime=quiet(),
    ) as env:
        kinds = {
            "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
            "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
        }
        wanted = {name: kinds[kind] for name, kind in messages.SEARCH_ATTRIBUTES.items()}
        asked = AddSearchAttributesRequest(namespace=env.client.namespace, search_attributes=wanted)
        await env.client.operator_service.add_search_attributes(asked)
        yield env


@asynccontextmanager
async def working(client: Client, world: World, prefix: str, cached: int = 1000, build: str = "") -> AsyncIterator[None]:
    """A worker for the cases and one for each outside world, as in production; of a version if `build` names one."""
    version = versioned(Settings(task_queue=prefix, build_id=build))
    cases = Worker(
        client,
        task_queue=messages.task_queue(prefix, "cases"),
        workflows=[SlaCase],
        activities=[world.decider.decide],
        workflow_runner=sandbox(),
        max_cached_workflows=cached,
        identity=IDENTITY,
        deployment_config=version,
    )
    performer = world.performer
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(cases)
        for outside in get_args(messages.World):
            queue = messages.task_queue(prefix, outside)
            worker = Worker(
                client,
                task_queue=queue,
                activities=performer.activities(outside),
                identity=IDENTITY,
                deployment_config=version,
            )
            await stack.enter_async_context(worker)
        yield


async def described(client: Client, record: str) -> DescribeWorkflowExecutionResponse:
    """What the server knows of a case; the client's own way stumbles over the test server's emptied search attributes."""
    execution = WorkflowExecution(workflow_id=messages.workflow_id(record))
    asked = DescribeWorkflowExecutionRequest(namespace=client.namespace, execution=execution)
    return await client.workflow_service.describe_workflow_execution(asked)


def is_open(case: DescribeWorkflowExecutionResponse) -> bool:
    """Whether a case runs."""
    return not case.workflow_execution_info.HasField("close_time")
