"""`milepost simulate`: what a process makes of a file of events (SPEC 7, Refusals in 8), or of everything on record.

With files of events it needs no server and no database. What is added up instead of listed is in `simulate_many`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.answers import BAD_INPUT
from starter.cli.options import Json, instant
from starter.cli.output import remark, write_json
from starter.cli.rule_files import CalendarFiles, ProcessFile, ProcessName, read_rules
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.event_lines import Line
    from starter.simulation import Rules

_Events = Annotated[
    list[Path] | None,
    typer.Option("--events", "-e", metavar="FILE", help="Events as JSON Lines, - for stdin; may be repeated."),
]
_Until = Annotated[str | None, typer.Option(metavar="INSTANT", help="Evaluate as of then; default: the latest recorded_at.")]
_Only = Annotated[str | None, typer.Option(metavar="RECORD", help="Only this record.")]
_DefaultHours = Annotated[
    str | None, typer.Option(metavar="CALENDAR", help="Business hours where nothing names any; default: 24/7.")
]
_Recorded = Annotated[bool, typer.Option("--recorded", help="Everything on record, instead of files of events.")]
_Since = Annotated[str | None, typer.Option(metavar="TIME", help="Only what was opened since: 90d, or an instant.")]
_Where = Annotated[
    list[str] | None, typer.Option("--where", metavar="NAME=VALUE", help="Only with this field; may be repeated.")
]
_Under = Annotated[str | None, typer.Option(metavar="PROCESS", help="Only what follows this process. With --recorded.")]
_By = Annotated[list[str] | None, typer.Option("--by", metavar="FIELD", help="Break it down by a field; may be repeated.")]
_Against = Annotated[Path | None, typer.Option(metavar="FILE", help="Another process to compare with. With --events.")]
_Sweep = Annotated[
    str | None, typer.Option(metavar="PATH=VALUES", help="Promises side by side: 'First Response.within=30m,45m,1h'.")
]
_Picture = Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the sweep as a picture.")]
_List = Annotated[bool, typer.Option("--list", help="Name the records newly violated and cured.")]
_Jobs = Annotated[int | None, typer.Option(min=1, max=256, metavar="N", help="Processes side by side; default: one a core.")]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command was given; no events is everything on record."""

    process: Path
    events: list[Path]
    calendars: list[Path] | None
    until: str | None
    only: str | None
    name: str | None
    default_hours: str | None
    since: str | None
    where: list[str]
    under: str | None
    against: Path | None
    by: list[str]
    sweep: str | None
    picture: Path | None
    listed: bool
    jobs: int | None
    json: bool

    @property
    def many(self) -> bool:
        """Whether records are to be added up, and not shown one by one."""
        told = (self.since, self.under, self.against, self.sweep, self.picture, self.jobs)
        return not self.events or any((*self.where, *self.by, self.listed)) or any(one is not None for one in told)


def register(app: typer.Typer, services: Services) -> None:
    """Add the command."""

    @app.command()
    def simulate(
        *,
        process: ProcessFile,
        events: _Events = None,
        calendars: CalendarFiles = None,
        until: _Until = None,
        only: _Only = None,
        name: ProcessName = None,
        default_hours: _DefaultHours = None,
        recorded: _Recorded = False,
        since: _Since = None,
        where: _Where = None,
        under: _Under = None,
        against: _Against = None,
        by: _By = None,
        sweep: _Sweep = None,
        picture: _Picture = None,
        list_: _List = False,
        jobs: _Jobs = None,
        json: Json = False,
    ) -> None:
        """Show what a process makes of files of events, or of everything on record.

        With --recorded, --against, --sweep or --by it is added up: milestones met and missed before and after, records newly
        violated and cured, mails and reassignments, margins. Files of events need no server and no database. Lines of them
        that cannot be read are all reported (file:line: problem) and nothing is simulated; events that are refused are
        reported and ignored.
        """
        if recorded == bool(events):
            raise typer.BadParameter("give either --events FILE, or --recorded for everything on record")
        options = Options(
            process=process, events=events or [], calendars=calendars, until=until, only=only, name=name,
            default_hours=default_hours, since=since, where=where or [], under=under, against=against, by=by or [],
            sweep=sweep, picture=picture, listed=list_, jobs=jobs, json=json,
        )  # fmt: skip
        if options.many:
            from starter.cli.simulate_many import simulate_many  # noqa: PLC0415 - keeps --help quick

            simulate_many(services, options)
        else:
            _simulate_each(services, options)


def _simulate_each(services: Services, options: Options) -> None:
    """Each record of files by itself."""
    from starter.cli.progress import progress  # noqa: PLC0415 - keeps --help quick
    from starter.simulation import simulate as run  # noqa: PLC0415

    as_of = instant(options.until, "--until")
    rules = _rules(services, options)
    result = run(rules, lines_of(options.events), as_of, only=options.only, progress=progress("Simulating"))
    if options.json:
        write_json(timeline.model_dump(mode="json") for timeline in result.timelines)
    else:
        from starter.cli.render_timelines import show_timelines  # noqa: PLC0415 - as above

        show_timelines(result.timelines, rules)
    for text in result.ignored:
        remark(text)


def _rules(services: Services, options: Options) -> "Rules":
    """What the files say, checked as far as a simulation needs it."""
    from sla.calendar import ALWAYS  # noqa: PLC0415 - keeps --help quick, as all of these
    from starter.action_checks import check_shapes_of, values_refused  # noqa: PLC0415
    from starter.checks import Limits, check_process, hours_of  # noqa: PLC0415
    from starter.simulation import Rules  # noqa: PLC0415

    found, hours = read_rules(options.process, options.calendars, options.name)
    check_process(found, limits=Limits.of(services.settings()), calendars=hours)
    check_shapes_of(found)
    if refusal := values_refused(found):  # a simulation performs nothing, so that it can do without
        remark(f"{refusal} (No hindrance here, but `milepost apply` refuses it.)")
    named = options.default_hours
    default = ALWAYS if named is None else hours_of(named, hours, where="--default-hours")
    return Rules(process=found.value, calendars=hours, default_hours=default)


def lines_of(paths: list[Path]) -> "list[Line]":
    """The events, or an end with every line that cannot be read."""
    from starter.event_lines import read_lines  # noqa: PLC0415 - keeps --help quick
    from starter.files import name_of, read_bytes  # noqa: PLC0415

    reading = read_lines((name_of(path), read_bytes(path)) for path in paths)
    for problem in reading.problems:
        remark(str(problem))
    if reading.problems:
        raise typer.Exit(BAD_INPUT)
    return reading.lines
