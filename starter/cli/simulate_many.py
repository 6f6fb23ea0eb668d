"""`milepost simulate`, added up: everything on record, or files of events, under another process or several promises."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from starter.checks import Limits, hours_of
from starter.cli.asking import ask
from starter.cli.options import assignments, instant
from starter.cli.output import remark, write_json
from starter.cli.progress import advancing
from starter.cli.rule_files import read_rules
from starter.cli.services import Services
from starter.cli.simulate import Options, lines_of
from starter.files import writing
from starter.new_laws import new_law
from starter.setup.views.what_if import SimulationView
from starter.weighing import Asked, NewLaw, since, weigh_lines

if TYPE_CHECKING:
    from starter.desk import Desk

_WITH_EVENTS, _WITH_RECORDED = ("until", "only", "against"), ("under", "jobs")


def simulate_many(services: Services, options: Options) -> None:
    """Weigh, and show."""
    _check(options)
    if options.picture is not None:
        _try(options.picture)
    view = _of_files(services, options) if options.events else _of_record(services, options)
    if options.json:
        write_json([view.model_dump(mode="json")])
    else:
        from starter.cli.render_simulation import show_simulation  # noqa: PLC0415 - takes time that `--json` does not need

        show_simulation(view, listed=options.listed)
    if options.picture is not None:
        _draw(view, options.picture)


def _check(options: Options) -> None:
    """Refuse options that do not go together."""
    strangers = _WITH_RECORDED if options.events else _WITH_EVENTS
    for name in strangers:
        if getattr(options, name) is not None:
            raise typer.BadParameter(f"--{name} goes with {'--recorded' if options.events else '--events'}")
    if options.picture is not None and options.sweep is None:
        raise typer.BadParameter("--picture draws a sweep; add --sweep 'First Response.within=30m,45m,1h'")
    if options.only is not None:
        raise typer.BadParameter("--only is for one record; leave out what adds many up")


# ---------------------------------------------------------------------- weighing


def _of_files(services: Services, options: Options) -> SimulationView:
    from sla.calendar import ALWAYS  # noqa: PLC0415 - not needed for what is on record

    found, hours = read_rules(options.process, options.calendars, options.name)
    limits = Limits.of(services.settings())
    default = ALWAYS if options.default_hours is None else hours_of(options.default_hours, hours, where="--default-hours")
    law, swept = new_law(found, hours, limits=limits, default_hours=default, swept=options.sweep)
    old: NewLaw | None = None
    if options.against is not None:
        was, was_hours = read_rules(options.against, options.calendars, options.name, "--against", sole=True)
        old, _ = new_law(was, was_hours, limits=limits, default_hours=default)
    lines = lines_of(options.events)
    try:
        weighed = weigh_lines(lines, law, old, _asked(options), until=instant(options.until, "--until"), ago=options.since)
    except ValueError as problem:
        raise typer.BadParameter(f"--since: {problem}") from None
    for text in weighed.ignored:
        remark(text)
    return SimulationView.of(
        weighed.tally, as_of=weighed.as_of, process=found.value.process, sweep=swept, compared=old is not None
    )


def _of_record(services: Services, options: Options) -> SimulationView:
    if services.desk is None:
        raise typer.BadParameter("--recorded: this installation has no Desk")
    found, hours = read_rules(options.process, options.calendars, options.name)
    asked = _asked(options, None if options.since is None else _since(options.since))

    with advancing("Weighing records") as advance:

        async def simulated(desk: "Desk") -> SimulationView:
            return await desk.what_if.simulate(
                found,
                hours,
                asked,
                sweep=options.sweep,
                default_hours=options.default_hours,
                jobs=options.jobs,
                advance=advance,
            )

        return ask(services, simulated)


def _asked(options: Options, opened_from: datetime | None = None) -> Asked:
    where = assignments(options.where, "--where")
    return Asked(where=where, by=tuple(dict.fromkeys(options.by)), under=options.under, opened_from=opened_from)


def _since(text: str) -> datetime:
    try:
        return since(text, datetime.now(UTC))
    except ValueError as problem:
        raise typer.BadParameter(f"--since: {problem}") from None


# ---------------------------------------------------------------------- showing


def _try(path: Path) -> None:
    """Refuse a picture that cannot be written now, and not after all the work; leaves the file as it was."""
    was_there = path.exists()
    with writing(path):
        path.open("ab").close()
        if not was_there:
            path.unlink()


def _draw(view: SimulationView, path: Path) -> None:
    from starter.sweep_picture import sweep_picture  # noqa: PLC0415 - only needed here

    picture = sweep_picture(view)
    with writing(path):
        path.write_text(picture, "utf-8", newline="\n")
