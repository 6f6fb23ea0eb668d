"""The entry point `milepost`: reads the environment, introduces the rooms to each other, and runs the command line."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starter.cli.app import build
from starter.cli.errors import run
from starter.cli.services import Services

if TYPE_CHECKING:
    from runtime.settings import Settings
    from starter.desk import Desk


def main() -> None:
    """Run the command line of this process to its end."""
    code = run(build(services()), sys.argv[1:])
    if "temporalio" in sys.modules:
        from runtime.exits import leave  # noqa: PLC0415 - there is no need of it otherwise

        sys.stdout.flush()
        leave(code)
    sys.exit(code)


def services() -> Services:
    """What the command line can do in this installation. Nothing heavy is imported before it is asked for."""
    return Services(settings=_settings, desk=_desk, upgrade_store=_upgrade_store)


def _settings() -> "Settings":
    from runtime.settings import Settings  # noqa: PLC0415 - keeps --help quick

    return Settings.from_environment()


@asynccontextmanager
async def _desk(settings: "Settings") -> "AsyncIterator[Desk]":
    from runtime.connect import connect  # noqa: PLC0415 - as above
    from starter.desk import open_desk  # noqa: PLC0415

    async with open_desk(settings, lambda: connect(settings), lambda: datetime.now(UTC)) as desk:
        yield desk


async def _upgrade_store(settings: "Settings") -> None:
    from store.engine import Database  # noqa: PLC0415 - as above

    database = Database(settings.database_url)
    try:
        await database.upgrade()
    finally:
        await database.dispose()


if __name__ == "__main__":
    main()
