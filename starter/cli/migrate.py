"""`milepost migrate`: move open records to another version of their process, previewed first."""

import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.answers import FINE
from starter.cli import migration
from starter.cli.asking import ask
from starter.cli.case_views import STATUSES
from starter.cli.groups import group
from starter.cli.options import Json, assignments
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from sla.move_query import MoveQuery, MoveTarget
    from starter.desk import Desk
    from starter.setup.views.migrations import MigrationPreview

_Text = str | None
_Number = int | None
_Field = Annotated[
    list[str] | None, typer.Option("--field", metavar="NAME=VALUE", help="Only with this field; may be repeated.")
]
_Query = Annotated[
    _Text,
    typer.Option(metavar="'NAME=VALUE …'", help="Filters in one text, as in 'status=at_risk account=helios priority=P1'."),
]
_Process = Annotated[str, typer.Option("--process", metavar="NAME", help="The process that the records follow.")]
_To = Annotated[int, typer.Option("--to", min=1, metavar="VERSION", help="The version to move to; an active one.")]
_From = Annotated[_Number, typer.Option("--from-version", min=1, metavar="VERSION", help="Only those that follow this one.")]
_ToProcess = Annotated[_Text, typer.Option("--to-process", metavar="NAME", help="Another process; default: the same.")]
_Rate = Annotated[int, typer.Option("--rate", min=1, max=1000, metavar="N", help="How many to move in a second, at most.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Move them without asking.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]
_Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait until it is done, or leave when it has begun.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if there is a Desk."""
    if services.desk is None:
        return
    _register(app, services)
    migration.register(group(app, "migration", "Look after the moving of records."), services)


def _register(app: typer.Typer, services: Services) -> None:
    @app.command()
    def migrate(
        *,
        process: _Process,
        to: _To,
        from_version: _From = None,
        to_process: _ToProcess = None,
        status: Annotated[_Text, typer.Option(help=f"Only those that are {', '.join(STATUSES)}.")] = None,
        account: Annotated[_Text, typer.Option(help="Only of this account.")] = None,
        owner: Annotated[_Text, typer.Option(help="Only of this owner.")] = None,
        queue: Annotated[_Text, typer.Option(help="Only of this queue.")] = None,
        field: _Field = None,
        query: _Query = None,
        rate: _Rate = 20,
        yes: _Yes = False,
        dry_run: _DryRun = False,
        wait: _Wait = True,
        json: Json = False,
    ) -> int:
        """Move open records to another version of their process. First shows what would change, then asks."""
        if json and not (yes or dry_run):
            raise typer.BadParameter("with --json nobody is asked: add --yes to move them, or --dry-run")
        filters = {"version": from_version, "status": status, "account": account, "owner": owner, "queue": queue}
        meant = _meant(filters, assignments(field or [], "--field"), query or "")
        wanted, target = _asked(process, *meant, to=to, to_process=to_process)

        async def moved(desk: "Desk") -> int:
            preview = await desk.migrations.preview(wanted, target)
            if dry_run:
                _show(preview, json=json)
                return FINE
            if not json:
                _show(preview, json=False)
            if not yes and not _agreed(preview):
                remark("Nothing was moved.")
                return FINE
            begun = await desk.migrations.start(wanted, target, per_second=rate)
            return await migration.followed(desk, begun, wait=wait, json=json)

        return ask(services, moved)


_Named = dict[str, Any]


def _meant(filters: _Named, fields: _Named, query: str) -> tuple[_Named, _Named]:
    """The filters and fields of the options, with those of `--query`, where any name that is no filter is a field's."""
    try:
        words = shlex.split(query)
    except ValueError as problem:
        raise typer.BadParameter(f"--query: {str(problem).lower()}; a value with spaces stands between quotes") from None
    told = assignments(words, "--query")
    texts = {name: text for name, _, text in (word.partition("=") for word in words)}
    if "process" in told:
        raise typer.BadParameter("--query: the process that the records follow is named by --process")
    if twice := next((name for name in told if (filters if name in filters else fields).get(name) is not None), None):
        raise typer.BadParameter(f"--query: '{twice}' is given twice, here and as an option of its own")
    filters = filters | {name: text for name, text in texts.items() if name in filters}
    if (status := filters["status"]) is not None and status not in STATUSES:
        raise typer.BadParameter(f"--status: there is no status '{status}'. Known: {', '.join(STATUSES)}")
    return filters, fields | {name: value for name, value in told.items() if name not in filters}


def _asked(
    process: str, filters: dict[str, Any], fields: dict[str, Any], *, to: int, to_process: str | None
) -> "tuple[MoveQuery, MoveTarget]":
    from pydantic import ValidationError  # noqa: PLC0415 - keeps --help quick

    from sla.move_query import MoveQuery, MoveTarget  # noqa: PLC0415

    try:
        return MoveQuery(process=process, fields=fields, **filters), MoveTarget(version=to, process=to_process)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])  # as an option of its own the version is looked at before
        where = "--query: version" if name == "version" else f"--{name.replace('_', '-')}"
        raise typer.BadParameter(f"{where}: {first['msg']}") from None


def _show(preview: "MigrationPreview", *, json: bool) -> None:
    if json:
        write_json([preview.model_dump(mode="json")])
        return
    from starter.cli.render_migrations import preview_page  # noqa: PLC0415 - takes time that `--json` does not need

    console().print(preview_page(preview))


def _agreed(preview: "MigrationPreview") -> bool:
    """Ask a person. Raises BadParameter where nobody is there to answer."""
    noun = "record" if preview.total == 1 else "records"
    sys.stderr.write(f"Move {preview.total} {noun} to version {preview.to_version} of '{preview.to_process}'? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        remark("")
        raise typer.BadParameter("nobody is there to be asked: add --yes to move them, or --dry-run")
    return answer.strip().lower() in ("y", "yes")
