"""Workflows that do what none may, each in the case's place: the strict sandbox stops them."""

from datetime import datetime
from typing import Any

from temporalio import workflow

from sla.messages import WORKFLOW


@workflow.defn(name=WORKFLOW)
class AsksTheTime:
    @workflow.run
    async def run(self, _case: Any) -> None:
        datetime.now()  # noqa: DTZ005 - what is not to be done


@workflow.defn(name=WORKFLOW)
class ImportsWhatItIsNotGiven:
    @workflow.run
    async def run(self, _case: Any) -> None:
        import tests.sla.builders  # noqa: F401 - what is not to be done


@workflow.defn(name=WORKFLOW)
class StopsInADebugger:
    @workflow.run
    async def run(self, _case: Any) -> None:
        breakpoint()
