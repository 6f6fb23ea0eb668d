"""`milepost migration list`, `show`, `stop`, `resume`: how far the moving of records has come, and what became of each."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from starter.answers import FINE, REFUSED
from starter.cli.asking import ask
from starter.cli.options import Json, Zone, zone
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.desk import Desk
    from starter.setup.views.migrations import MigrationView

LOOK_S = 0.3
"""How often to look how far a migration has come."""

STATES = ("waiting", "moved", "failed", "skipped")
_Id = Annotated[str, typer.Argument(metavar="ID", help="The migration's id.")]
_Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is done, or leave at once.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands to the group."""
    _register_list(app, services)
    _register_show(app, services)
    _register_stop(app, services)
    _register_resume(app, services)


def _register_list(app: typer.Typer, services: Services) -> None:
    @app.command("list")
    def list_(
        *,
        limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """List migrations, the latest first."""
        local = zone(timezone)
        found = ask(services, lambda desk: desk.migrations.list(limit=limit))
        if json:
            write_json(one.model_dump(mode="json") for one in found)
        else:
            from starter.cli.render_migrations import migration_table  # noqa: PLC0415 - `--json` does not need it

            console().print(migration_table(found, local) if found else "No records were ever moved.")


def _register_show(app: typer.Typer, services: Services) -> None:
    @app.command()
    def show(
        migration: _Id,
        *,
        state: Annotated[str | None, typer.Option(help=f"Only records that are {', '.join(STATES)}.")] = None,
        limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many records.")] = 1000,
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """Show how far a migration has come, and what became of each record."""
        if state is not None and state not in STATES:
            raise typer.BadParameter(f"--state: there is no state '{state}'. Known: {', '.join(STATES)}")
        local = zone(timezone)

        async def shown(desk: "Desk") -> None:
            found = await desk.migrations.status(migration)
            moves = await desk.migrations.moves(migration, state=state, limit=limit)  # type: ignore[arg-type]  # checked
            if json:
                write_json([found.model_dump(mode="json") | {"moves": [one.model_dump(mode="json") for one in moves]}])
            else:
                from starter.cli.render_migrations import migration_page  # noqa: PLC0415 - `--json` does not need it

                console().print(migration_page(found, moves, local))

        ask(services, shown)


def _register_stop(app: typer.Typer, services: Services) -> None:
    @app.command()
    def stop(
        migration: _Id,
        *,
        for_good: Annotated[bool, typer.Option("--for-good", help="End it: the other records stay where they are.")] = False,
        json: Json = False,
    ) -> None:
        """Let a migration come to rest after the records under way. It can be resumed."""
        found = ask(services, lambda desk: desk.migrations.stop(migration, for_good=for_good))
        if json:
            write_json([found.model_dump(mode="json")])
        elif found.state == "stopping":
            remark(f"{migration} stops after the records under way. Go on with: milepost migration resume {migration}")
        else:
            remark(f"{migration} is {found.state}: {told(found)}.")


def _register_resume(app: typer.Typer, services: Services) -> None:
    @app.command()
    def resume(migration: _Id, *, wait: _Wait = True, json: Json = False) -> int:
        """Let a migration go on that was stopped, or whose server was lost."""

        async def resumed(desk: "Desk") -> int:
            return await followed(desk, await desk.migrations.resume(migration), wait=wait, json=json)

        return ask(services, resumed)


async def followed(desk: "Desk", begun: "MigrationView", *, wait: bool, json: bool) -> int:
    """Watch a migration until it comes to rest; the exit code says whether a record has failed."""
    now = begun
    if wait:
        try:
            now = await _watched(desk, begun, quiet=json)
        except asyncio.CancelledError:
            remark(f"The migration goes on by itself; see: milepost migration show {begun.id}")
            raise
    if json:
        write_json([now.model_dump(mode="json")])
    elif not wait:
        remark(f"Migration {now.id} has begun; see: milepost migration show {now.id}")
    else:
        remark(f"Migration {now.id} is {now.state}: {told(now)}.")
        if now.progress.failed:
            remark(f"Why: milepost migration show {now.id} --state failed")
    return REFUSED if wait and now.progress.failed else FINE


async def _watched(desk: "Desk", begun: "MigrationView", *, quiet: bool) -> "MigrationView":
    """Look again and again, and say how far it has come: on a terminal by a bar, else by a line for each tenth."""
    from rich.console import Console  # noqa: PLC0415 - keeps --help quick
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    screen = Console(stderr=True)
    columns = (TextColumn("moving"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tenth = 0
    with Progress(*columns, console=screen, transient=True, disable=quiet or not screen.is_terminal) as bar:
        task = bar.add_task("moving", total=begun.records, completed=begun.progress.done)
        while (now := await desk.migrations.status(begun.id)).state not in ("stopped", "ended"):
            bar.update(task, completed=now.progress.done)
            if bar.disable and not quiet and (reached := 10 * now.progress.done // max(1, now.records)) > tenth:
                tenth = reached
                remark(f"{now.progress.done} of {now.records}")
            await asyncio.sleep(LOOK_S)
    return now


def told(view: "MigrationView") -> str:
    """How far it has come, in words: `28 of 30 moved, 1 skipped, 1 failed`."""
    counts = view.progress
    others = [("skipped", counts.skipped), ("failed", counts.failed), ("waiting", counts.waiting)]
    return ", ".join([f"{counts.moved} of {view.records} moved", *(f"{number} {word}" for word, number in others if number)])
