"""The entry point `milepost`: reads the environment, introduces the rooms to each other, and runs the command line.

Nothing heavy is imported before a command asks for it, so that `--help` and `simulate` are quick.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starter.cli.app import build
from starter.cli.errors import run
from starter.cli.services import Services

if TYPE_CHECKING:
    from runtime.settings import Settings
    from starter.checkups.findings import Finding
    from starter.deployments import Deployments
    from starter.desk import Desk


def main() -> None:
    """Run the command line of this process to its end."""
    code = run(build(services()), sys.argv[1:])
    if "temporalio" in sys.modules:
        from runtime.exits import leave  # noqa: PLC0415 - there is no need of it otherwise

        leave(code)
    sys.exit(code)


def services() -> Services:
    """What the command line can do in this installation."""
    return Services(
        settings=_settings,
        desk=_desk,
        run_worker=_run_worker,
        run_dev=_run_dev,
        run_demo=_run_demo,
        run_api=_run_api,
        upgrade_store=_upgrade_store,
        examine=_examine,
        deployments=_deployments,
    )


def _settings() -> "Settings":
    from runtime.settings import Settings  # noqa: PLC0415 - see above, as all of these

    return Settings.from_environment()


@asynccontextmanager
async def _desk(settings: "Settings") -> "AsyncIterator[Desk]":
    from workers.desks import desk  # noqa: PLC0415

    async with desk(settings) as opened:
        yield opened


async def _run_worker(settings: "Settings") -> None:
    from workers.services import run_worker  # noqa: PLC0415

    await run_worker(settings)


async def _run_dev(settings: "Settings") -> None:
    from workers.services import run_dev  # noqa: PLC0415

    await run_dev(settings)


async def _run_demo(settings: "Settings") -> int:
    from workers.demo import run_demo  # noqa: PLC0415

    return await run_demo(settings)


async def _run_api(settings: "Settings") -> None:
    from workers.api import run_api  # noqa: PLC0415

    await run_api(settings)


async def _upgrade_store(settings: "Settings") -> None:
    from workers.services import upgrade_store  # noqa: PLC0415

    await upgrade_store(settings)


@asynccontextmanager
async def _deployments(settings: "Settings") -> "AsyncIterator[Deployments]":
    from workers.services import deployments  # noqa: PLC0415

    yield await deployments(settings)


async def _examine(settings: "Settings") -> "list[Finding]":
    from workers.services import examine  # noqa: PLC0415

    return await examine(settings)


if __name__ == "__main__":
    main()
