"""Histories of records' workflows as Temporal has them: a page at a time, deciphered, in the spelling that is kept.

For whoever keeps them (the port `Histories`) and for the doors, which read what has not been kept yet.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, cast

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.converter import PayloadCodec
from temporalio.service import RPCError, RPCStatusCode

from runtime.connect import unavailable
from sla import messages
from sla.histories import JsonObject, RunSeen, RunStatus, plain

PAGE: Final = 200
"""How much is in a page: what a server wrote at once counts as one, which is three events or so."""


class TemporalHistories:
    """The runs of one namespace. `connect` is called when first needed. Raises ServiceUnavailable."""

    def __init__(self, connect: Callable[[], Awaitable[Client]]) -> None:
        self._connect = connect

    async def seen(self, record: str, run_id: str) -> RunSeen | None:
        """How a run stands; None if Temporal has forgotten it."""
        client = await self._connect()
        with _reaching(client):
            try:
                found = await _handle(client, record, run_id).describe()
            except RPCError as error:
                if error.status != RPCStatusCode.NOT_FOUND:
                    raise
                asked = DescribeNamespaceRequest(namespace=client.namespace)
                await client.workflow_service.describe_namespace(asked)  # else a lost namespace would look like lost runs
                return None
        status = cast("RunStatus", (found.status.name if found.status else "running").lower())
        return RunSeen(
            status=status,
            events=found.history_length,
            began_us=round(found.start_time.timestamp() * 1e6),
            started_at=found.start_time,
            closed_at=found.close_time,
        )

    async def pages(self, record: str, run_id: str) -> AsyncIterator[list[JsonObject]]:
        """The events of a run. Raises besides UnreadablePayload."""
        client = await self._connect()
        codec = client.data_converter.payload_codec
        events = _handle(client, record, run_id).fetch_history_events(page_size=PAGE, skip_archival=True)
        while True:
            with _reaching(client):
                await events.fetch_next_page()
            if not (page := events.current_page):
                return
            for event in page:
                await deciphered(event, codec)
            yield [spelled(event) for event in page]
            if events.next_page_token is None:
                return

    async def runs(self, record: str) -> list[str]:
        """The runs that Temporal has of a record, as far as its lists are up to date."""
        client = await self._connect()
        name = messages.workflow_id(record).replace("'", "''")
        with _reaching(client):
            return [run.run_id async for run in client.list_workflows(f"WorkflowId = '{name}'")]


def histories_of(client: Client) -> TemporalHistories:
    """The runs of the namespace of a client that is connected."""

    async def connected() -> Client:
        return client

    return TemporalHistories(connected)


def spelled(event: HistoryEvent) -> JsonObject:
    """An event as it is kept."""
    told: JsonObject = plain(MessageToDict(event))
    return told


async def deciphered(event: HistoryEvent, codec: PayloadCodec | None) -> None:
    """Make of every payload in an event what it was before the codec had it. Raises UnreadablePayload."""
    found = list(payloads(event)) if codec else []
    if codec and found:
        for payload, opened in zip(found, await codec.decode(found), strict=True):
            payload.CopyFrom(opened)


def payloads(message: Message) -> Iterator[Payload]:
    """All payloads in a message, wherever they are."""
    if isinstance(message, Payload):
        yield message
        return
    for _, value in message.ListFields():
        yield from _within(value)


def _within(value: Any) -> Iterator[Payload]:
    if isinstance(value, Message):
        yield from payloads(value)
    elif hasattr(value, "values"):  # a map
        for one in value.values():
            yield from _within(one)
    elif not isinstance(value, str | bytes | int | float):
        for one in value:
            if isinstance(one, Message):
                yield from payloads(one)


def _handle(client: Client, record: str, run_id: str) -> WorkflowHandle[Any, Any]:
    return client.get_workflow_handle(messages.workflow_id(record), run_id=run_id)


@contextmanager
def _reaching(client: Client) -> Iterator[None]:
    try:
        yield
    except RPCError as error:
        raise unavailable(error, client) from None
