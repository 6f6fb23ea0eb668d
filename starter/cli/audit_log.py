"""`milepost audit-log` and `audit-log verify`: who changed what, and whether nobody changed what is written of it."""

import json as jsons
from typing import TYPE_CHECKING, Annotated, Any

import typer

from starter.answers import UNWELL
from starter.cli.asking import ask
from starter.cli.options import Json, Zone, instant, zone
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from starter.desk import Desk
    from starter.setup.views.audit_log import AuditLine, AuditPage, AuditVerdict

CHANGE_AT_MOST = 240
"""Characters of what changed; a whole definition is told by `--json`."""

_Who = Annotated[str | None, typer.Option("--who", metavar="NAME", help="Only lines of this person or key.")]
_Verb = Annotated[str | None, typer.Option("--verb", metavar="VERB", help="Only this change, as catalogue.retire.")]
_Subject = Annotated[str | None, typer.Option("--subject", metavar="SUBJECT", help="Only this subject, as record/C-1.")]
_Since = Annotated[str | None, typer.Option("--since", metavar="INSTANT", help="Only lines from then on.")]
_Until = Annotated[str | None, typer.Option("--until", metavar="INSTANT", help="Only lines before then.")]
_Request = Annotated[str | None, typer.Option("--request-id", metavar="ID", help="Only lines of this request.")]
_Limit = Annotated[int, typer.Option("--limit", min=1, max=1000, metavar="N", help="How many lines at most.")]
_Before = Annotated[int | None, typer.Option("--before", min=1, metavar="NUMBER", help="Only lines with smaller numbers.")]
_Kept = Annotated[
    str | None, typer.Option("--kept", metavar="NUMBER:HASH", help="What an earlier verification printed, kept elsewhere.")
]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands, if they can be carried out."""
    if services.desk is None:
        return
    log = typer.Typer()
    app.add_typer(log, name="audit-log")
    _register_lines(log, services)
    _register_verify(log, services)


def _register_lines(log: typer.Typer, services: Services) -> None:
    @log.callback(invoke_without_command=True)
    def audit_log(
        context: typer.Context,
        *,
        who: _Who = None,
        verb: _Verb = None,
        subject: _Subject = None,
        since: _Since = None,
        until: _Until = None,
        request_id: _Request = None,
        limit: _Limit = 100,
        before: _Before = None,
        timezone: Zone = "UTC",
        json: Json = False,
    ) -> None:
        """Show who changed what, the latest first. A text that ends with * stands for all that begin so."""
        if context.invoked_subcommand is not None:
            return
        first, last, local = instant(since, "--since"), instant(until, "--until"), zone(timezone)

        async def asked(desk: "Desk") -> "AuditPage":
            return await desk.audit_log.lines(
                who=who,
                verb=verb,
                subject=subject,
                since=first,
                until=last,
                request_id=request_id,
                limit=limit,
                before=before,
            )

        page = ask(services, asked)
        if json:
            write_json(line.model_dump(mode="json") for line in page.lines)
        else:
            _show(page.lines, local)
        if page.next is not None:
            remark(f"There are more: --before {page.next}")


def _register_verify(log: typer.Typer, services: Services) -> None:
    @log.command()
    def verify(*, kept: _Kept = None, json: Json = False) -> None:
        """See whether no line was removed, altered or moved. Exit code 6 if one was; each place is named.

        Keep what it prints somewhere else, and give it back another time as --kept: then it is found, too, if somebody
        with all rights in the database made the whole log anew.
        """

        async def asked(desk: "Desk") -> "AuditVerdict":
            return await desk.audit_log.verify(kept)

        verdict = ask(services, asked)
        if json:
            write_json([verdict.model_dump(mode="json")])
        else:
            _tell(verdict)
        if not verdict.sound:
            raise typer.Exit(UNWELL)


def _tell(verdict: "AuditVerdict") -> None:
    screen = console()
    for one in verdict.breaks:
        screen.print(f"[bold red]broken[/]  line {one.number} {one.problem}")
    if verdict.broken > len(verdict.breaks):
        screen.print(f"        and {verdict.broken - len(verdict.breaks)} more")
    if verdict.sound:
        lines = "1 line" if verdict.lines == 1 else f"{verdict.lines} lines"
        less = f", {verdict.redacted} of them redacted by an erasure" if verdict.redacted else ""
        screen.print(f"[green]sound[/]  {lines}{less}. Keep this elsewhere, for --kept:")
        screen.print(verdict.head, soft_wrap=True)


def _show(lines: "list[AuditLine]", local: "ZoneInfo") -> None:
    from rich.markup import escape  # noqa: PLC0415 - takes time that `--json` does not need

    from starter.cli.fitting import Col, Fitting, Way, up_to  # noqa: PLC0415
    from starter.cli.words import when  # noqa: PLC0415

    if not lines:
        remark("There is no such line.")
        return
    number, change = Col("", justify="right"), Col("Change", None, 20)
    rows = [
        (str(line.number), when(line.at, local), *(escape(text) for text in (line.who, line.door, line.verb, line.subject)))
        for line in lines
    ]
    changes = [escape(_change(line.before, line.after)) for line in lines]
    columns = (number, Col("When"), Col("Who"), Col("Door"), Col("Verb"), Col("Subject", up_to(40)), change)
    wide = [[*row, changed] for row, changed in zip(rows, changes, strict=True)]
    narrow = [
        [no, f"{at}\n{who} [dim]({door})[/]", f"{verb}\n{subject}" + (f"\n[dim]{changed}[/]" if changed else "")]
        for (no, at, who, door, verb, subject), changed in zip(rows, changes, strict=True)
    ]
    stacked = (number, Col("When, who", up_to(30)), Col("What", None, 20))
    console().print(Fitting(Way(columns, wide), Way(stacked, narrow)))


def _change(before: dict[str, Any] | None, after: dict[str, Any] | None) -> str:
    """What is different, in short: `status: active → retired`; null and empty lists say nothing of what is new."""
    was, now = before or {}, after or {}
    names = [*was, *(name for name in now if name not in was and now[name] not in (None, [], {}))]
    told = (_one(name, was.get(name), now.get(name), known=name in was) for name in names if was.get(name) != now.get(name))
    whole = "; ".join(told)
    return whole if len(whole) <= CHANGE_AT_MOST else f"{whole[:CHANGE_AT_MOST]}… (--json has all)"


def _one(name: str, was: Any, now: Any, *, known: bool) -> str:
    return f"{name}: {_short(was)} → {_short(now)}" if known else f"{name}: {_short(now)}"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else "none" if value is None else jsons.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
