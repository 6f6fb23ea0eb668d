"""Versions of the worker side by side: which is current, how many open cases each follows, and how they move.

A case stays with the version that it was begun by (pinned) until it continues as new; a nudge wakes sleeping cases so that
they do. For installations whose workers name their version (`MILEPOST_BUILD_ID`). Uses Temporal's client.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from temporalio.api.batch.v1 import BatchOperationSignal
from temporalio.api.deployment.v1 import WorkerDeploymentInfo
from temporalio.api.enums.v1 import BatchOperationState, RoutingConfigUpdateState, VersionDrainageStatus
from temporalio.api.workflowservice.v1 import (
    DescribeBatchOperationRequest,
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    StartBatchOperationRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from runtime.connect import unavailable
from sla import messages
from sla.errors import BatchUnderWay, IncompleteBuild, UnknownBuild

IN_PROGRESS = RoutingConfigUpdateState.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
POLL_S = 0.5
LAG_S = 1.0
"""How far behind Temporal's lists may be."""
LOOKS = (1, 2, 4, 8, 15, 30, 60)
"""How often to look, with `LAG_S` between, whether all cases have moved before they are woken again; together as long as the
longest attempt at an action. A case that is woken in the middle of a step is not told of the current version: its next step
follows at once, without Temporal having looked."""
SETTLING_S = 10.0
"""How long the workers of a version may take, from the first that is seen, until they serve all queues."""

_STATES = {
    VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINING: "draining",
    VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED: "drained",
}


@dataclass(frozen=True, kw_only=True)
class Build:
    """A version of the worker. `state`: current (new cases go to it), draining or drained (it was), or not yet in use."""

    build_id: str
    state: str
    open_cases: int


@dataclass(frozen=True, kw_only=True)
class Nudged:
    """How far a nudge has come: of `cases` so many were reached, of which some may have been closed meanwhile.

    `again`: they were woken before, and have not moved.
    """

    cases: int
    reached: int
    finished: bool
    again: bool = False


