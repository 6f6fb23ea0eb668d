"""`milepost process audit`, `compare`, `consolidate`: the catalogue as a whole. Registered in the group of processes."""

import csv
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sla.governance.finding import SEVERITIES, Severity
from starter.answers import FINE, UNWELL
from starter.cli.asking import ask
from starter.cli.options import Json
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.desk import Desk
    from starter.setup.views.governance import Consolidation

_Severity = Annotated[
    Severity, typer.Option("--severity", metavar="SEVERITY", help="The least grave to show: error, warning or note.")
]
_FailOn = Annotated[
    Severity | None,
    typer.Option("--fail-on", metavar="SEVERITY", help=f"Exit code {UNWELL} if something at least so grave is found."),
]
_IdleDays = Annotated[int, typer.Option("--idle-days", min=1, max=3650, metavar="DAYS", help="Without a case for so long.")]
_Holidays = Annotated[
    int, typer.Option("--holidays-within", min=0, max=3650, metavar="DAYS", help="The last holiday at most so far ahead.")
]
_Near = Annotated[
    int, typer.Option("--near", min=0, max=99, metavar="PERCENT", help="How far near limits may be apart, of the longer.")
]
_Names = Annotated[list[str], typer.Argument(metavar="NAME…", help="Two processes or more.")]
_Differing = Annotated[bool, typer.Option("--differing", help="Show only in what they differ.")]
_Keep = Annotated[str, typer.Argument(metavar="KEEP", help="The process that takes over the others.")]
_From = Annotated[
    list[str],
    typer.Option("--from", metavar="NAMES", help="The others, with commas between them; may be repeated."),
]
_MoveRecords = Annotated[bool, typer.Option("--move-records", help="Also move their open records, which else stay on them.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would come of it.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def register(group: typer.Typer, services: Services) -> None:
    """Add the commands to the group of processes."""
    _audit(group, services)
    _compare(group, services)
    _consolidate(group, services)


def _audit(group: typer.Typer, services: Services) -> None:
    @group.command()
    def audit(
        *,
        severity: _Severity = "note",
        fail_on: _FailOn = None,
        idle_days: _IdleDays = 90,
        holidays_within: _Holidays = 60,
        near: _Near = 10,
        json: Json = False,
    ) -> int:
        """Look through the whole catalogue for what drifts apart, contradicts itself, reaches nobody or is out of use.

        Changes nothing. The exit code is 0 whatever is found, unless --fail-on says otherwise.
        """
        from starter.setup.views.governance import AuditQuery  # noqa: PLC0415 - keeps --help quick, as all of these

        query = AuditQuery(idle_days=idle_days, holidays_days=holidays_within, near_percent=near)
        found = ask(services, lambda desk: desk.governance.audit(query))
        shown = [one for one in found if _as_grave(one.severity, severity)]
        if json:
            write_json(one.model_dump(mode="json") for one in shown)
        else:
            from starter.cli.render_governance import audit_page  # noqa: PLC0415

            console().print(audit_page(shown), crop=False)
        return UNWELL if fail_on and any(_as_grave(one.severity, fail_on) for one in found) else FINE


def _as_grave(one: Severity, other: Severity) -> bool:
    return SEVERITIES.index(one) <= SEVERITIES.index(other)


def _compare(group: typer.Typer, services: Services) -> None:
    @group.command()
    def compare(names: _Names, *, differing: _Differing = False, json: Json = False) -> None:
        """Put the timelines of processes side by side, and mark where they differ."""
        found = ask(services, lambda desk: desk.governance.compare(names))
        rows = tuple(row for row in found.rows if row.differs or not differing)
        shown = found.model_copy(update={"rows": rows})
        if json:
            write_json([shown.model_dump(mode="json")])
        else:
            from starter.cli.render_governance import comparison_page  # noqa: PLC0415 - keeps --help quick

            console().print(comparison_page(shown))


def _consolidate(group: typer.Typer, services: Services) -> None:
    @group.command()
    def consolidate(
        keep: _Keep,
        *,
        sources: _From,
        move_records: _MoveRecords = False,
        dry_run: _DryRun = False,
        yes: _Yes = False,
        json: Json = False,
    ) -> None:
        """Let one process take over others: their entitlements, if asked their open records. Then they are retired.

        First shows what would come of it, then asks. A name with a comma in it stands in double quotes.
        """
        if json and not (yes or dry_run):
            raise typer.BadParameter("with --json nobody is asked: add --yes to do it, or --dry-run")
        wanted = _listed(sources)

        async def consolidated(desk: "Desk") -> "Consolidation":
            if dry_run or not yes:
                foreseen = await desk.governance.consolidate(keep, wanted, move_records=move_records, dry_run=True)
                if dry_run or not foreseen.changes or not _agreed(foreseen):
                    return foreseen
            return await desk.governance.consolidate(keep, wanted, move_records=move_records)

        result = ask(services, consolidated)
        if json:
            write_json([result.model_dump(mode="json")])
        else:
            _show(result, asked=not (dry_run or yes))


def _listed(values: list[str]) -> list[str]:
    """Names with commas between them, over several options."""
    return [name.strip() for row in csv.reader(values, skipinitialspace=True) for name in row if name.strip()]


def _agreed(foreseen: "Consolidation") -> bool:
    """Ask a person. Raises BadParameter where nobody is there to answer."""
    from starter.cli.render_governance import consolidation_page  # noqa: PLC0415 - keeps --help quick

    console().print(consolidation_page(foreseen))
    sys.stderr.write(f"Let '{foreseen.keep}' take over? [y/N] ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        remark("")
        raise typer.BadParameter("nobody is there to be asked: add --yes to do it, or --dry-run")
    return answer.strip().lower() in ("y", "yes")


def _show(result: "Consolidation", *, asked: bool) -> None:
    from starter.cli.render_governance import consolidation_page  # noqa: PLC0415 - keeps --help quick

    if asked and result.dry_run and result.changes:  # shown already, and declined
        remark("Nothing was changed.")
    elif asked and not result.dry_run:
        remark("Done.")
        for source in result.sources:
            if source.migration:
                remark(f"The records of '{source.process}' are being moved: milepost migration show {source.migration}")
    else:
        console().print(consolidation_page(result))
