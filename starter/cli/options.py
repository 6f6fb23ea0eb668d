"""Options that several commands share, and how values on the command line are read."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from sla.errors import NaiveInstant
from sla.instants import FIRST_YEAR, LAST_YEAR, to_instant

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, for programs.")]
At = Annotated[str | None, typer.Option(metavar="INSTANT", help="When it happened, as 2026-03-02T14:30:00Z; default: now.")]
Record = Annotated[str, typer.Argument(metavar="ID", help="The record's id.")]
RecordOrBundle = Annotated[str, typer.Argument(metavar="ID|FILE.mpb", help="The record's id, or a bundle of it.")]
Zone = Annotated[str, typer.Option("--timezone", metavar="ZONE", help="Show times in this IANA zone.")]


def instant(text: str | None, where: str) -> datetime | None:
    """An instant of the command line. Raises NaiveInstant without a zone, BadParameter if it is none."""
    if text is None:
        return None
    try:
        if datetime.fromisoformat(text).tzinfo is None:
            raise NaiveInstant(where=where, value=text)
        return to_instant(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{where}: {_reason(problem, text)}") from None


def moment(text: str | None, where: str) -> datetime | None:
    """As `instant`, for what calendars are asked about: within the years 1900 to 2199."""
    at = instant(text, where)
    if at is not None and not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise typer.BadParameter(f"{where}: '{text}' lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return at


def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises BadParameter."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(f"--timezone: there is no zone '{name}'; write it as Europe/Berlin") from None


def _reason(problem: ValueError, text: str) -> str:
    if str(problem).startswith("Invalid isoformat"):
        return f"'{text}' is not a date-time; write it as 2026-03-02T14:30:00Z"
    return str(problem)


def assignments(pairs: Iterable[str], where: str) -> dict[str, Any]:
    """`k=v` pairs: a value that is a JSON scalar or a list of them is that, all else is text."""
    values: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name.strip():
            raise typer.BadParameter(f"{where}: '{pair}' is not of the form name=value")
        if name in values:
            raise typer.BadParameter(f"{where}: '{name}' is given twice")
        values[name] = scalar(text)
    return values


def scalar(text: str) -> Any:
    """A JSON scalar, or a list of them, if it is one; else the text itself."""
    try:
        value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    plain = value if isinstance(value, list) else [value]
    return text if any(isinstance(part, list | dict) for part in plain) else value
