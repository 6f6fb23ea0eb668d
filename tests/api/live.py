"""A whole installation in a thread: Temporal, a worker, a store, and the API on a port of its own, asked by real HTTP."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from temporalio.client import Client

from activities.observing import SILENT
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.mailcatcher import MailCatcher
from runtime.settings import Settings
from sla.access import ROLES
from sla.documents import parse_documents
from sla.messages import SEARCH_ATTRIBUTES
from starter.definitions import assemble
from starter.desk import Desk, open_desk
from store.engine import Database
from workers.api import api
from workers.desks import now
from workers.wiring import working

READY_S = 60

DEFINITIONS = """\
process: Support
applies_to: case
description: What everybody is promised.
milestones:
  - milestone: First Response
    within: 1h
    complete_when: {event: response.sent}
    warnings: [{at: 75%, actions: [{email: {to: owner, template: warning}}]}]
  - milestone: Resolution
    within: {by: priority, values: {P1: 4h}, default: 2d}
---
process: Gold
milestones: [{milestone: First Response, within: 30m}]
---
{calendar: office, timezone: Europe/London, hours: {mon: ["09:00-17:00"]}}
---
people:
  - {person: ada, name: Ada, email: ada@support.example, timezone: Europe/London, roles: [senior_agent], queues: [tier-1]}
queues: [{queue: tier-1}]
accounts: [{account: helios, name: Helios, timezone: Europe/Paris, account_manager: ada}]
"""


@dataclass
class Live:
    """An installation that runs. `keys`: one for each role, and `none`, which is nobody's."""

    address: str
    settings: Settings
    keys: dict[str, str]
    _clients: list[httpx.Client] = field(default_factory=list)

    def as_(self, role: str) -> httpx.Client:
        """A client with the key of a role, or without one."""
        headers = {} if role == "nobody" else {"Authorization": f"Bearer {self.keys[role]}"}
        client = httpx.Client(base_url=self.address, headers=headers, timeout=30, trust_env=False)
        self._clients.append(client)
        return client

    def close(self) -> None:
        """Close what was opened."""
        for client in self._clients:
            client.close()


@contextmanager
def a_live_api(directory: Path, **chosen: Any) -> Iterator[Live]:
    """One that runs while the block does; on SQLite unless `database_url` is chosen."""
    started, stop = threading.Event(), threading.Event()
    found: list[Live | BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_run(directory, chosen, found, started, stop))
        except BaseException as error:
            found.append(error)
        started.set()

    thread = threading.Thread(target=run, name="live-api")
    thread.start()
    try:
        assert started.wait(READY_S), "it does not start"
        if isinstance(found[-1], BaseException):
            raise found[-1]
        yield found[-1]
    finally:
        stop.set()
        thread.join()
        for one in found:
            if isinstance(one, Live):
                one.close()
    if isinstance(found[-1], BaseException):
        raise found[-1]


async def _run(
    directory: Path, chosen: dict[str, Any], found: list[Any], started: threading.Event, stop: threading.Event
) -> None:
    async with AsyncExitStack() as stack:
        catcher = await stack.enter_async_context(MailCatcher(directory / "mail"))
        server = await stack.enter_async_context(TemporalDevServer(search_attributes=SEARCH_ATTRIBUTES))
        plain = {"data_dir": directory, "http_port": 0, "smtp_port": catcher.port, "http_requests_per_minute": 0}
        settings = Settings(**{**plain, **chosen})
        database = Database(settings.database_url)
        stack.push_async_callback(database.dispose)
        await database.upgrade()
        client = await connect(settings, address=server.address)

        async def connected() -> Client:
            return client

        async with open_desk(settings, connected, now) as desk:
            await desk.apply(assemble(parse_documents(DEFINITIONS, "definitions.yaml")))
            keys = await _keys(desk)
        await stack.enter_async_context(working(client, settings, database, SILENT))
        address = await stack.enter_async_context(api(settings, connected))
        found.append(Live(address=address, settings=settings, keys=keys))
        started.set()
        await asyncio.to_thread(stop.wait)


async def _keys(desk: Desk) -> dict[str, str]:
    made = {role: (await desk.access.create_key(name=f"the {role}", role=role)).key for role in ROLES}
    return made | {"unknown": made["admin"][:-1] + ("A" if made["admin"][-1] != "A" else "B")}
