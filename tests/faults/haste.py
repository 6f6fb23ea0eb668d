"""For the short form: cases wait seconds where they would wait minutes before they try again.

What is waited for is the product's own time-out after a worker died in the middle of an action, and its own back-off;
they are shortened at the edge of the workflow, which does not notice.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from temporalio.client import Interceptor as ClientInterceptor
from temporalio.common import RetryPolicy
from temporalio.worker import (
    Interceptor,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from sla.messages import ACTION_PREFIX

LOST_AFTER = timedelta(seconds=10)
RETRY = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=2))


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:  # noqa: A002 - the SDK's name
        if not input.activity.startswith(ACTION_PREFIX):  # whoever keeps histories is at it for as long as it likes
            return self.next.start_activity(input)
        return self.next.start_activity(replace(input, start_to_close_timeout=LOST_AFTER, retry_policy=RETRY))


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class Hasty(ClientInterceptor, Interceptor):
    """Given to a client, and by it to every worker of that client."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002
        return _Inbound
