"""What is seen of a workflow while Temporal's Replayer runs it: its decisions, how far it came, and why it failed.

The workflow runs in the sandbox. What an interceptor finds there is handed out by functions of the world outside
(`unsafe_extern_functions`); payloads are of `sla`, which is the same inside and outside.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from temporalio import workflow
from temporalio.api.failure.v1 import Failure
from temporalio.worker import (
    Interceptor,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
    WorkflowRunner,
)

from sla.messages import DECIDE, DecideInput, Decision

_TAKE: Final = "milepost_take"


class Taken(NamedTuple):
    """A question as today's workflow asks it, and the answer that lies in the history."""

    asked: DecideInput
    recorded: Decision


@dataclass(slots=True)
class Tape:
    """What was seen of one replay. `reached` is the workflow task at which today's workflow was asked last."""

    taken: list[Taken] = field(default_factory=list)
    reached: int = 1
    failure: str | None = None


class Capturing(Interceptor):
    """Writes on `tape`; put in another before each replay."""

    def __init__(self) -> None:
        self.tape = Tape()

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002 - the SDK's name
        """What goes into the workflow, and the way out of it."""
        input.unsafe_extern_functions[_TAKE] = self._take
        return _Inbound

    def _take(self, asked: DecideInput, recorded: Decision) -> None:
        self.tape.taken.append(Taken(asked, recorded))


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class _Outbound(WorkflowOutboundInterceptor):
    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002 - the SDK's name
        handle = super().start_local_activity(input)
        if input.activity == DECIDE:
            take, [asked] = workflow.extern_functions()[_TAKE], input.args

            def answered(done: Any) -> None:
                if not done.cancelled() and done.exception() is None:
                    take(asked, done.result())

            handle.add_done_callback(answered)
        return handle


class Watched(WorkflowRunner):
    """Another runner, of which the tape is told how far a workflow came, and with what it failed."""

    def __init__(self, runner: WorkflowRunner, capturing: Capturing) -> None:
        self._runner = runner
        self._capturing = capturing

    def prepare_workflow(self, defn: Any) -> None:
        """As the other does."""
        self._runner.prepare_workflow(defn)

    def set_worker_level_failure_exception_types(self, types: Sequence[type[BaseException]]) -> None:
        """As the other does."""
        self._runner.set_worker_level_failure_exception_types(types)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """The other's instance, looked at whenever it is asked to go on."""
        instance = self._runner.create_instance(det)
        activate = instance.activate

        def watched(act: Any) -> Any:
            self._capturing.tape.reached = max(self._capturing.tape.reached, act.history_length)
            completion = activate(act)
            if completion.HasField("failed"):
                self._capturing.tape.failure = _told(completion.failed.failure)
            return completion

        instance.activate = watched  # type: ignore[method-assign]
        return instance


def _told(failure: Failure) -> str:
    """What a workflow failed with; with encryption the message is among what will be encrypted."""
    message = failure.message
    if failure.HasField("encoded_attributes"):
        message = json.loads(failure.encoded_attributes.data).get("message", message)
    kind = failure.application_failure_info.type
    return f"{kind}: {message}" if kind and not message.startswith(kind) else message
