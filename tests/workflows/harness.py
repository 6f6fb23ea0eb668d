"""A bench for one case: the time-skipping server, the real workers in the production sandbox, the world in memory.

    async with Bench(a_process()) as bench:
        await bench.open()
        await bench.at(46)
        assert bench.world.subjects() == ["warning of C-1042"]

Minutes count from the opening. The server skips time only in `at`, and stands still while work is under way, so that
after `at(46)` all that was due by then has been done. Nothing waits without bound: a case that is stuck fails the test
with what the server says of it.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client, WorkflowHandle, WorkflowHistory, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.testing import WorkflowEnvironment

from sla import messages
from sla.events import AnyEvent, read_event
from sla.instants import to_instant
from sla.messages import CaseInput, CaseState, News, ProcessRef, Reception
from sla.process.model import Process
from sla.timeline import RollUp
from starter.cases_client import CasesClient
from tests.workflows.servers import described, is_open, skipping, working
from tests.workflows.world import World, a_process
from workflows.case import SlaCase

PATIENCE_S = 60.0
"""How long to wait, by the wall, for what takes milliseconds on a machine at rest."""

NOT_BEGUN = (1, 2, 3)
"""Lengths of a history before the first workflow task is done; the test server counts none."""

Handle = WorkflowHandle[SlaCase, RollUp | None]
T = TypeVar("T")


class Bench:
    """One record's case, its world, and the clock. `cached=0` replays the case at each workflow task."""

    def __init__(
        self,
        process: Process | None = None,
        *,
        world: World | None = None,
        record: str = "C-1042",
        cached: int = 1000,
        prefix: str | None = None,
        build: str = "",
    ) -> None:
        self.world = world or World()
        self.process = process or a_process()
        self.ref: ProcessRef = self.world.definitions.publish(self.process)
        self.record = record
        self.prefix = prefix or f"q-{uuid.uuid4().hex[:8]}"
        self.minute = 0.0
        self._cached = cached
        self._build = build
        self._stack = AsyncExitStack()
        self._ids = 0

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.env = await stack.enter_async_context(self._environment())
            self.client = self.env.client
            await stack.enter_async_context(working(self.client, self.world, self.prefix, self._cached, self._build))
            self.cases = CasesClient(self._connected, queue_prefix=self.prefix, answer_s=PATIENCE_S)
            self.opened_at = to_instant(await self.env.get_current_time())
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    def _environment(self) -> AbstractAsyncContextManager[WorkflowEnvironment]:
        return skipping()

    async def _connected(self) -> Client:
        return self.client

    # ------------------------------------------------------------------ time

    def instant(self, minute: float | None = None) -> datetime:
        """The planned instant of a minute; None is the present one."""
        return self.opened_at + timedelta(minutes=self.minute if minute is None else minute)

    async def at(self, minute: float) -> None:
        """Let time pass until shortly after a minute, and all be done that is due by then."""
        self.minute = minute
        ahead = self.instant() + timedelta(seconds=0.5) - await self.env.get_current_time()
        if ahead > timedelta(0):
            await self.bounded(self.env.sleep(ahead))

    # ------------------------------------------------------------------ news

    def event(self, type_: str, *, at: float | None = None, learned: float | None = None, **carried: Any) -> AnyEvent:
        """An event of this record: of the present minute unless told otherwise, with an id of its own unless given."""
        self._ids += 1
        given = {"record": self.record, "id": f"e-{self._ids}", "type": type_, "at": self.instant(at)}
        event: Any = read_event(given | {"recorded_at": self.instant(learned)} | carried, where="the test")
        return event  # type: ignore[no-any-return]

    async def open(self, *, case: CaseInput | None = None, at: float | None = None, **fields: Any) -> Reception:
        """Open the record: its case is started together with the news."""
        given = {"type": "case", "owner": "ada", "contact": "kim", "account": "helios", "subject": "Dashboard down"}
        opened = self.event("opened", at=at, id="opened", fields=given | fields)
        return await self.start_with(opened, case)

    async def start_with(self, event: AnyEvent, case: CaseInput | None = None) -> Reception:
        """Give news to a case that may have to be started from `case`, as the doors do."""
        return await self.bounded(self.cases.start_with(case or CaseInput(record=self.record, ref=self.ref), event))

    async def report(self, type_: str, *, update_id: str | None = None, **carried: Any) -> Reception:
        """Report an event and wait for the answer. Raises what Temporal's client does."""
        return await self.send(self.event(type_, **carried), update_id=update_id)

    async def send(self, event: AnyEvent, *, update_id: str | None = None) -> Reception:
        """The same with an event that there is."""
        news = News(event=event)
        asked = self.handle.execute_update(messages.REPORT, news, id=update_id or event.id, result_type=Reception)
        answer: Reception = await self.bounded(asked)
        return answer

    async def tell(self, type_: str, **carried: Any) -> None:
        """Report an event by signal, and wait until the case has heard it."""
        await self.signal(self.event(type_, **carried))

    async def signal(self, event: AnyEvent) -> None:
        """The same with an event that there is."""
        await self.bounded(self.handle.signal(messages.HEAR, News(event=event)))
        await self.rest()

    async def retry(self, key: str) -> None:
        """Have an action tried again that was given up."""
        await self.bounded(self.cases.retry(CaseInput(record=self.record, ref=self.ref), key))

    # ------------------------------------------------------------------ looking

    @property
    def handle(self) -> Handle:
        return self.client.get_workflow_handle_for(SlaCase.run, messages.workflow_id(self.record))

    async def state(self) -> CaseState:
        """The case as it sees itself, once it is at rest."""
        await self.rest()
        return await self.bounded(self.handle.query(SlaCase.state))

    async def rest(self) -> None:
        """Wait, by the wall, until nothing is under way but what waits for its time: a timer, or a pause between attempts.

        A query sent before could, if no case is cached, cost a worker the task under way and the case ten seconds.
        """

        async def watch() -> None:
            while _under_way(await self.described()):
                await asyncio.sleep(0.005)

        await self.bounded(watch())

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait, by the wall, for something outside the case."""

        async def watch() -> None:
            while not holds():
                await asyncio.sleep(0.005)

        await self.bounded(watch())

    async def closed(self) -> RollUp | None:
        """The result of the case, which must be at its end."""
        return await self.bounded(self.handle.result())

    async def details(self) -> str:
        """What Temporal's UI shows of the case."""
        await self.rest()
        told: WorkflowMetadata = await self.bounded(
            self.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        )
        details: str = told.current_details
        return details

    async def is_open(self) -> bool:
        """Whether the case runs."""
        return is_open(await self.described())

    async def described(self) -> DescribeWorkflowExecutionResponse:
        """What the server knows of the case."""
        return await described(self.client, self.record)

    async def history(self) -> WorkflowHistory:
        """The history of the latest run."""
        return await self.bounded(self.handle.fetch_history())

    async def events(self, kind: str) -> list[HistoryEvent]:
        """The events of one type, such as TIMER_STARTED."""
        wanted = EventType.Value(f"EVENT_TYPE_{kind}")
        return [event for event in (await self.history()).events if event.event_type == wanted]

    async def count(self, kind: str) -> int:
        """How many events of one type there are."""
        return len(await self.events(kind))

    async def scheduled(self) -> Mapping[str, Any]:
        """The activities of the latest run by their ids: how each was last scheduled."""
        events = await self.events("ACTIVITY_TASK_SCHEDULED")
        tasks = [event.activity_task_scheduled_event_attributes for event in events]
        return {task.activity_id: task for task in tasks}

    # ------------------------------------------------------------------ patience

    async def bounded(self, work: Awaitable[T]) -> T:
        """Wait, but not for ever: a case that is stuck fails with its reason."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await work
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise AssertionError(f"no end within {PATIENCE_S:g} s; {await self.complaints()}") from None

    async def complaints(self) -> str:
        """What hinders the case, as the server knows it."""
        async with asyncio.timeout(PATIENCE_S):
            history = await self.handle.fetch_history()
            described = await self.described()
        return "; ".join([*_failures(history), *_pending(described)]) or "the server knows of no failure"


def _under_way(described: DescribeWorkflowExecutionResponse) -> bool:
    if described.workflow_execution_info.history_length in NOT_BEGUN:
        return True  # a run that continues another starts after a pause
    return described.HasField("pending_workflow_task") or any(one.attempt <= 1 for one in described.pending_activities)


def _failures(history: WorkflowHistory) -> Iterator[str]:
    for event in history.events:
        if event.HasField("workflow_task_failed_event_attributes"):
            yield f"workflow task failed: {event.workflow_task_failed_event_attributes.failure.message}"


def _pending(described: DescribeWorkflowExecutionResponse) -> Iterator[str]:
    if described.HasField("pending_workflow_task"):
        yield f"a workflow task waits, attempt {described.pending_workflow_task.attempt}"
    for pending in described.pending_activities:
        yield f"{pending.activity_id} waits, attempt {pending.attempt}: {pending.last_failure.message or 'not begun'}"
