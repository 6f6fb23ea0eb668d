"""`milepost bundle` and `milepost verify`: all about a record in one file, and whether such a file is what it says."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from starter.answers import UNWELL
from starter.cli.asking import ask
from starter.cli.options import Json, Record
from starter.cli.output import console, remark, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from starter.setup.views.evidence import Verdict

_Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to; its name ends in .mpb.")]
_Bundle = Annotated[Path, typer.Argument(metavar="FILE", help="A bundle.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the commands; a bundle is made by the Desk, and verified by anybody."""
    if services.desk is not None:
        _register_bundle(app, services)

    @app.command()
    def verify(file: _Bundle, *, json: Json = False) -> None:
        """See whether a bundle is as it was written, and its outcome what this version finds. Needs no server, no database.

        Exit code 2 if it is no whole bundle, 6 if it is, and something in it does not hold.
        """
        from starter.verifying import verify as verified  # noqa: PLC0415 - keeps --help quick

        verdict = verified(file)
        if json:
            write_json([verdict.model_dump(mode="json") | {"sound": verdict.sound}])
        else:
            _tell(file, verdict)
        if not verdict.sound:
            raise typer.Exit(UNWELL)


def _register_bundle(app: typer.Typer, services: Services) -> None:
    @app.command()
    def bundle(record: Record, *, output: _Output, json: Json = False) -> None:
        """Write all about a record into one file: what its outcome rests on, and the histories of its workflow.

        milepost verify and milepost explain read it on a machine without server and database. What Temporal keeps
        encrypted is in clear in it.
        """
        from starter.bundles import ENDING  # noqa: PLC0415 - keeps --help quick
        from starter.files import save  # noqa: PLC0415

        if output.suffix != ENDING:
            raise typer.BadParameter(f"--output: '{output}' does not end in {ENDING}, by which the commands know a bundle")
        data = ask(services, lambda desk: desk.evidence.bundle(record))
        save(output, data)
        if json:
            import hashlib  # noqa: PLC0415 - as above

            digest = hashlib.sha256(data).hexdigest()
            write_json([{"record": record, "file": str(output), "bytes": len(data), "sha256": digest}])
        else:
            remark(f"{output}: {len(data):,} bytes. See that it is whole with: milepost verify {output}")


def _tell(file: Path, verdict: "Verdict") -> None:
    from rich.markup import escape  # noqa: PLC0415 - takes time that `--json` does not need

    from sla.instants import to_text  # noqa: PLC0415

    screen = console()
    head = f"[green]whole[/]  {escape(str(file))} is as it was written. Its SHA-256, to compare or to keep:"
    for line in (head, f"       {verdict.sha256}"):
        screen.print(line, soft_wrap=True)
    screen.print(
        f"       Record {escape(verdict.record)} as of {to_text(verdict.taken_at)}, by Milepost {escape(verdict.engine)}; "
        f"{_histories(verdict)}.",
        soft_wrap=True,
    )
    for problem in verdict.problems:
        screen.print(f"[bold red]broken[/] {escape(problem[:1].upper() + problem[1:])}.", soft_wrap=True)
    outcome, by = escape((verdict.status or "none").replace("_", " ")), escape(verdict.by)
    if not verdict.differences:
        told = f"[green]same[/]   Recorded outcome: {outcome}. Milepost {by} finds the same from its events."
        screen.print(told, soft_wrap=True)
        return
    screen.print(f"[bold red]other[/]  Recorded outcome: {outcome}. Milepost {by} does not find the same:", soft_wrap=True)
    for difference in verdict.differences:
        screen.print(f"       {escape(difference[:1].upper() + difference[1:])}.", soft_wrap=True)


def _histories(verdict: "Verdict") -> str:
    """`3 runs with 412 events, of which 1 was still running`."""
    told = f"{verdict.runs} run{'' if verdict.runs == 1 else 's'} with {verdict.events:,} events"
    some = {"still running": verdict.running, "lost": verdict.lost, "redacted": verdict.redacted}
    words = [f"{count} {word}" for word, count in some.items() if count]
    return told + (f" ({', '.join(words)})" if words else "")
