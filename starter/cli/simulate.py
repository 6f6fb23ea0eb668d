"""`milepost simulate`: what a process makes of a file of events; needs no server, no database (SPEC 7, Refusals in 8)."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.answers import BAD_INPUT
from starter.cli.options import Json, instant
from starter.cli.output import remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from sla.process.model import Process
    from starter.definitions import Found
    from starter.event_lines import Line
    from starter.simulation import Rules

_ProcessFile = Annotated[Path, typer.Option("--process", "-p", metavar="FILE", help="The process, as YAML.")]
_Calendars = Annotated[
    list[Path] | None, typer.Option("--calendars", "-c", metavar="FILE", help="Its business hours; may be repeated.")
]
_Events = Annotated[
    list[Path], typer.Option("--events", "-e", metavar="FILE", help="Events as JSON Lines, - for stdin; may be repeated.")
]
_Until = Annotated[str | None, typer.Option(metavar="INSTANT", help="Evaluate as of then; default: the latest recorded_at.")]
_Only = Annotated[str | None, typer.Option(metavar="RECORD", help="Only this record.")]
_Name = Annotated[str | None, typer.Option(metavar="PROCESS", help="Which process, if the file holds several.")]
_DefaultHours = Annotated[
    str | None, typer.Option(metavar="CALENDAR", help="Business hours where nothing names any; default: 24/7.")
]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command."""

    @app.command()
    def simulate(
        *,
        process: _ProcessFile,
        events: _Events,
        calendars: _Calendars = None,
        until: _Until = None,
        only: _Only = None,
        name: _Name = None,
        default_hours: _DefaultHours = None,
        json: Json = False,
    ) -> None:
        """Show what a process makes of a file of events. Needs no server and no database.

        Lines that cannot be read are all reported (file:line: problem) and nothing is simulated; events that are refused
        are reported and ignored.
        """
        from starter.cli.progress import progress  # noqa: PLC0415
        from starter.simulation import simulate as run  # noqa: PLC0415 - keeps --help quick

        as_of = instant(until, "--until")
        rules = _rules(services, process, calendars or [], name, default_hours)
        result = run(rules, _lines(events), as_of, only=only, progress=progress("Simulating"))
        if json:
            write_json(timeline.model_dump(mode="json") for timeline in result.timelines)
        else:
            from starter.cli.render_timelines import show_timelines  # noqa: PLC0415 - as above

            show_timelines(result.timelines, rules)
        for text in result.ignored:
            remark(text)


def _rules(services: Services, process: Path, calendars: list[Path], name: str | None, default_hours: str | None) -> "Rules":
    """What the files say, checked as far as a simulation needs it."""
    from sla.calendar import ALWAYS  # noqa: PLC0415 - keeps --help quick, as all of these
    from starter.action_checks import check_shapes_of, values_refused  # noqa: PLC0415
    from starter.checks import Limits, check_process, hours_of  # noqa: PLC0415
    from starter.definitions import load  # noqa: PLC0415
    from starter.files import definition_files, name_of  # noqa: PLC0415
    from starter.simulation import Rules  # noqa: PLC0415

    definitions = load([process, *calendars])
    sources = [name_of(path) for path in definition_files([process])]
    found = _chosen([one for one in definitions.processes if one.document.source in sources], process, name)
    hours = definitions.hours
    check_process(found, limits=Limits.of(services.settings()), calendars=hours)
    check_shapes_of(found)
    if refusal := values_refused(found):  # a simulation performs nothing, so that it can do without
        remark(f"{refusal} (No hindrance here, but `milepost apply` refuses it.)")
    default = ALWAYS if default_hours is None else hours_of(default_hours, hours, where="--default-hours")
    return Rules(process=found.value, calendars=hours, default_hours=default)


def _chosen(processes: "list[Found[Process]]", path: Path, name: str | None) -> "Found[Process]":
    """The one process of a file, or the one of that name."""
    names = ", ".join(f"'{found.value.process}'" for found in processes)
    if not processes:
        raise typer.BadParameter(f"--process: {path} holds no process; a process begins with `process: its name`")
    if name is None and len(processes) > 1:
        raise typer.BadParameter(f"--process: {path} holds {len(processes)} processes ({names}); choose one with --name")
    for found in processes:
        if name in (None, found.value.process):
            return found
    raise typer.BadParameter(f"--name: {path} holds no process '{name}'; it holds {names}")


def _lines(paths: list[Path]) -> "list[Line]":
    """The events, or an end with every line that cannot be read."""
    from starter.event_lines import read_lines  # noqa: PLC0415 - keeps --help quick
    from starter.files import name_of, read_bytes  # noqa: PLC0415

    reading = read_lines((name_of(path), read_bytes(path)) for path in paths)
    for problem in reading.problems:
        remark(str(problem))
    if reading.problems:
        raise typer.Exit(BAD_INPUT)
    return reading.lines
