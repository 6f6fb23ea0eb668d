"""Nodes to plain data: the scalars of YAML 1.2, no surprises, and nothing that makes a short text grow without bounds.

Only `true` and `false` are booleans, so that `country: NO` stays text. Dates, times, `1:30`, `007` and `+4930` stay text,
too. Keys are text. Aliases and merge keys (`<<`) are allowed within a budget; cycles, tags and duplicate keys
are not.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from sla.errors import MalformedDocument
from sla.yamlnodes import Node, malformed, read_nodes

Path: TypeAlias = tuple[str | int, ...]
"""A place in data: keys and positions, from the top."""

MAX_REPEATED: Final = 10_000
"""How many values the aliases of one document may stand for, all together."""

_TAG: Final = "tag:yaml.org,2002:"
_MERGE: Final = "<<"
_SCALARS: Final[tuple[tuple[str, re.Pattern[str], Callable[[str], Any]], ...]] = (
    ("null", re.compile(r"~|null|Null|NULL|"), lambda _text: None),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE"), lambda text: text.lower() == "true"),
    ("int", re.compile(r"-?(0|[1-9][0-9]*)|0x[0-9a-fA-F]+|0o[0-7]+"), lambda text: int(text, 0)),
    ("float", re.compile(r"-?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?"), float),
)


def read_stream(text: str, source: str) -> Iterator[tuple[Any, dict[Path, int]]]:
    """The data of each document of a stream, and the line, from 1, of every place in it.

    The line of a value in a mapping is its key's. Raises MalformedDocument, naming `source`, for anything
    else.
    """
    for node in read_nodes(text, source):
        reading = _Reading(source=source)
        yield reading.value(node, ()), reading.lines


def is_text(plain: str) -> bool:
    """Whether a scalar without quotes is read as text, and not as null, a boolean or a number."""
    return not any(pattern.fullmatch(plain) for _, pattern, _ in _SCALARS)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """The state of turning the nodes of one document into data."""

    source: str
    lines: dict[Path, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    entered: set[int] = field(default_factory=set)
    repeated: int = 0

    def value(self, node: Node, path: Path) -> Any:
        """The data of a node, whose lines are noted."""
        self._spend(node)
        self.lines.setdefault(path, node.line)
        if node.kind == "scalar":
            return self._scalar(node)
        self.entered.add(id(node))
        if node.kind == "mapping":
            data: Any = self._mapping(node, path)
        else:
            self._tagged(node, "seq")
            data = [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        self.entered.remove(id(node))
        return data

    def _spend(self, node: Node) -> None:
        """Refuse cycles, and more repetitions by aliases than the budget allows."""
        if id(node) in self.entered:
            raise self._refused(node, "an alias stands for something that contains it")
        if id(node) in self.seen:
            self.repeated += 1
        self.seen.add(id(node))
        if self.repeated > MAX_REPEATED:
            raise self._refused(node, f"aliases stand for more than {MAX_REPEATED} values from here on")

    def _mapping(self, node: Node, path: Path) -> dict[str, Any]:
        self._tagged(node, "map")
        data: dict[str, Any] = {}
        for key, value in node.value:
            if _merges(key):
                self._merge(value, path, data)
        own: dict[str, int] = {}
        for key, value in node.value:
            if _merges(key):
                continue
            name = self._key(key)
            if name in own:
                raise self._refused(key, f"the key '{name}' is given twice; it is already on line {own[name]}")
            own[name] = self.lines[(*path, name)] = key.line
            data[name] = self.value(value, (*path, name))
        return data

    def _merge(self, node: Node, path: Path, data: dict[str, Any]) -> None:
        """Take over the fields of a mapping, or of a list of mappings of which the first counts most."""
        for mapping in reversed(node.value) if node.kind == "list" else [node]:
            if mapping.kind != "mapping":
                raise self._refused(node, "a merge key (<<) needs a mapping, or a list of mappings")
            data.update(self.value(mapping, path))

    def _key(self, node: Node) -> str:
        if node.kind != "scalar":
            raise self._refused(node, "a key must be text, not a list or mapping")
        self._tagged(node, "str", *(name for name, _, _ in _SCALARS))
        return self._text(node)

    def _scalar(self, node: Node) -> Any:
        self._tagged(node, "str", *(name for name, _, _ in _SCALARS))
        for name, pattern, make in _SCALARS:
            if (node.plain or node.tag == _TAG + name) and pattern.fullmatch(node.value):
                return self._kept(node, make)
        if node.tag not in {None, "!", _TAG + "str"}:
            raise self._refused(node, f"'{node.value[:40]}' is not what its tag {_shown(node.tag)} says")
        return self._text(node)

    def _kept(self, node: Node, make: Callable[[str], Any]) -> Any:
        try:
            made = make(node.value)
        except ValueError:  # more digits than Python reads
            made = math.inf
        if isinstance(made, float) and not math.isfinite(made):
            raise self._refused(node, f"the number {node.value[:40]} is too large")
        return made

    def _text(self, node: Node) -> str:
        """The text of a scalar, in which JSON may have written one character as a pair of surrogates."""
        try:
            return str(node.value).encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            raise self._refused(node, "a \\u escape is half of a character") from None

    def _tagged(self, node: Node, *names: str) -> None:
        if node.tag not in {None, "!", *(_TAG + name for name in names)}:
            raise self._refused(node, f"the tag {_shown(node.tag)} is not allowed")

    def _refused(self, node: Node, problem: str) -> MalformedDocument:
        return malformed(self.source, node.line, problem)


def _merges(key: Node) -> bool:
    return key.kind == "scalar" and key.plain and key.value == _MERGE


def _shown(tag: str | None) -> str:
    return (tag or "").replace(_TAG, "!!")
