"""The Setup desk of an installation without a Temporal server, on each database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from runtime.settings import Settings
from sla.acting import Actor
from sla.errors import ServiceUnavailable
from starter.desk import Desk, open_desk
from tests.starter.setup.desks import Clock
from tests.store.conftest import backend, database, postgres, postgres_template, sqlite_template, url

__all__ = ["backend", "database", "postgres", "postgres_template", "sqlite_template", "url"]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ADA = Actor(name="ada", door="cli")


async def nowhere() -> Client:
    """No server."""
    raise ServiceUnavailable(service="Temporal", address="nowhere", problem="there is none", remedy="Start one.")


@pytest.fixture
def clock() -> Clock:
    """Nine, until it is told to go on."""
    return Clock()


@pytest.fixture
async def desk(url: str) -> AsyncIterator[Desk]:
    """A Desk at Monday morning, for Ada."""
    async with open_desk(Settings(database_url=url), nowhere, lambda: NOW, ADA) as opened:
        yield opened
