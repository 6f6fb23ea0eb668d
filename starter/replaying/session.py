"""One history after the other: through today's workflow (Temporal's Replayer), and its decisions through today's law."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC
from functools import partial
from types import TracebackType
from typing import Any, Final, Self

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import Replayer, WorkflowRunner

from activities.actions import WORLDS
from activities.ports import Definitions
from activities.situation import laws_of
from runtime.histories import deciphered
from runtime.sandbox import sandbox
from sla.errors import UnknownCalendar, UnknownProcess, UnreadablePayload
from sla.instants import to_instant
from sla.messages import Decision
from sla.recomputing import differences, recompute
from starter.replaying.capturing import Capturing, Taken, Tape, Watched
from starter.replaying.parting import parted
from starter.replaying.reading import Run, Unplayable
from starter.replaying.results import Differing, Parted, Replayed
from workflows.case import SlaCase

BUILD: Final = "replay"
"""Named, because the SDK otherwise makes a name of all that is imported, which takes a second."""

PATIENCE_S: Final = 120.0
"""How long a history may take, which takes milliseconds: the Replayer waits for ever for what it does not understand."""

Deciding = Callable[[HistoryEvent, Callable[[], Decision]], Decision]
"""Takes a decision anew, that of an event; a debugger may step in between."""


def quiet_runtime() -> Runtime:
    """The SDK's runtime for replays: what its core complains of is what is looked for, and told by us."""
    silent = TelemetryFilter(core_level="OFF", other_level="OFF")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=silent)))


def _plainly(_: HistoryEvent, decide: Callable[[], Decision]) -> Decision:
    return decide()


class Replays:
    """Replays histories within the block, each when it is asked to. `runner` and `deciding` are for debugging."""

    def __init__(
        self,
        converter: DataConverter,
        runtime: Runtime,
        *,
        runner: WorkflowRunner | None = None,
        deciding: Deciding = _plainly,
        patience_s: float | None = PATIENCE_S,
    ) -> None:
        self._capturing = Capturing()
        self._deciding = deciding
        self._codec = converter.payload_codec
        self._patience_s = patience_s
        self._stack = AsyncExitStack()
        self._replayer = Replayer(
            workflows=[SlaCase],
            data_converter=converter,
            workflow_runner=Watched(runner or sandbox(), self._capturing),
            interceptors=[self._capturing],
            build_id=BUILD,
            identity=BUILD,
            runtime=runtime,
            # Else the SDK takes a workflow for stuck that waits for its turn on a busy machine, and then hangs itself. The
            # sandbox stays as strict as it is: the SDK would open it for debuggers, but does not see it within `Watched`.
            debug_mode=True,
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.enter_context(_silence())
            stack.push_async_callback(self._end)
            await self._begin()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, traceback)

    async def _begin(self) -> None:
        self._next: asyncio.Queue[WorkflowHistory] = asyncio.Queue(maxsize=1)
        self._replaying = AsyncExitStack()
        results = self._replayer.workflow_replay_iterator(self._histories(self._next))
        self._results = await self._replaying.enter_async_context(results)

    async def _end(self) -> None:
        await self._replaying.aclose()

    @staticmethod
    async def _histories(ahead: asyncio.Queue[WorkflowHistory]) -> AsyncIterator[WorkflowHistory]:
        while True:
            yield await ahead.get()

    async def _failure(self, history: WorkflowHistory) -> Exception | None:
        """What the Replayer says of a history; None if it is content. Raises TimeoutError."""
        if not history.events:
            return None  # no task was done yet; the Replayer would wait for one
        self._next.put_nowait(history)
        try:
            async with asyncio.timeout(self._patience_s):
                return (await anext(self._results)).replay_failure
        except TimeoutError:
            await self._end()
            await self._begin()
            raise

    async def replay(self, run: Run, definitions: Definitions) -> Replayed:
        """What comes of one history under the definitions of its day. Raises ServiceUnavailable if they cannot be asked."""
        began = time.perf_counter()
        tape = self._capturing.tape = Tape()
        found = Replayed(source=run.source, record=run.record, run_id=run.history.run_id or None, events=len(run.events))
        try:
            failure = await self._failure(run.done())
        except TimeoutError:  # whoever deploys must know: such a workflow might be stuck there as well
            problem = f"Temporal's Replayer came to no end there within {self._patience_s:g} s"
            endless = Parted(event=tape.reached, kind=run.kind(tape.reached), problem=problem)
            return found.model_copy(update={"parted": endless})
        if found.record is None and tape.taken:
            found = found.model_copy(update={"record": tape.taken[0].asked.record})
        if failure is not None and (unreadable := await self._unreadable(run)):
            return found.model_copy(update={"skipped": unreadable})
        told: dict[str, Any] = {"parted": None if failure is None else parted(failure, tape, run)}
        try:
            told["differing"] = tuple([one async for one in self._recomputed(run, tape.taken, definitions)])
            told["decisions"] = len(tape.taken)
        except (UnknownCalendar, UnknownProcess) as problem:
            why = f"its decisions cannot be taken again: {problem} Or name its files with --process and --calendars."
            told["skipped"] = why
        except Unplayable as problem:
            told["skipped"] = f"its decisions cannot be taken again: {problem}"
        return found.model_copy(update=told | {"seconds": round(time.perf_counter() - began, 6)})

    async def _unreadable(self, run: Run) -> str | None:
        """Why a history cannot be deciphered, if it cannot: that is no fault of today's workflow."""
        try:
            for event in run.events:
                await deciphered(event, self._codec)
        except UnreadablePayload as problem:
            return str(problem)
        return None

    async def _recomputed(self, run: Run, taken: list[Taken], definitions: Definitions) -> AsyncIterator[Differing]:
        """The decisions that are others today; what was said of one is not said again of those that follow from it."""
        said: set[str] = set()
        for event, (asked, recorded) in zip(run.decisions(), taken, strict=False):
            laws = await laws_of(definitions, asked.ref, [*asked.log, *recorded.found])
            try:
                today = self._deciding(event, partial(recompute, asked, recorded, laws, WORLDS))
                told = list(differences(asked, recorded, today))
            except Exception as defect:
                told = [f"today's law has no answer ({type(defect).__name__}: {defect})"]
            if fresh := [one for one in told if one not in said]:
                at = to_instant(event.event_time.ToDatetime(tzinfo=UTC))
                yield Differing(event=event.event_id, at=at, sentences=tuple(fresh))
            said.update(told)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the SDK from logging the traces of what we tell in a sentence."""
    logger = logging.getLogger("temporalio")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
