"""Speaking with the workflows of records: the only module that does, by Temporal's client. Its failures become ours here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from runtime.connect import unavailable
from sla import messages
from sla.errors import RefusedEvent, ServiceUnavailable
from sla.events import AnyEvent
from sla.fitting import summary
from sla.messages import CaseInput, CaseView, News, Reception
from sla.timeline import RollUp
from workflows.case import SlaCase

ANSWER_S = 20.0
"""How long to wait for a case's answer: a decision takes milliseconds, so longer means that no worker is there."""

Connect = Callable[[], Awaitable[Client]]


class Gone(Exception):
    """No workflow runs for this record."""


class CasesClient:
    """The cases, as far as they run. `connect` is called when first needed, so that mere reading needs no server."""

    def __init__(self, connect: Connect, *, queue_prefix: str, answer_s: float = ANSWER_S) -> None:
        self._connect = connect
        self._queue = messages.task_queue(queue_prefix, "cases")
        self._answer_s = answer_s
        self._client: Client | None = None

    async def report(self, event: AnyEvent) -> Reception:
        """Give news to a running case and wait for its answer. Raises Gone, RefusedEvent or ServiceUnavailable."""
        handle = await self._handle(event.record)
        async with self._answering(event):
            answer: Reception = await handle.execute_update(
                messages.REPORT, News(event=event), result_type=Reception, rpc_timeout=self._patience()
            )
        return answer.model_copy(update={"record": event.record, "event": event.id})

    async def start_with(self, case: CaseInput, event: AnyEvent, outlook: CaseView | None = None) -> Reception:
        """Give news to a case that may not run yet: start it from `case` if so, shown as `outlook` until it shows itself.

        Raises as `report`, but for Gone.
        """
        client = await self.connected()
        start = WithStartWorkflowOperation(SlaCase.run, case, **self._how(case, outlook))
        async with self._answering(event):
            answer: Reception = await client.execute_update_with_start_workflow(
                messages.REPORT,
                News(event=event),
                start_workflow_operation=start,
                result_type=Reception,
                rpc_timeout=self._patience(),
            )
        return answer.model_copy(update={"record": event.record, "event": event.id})

    async def tell(self, event: AnyEvent) -> None:
        """Give news to a running case without waiting. Raises Gone or ServiceUnavailable."""
        handle = await self._handle(event.record)
        async with self._answering(event):
            await handle.signal(messages.HEAR, News(event=event))

    async def start_and_tell(self, case: CaseInput, event: AnyEvent) -> None:
        """As `tell`, for a case that may have to be started from `case`."""
        async with self._answering(event):
            await self._start_with_signal(case, messages.HEAR, News(event=event))

    async def retry(self, case: CaseInput, key: str) -> None:
        """Have an action decided anew that was given up; starts the case from `case` if it does not run."""
        async with self._reaching(case.record):
            await self._start_with_signal(case, messages.RETRY, key)

    async def _start_with_signal(self, case: CaseInput, signal: str, argument: object) -> None:
        client = await self.connected()
        how = self._how(case)
        await client.start_workflow(SlaCase.run, case, **how, start_signal=signal, start_signal_args=[argument])

    def _how(self, case: CaseInput, outlook: CaseView | None = None) -> dict[str, Any]:
        """How a case is started, whatever it is told first."""
        return {
            "id": messages.workflow_id(case.record),
            "task_queue": self._queue,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "id_reuse_policy": WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            "search_attributes": _search_attributes(case, outlook),
            "static_summary": _summary(case),
        }

    async def connected(self) -> Client:
        """Temporal's client, for the other module that starts workflows. Raises ServiceUnavailable."""
        if self._client is None:
            self._client = await self._connect()
        return self._client

    async def _handle(self, record: str) -> WorkflowHandle[SlaCase, RollUp | None]:
        client = await self.connected()
        return client.get_workflow_handle_for(SlaCase.run, messages.workflow_id(record))

    def _patience(self) -> timedelta:
        return timedelta(seconds=self._answer_s)

    @asynccontextmanager
    async def _answering(self, event: AnyEvent) -> AsyncIterator[None]:
        try:
            async with self._reaching(event.record):
                yield
        except WorkflowUpdateFailedError as failed:
            cause = failed.cause
            if isinstance(cause, ApplicationError) and cause.type == messages.REFUSED:
                raise RefusedEvent(event=event.id, record=event.record, reason=cause.message) from None
            if isinstance(cause, ApplicationError) and cause.type == "AcceptedUpdateCompletedWorkflow":
                raise Gone from None
            raise

    @asynccontextmanager
    async def _reaching(self, record: str) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._answer_s):
                yield
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise self._silent(record) from None
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                raise Gone from None
            if error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
                raise self._silent(record) from None
            raise unavailable(error, await self.connected()) from None

    def _silent(self, record: str) -> ServiceUnavailable:
        return ServiceUnavailable(
            service="The worker",
            address=f"task queue {self._queue}",
            problem=f"the case of record '{record}' gave no answer within {self._answer_s:g} s",
            remedy="Start one with: milepost worker. The same news may be reported again; it counts once.",
        )


def _search_attributes(case: CaseInput, outlook: CaseView | None = None) -> TypedSearchAttributes:
    values = messages.search_attributes(case.ref, outlook)
    return TypedSearchAttributes([_pair(name, value) for name, value in values.items() if value is not None])


def _pair(name: str, value: object) -> SearchAttributePair[Any]:
    kind = messages.SEARCH_ATTRIBUTES[name]
    key: SearchAttributeKey[Any] = (
        SearchAttributeKey.for_datetime(name) if kind == "Datetime" else SearchAttributeKey.for_keyword(name)
    )
    return SearchAttributePair(key, value)


def _summary(case: CaseInput) -> str:
    return summary(f"{case.record} · {case.ref.process} v{case.ref.version}")
