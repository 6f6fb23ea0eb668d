"""A worker that is told to stop while the mail server takes its time: the mail is finished, and not sent again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from temporalio.client import Client

from activities.observing import SILENT
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.settings import Settings
from sla.documents import parse_documents
from sla.messages import SEARCH_ATTRIBUTES
from starter.definitions import assemble
from starter.desk import Desk, open_desk
from store.engine import Database
from tests.e2e.test_killed import UNHURRIED
from workers.wiring import working

PATIENCE_S = 60
SLOWNESS_S = 2


class SlowServer:
    """Has every mail, and accepts it when it may."""

    def __init__(self) -> None:
        self.begun, self.may = asyncio.Event(), asyncio.Event()
        self.accepted: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.begun.set()
        await self.may.wait()
        self.accepted += envelope.rcpt_tos
        return "250 OK"


@asynccontextmanager
async def slow_mail() -> AsyncIterator[tuple[SlowServer, int]]:
    """The slow server, and its port."""
    slow = SlowServer()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(slow, hostname="slow"), "127.0.0.1", 0)
    yield slow, listening.sockets[0].getsockname()[1]
    slow.may.set()
    listening.close()
    await listening.wait_closed()


@asynccontextmanager
async def a_desk(settings: Settings, client: Client) -> AsyncIterator[Desk]:
    """A Desk on a new database."""

    async def connected() -> Client:
        return client

    async with open_desk(settings, connected, lambda: datetime.now(UTC)) as desk:
        yield desk


async def test_a_mail_under_way_when_the_worker_stops_is_finished_and_not_sent_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'milepost.db'}"
    async with asyncio.timeout(2 * PATIENCE_S), slow_mail() as (slow, port):
        settings = Settings(data_dir=tmp_path, database_url=url, smtp_port=port, graceful_shutdown_s=10)
        database = Database(url)
        await database.upgrade()
        async with TemporalDevServer(search_attributes=SEARCH_ATTRIBUTES) as server:
            client = await connect(settings, address=server.address)
            async with a_desk(settings, client) as desk:
                async with working(client, settings, database, SILENT):
                    await desk.apply(assemble(parse_documents(UNHURRIED, "definitions.yaml")))
                    await desk.open(record="C-1", fields={"owner": "ada"}, at=datetime.now(UTC) - timedelta(minutes=40))
                    await slow.begun.wait()
                    asyncio.get_running_loop().call_later(SLOWNESS_S, slow.may.set)
                assert slow.accepted == ["ada@support.example"], "the stop waited for the mail"
                async with working(client, settings, database, SILENT):
                    await desk.report({"record": "C-1", "id": "sent", "type": "noted", "kind": "response.sent"})
                    await asyncio.sleep(2 * SLOWNESS_S)
                (warning, *_) = (await desk.show("C-1")).effects
                assert (warning.effect.trigger, warning.outcome) == ("warning", "performed")
        await database.dispose()
    assert slow.accepted.count("ada@support.example") == 1
