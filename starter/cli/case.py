"""`milepost case`: open cases and tell them what happened. Looking at them is in `case_views`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from starter.cli import case_views
from starter.cli.asking import ask
from starter.cli.event_options import event_of
from starter.cli.groups import group
from starter.cli.options import At, Json, Record, assignments, instant
from starter.cli.output import remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from sla.messages import Reception
    from starter.desk import Desk
    from starter.openings import Opening

_File = Annotated[Path | None, typer.Argument(metavar="FILE", help="Cases as YAML or JSON, - for stdin; or use options.")]
_Text = str | None
_Set = Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="A field; may be repeated.")]
_EventId = Annotated[_Text, typer.Option(metavar="ID", help="The event's id; the same id twice is one event.")]
_Process = Annotated[_Text, typer.Option(metavar="NAME", help="The process; needed if there are several.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if there is a Desk."""
    if services.desk is None:
        return
    case = group(app, "case", "Open cases, tell them what happened, look at them.")
    _register_open(case, services)
    _register_report(case, services)
    case_views.register(case, services)


def _register_open(case: typer.Typer, services: Services) -> None:
    @case.command("open")
    def open_(
        file: _File = None,
        *,
        record: Annotated[_Text, typer.Option("--id", metavar="ID", help="The record's id.")] = None,
        process: _Process = None,
        record_type: Annotated[_Text, typer.Option("--type", help="case, work_order…; default: the process's.")] = None,
        account: Annotated[_Text, typer.Option(help="Whose it is.")] = None,
        contact: Annotated[_Text, typer.Option(help="Who asks.")] = None,
        priority: Annotated[_Text, typer.Option(help="Such as P1.")] = None,
        subject: Annotated[_Text, typer.Option(help="What it is about.")] = None,
        entitlement: Annotated[_Text, typer.Option(help="By which it is promised; default: the best that fits.")] = None,
        owner: Annotated[_Text, typer.Option(help="Who works on it.")] = None,
        queue: Annotated[_Text, typer.Option(help="Where it waits.")] = None,
        values: _Set = None,
        at: At = None,
        event_id: _EventId = None,
        json: Json = False,
    ) -> None:
        """Open a case, or all of a file. Opening a record again is the same case, and changes nothing."""
        common = {
            "type": record_type, "account": account, "contact": contact, "priority": priority, "subject": subject,
            "owner": owner, "queue": queue, "entitlement": entitlement,
        }  # fmt: skip
        fields = {name: value for name, value in common.items() if value is not None}
        for name, value in assignments(values or [], "--set").items():
            if name in fields:
                raise typer.BadParameter(f"--set: '{name}' is given twice")
            fields[name] = value
        moment = instant(at, "--at")
        if file is not None:
            if record is not None or fields or moment is not None or event_id is not None:
                raise typer.BadParameter("give a FILE or the options of one case, not both (only --process goes with FILE)")
            openings = _from_file(file)
        elif record is not None:
            openings = [_from_options(record, at=moment, event_id=event_id, fields=fields)]
        else:
            raise typer.BadParameter("give a FILE, or --id and the fields of one case")
        _open_all(openings, process, services, json=json)


def _from_file(path: Path) -> "list[Opening]":
    from starter.openings import read_openings  # noqa: PLC0415 - keeps --help quick

    return read_openings(path)


def _from_options(record: str, **data: Any) -> "Opening":
    from starter.openings import opening_from  # noqa: PLC0415 - keeps --help quick

    return opening_from(record, **data)


def _open_all(openings: "list[Opening]", process: str | None, services: Services, *, json: bool) -> None:
    from starter.cli.progress import progress  # noqa: PLC0415 - keeps --help quick

    async def opened(desk: "Desk") -> None:
        for opening in progress("Opening")(openings):
            reception = await desk.open(
                record=opening.record,
                process=opening.process or process,
                fields=opening.all_fields(),
                at=opening.at,
                event_id=opening.event_id,
            )
            _tell(reception, f"{opening.record} is open", json=json)

    ask(services, opened)


def _register_report(case: typer.Typer, services: Services) -> None:
    @case.command()
    def report(
        record: Record,
        event_type: Annotated[str, typer.Argument(metavar="EVENT", help="completed, changed, stopped, noted, closed…")],
        *,
        milestone: Annotated[_Text, typer.Option(help="For completed and uncompleted.")] = None,
        by: Annotated[_Text, typer.Option(help="For completed: who reached it.")] = None,
        kind: Annotated[_Text, typer.Option(help="For noted: what, such as response.sent.")] = None,
        reason: Annotated[_Text, typer.Option(help="For stopped and resumed.")] = None,
        version: Annotated[int | None, typer.Option(help="For migrated: the process version.")] = None,
        values: _Set = None,
        data: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="More that the event carries.")] = None,
        at: At = None,
        event_id: _EventId = None,
        wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for what it did to the milestones.")] = True,
        json: Json = False,
    ) -> None:
        """Tell a case what happened: changed, completed, uncompleted, stopped, resumed, noted, closed, reopened."""
        options = {
            "milestone": milestone, "by": by, "kind": kind, "reason": reason, "version": version,
            "set": assignments(values or [], "--set"),
        }  # fmt: skip
        event = event_of(
            record,
            event_type,
            event_id=event_id or str(uuid4()),
            at=instant(at, "--at"),
            options=options,
            data=assignments(data or [], "--data"),
        )
        if not wait:
            ask(services, lambda desk: desk.tell(event))
            if json:
                write_json([{"record": record, "event": event["id"], "outcome": "sent"}])
            else:
                remark(f"{record}: {event_type} is on its way (event {event['id']})")
            return
        reception = ask(services, lambda desk: desk.report(event))
        _tell(reception, f"{record}: {event_type}", json=json)


def _tell(reception: "Reception", what: str, *, json: bool) -> None:
    if json:
        write_json([dict(reception)])
    else:
        from starter.cli.render_cases import show_reception  # noqa: PLC0415 - takes time that `--json` does not need

        show_reception(reception, what)
