"""Installations for the doctor: real databases, real Temporal servers, and what a single check says of them."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from temporalio.client import Client

from activities.observing import SILENT
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.settings import Settings
from sla.messages import SEARCH_ATTRIBUTES
from starter.checkups.findings import Told
from starter.checkups.patient import Patient
from starter.desk import Desk, open_desk
from starter.temporal_view import TemporalView
from store.engine import Database
from store.soundness import Soundness
from workers.wiring import working

Ask = Callable[[Patient], Awaitable[Told]]


def now() -> datetime:
    return datetime.now(UTC)


async def unreached() -> Client:
    raise AssertionError("nobody was to connect")


@asynccontextmanager
async def a_patient(settings: Settings, client: Client | None = None) -> AsyncIterator[Patient]:
    """An installation, its server reached if there is one."""
    database = Database(settings.database_url, patience_s=1)
    patient = Patient(settings=settings, store=Soundness(database), connect=unreached, now=now)
    if client is not None:
        patient.temporal = TemporalView(client, queue_prefix=settings.task_queue)
    yield patient
    await database.dispose()


async def told(ask: Ask, settings: Settings, client: Client | None = None) -> Told:
    """What one check says."""
    async with a_patient(settings, client) as patient:
        return await ask(patient)


def on_file(directory: Path, name: str = "milepost.db", **more: Any) -> Settings:
    """Settings with an SQLite file."""
    return Settings(database_url=f"sqlite:///{directory / name}", data_dir=directory, **more)


async def with_tables(settings: Settings) -> Settings:
    """The same, once the database has all its tables."""
    database = Database(settings.database_url)
    await database.upgrade()
    await database.dispose()
    return settings


@asynccontextmanager
async def served(*, attributes: bool = True) -> AsyncIterator[Client]:
    """A client of a Temporal server in memory."""
    async with TemporalDevServer(search_attributes=SEARCH_ATTRIBUTES if attributes else None) as server:
        yield await connect(Settings(), address=server.address)


@asynccontextmanager
async def worked(client: Client, settings: Settings) -> AsyncIterator[None]:
    """Our workers."""
    database = Database(settings.database_url)
    async with working(client, settings, database, SILENT):
        yield
    await database.dispose()


@asynccontextmanager
async def desked(client: Client, settings: Settings) -> AsyncIterator[Desk]:
    """A Desk."""

    async def connected() -> Client:
        return client

    async with open_desk(settings, connected, now) as desk:
        yield desk
