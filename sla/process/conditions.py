"""Conditions are data, not code (SPEC 3, 8): parsed once into a small tree that is asked of a record's situation.

All keys of one mapping must hold. Null is absent. A list means any of. Comparison is typed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from sla.process.condition_schema import CONDITION_SCHEMA
from sla.values import Fields, equal

MAX_DEPTH = 20
"""How deep conditions may nest: far beyond use, near enough that reading one can never exhaust the stack."""

Since = tuple[str, str | None]
"""An `{after, until}` pair; the engine keeps for each whether it holds now."""


class Happening(Protocol):
    """What a condition needs of an event of the present instant."""

    def names(self) -> tuple[str, ...]:
        """Type and kind."""
        ...

    def facts(self) -> dict[str, Any]:
        """What `where:` looks at."""
        ...


@dataclass(slots=True)
class Situation:
    """What a condition may look at: the fields, the events of this instant, and which `after` pairs hold."""

    fields: Fields
    events: Sequence[Happening] = ()
    since: Collection[Since] = field(default_factory=frozenset)


class Node(Protocol):
    """A part of a condition."""

    def holds(self, now: Situation) -> bool:
        """Whether it holds in this situation."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Node, ...]

    def holds(self, now: Situation) -> bool:  # noqa: D102 - see Node
        for part in self.parts:  # noqa: SIM110 - a generator for each question costs more than the answer
            if not part.holds(now):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Node, ...]

    def holds(self, now: Situation) -> bool:  # noqa: D102 - see Node
        return any(part.holds(now) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Neither:
    """The part does not hold."""

    part: Node

    def holds(self, now: Situation) -> bool:  # noqa: D102 - see Node
        return not self.part.holds(now)


@dataclass(frozen=True, slots=True)
class Test:
    """A field passes an operator's test against any of the operands (against none of them, for the negative ones)."""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    name: str
    operator: str
    operands: tuple[Any, ...]

    def holds(self, now: Situation) -> bool:  # noqa: D102 - see Node
        return OPERATORS[self.operator](now.fields.get(self.name), self.operands)


@dataclass(frozen=True, slots=True)
class Occurs:
    """An event of this name happens at this instant, and carries what `where` asks."""

    name: str
    where: Node | None

    def holds(self, now: Situation) -> bool:  # noqa: D102 - see Node
        for event in now.events:
            if self.name in event.names() and (self.where is None or self.where.holds(Situation(event.facts()))):
                return True
        return False


@dataclass(frozen=True, slots=True)
class After:
    """True from the first `after` event that no `until` event has followed."""

    pair: Since

    def holds(self, now: Situation) -> bool:  # noqa: D102 - see Node
        return self.pair in now.since


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, tuple[Any, ...]], bool]:
    def ordered(value: Any, operands: tuple[Any, ...]) -> bool:
        return any(_comparable(value, operand) and test(value, operand) for operand in operands)

    return ordered


