"""`milepost explain`: what became of a record, and why; of a bundle without server and database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.cli.asking import ask
from starter.cli.options import Json, RecordOrBundle, instant, zone
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from sla.story import Story

_Zone = Annotated[
    str | None, typer.Option("--timezone", metavar="ZONE", help="Times in this zone; default: the case's own.")
]
_At = Annotated[
    str | None, typer.Option(metavar="INSTANT", help="As of then, by all that is known now: 2026-03-02T14:30:00Z.")
]
_Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write it as one page with a picture; - for stdout.")
]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command; a bundle needs no Desk."""

    @app.command()
    def explain(
        record: RecordOrBundle, *, timezone: _Zone = None, at: _At = None, html: _Html = None, json: Json = False
    ) -> None:
        """Explain what became of a record, and why: the verdict first, then each milestone with its open time and actions.

        With --html: one page that needs nothing else, with a picture of the timeline, to look at and to print. A bundle
        needs no server and no database.
        """
        if json and html is not None:
            raise typer.BadParameter("--html writes a page and --json prints JSON; give one of them")
        local = None if timezone is None else zone(timezone)
        found = _story(services, record, local, instant(at, "--at"))
        if json:
            write_json([found.model_dump(mode="json")])
        elif html is not None:
            _write(found, html)
        else:
            from starter.cli.render_story import story_page  # noqa: PLC0415 - keeps --help quick, as all of these

            console().print(story_page(found))


def _story(services: Services, record: str, local: "ZoneInfo | None", at: "datetime | None") -> "Story":
    from starter.bundles import is_bundle, read_bundle  # noqa: PLC0415
    from starter.stories.telling import told  # noqa: PLC0415

    if is_bundle(record):
        return told(read_bundle(Path(record)).dossier, local, at)
    if services.desk is None:
        raise typer.BadParameter(f"'{record}' is no bundle, whose name ends in .mpb, and this installation has no Desk")
    return ask(services, lambda desk: desk.evidence.story(record, local, at))


def _write(found: "Story", path: Path) -> None:
    import sys  # noqa: PLC0415

    from starter.files import writing  # noqa: PLC0415
    from starter.stories.page import page  # noqa: PLC0415

    data = page(found).encode()
    if str(path) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    with writing(path):
        path.write_bytes(data)
    remark(f"{path}: {len(data):,} bytes. Open it in a browser, or print it.")
