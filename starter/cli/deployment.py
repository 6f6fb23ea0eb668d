"""`milepost deployment show`, `make-current`, `nudge`: versions of the worker side by side."""

import asyncio
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from starter.cli.groups import group
from starter.cli.options import Json
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.cli.services import Deploying
    from starter.deployments import Build, Deployments, Nudged

_BuildId = Annotated[str, typer.Argument(metavar="VERSION", help="The MILEPOST_BUILD_ID of the workers.")]
_Nudge = Annotated[bool, typer.Option("--nudge/--no-nudge", help="Also move the open cases there.")]
_Rate = Annotated[float, typer.Option("--rate", min=1, metavar="N", help="How many cases to wake in a second.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if they can be carried out."""
    if services.deployments is not None:
        _register(group(app, "deployment", "Versions of the worker side by side."), services, services.deployments)


def _register(app: typer.Typer, services: Services, deploying: "Deploying") -> None:
    @app.command()
    def show(*, json: Json = False) -> None:
        """Show the versions whose workers were seen, which is current, and how many open cases each follows."""

        async def ask() -> "list[Build]":
            async with deploying(services.settings()) as deployments:
                return await deployments.builds()

        builds = asyncio.run(ask())
        if json:
            write_json({"version": one.build_id, "state": one.state, "open_cases": one.open_cases} for one in builds)
        else:
            _show(builds)

    @app.command("make-current")
    def make_current(version: _BuildId, *, nudge: _Nudge = True, rate: _Rate = 50) -> None:
        """Let new cases go to the workers of a version, and move the open ones there. To roll back, name the old one."""

        async def change() -> None:
            async with deploying(services.settings()) as deployments:
                await deployments.make_current(version)
                remark(f"New cases go to version {version}.")
                if nudge:
                    await _nudge(deployments, rate)

        asyncio.run(change())

    @app.command()
    def nudge(*, rate: _Rate = 50) -> None:
        """Wake the open cases that are with another version than the current one, so that they move to it."""

        async def wake() -> None:
            async with deploying(services.settings()) as deployments:
                await _nudge(deployments, rate)

        asyncio.run(wake())


async def _nudge(deployments: "Deployments", rate: float) -> None:
    last: Nudged | None = None
    async for told in deployments.nudge(job=f"nudge-{uuid4()}", per_second=rate):
        if last is None or (told.reached, told.again) != (last.reached, last.again):
            remark(f"woken {told.reached} of {told.cases}{' that have not moved yet' if told.again else ''}")
        last = told
    if last is None:
        remark("No version is current yet. Choose one with: milepost deployment make-current VERSION")
    elif left := await deployments.behind():
        remark(f"Not moved yet: {left}, of {last.cases} that were woken last. milepost deployment nudge wakes them again.")
    else:
        remark("All open cases are with the current version.")


def _show(builds: "list[Build]") -> None:
    from rich import box  # noqa: PLC0415 - takes time that `--json` does not need
    from rich.markup import escape  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    if not builds:
        remark("No worker has named a version; start them with MILEPOST_BUILD_ID to have several side by side.")
        return
    table = Table("Version", "State", "Open cases", box=box.SIMPLE_HEAD)
    for one in builds:
        table.add_row(escape(one.build_id), one.state, str(one.open_cases))
    console().print(table)
