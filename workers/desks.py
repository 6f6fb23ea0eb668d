"""A Desk for one command: all that most commands need. What serves for long is in `services.py`, and slower to load."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from getpass import getuser

from runtime.connect import connect
from runtime.settings import Settings
from sla.acting import Actor
from starter.desk import Desk, open_desk


def now() -> datetime:
    """The time of day, for the Desk."""
    return datetime.now(UTC)


@asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    """A Desk as the settings say; it connects to Temporal when it first must."""
    async with open_desk(settings, lambda: connect(settings), now, _whoever_runs_this()) as opened:
        yield opened


def _whoever_runs_this() -> Actor:
    """The operating system's user, whom the audit log names."""
    try:
        return Actor(name=getuser(), door="cli")
    except (KeyError, OSError):  # a container's user need not have a name
        return Actor(name=f"user {os.getuid()}", door="cli")
