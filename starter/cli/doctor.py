"""`milepost doctor`: whether everything is as it should be, a line for each check."""

import asyncio
from typing import TYPE_CHECKING

import typer

from sla.errors import InvalidSetting
from starter.answers import UNWELL
from starter.cli.options import Json
from starter.cli.output import console, is_live, write_json
from starter.cli.services import Services

if TYPE_CHECKING:
    from rich.console import Console

    from starter.checkups.findings import Finding
    from starter.cli.services import Examination

_LOOKS = {"ok": "green", "warning": "yellow", "failed": "bold red", "not_checked": "dim"}


def register(app: typer.Typer, services: Services) -> None:
    """Add the command, if it can be carried out."""
    if services.examine is not None:
        _register(app, services, services.examine)


def _register(app: typer.Typer, services: Services, examine: "Examination") -> None:
    @app.command()
    def doctor(*, json: Json = False) -> None:
        """See whether everything is there and well: database, Temporal, workers, mail, clocks, and the cases.

        Changes nothing and sends nothing. Exit code 6 if something failed; warnings alone are fine.
        """
        screen = console()
        if json or not is_live(screen):
            findings = _findings(services, examine)
        else:
            with screen.status("Looking at everything"):
                findings = _findings(services, examine)
        if json:
            write_json(finding.model_dump(mode="json") for finding in findings)
        else:
            _show(screen, findings)
        if any(finding.verdict == "failed" for finding in findings):
            raise typer.Exit(UNWELL)


def _findings(services: Services, examine: "Examination") -> "list[Finding]":
    try:
        settings = services.settings()
    except InvalidSetting as refusal:
        from starter.doctor import unreadable  # noqa: PLC0415 - keeps --help quick

        return unreadable(refusal)
    return asyncio.run(examine(settings))


def _show(screen: "Console", findings: "list[Finding]") -> None:
    from rich.markup import escape  # noqa: PLC0415 - takes time that `--json` does not need
    from rich.table import Table  # noqa: PLC0415

    verdict = max(len(word) for word in _LOOKS)
    name = max(len(finding.check) for finding in findings)
    for finding in findings:
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_column(width=verdict)
        line.add_column(width=name)
        line.add_column(overflow="fold")
        look, word = _LOOKS[finding.verdict], finding.verdict.replace("_", " ")
        line.add_row(f"[{look}]{word}[/]", escape(finding.check), escape(finding.found))
        remedy, *commands = (finding.remedy or "").split("\n")
        if remedy:
            line.add_row("", "", f"[bold]{escape(remedy)}[/]")
        screen.print(line)
        for command in commands:  # never broken, so that it can be copied
            screen.print(f"    {command}", markup=False, no_wrap=True, overflow="ignore", crop=False)
    screen.print(f"\n{_summary(findings)}")


def _summary(findings: "list[Finding]") -> str:
    counts = {verdict: sum(finding.verdict == verdict for finding in findings) for verdict in _LOOKS}
    words = (f"{count} {verdict.replace('_', ' ')}" for verdict, count in counts.items() if count)
    return f"{len(findings)} checks: {', '.join(words)}."
