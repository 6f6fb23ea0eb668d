"""An installation on this machine in which every process can be given encryption keys of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr
from temporalio.client import Client

from activities.observing import SILENT
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.mailcatcher import MailCatcher
from runtime.settings import Settings
from sla.messages import SEARCH_ATTRIBUTES
from starter.desk import Desk
from store.engine import Database
from tests.e2e.test_draining import a_desk
from workers.wiring import working


class Installation:
    """A Temporal server on a file, a mail server, a store; and as many processes with keys of their own as a test wants."""

    def __init__(self, directory: Path, server: TemporalDevServer, catcher: MailCatcher, database: Database) -> None:
        self.directory = directory
        self.server = server
        self.database = database
        url = database.url.render_as_string(hide_password=False)
        self.settings = Settings(data_dir=directory, database_url=url, smtp_port=catcher.port)

    @asynccontextmanager
    async def people(self, keys: str) -> AsyncIterator[tuple[Desk, Client]]:
        """A Desk with these keys, and its client."""
        client = await connect(self.settings.but(encryption_keys=SecretStr(keys)), address=self.server.address)
        async with a_desk(self.settings, client) as desk:
            yield desk, client

    @asynccontextmanager
    async def worker(self, keys: str) -> AsyncIterator[None]:
        """A worker with these keys."""
        client = await connect(self.settings.but(encryption_keys=SecretStr(keys)), address=self.server.address)
        async with working(client, self.settings, self.database, SILENT):
            yield


@asynccontextmanager
async def an_installation(directory: Path, refusals: Mapping[str, str] | None = None) -> AsyncIterator[Installation]:
    """One whose mail server answers these recipients as the refusals say."""
    database = Database(f"sqlite:///{directory / 'milepost.db'}")
    await database.upgrade()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(database.dispose)
        catcher = await stack.enter_async_context(MailCatcher(directory / "mail", refusals=refusals))
        server = TemporalDevServer(database=directory / "temporal" / "t.db", search_attributes=SEARCH_ATTRIBUTES)
        await stack.enter_async_context(server)
        yield Installation(directory, server, catcher, database)
