"""Conditions in words: `priority is P1 or P2`, `'customer.replied' has happened, and no 'response.sent' since`."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from sla.process.conditions import After, Every, Neither, Node, Occurs, Some, Test
from sla.values import Value


def in_words(node: Node) -> str:
    """A condition as a clause of a sentence, in the order in which it is written."""
    match node:
        case Every(parts):
            return _joined(parts, " and ")
        case Some(parts):
            return _joined(parts, " or ")
        case Neither(part):
            return f"not ({in_words(part)})"
        case Test(name, operator, operands):
            return f"{name} {_TESTS[operator](operands)}"
        case Occurs(name, where):
            return f"'{name}' happens" + ("" if where is None else f", with {in_words(where)}")
        case After((after, until)):
            return f"'{after}' has happened" + ("" if until is None else f", and no '{until}' since")
    raise TypeError(f"no words for {type(node).__name__}")


def value_in_words(value: Value) -> str:
    """A field's value: text as it is, nothing as `empty`."""
    if value is None:
        return "empty"
    if isinstance(value, list):
        return f"[{', '.join(map(value_in_words, value))}]"
    return value if isinstance(value, str) and value else json.dumps(value)


def _joined(parts: Sequence[Node], word: str) -> str:
    """Parts in a row; what is itself made of several stands in brackets."""
    several = (Every, Some, After)
    return word.join(f"({in_words(part)})" if isinstance(part, several) else in_words(part) for part in parts)


def _any(operands: Sequence[Any]) -> str:
    return " or ".join(map(value_in_words, operands))


def _none(operands: Sequence[Any]) -> str:
    return " nor ".join(map(value_in_words, operands)) if len(operands) == 1 else f"none of {_any(operands)}"


_TESTS: Final[Mapping[str, Callable[[tuple[Any, ...]], str]]] = {
    "is": lambda operands: f"is {_any(operands)}",
    "in": lambda operands: f"is {_any(operands)}",
    "ne": lambda operands: f"is {'not ' if len(operands) == 1 else ''}{_none(operands)}",
    "not_in": lambda operands: f"is {'not ' if len(operands) == 1 else ''}{_none(operands)}",
    "contains": lambda operands: f"contains {_any(operands)}",
    "not_contains": lambda operands: f"does not contain {_any(operands)}",
    "starts_with": lambda operands: f"starts with {_any(operands)}",
    "gt": lambda operands: f"is above {_any(operands)}",
    "gte": lambda operands: f"is {_any(operands)} or above",
    "lt": lambda operands: f"is below {_any(operands)}",
    "lte": lambda operands: f"is {_any(operands)} or below",
    "exists": lambda operands: "is set" if operands[0] else "is not set",
}