def _comparable(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers or (isinstance(left, str) and isinstance(right, str))


def _is_any(value: Any, operands: tuple[Any, ...]) -> bool:
    if isinstance(value, str):  # this is what conditions ask most, and text equals nothing but text
        return value in operands
    return value is not None and any(equal(value, operand) for operand in operands)


def _contains_any(value: Any, operands: tuple[Any, ...]) -> bool:
    if isinstance(value, list):
        return any(_is_any(item, operands) for item in value)
    return isinstance(value, str) and any(isinstance(o, str) and o in value for o in operands)


def _starts_with_any(value: Any, operands: tuple[Any, ...]) -> bool:
    return isinstance(value, str) and any(isinstance(o, str) and value.startswith(o) for o in operands)


OPERATORS: Mapping[str, Callable[[Any, tuple[Any, ...]], bool]] = {
    "is": _is_any,
    "in": _is_any,
    "ne": lambda value, operands: not _is_any(value, operands),
    "not_in": lambda value, operands: not _is_any(value, operands),
    "contains": _contains_any,
    "not_contains": lambda value, operands: not _contains_any(value, operands),
    "starts_with": _starts_with_any,
    "gt": _compare(lambda left, right: left > right),
    "gte": _compare(lambda left, right: left >= right),
    "lt": _compare(lambda left, right: left < right),
    "lte": _compare(lambda left, right: left <= right),
    "exists": lambda value, operands: (value is not None) is operands[0],
}
"""Each operator, given the field's value (None when absent) and the operands."""


def parse(data: Any, depth: int = 0) -> Node:
    """Read a condition. Raises ValueError that says which part is wrong and what may stand there."""
    if depth > MAX_DEPTH:
        raise ValueError(f"a condition nests deeper than {MAX_DEPTH}")
    if not isinstance(data, Mapping) or not data:
        raise ValueError(f"a condition is a mapping such as {{status: Closed}}, not {data!r}")
    if "event" in data:
        return _occurs(data, depth)
    if "after" in data or "until" in data:
        return _after(data)
    parts = tuple(_part(str(key), value, depth) for key, value in data.items())
    return parts[0] if len(parts) == 1 else Every(parts)


def _part(key: str, value: Any, depth: int) -> Node:
    if key in ("all", "any"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"'{key}' takes a list of conditions, not {value!r}")
        parts = tuple(parse(item, depth + 1) for item in value)
        return Every(parts) if key == "all" else Some(parts)
    if key == "not":
        return Neither(parse(value, depth + 1))
    if key == "where":
        raise ValueError("'where' stands only beside 'event'")
    if not isinstance(value, Mapping):
        return Test(key, "is", _operands(key, value))
    if not value:
        raise ValueError(f"the test of '{key}' is empty; name a value or an operator")
    tests = tuple(_test(key, str(operator), operand) for operator, operand in value.items())
    return tests[0] if len(tests) == 1 else Every(tests)


def _test(key: str, operator: str, operand: Any) -> Test:
    if operator not in OPERATORS or operator == "is":
        known = ", ".join(name for name in OPERATORS if name != "is")
        raise ValueError(f"there is no operator '{operator}' (field '{key}'). Known: {known}")
    if operator == "exists" and not isinstance(operand, bool):
        raise ValueError(f"'exists' (field '{key}') takes true or false, not {operand!r}")
    return Test(key, operator, _operands(key, operand))


def _operands(key: str, value: Any) -> tuple[Any, ...]:
    values = value if isinstance(value, list) else [value]
    for item in values:
        if item is None:
            raise ValueError(f"null (field '{key}') matches nothing; write {{exists: false}} for an absent field")
        if not isinstance(item, str | int | float | bool):
            raise ValueError(f"the test of '{key}' takes text, numbers, true or false, not {item!r}")
    if not values:
        raise ValueError(f"the test of '{key}' is an empty list and could never hold")
    return tuple(values)


def _name(data: Mapping[Any, Any], key: str) -> str:
    if not isinstance(data[key], str) or not data[key]:
        raise ValueError(f"'{key}' takes the name of an event, not {data[key]!r}")
    return str(data[key])


def _occurs(data: Mapping[Any, Any], depth: int) -> Occurs:
    _only(data, "event", {"event", "where"})
    where = parse(data["where"], depth + 1) if "where" in data else None
    if where is not None and uses(where, (Occurs, After)):
        raise ValueError("'where' looks at what the event carries; it takes no event, after or until")
    return Occurs(_name(data, "event"), where)


def _after(data: Mapping[Any, Any]) -> After:
    if "after" not in data:
        raise ValueError("'until' stands only beside 'after'")
    _only(data, "after", {"after", "until"})
    return After((_name(data, "after"), _name(data, "until") if "until" in data else None))


def _only(data: Mapping[Any, Any], key: str, allowed: set[str]) -> None:
    if extra := [str(k) for k in data if k not in allowed]:
        raise ValueError(f"beside '{key}' there may be no '{extra[0]}'; combine conditions with all: […]")


def walk(node: Node) -> list[Node]:
    """The node and all its parts, outermost first; `where` parts are not among them."""
    match node:
        case Every(parts) | Some(parts):
            return [node, *(inner for part in parts for inner in walk(part))]
        case Neither(part):
            return [node, *walk(part)]
    return [node]


def uses(node: Node, kinds: tuple[type, ...]) -> bool:
    """Whether any part of the condition is of these kinds."""
    return any(isinstance(part, kinds) for part in walk(node))


class Condition:
    """A condition as a process file spells it (`source`) and as the engine asks it (`node`)."""

    __slots__ = ("node", "source")

    def __init__(self, source: Mapping[str, Any]) -> None:
        self.node = parse(source)
        self.source = dict(source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.node)

    def __repr__(self) -> str:
        return f"Condition({self.source!r})"

    @property
    def names_events(self) -> bool:
        """Whether it is true only at the instant of an event."""
        return uses(self.node, (Occurs,))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Condition) else Condition(value),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda value: value.source),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return CONDITION_SCHEMA
