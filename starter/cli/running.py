"""`milepost dev`, `worker`, `serve`, `demo`, `store upgrade`: what runs is handed in (`services`); here are the words."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli.groups import group
from starter.cli.options import Json
from starter.cli.output import remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.cli.services import Service

_Port = Annotated[int | None, typer.Option(min=0, max=65535, metavar="PORT")]
_Host = Annotated[str | None, typer.Option(metavar="ADDRESS", help="Where to listen; default: MILEPOST_HTTP_HOST.")]
_DataDir = Annotated[Path | None, typer.Option(metavar="DIRECTORY", help="Where everything is kept.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands that can be carried out."""
    if services.run_dev is not None:
        _register_dev(app, services, services.run_dev)
    if services.run_worker is not None:
        _register_worker(app, services, services.run_worker)
    if services.run_api is not None:
        _register_serve(app, services, services.run_api)
    if services.run_demo is not None:
        _register_demo(app, services, services.run_demo)
    if services.upgrade_store is not None:
        _register_upgrade(app, services, services.upgrade_store)


def _register_dev(app: typer.Typer, services: Services, run: "Service") -> None:
    @app.command()
    def dev(
        *,
        temporal_port: _Port = None,
        ui_port: _Port = None,
        mail_port: _Port = None,
        http_port: _Port = None,
        data_dir: _DataDir = None,
    ) -> None:
        """Run everything on this machine: Temporal, a mail catcher, the database, a worker, the API. Ctrl-C ends it.

        A port of 0 takes a free one; the defaults are settings (MILEPOST_TEMPORAL_PORT and so on).
        """
        ports = {"temporal_port": temporal_port, "ui_port": ui_port, "mail_port": mail_port, "http_port": http_port}
        _run(services, run, **ports, data_dir=data_dir)


def _register_worker(app: typer.Typer, services: Services, run: "Service") -> None:
    @app.command()
    def worker() -> None:
        """Run a worker: it decides, waits and acts for the cases. Ctrl-C or SIGTERM lets it finish what is under way."""
        _run(services, run)


def _register_serve(app: typer.Typer, services: Services, run: "Service") -> None:
    @app.command()
    def serve(*, host: _Host = None, port: _Port = None) -> None:
        """Serve the HTTP API. Who may ask is said by `milepost access`; Ctrl-C or SIGTERM ends it."""
        _run(services, run, http_host=host, http_port=port)


def _register_demo(app: typer.Typer, services: Services, run: "Service") -> None:
    @app.command()
    def demo() -> None:
        """Show what Milepost does, on this machine and in about a minute: live cases warned of, violated, escalated.

        Everything is in a directory of its own, which is gone afterwards. Exits 0 only if every promise held.
        """
        _run(services, run)


def _register_upgrade(app: typer.Typer, services: Services, run: "Service") -> None:
    store = group(app, "store", "The database.")

    @store.command()
    def upgrade(*, json: Json = False) -> None:
        """Bring the database to the schema that this version needs."""
        _run(services, run)
        if json:
            write_json([{"schema": "current"}])
        else:
            remark("The database is as this version needs it.")


def _run(services: Services, run: "Service", **changes: Any) -> None:
    given = {name: value for name, value in changes.items() if value is not None}
    settings = services.settings()

    async def running() -> int | None:
        return await run(settings.but(**given) if given else settings)

    if code := asyncio.run(running()):
        raise typer.Exit(code)
