"""Plain data to YAML as people write it, always in the same way: what `sla.documents` reads back as the same data.

Short mappings and lists of scalars stand on one line, everything else on lines of its own. Text is bare where nothing could
take it for anything else, also not a reader of YAML 1.1, and in double quotes otherwise. Keys keep their order.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sla.yamldata import is_text

WIDTH: Final = 110
"""Characters of a line beyond which a mapping or list is spread over several."""

_BARE: Final = re.compile(r"[^\W_](?:[\w .%/()@'+-]*[\w.%/)'+-])?")
_BARE_ALONE: Final = re.compile(r"[^\W_](?:(?:[^:#]|:(?=\S)|(?<=\S)#)*[^\s:#])?")
"""On a line of its own more is allowed: only `: ` and ` #` mean something there."""
_AMOUNT: Final = re.compile(r"[0-9]+(?:\.[0-9]+)? ?[A-Za-z%]+(?: [0-9]+[A-Za-z]+)*")
_BEGINS: Final = re.compile(r"[0-9]")
_OLD_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"})
"""What some readers of YAML take for something else than text."""


def write_document(data: Mapping[str, Any]) -> str:
    """One document of a stream, with a line feed at its end."""
    return "".join(f"{line}\n" for line in _mapping(data, 0))


def inline(data: Any) -> str:
    """Data on one line: `{priority: [P1, P2]}`."""
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{inline(str(key))}: {inline(value)}" for key, value in data.items()) + "}"
    if isinstance(data, Sequence) and not isinstance(data, str):
        return "[" + ", ".join(inline(item) for item in data) + "]"
    return _text(data) if isinstance(data, str) else json.dumps(data, allow_nan=False)


def _mapping(data: Mapping[str, Any], depth: int) -> Iterator[str]:
    pad = " " * depth
    for key, value in data.items():
        name = f"{pad}{inline(str(key))}:"
        if _fits(value, WIDTH - len(name) - 1):
            yield f"{name} {_alone(value)}"
            continue
        yield name
        yield from _mapping(value, depth + 2) if isinstance(value, Mapping) else _list(value, depth + 2)


def _list(data: Sequence[Any], depth: int) -> Iterator[str]:
    dash = f"{' ' * depth}- "
    for item in data:
        if not item or not isinstance(item, Mapping):  # a list in a list is short wherever definitions have one
            yield f"{dash}{_alone(item)}"
            continue
        lines = _mapping(item, depth + 2)
        yield dash + next(lines).lstrip(" ")
        yield from lines


def _fits(value: Any, room: int) -> bool:
    """Whether a value stands behind its key. A list of mappings does not, be it ever so short."""
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return True
    if not value:
        return True
    return not _has_mappings(value) and len(inline(value)) <= room


def _has_mappings(value: Any) -> bool:
    """Whether anywhere in it there is a list with a mapping."""
    if isinstance(value, Mapping):
        return any(_has_mappings(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return any(isinstance(item, Mapping) or _has_mappings(item) for item in value)
    return False


def _alone(value: Any) -> str:
    """What stands behind a key or dash, with nothing after it."""
    return _text(value, _BARE_ALONE) if isinstance(value, str) else inline(value)


def _text(value: str, bare: re.Pattern[str] = _BARE) -> str:
    return value if _is_bare(value, bare) else '"' + "".join(_escaped(character) for character in value) + '"'


def _is_bare(value: str, bare: re.Pattern[str]) -> bool:
    if not bare.fullmatch(value) or not value.isprintable() or not is_text(value) or value.lower() in _OLD_WORDS:
        return False
    return not _BEGINS.match(value) or _AMOUNT.fullmatch(value) is not None


def _escaped(character: str) -> str:
    if character.isprintable() and character not in '"\\':
        return character
    return json.dumps(character)[1:-1]
