"""`milepost case`: look at cases, and have an action tried again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.cli import case_events
from starter.cli.asking import ask
from starter.cli.options import Json, Record, RecordOrBundle, Zone, instant, zone
from starter.cli.output import console, is_live, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from starter.desk import Desk
    from starter.views import CaseFile

_ORDERS = ("next_deadline", "-next_deadline", "opened_at", "-opened_at")
_Sort = Annotated[str, typer.Option(help=f"One of {', '.join(_ORDERS)}; with a minus, the latest first.")]
_Text = str | None
_Every = Annotated[float, typer.Option(metavar="SECONDS", min=0.1, help="How often to look.")]
_TrueAt = Annotated[_Text, typer.Option("--at", metavar="INSTANT", help="As it was then, by all that is known now.")]
_KnownAt = Annotated[_Text, typer.Option("--known-at", metavar="INSTANT", help="By what was known then; late news differs.")]
_NTH = "Just after its N-th event was learned; `milepost case events` numbers them."
_After = Annotated[int | None, typer.Option("--event", metavar="N", help=_NTH)]
STATUSES = ("compliant", "at_risk", "violated_open", "violated_closed")


def register(case: typer.Typer, services: Services) -> None:
    """Add the commands to the group."""
    _register_show(case, services)
    case_events.register(case, services)
    _register_list(case, services)
    _register_watch(case, services)
    _register_retry(case, services)


def _register_show(case: typer.Typer, services: Services) -> None:
    @case.command()
    def show(
        record: RecordOrBundle,
        *,
        at: _TrueAt = None,
        known_at: _KnownAt = None,
        event: _After = None,
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """Show all about a case, now or as it was: milestones, actions and how they went, tasks."""
        local = zone(timezone)
        then = {"at": instant(at, "--at"), "known_at": instant(known_at, "--known-at"), "event": event}
        found = _found(record, services, **{name: value for name, value in then.items() if value is not None})
        if json:
            write_json([found.model_dump(mode="json")])
        else:
            from starter.cli.case_page import case_page  # noqa: PLC0415 - takes time that `--json` does not need

            console().print(case_page(found, local), crop=False)  # a command to copy may be longer than a line


def _found(record: str, services: Services, **then: Any) -> "CaseFile":
    """The case; one in a bundle is as it was when that was written, or earlier."""
    from starter.bundles import is_bundle, read_bundle  # noqa: PLC0415 - keeps --help quick

    if not is_bundle(record):
        return ask(services, lambda desk: desk.show(record, **then))
    from sla.hindsight import look_back  # noqa: PLC0415
    from starter.case_files import past  # noqa: PLC0415

    return past(look_back(read_bundle(Path(record)).dossier, **then))


def _register_list(case: typer.Typer, services: Services) -> None:
    @case.command("list")
    def list_(
        *,
        status: Annotated[_Text, typer.Option(help=f"One of {', '.join(STATUSES)}.")] = None,
        process: Annotated[_Text, typer.Option(help="Only of this process.")] = None,
        account: Annotated[_Text, typer.Option(help="Only of this account.")] = None,
        owner: Annotated[_Text, typer.Option(help="Only of this owner.")] = None,
        queue: Annotated[_Text, typer.Option(help="Only in this queue.")] = None,
        open_only: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
        sort: _Sort = "next_deadline",
        limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """List cases, the one with the next deadline first. With --json: JSON Lines."""
        if status is not None and status not in STATUSES:
            raise typer.BadParameter(f"--status: there is no status '{status}'. Known: {', '.join(STATUSES)}")
        local = zone(timezone)
        found = ask(
            services,
            lambda desk: desk.list(
                status=status,  # type: ignore[arg-type]  # checked above
                process=process,
                account=account,
                owner=owner,
                queue=queue,
                is_open=True if open_only else None,
                sort=sort,  # type: ignore[arg-type]  # checked above
                limit=limit,
            ),
        ).records
        if json:
            write_json(view.model_dump(mode="json") for view in found)
        else:
            from starter.cli.render_cases import case_table  # noqa: PLC0415 - takes time that `--json` does not need

            console().print(case_table(found, local) if found else "No such case.")


def _register_watch(case: typer.Typer, services: Services) -> None:
    @case.command()
    def watch(record: Record, *, every: _Every = 2.0, timezone: Zone = "UTC", json: Json = False) -> None:
        """Watch a case until it is closed or you press Ctrl-C. Without a terminal or with --json: a line for each change."""
        local = zone(timezone)

        async def watched(desk: "Desk") -> None:
            snapshots = _snapshots(desk, record, every)
            if json or not is_live(console()):
                await _tell(snapshots, local, json=json)
            else:
                await _draw(snapshots, local)

        try:
            ask(services, watched)
        except KeyboardInterrupt:
            return  # that is how one stops watching


async def _snapshots(desk: "Desk", record: str, every: float) -> "AsyncIterator[CaseFile]":
    """The case again and again, until it has left its process."""
    while True:
        found = await desk.show(record)
        yield found
        if found.record.out:
            return
        await asyncio.sleep(every)


async def _tell(snapshots: "AsyncIterator[CaseFile]", local: "ZoneInfo", *, json: bool) -> None:
    """Each change as it is seen, beginning with the present state; whoever reads has it at once."""
    from starter.cli.case_changes import changes_of  # noqa: PLC0415 - keeps --help quick

    before: CaseFile | None = None
    async for found in snapshots:
        for change in changes_of(before, found, local):
            if json:
                write_json([change.data()])
            else:
                typer.echo(change.line(local))
        before = found


async def _draw(snapshots: "AsyncIterator[CaseFile]", local: "ZoneInfo") -> None:
    """The whole case, drawn again and again."""
    from rich.live import Live  # noqa: PLC0415 - takes time that lines do not need

    from starter.cli.case_page import case_page  # noqa: PLC0415

    with Live(console=console(), auto_refresh=False) as live:
        async for found in snapshots:
            live.update(case_page(found, local), refresh=True)


def _register_retry(case: typer.Typer, services: Services) -> None:
    @case.command()
    def retry(
        record: Record,
        key: Annotated[str, typer.Argument(metavar="KEY", help="The action's key, as `milepost case show` has it.")],
        *,
        json: Json = False,
    ) -> None:
        """Have an action tried again that was given up."""
        ask(services, lambda desk: desk.retry(record, key))
        if json:
            write_json([{"record": record, "key": key, "outcome": "asked"}])
        else:
            remark(f"{key} will be tried again; see: milepost case show {record}")
