"""The sandbox that workflows run in: the same for the workers, for the replayer, and for tests."""

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

PASSED_THROUGH = ("annotated_types", "pydantic", "pydantic_core", "sla", "typing_extensions")
"""All that workflows may share with the worker: the law's payloads, and what they are made of."""


def sandbox() -> SandboxedWorkflowRunner:
    """The strict sandbox: what a workflow imports beyond what is passed through is an error, not a copy."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules(*PASSED_THROUGH)
    return SandboxedWorkflowRunner(
        restrictions=restrictions.with_import_notification_policy(
            SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
            | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
        )
    )
