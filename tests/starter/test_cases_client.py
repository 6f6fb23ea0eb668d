"""Speaking with cases: what people are told when Temporal goes away meanwhile."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from sla.errors import ServiceUnavailable
from sla.events import Closed
from starter.cases_client import CasesClient

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class GoneAway:
    """A client whose server was there when it connected."""

    service_client = SimpleNamespace(config=SimpleNamespace(target_host="temporal.example:7233"))

    def get_workflow_handle_for(self, *_: Any) -> "GoneAway":
        return self

    async def signal(self, *_: Any) -> None:
        raise RPCError("tcp connect error.", RPCStatusCode.UNAVAILABLE, b"")


async def test_a_server_that_goes_away_is_named_by_its_address() -> None:
    async def connect() -> Client:
        return cast("Client", GoneAway())

    with pytest.raises(ServiceUnavailable, match=r"The Temporal server .*temporal\.example:7233.*tcp connect error"):
        await CasesClient(connect, queue_prefix="q").tell(Closed(record="C-1", id="1", at=NOON, recorded_at=NOON))
