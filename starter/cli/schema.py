"""`milepost schema`: the JSON Schemas of process, calendar and people files, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from starter.answers import REFUSED
from starter.cli.options import Json
from starter.cli.output import remark, write_json
from starter.cli.services import Services

_Directory = Annotated[Path, typer.Option("--directory", "-d", help="Where the schemas are kept.")]
_Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail if a file is not as it would be written.")]


def register(app: typer.Typer, services: Services) -> None:
    """Add the command."""
    del services

    @app.command()
    def schema(*, directory: _Directory = Path("schemas"), check: _Check = False, json: Json = False) -> None:
        """Write the JSON Schemas of process, calendar and people files, by which editors help."""
        from starter.schemas import schemas  # noqa: PLC0415 - keeps --help quick

        behind = {directory / name: text for name, text in schemas().items() if _read(directory / name) != text}
        if not check:
            _write(behind)
        if json:
            write_json({"file": str(path), "outcome": "behind" if check else "written"} for path in behind)
        else:
            for path in behind:
                remark(f"{path}: {'is not current; run: milepost schema' if check else 'written'}")
        if check and behind:
            raise typer.Exit(REFUSED)


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _write(texts: dict[Path, str]) -> None:
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        except OSError as problem:
            raise typer.BadParameter(f"--directory: {path} cannot be written ({problem.strerror})") from None
