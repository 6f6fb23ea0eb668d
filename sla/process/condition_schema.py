"""A condition's JSON Schema, for editors. The meaning is `conditions.parse`; a test holds the two together."""

from typing import Any

_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean"]}
_ANY_OF: dict[str, Any] = {"anyOf": [_SCALAR, {"type": "array", "items": _SCALAR, "minItems": 1}]}
_COMPARISONS = ("gt", "gte", "lt", "lte", "ne", "contains", "not_contains", "starts_with", "in", "not_in")

_OPERATORS: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {**dict.fromkeys(_COMPARISONS, _ANY_OF), "exists": {"type": "boolean"}},
}

CONDITION_SCHEMA: dict[str, Any] = {
    "type": "object",
    "minProperties": 1,
    "description": "A condition: {field: value}, {field: [any, of]}, {field: {gt: …}}, {event: kind}, "
    "{after: kind, until: kind}, {all: […]}, {any: […]}, {not: …}. All keys must hold.",
    "properties": {
        "event": {"type": "string", "description": "true at the instant of such an event"},
        "where": {"type": "object", "description": "beside event: tests of what the event carries"},
        "after": {"type": "string", "description": "true from the first such event…"},
        "until": {"type": "string", "description": "…that no such event has followed"},
        "all": {"type": "array", "items": {"type": "object"}, "minItems": 1},
        "any": {"type": "array", "items": {"type": "object"}, "minItems": 1},
        "not": {"type": "object", "minProperties": 1},
    },
    "additionalProperties": {"anyOf": [*_ANY_OF["anyOf"], _OPERATORS]},
}
