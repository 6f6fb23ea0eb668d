"""`milepost replay`: what is on record, through today's workflow and today's law. Its exit statuses are its own."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sla.errors import MilepostError
from starter.answers import BAD_INPUT, FINE, NOT_FOUND, REFUSED, answer_for
from starter.cli.options import Json
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.replaying.choosing import Wanted
    from starter.replaying.laws import GivenDefinitions
    from starter.replaying.results import Replayed
    from starter.replaying.sources import Recipe

FEW = 10
"""Up to so many sources are told of one by one also when all is the same, and are replayed in this process."""

_Files = list[Path] | None
_What = Annotated[list[str] | None, typer.Argument(metavar="ID|FILE", help="Records, histories as JSON, bundles.")]
_Query = Annotated[str | None, typer.Option(metavar="QUERY", help="What Temporal lists by this query.")]
_All = Annotated[bool, typer.Option("--all", help="All cases, of Temporal and of the archive.")]
_Since = Annotated[str | None, typer.Option(metavar="DURATION", help="Of those, what was open in so long, such as 7d.")]
_Process = Annotated[_Files, typer.Option("--process", "-p", metavar="FILE", help="Their process, in place of the store's.")]
_Calendars = Annotated[_Files, typer.Option("--calendars", "-c", metavar="FILE", help="Its business hours.")]
_Jobs = Annotated[int | None, typer.Option(min=1, max=256, help="How many processes; default: one for each core.")]
_JUnit = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML besides.")]
_Debug = Annotated[bool, typer.Option("--debug", help="Stop in a debugger.")]
_Inside = Annotated[
    str | None, typer.Option(metavar="PLACE", help="Where: in the workflow, or in evaluate; default: the workflow.")
]
_BreakAt = Annotated[int | None, typer.Option(min=1, metavar="EVENT", help="Stop at this event of the history.")]
_Run = Annotated[str, typer.Option("--run", metavar="RUN", help="Only the run whose id begins so, if a record has several.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command."""

    @app.command()
    def replay(
        what: _What = None,
        *,
        query: _Query = None,
        all_: _All = False,
        since: _Since = None,
        process: _Process = None,
        calendars: _Calendars = None,
        jobs: _Jobs = None,
        junit: _JUnit = None,
        debug: _Debug = False,
        break_at: _BreakAt = None,
        inside: _Inside = None,
        run: _Run = "",
        json: Json = False,
    ) -> int:
        """Replay what is on record through today's workflow, and take its decisions again by today's law.

        Exit status: 0 all the same; 3 a decision is another one; 4 a workflow is non-deterministic; 2 nothing was replayed.
        """
        from starter.replaying.sources import Recipe  # noqa: PLC0415 - keeps --help quick, as all of these

        wanted = _wanted(what or [], query, since, all_=all_)
        debugging = debug or break_at is not None
        if inside is not None and not debugging:
            raise typer.BadParameter("--inside goes with --debug or --break-at")
        recipe = Recipe(settings=services.settings(), given=_given(process or [], calendars or []), only=run)
        try:
            if debugging:
                return _debugged(wanted, recipe, inside or "workflow", break_at or 1, json=json)
            return asyncio.run(_replayed(wanted, recipe, jobs, junit, json=json))
        except MilepostError as error:
            raise _as_input(error) from None


def _wanted(names: list[str], query: str | None, since: str | None, *, all_: bool) -> "Wanted":
    from starter.replaying.choosing import Wanted  # noqa: PLC0415

    if bool(names) + (query is not None) + all_ != 1:
        raise typer.BadParameter("name records or files, or else give --query or --all")
    if names and since is not None:
        raise typer.BadParameter("--since goes with --query or --all")
    length = None if since is None else _length(since)
    return Wanted(names=names, query=query, since=None if length is None else datetime.now(UTC) - length)


def _length(text: str) -> timedelta:
    from sla.duration import Duration  # noqa: PLC0415

    try:
        length = Duration.parse(text)
        if length.business_days:
            raise ValueError(f"'{text}' counts business days; write it in days, as 7d")
        return timedelta(seconds=length.seconds)
    except ValueError as problem:
        raise typer.BadParameter(f"--since: {problem}") from None


def _given(processes: list[Path], calendars: list[Path]) -> "GivenDefinitions | None":
    """The definitions of the files named, if any is."""
    if not processes:
        if calendars:
            raise typer.BadParameter("--calendars goes with --process")
        return None
    from starter.definitions import load  # noqa: PLC0415
    from starter.replaying.laws import of_files  # noqa: PLC0415

    found = load([*processes, *calendars])
    if not found.processes:
        raise typer.BadParameter(f"--process: {processes[0]} holds no process; a process begins with `process: its name`")
    return of_files([one.value for one in found.processes], found.hours)


def _as_input(error: MilepostError) -> MilepostError:
    """Statuses 3 and 4 mean something else here: what has one of them elsewhere is bad input."""
    from sla.evidence_errors import NotReplayable  # noqa: PLC0415

    return NotReplayable(problem=str(error)) if answer_for(error).exit_code in (NOT_FOUND, REFUSED) else error


async def _replayed(wanted: "Wanted", recipe: "Recipe", jobs: int | None, junit: Path | None, *, json: bool) -> int:
    from runtime.processes import cores  # noqa: PLC0415
    from starter.cli.progress import counting  # noqa: PLC0415
    from starter.replaying.choosing import chosen  # noqa: PLC0415
    from starter.replaying.crew import replayed  # noqa: PLC0415
    from starter.replaying.results import Tally  # noqa: PLC0415

    everything = not wanted.names and wanted.query is None  # of which there may be none: a quiet week is no bad input
    tally, kept = Tally(nothing=FINE if everything else BAD_INPUT), []
    async with chosen(wanted, recipe) as (total, sources):
        few = total <= FEW
        with counting("Replaying", total) as advance:
            async for one in replayed(sources, recipe, jobs=jobs or (1 if few else cores())):
                advance()
                tally.count(one)
                _show(one, json=json, few=few)
                if junit is not None:
                    kept.append(one)
    if junit is not None:
        from starter.cli.junit import write_junit  # noqa: PLC0415

        write_junit(junit, kept)
    if not json:
        from starter.cli.render_replays import summary  # noqa: PLC0415

        console().print(summary(tally))
    return tally.exit_status


def _show(one: "Replayed", *, json: bool, few: bool) -> None:
    """Tell of one history as soon as it is known; of what is the same only if there are few."""
    if json:
        write_json([one.model_dump(mode="json") | {"verdict": one.verdict}])
    elif few or one.verdict != "same":
        from starter.cli.render_replays import paragraph  # noqa: PLC0415

        for line in paragraph(one):
            console().print(line)


def _debugged(wanted: "Wanted", recipe: "Recipe", where: str, event: int, *, json: bool) -> int:
    from starter.replaying.debugging import PLACES, debugged  # noqa: PLC0415

    if where not in PLACES:
        raise typer.BadParameter(f"--inside: '{where}' is none of {', '.join(PLACES)}")
    if json:
        raise typer.BadParameter("--json does not go with --debug, which speaks to a person")
    stopped, one = asyncio.run(debugged(wanted, recipe, where, event))
    if not stopped:
        remark(f"The replay did not come to {where} at event {event}.")
    _show(one, json=False, few=True)
    from starter.replaying.results import tally  # noqa: PLC0415

    return tally([one]).exit_status
