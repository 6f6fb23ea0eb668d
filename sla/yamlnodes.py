"""YAML text to nodes: what is written and on which line, with aliases as the shared nodes that they are.

PyYAML reads the text as far as events; its constructors, which can make any object, are not used. Depth is
bounded here; what aliases may amount to, and what a scalar means, is settled in `sla.yamldata`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import yaml

from sla.errors import MalformedDocument

MAX_DEPTH: Final = 40

# Twenty times as fast, where PyYAML was built with it.
_FAST: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_PLAINER: Final = {  # what PyYAML says, and what it means to whoever wrote the text
    "mapping values are not allowed here": "there is a ':' where none can be; put text that holds ': ' in quotes",
    "cannot start any token": "a tab or special character begins a value; indent with spaces, quote such text",
    "could not find expected ':'": "this line is neither `key: value` nor part of the text before it",
    "expected '<document start>'": "text goes on after the end of the document; check indentation and brackets",
    "expected <block end>": "this line does not fit those before it; check the indentation",
    "expected ',' or": "a list or mapping in brackets lacks a comma or its closing bracket",
    "found unexpected end of stream": "a quotation is not closed before the end of the text",
}


@dataclass(slots=True, eq=False, kw_only=True)
class Node:
    """One value as written, compared by identity: a node met twice was named by an alias.

    `value` is text for a scalar, a list of nodes for a list, a list of pairs of nodes for a mapping. `plain`
    scalars mean what they look like; a `tag` was written out.
    """

    kind: Literal["scalar", "list", "mapping"]
    line: int
    tag: str | None
    plain: bool = False
    value: Any = field(default_factory=list)


def read_nodes(text: str, source: str) -> list[Node]:
    """The root of each document of a stream; MalformedDocument, naming `source` and the line, if it is not YAML."""
    try:
        return list(_Composer(yaml.parse(text, Loader=_FAST), source).documents())
    except (yaml.YAMLError, UnicodeError):
        # The fast parser knows no surrogate pairs and says little of what is wrong; the slow one has the last
        # word.
        return _read_again(_as_yaml(text), source)


def _read_again(text: str, source: str) -> list[Node]:
    try:
        return list(_Composer(yaml.parse(text, Loader=yaml.SafeLoader), source).documents())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise malformed(source, mark.line + 1 if mark else 1, _plainer(error)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise malformed(source, line, f"the character U+{error.character:04X} is not allowed in YAML") from None


def malformed(source: str, line: int, problem: str) -> MalformedDocument:
    """The refusal of a text, at a line counted from 1."""
    return MalformedDocument(source=source, line=line, problem=problem)


class _Composer:
    """Events to nodes."""

    def __init__(self, events: Iterator[yaml.Event], source: str) -> None:
        self._events = events
        self._source = source
        self._anchors: dict[str, Node] = {}

    def documents(self) -> Iterator[Node]:
        """The root of each document; anchors reach no further than theirs."""
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                yield self._node(next(self._events), depth=1)

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if depth > MAX_DEPTH:
            raise malformed(self._source, line, f"this is nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise malformed(self._source, line, f"the alias *{event.anchor} has no anchor before it")
            return self._anchors[event.anchor]
        if isinstance(event, yaml.ScalarEvent):
            node = Node(kind="scalar", line=line, tag=event.tag, plain=event.implicit[0], value=event.value)
            return self._anchored(event, node)
        if isinstance(event, yaml.SequenceStartEvent):
            node = self._anchored(event, Node(kind="list", line=line, tag=event.tag))
            node.value.extend(self._until(yaml.SequenceEndEvent, depth))
            return node
        assert isinstance(event, yaml.MappingStartEvent)  # noqa: S101 - the grammar of events leaves nothing else
        node = self._anchored(event, Node(kind="mapping", line=line, tag=event.tag))
        items = self._until(yaml.MappingEndEvent, depth)
        node.value.extend(zip(items, items, strict=True))  # of one iterator: keys and values take turns
        return node

    def _until(self, end: type[yaml.Event], depth: int) -> Iterator[Node]:
        for event in self._events:
            if isinstance(event, end):
                return
            yield self._node(event, depth + 1)

    def _anchored(self, event: yaml.NodeEvent, node: Node) -> Node:
        # Known before its parts are, so that an alias inside it is found out as a cycle.
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node


def _as_yaml(text: str) -> str:
    """JSON may be indented with tabs, which YAML refuses; in valid JSON they are never part of a text."""
    if "\t" not in text or not text.lstrip().startswith(("{", "[")):
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text.replace("\t", " ")


def _plainer(error: yaml.MarkedYAMLError) -> str:
    said = error.problem or "this is not YAML"
    return next((plainer for theirs, plainer in _PLAINER.items() if theirs in said), said)
