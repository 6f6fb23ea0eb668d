"""A Desk on a file, at a time that tests choose, for tests that need no case to run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from temporalio.client import Client

from sla.acting import Actor
from sla.errors import ServiceUnavailable
from starter.desk import Desk, open_desk
from tests.starter.patients import on_file, with_tables
from tests.store.builders import at

ADA = Actor(name="ada", door="cli")


class Clock:
    """What time it is; nine, until it is told to go on."""

    def __init__(self) -> None:
        self.now = at("09:00")

    def __call__(self) -> datetime:
        return self.now

    def goes_on(self, **by: float) -> None:
        """So much later."""
        self.now += timedelta(**by)


async def no_server() -> Client:
    raise ServiceUnavailable(service="The Temporal server", address="here", problem="refused", remedy="Start it.")


_made: list[bytes] = []


async def _empty() -> bytes:
    """A database with all tables; it takes a second to make one, so all tests have copies of the same."""
    if not _made:
        with TemporaryDirectory() as directory:
            await with_tables(on_file(Path(directory)))
            _made.append((Path(directory) / "milepost.db").read_bytes())
    return _made[0]


@asynccontextmanager
async def a_desk(
    directory: Path, clock: Clock, actor: Actor = ADA, *, anew: bool = True, **settings: Any
) -> AsyncIterator[Desk]:
    """For somebody, on a database of its own; on the one that is there unless `anew`."""
    chosen = on_file(directory).but(**settings)
    if anew:
        (directory / "milepost.db").write_bytes(await _empty())
    async with open_desk(chosen, no_server, clock, actor) as desk:
        yield desk
