"""Event lines of SPEC 7: bytes in; events with their place in the file out, and the lines that cannot be read.

An unreadable line is a problem of the file. A line that reads well but is of an unknown type is an event refused for what
it says (SPEC 8, Refusals). Nothing is guessed: also not which of two values of one key counts.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sla.errors import MalformedDocument, MilepostError, UnreadableEvent
from sla.events import Event, UnknownEventType, read_event

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that is an event; `refusal` is why it is none of the known types, and then `event` has only the basics."""

    where: str
    event: Event
    refusal: str | None = None


@dataclass(slots=True, kw_only=True)
class Reading:
    """The lines of some files in their order, and a refusal for each that cannot be read."""

    lines: list[Line] = field(default_factory=list)
    problems: list[MilepostError] = field(default_factory=list)


def read_lines(contents: Iterable[tuple[str, bytes]]) -> Reading:
    """Read JSON Lines from (name, content) pairs. Blank lines and a byte-order mark are skipped."""
    reading = Reading()
    for name, content in contents:
        for number, raw in _numbered(content):
            try:
                reading.lines.append(_line(raw, f"{name}:{number}"))
            except UnreadableEvent as problem:
                reading.problems.append(problem)
    return reading


def _numbered(content: bytes) -> Iterator[tuple[int, bytes]]:
    # Split at line feeds only: other line breaks, such as U+2028, may stand in JSON text.
    for number, raw in enumerate(content.removeprefix(_BOM).split(b"\n"), 1):
        if line := raw.strip(_BLANK):
            yield number, line


def _line(raw: bytes, where: str) -> Line:
    data = parse_object(raw, where)
    try:
        return Line(where=where, event=read_event(data, where=where))
    except UnknownEventType as unknown:
        # Its other keys must be sound all the same; `closed` asks for no more than every event does.
        event = read_event({**data, "type": "closed"}, where=where)
        return Line(where=where, event=event, refusal=str(unknown).removeprefix(f"{where}: "))


def parse_object(raw: bytes, where: str) -> Any:
    """One JSON value, strictly. Raises UnreadableEvent naming `where`."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_each_once, parse_constant=_no_number)
    except UnicodeDecodeError as problem:
        raise UnreadableEvent(where=where, problem=f"is not UTF-8 text (byte {problem.start + 1})") from None
    except json.JSONDecodeError as problem:
        raise UnreadableEvent(where=where, problem=f"is not JSON ({problem.msg}, column {problem.colno})") from None
    except RecursionError:
        raise UnreadableEvent(where=where, problem="is nested too deeply") from None
    except ValueError as problem:
        raise UnreadableEvent(where=where, problem=f"is not JSON that can be used ({problem})") from None


def read_json(raw: bytes, where: str) -> Any:
    """One JSON value that can also be written again: strictly, and without half a character. Raises MalformedDocument."""
    try:
        data = parse_object(raw, where)
        if b"\\ud" in raw or b"\\uD" in raw:
            json.dumps(data, ensure_ascii=False).encode()
    except UnreadableEvent as problem:
        raise MalformedDocument(source=where, line=1, problem=problem.facts["problem"]) from None
    except UnicodeEncodeError:
        raise MalformedDocument(source=where, line=1, problem="holds half a character (\\ud800 to \\udfff)") from None
    return data


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key '{twice}' is given twice")
    return data


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")
