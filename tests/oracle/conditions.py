"""Conditions of SPEC 3 and 8 (*Conditions*), over plain dicts.

Readings chosen:
- `{after, until}` follows the order of events (`at`, `recorded_at`, `id`) also within one instant; in
  `complete_when` it is a state, like a field: a state that already holds at the start completes there and then.
- `{event: x}` matches a `noted` event of kind x and any event of type x; an `update` action is an event of type
  `changed`.
- `{field: value}` on a list-valued field does not match; `contains` is the operator for lists.
- `ne` with a list is "equal to none of them", as `not_in`.
- Order comparisons need two numbers or two texts; otherwise they do not match.
"""

from typing import Any

Json = dict[str, Any]


def same(left: Any, right: Any) -> bool:
    """Typed equality: 1 = 1.0, 1 ≠ true, text as text."""
    if isinstance(left, bool) or isinstance(right, bool):
        return isinstance(left, bool) and isinstance(right, bool) and left == right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    return isinstance(left, str) and isinstance(right, str) and left == right


def _any_of(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]


def _comparable(left: Any, right: Any) -> bool:
    numbers = all(isinstance(x, (int, float)) and not isinstance(x, bool) for x in (left, right))
    return numbers or (isinstance(left, str) and isinstance(right, str))


def _contains(value: Any, wanted: Any) -> bool:
    if isinstance(value, list):
        return any(same(item, one) for item in value for one in _any_of(wanted))
    return isinstance(value, str) and any(isinstance(one, str) and one in value for one in _any_of(wanted))


def _compare(operator: str, value: Any, wanted: Any) -> bool:
    result = False
    if operator in ("in", "eq"):
        result = any(same(value, one) for one in _any_of(wanted))
    elif operator == "contains":
        result = _contains(value, wanted)
    elif operator == "starts_with":
        result = isinstance(value, str) and any(isinstance(one, str) and value.startswith(one) for one in _any_of(wanted))
    elif operator in ("gt", "gte", "lt", "lte") and _comparable(value, wanted):
        result = {
            "gt": value > wanted,
            "gte": value >= wanted,
            "lt": value < wanted,
            "lte": value <= wanted,
        }[operator]
    return result


def _operator(operator: str, value: Any, wanted: Any) -> bool:
    if operator == "exists":
        return (value is not None) == bool(wanted)
    if operator in ("ne", "not_in"):
        return value is None or not _compare("in", value, wanted)
    if operator == "not_contains":
        return value is None or not _compare("contains", value, wanted)
    return value is not None and _compare(operator, value, wanted)


def field_matches(test: Any, value: Any) -> bool:
    """One `field: test` entry; null is absent."""
    if isinstance(test, dict):
        return all(_operator(name, value, wanted) for name, wanted in test.items())
    return value is not None and _compare("in", value, test)


def is_of_kind(event: Json, kind: str) -> bool:
    """A `noted` event of that kind, or any event of that type."""
    return event["type"] == kind or (event["type"] == "noted" and event.get("kind") == kind)


def _happens(condition: Json, events: list[Json]) -> bool:
    where = condition.get("where") or {}
    return any(
        is_of_kind(event, condition["event"]) and all(field_matches(test, event.get(key)) for key, test in where.items())
        for event in events
    )


def _since(condition: Json, seen: list[Json]) -> bool:
    on = False
    for event in seen:
        if is_of_kind(event, condition["after"]):
            on = True
        elif condition.get("until") is not None and is_of_kind(event, condition["until"]):
            on = False
    return on


def holds(condition: Json | None, fields: Json, events: list[Json], seen: list[Json]) -> bool:
    """Whether the condition is true: `events` are those of this instant, `seen` all up to now; absent is true."""
    if condition is None:
        return True
    if "event" in condition:
        return _happens(condition, events)
    if "after" in condition:
        return _since(condition, seen)
    for key, test in condition.items():
        if key == "all":
            true = all(holds(part, fields, events, seen) for part in test)
        elif key == "any":
            true = any(holds(part, fields, events, seen) for part in test)
        elif key == "not":
            true = not holds(test, fields, events, seen)
        else:
            true = field_matches(test, fields.get(key))
        if not true:
            return False
    return True