class Deployments:
    """The deployment that bears the task queues' prefix as its name, in one namespace."""

    def __init__(self, client: Client, *, queue_prefix: str) -> None:
        self._client = client
        self.name = queue_prefix
        queue = messages.task_queue(queue_prefix, "cases")
        self._open = f"WorkflowType = '{messages.WORKFLOW}' AND TaskQueue = '{queue}' AND ExecutionStatus = 'Running'"

    async def builds(self) -> list[Build]:
        """Every version known, the latest first; none if no worker has ever named one."""
        async with self._asking():
            try:
                info = await self._info()
            except RPCError as error:
                if error.status == RPCStatusCode.NOT_FOUND:
                    return []
                raise
            current = info.routing_config.current_deployment_version.build_id
            found = sorted(info.version_summaries, key=lambda one: one.create_time.ToNanoseconds(), reverse=True)
            return [
                Build(
                    build_id=one.deployment_version.build_id,
                    state=_state(one.deployment_version.build_id == current, one.drainage_status),
                    open_cases=await self._count(self._on(one.deployment_version.build_id)),
                )
                for one in found
            ]

    async def make_current(self, build_id: str) -> None:
        """Let new cases go to this version; returns when every task queue has heard of it.

        Raises UnknownBuild unless a worker of it has been seen, and IncompleteBuild when its workers leave a task queue
        unserved for longer than workers take to begin.
        """
        known = [build.build_id for build in await self.builds()]
        if build_id not in known:
            raise UnknownBuild(build=build_id, known=", ".join(known) or "none")
        asked = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self._client.namespace, deployment_name=self.name, build_id=build_id, identity="milepost"
        )
        async with self._asking(), asyncio.timeout(SETTLING_S) as settling:
            while True:
                try:
                    await self._client.workflow_service.set_worker_deployment_current_version(asked)
                except RPCError as error:
                    if error.status != RPCStatusCode.FAILED_PRECONDITION:
                        raise
                    if (settling.when() or 0) - asyncio.get_running_loop().time() < POLL_S:
                        raise IncompleteBuild(build=build_id, problem=error.message.rstrip(".")) from None
                    await asyncio.sleep(POLL_S)
                else:
                    break
        async with self._asking():
            await self._heard_of()

    async def _heard_of(self) -> None:
        """Wait until the change has reached the task queues: a case that is woken before sees no reason to move."""
        for _ in range(round(SETTLING_S / POLL_S)):
            if (await self._info()).routing_config_update_state != IN_PROGRESS:
                return
            await asyncio.sleep(POLL_S)

    async def begin(self, build_id: str) -> bool:
        """Make this version current if none is yet, as soon as its workers were seen; returns whether it was made so.

        Without a current version nobody would be given a new case.
        """
        builds = await self.builds()
        while all(build.build_id != build_id for build in builds):
            await asyncio.sleep(POLL_S)
            builds = await self.builds()
        if any(build.state != "not in use yet" for build in builds):
            return False
        await self.make_current(build_id)
        return True

    async def nudge(self, *, job: str, per_second: float = 50) -> AsyncIterator[Nudged]:
        """Wake the open cases that are not with the current version, and tell how far it has come until it is finished.

        Each moves as soon as no attempt at an action of it is under way. Those that have not moved are woken again, for some
        two minutes; `behind` tells of how many are left. `job` is a name of its own for this nudge. Raises BatchUnderWay if
        the namespace has another batch operation running, of which Temporal allows one.
        """
        current = await self._current()
        if current is None:
            return
        elsewhere = self._elsewhere(current)
        if not await self._count(elsewhere):
            yield Nudged(cases=0, reached=0, finished=True)
            return
        for round_, looks in enumerate(LOOKS, 1):
            async for told in self._woken(f"{job}-{round_}", elsewhere, current, per_second):
                yield replace(told, again=round_ > 1)
            if await self._moved(elsewhere, looks):
                return

    async def behind(self) -> int:
        """How many open cases are not with the current version; 0 if no version is."""
        current = await self._current()
        return 0 if current is None else await self._count(self._elsewhere(current))

    async def _current(self) -> str | None:
        return next((build.build_id for build in await self.builds() if build.state == "current"), None)

    async def _moved(self, elsewhere: str, within: int) -> bool:
        """Whether no case is elsewhere any more, looked at so many times."""
        for _ in range(within):
            await asyncio.sleep(LAG_S)
            if not await self._count(elsewhere):
                return True
        return False

    async def _woken(self, job: str, wanted: str, current: str, per_second: float) -> AsyncIterator[Nudged]:
        asked = StartBatchOperationRequest(
            namespace=self._client.namespace,
            job_id=job,
            visibility_query=wanted,
            reason=f"to version {current}",
            max_operations_per_second=per_second,
            signal_operation=BatchOperationSignal(signal=messages.NUDGE, identity="milepost"),
        )
        async with self._asking():
            try:
                await self._client.workflow_service.start_batch_operation(asked)
            except RPCError as error:
                if error.status == RPCStatusCode.RESOURCE_EXHAUSTED:
                    raise BatchUnderWay(problem=error.message.rstrip(".")) from None
                raise
        while True:
            told = await self._told(job)
            yield told
            if told.finished:
                return
            await asyncio.sleep(POLL_S)

    async def _info(self) -> WorkerDeploymentInfo:
        asked = DescribeWorkerDeploymentRequest(namespace=self._client.namespace, deployment_name=self.name)
        return (await self._client.workflow_service.describe_worker_deployment(asked)).worker_deployment_info

    async def _told(self, job: str) -> Nudged:
        asked = DescribeBatchOperationRequest(namespace=self._client.namespace, job_id=job)
        async with self._asking():
            found = await self._client.workflow_service.describe_batch_operation(asked)
        return Nudged(
            cases=found.total_operation_count,
            reached=found.complete_operation_count,
            finished=found.state != BatchOperationState.BATCH_OPERATION_STATE_RUNNING,
        )

    def _elsewhere(self, build_id: str) -> str:
        return f"{self._open} AND NOT ({self._on(build_id)})"

    def _on(self, build_id: str) -> str:
        version = f"{self.name}:{build_id}".replace("'", "''")
        return f"{self._open} AND TemporalWorkerDeploymentVersion = '{version}'"

    async def _count(self, query: str) -> int:
        async with self._asking():
            return (await self._client.count_workflows(query)).count

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        try:
            yield
        except RPCError as error:
            raise unavailable(error, self._client) from None


def _state(is_current: bool, drainage: VersionDrainageStatus.ValueType) -> str:
    return "current" if is_current else _STATES.get(drainage, "not in use yet")
