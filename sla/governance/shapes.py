"""Definitions in a normal form: equal exactly when they are sure to mean the same, however they were written.

`60m` is `1h`, `{status: Closed}` is `{status: {in: [Closed]}}`, two calendars with the same hours are one.
"""

from collections.abc import Hashable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from sla.calendar import BusinessHours
from sla.duration import Duration
from sla.process.conditions import After, Condition, Every, Neither, Node, Occurs, Some, Test
from sla.process.model import Action, LimitTable, Milestone, Warn

Length = tuple[int, int]
"""Open seconds, and business days of unknown worth besides: the record's own business hours will tell."""

_SYNONYMS = {"is": "in", "ne": "not_in"}
_RECORDS_OWN = "the record's"


def length_of(duration: Duration, hours: BusinessHours | None) -> Length:
    """A duration in the business hours that count, as far as they are known."""
    if hours is None:
        return duration.seconds, duration.business_days
    return duration.resolve(hours.business_day_s), 0


def condition(found: Condition | None) -> Hashable:
    """A condition; None for none."""
    return None if found is None else _node(found.node)


def _node(node: Node | None) -> Hashable:
    match node:
        case Every(parts) | Some(parts):
            kind = type(node)
            inner = frozenset(_node(part) for part in _flat(parts, kind))
            return next(iter(inner)) if len(inner) == 1 else (kind.__name__, inner)
        case Neither(part):
            return "not", _node(part)
        case Test(name, operator, operands):
            return name, _SYNONYMS.get(operator, operator), frozenset(map(scalar, operands))
        case Occurs(name, where):
            return "event", name, _node(where)
        case After(pair):
            return "after", pair
    return None


def _flat(parts: Iterable[Node], kind: type[Every] | type[Some]) -> Iterable[Node]:
    for part in parts:
        if isinstance(part, kind):
            yield from _flat(part.parts, kind)
        else:
            yield part


def scalar(value: Any) -> Hashable:
    """A scalar of a definition: 1 is 1.0, but neither is true, nor the text."""
    return isinstance(value, bool), isinstance(value, str), value


def limit(line: Milestone, hours: BusinessHours | None) -> Hashable:
    """A limit: fixed, or by a field of the record."""
    if isinstance(line.within, Duration):
        return length_of(line.within, hours)
    table, default = table_of(line.within, hours)
    return (line.within.by, frozenset(table.items()), default) if table else default


def table_of(within: LimitTable, hours: BusinessHours | None) -> tuple[Mapping[str, Length], Length]:
    """The limits of a table that differ from its default, and the default."""
    default = length_of(within.default, hours)
    table = {key: length_of(value, hours) for key, value in within.values.items()}
    return {key: value for key, value in table.items() if value != default}, default


def calendar(hours: BusinessHours | None) -> Hashable:
    """When a calendar is open; its name does not matter, nor its days', nor its zone if it never closes."""
    if hours is None:
        return _RECORDS_OWN
    if hours.hours == "always" and not hours.holidays:
        return "always"
    return hours.timezone, tuple(map(tuple, hours.week)), frozenset(rule.nameless() for rule in hours.holidays)


def warning(found: Warn, within: Hashable, hours: BusinessHours | None) -> Hashable:
    """When a warning fires: open seconds under a fixed limit, else its share of it or its distance from the target."""
    known = hours is not None or found.before is None or not found.before.business_days
    if known and isinstance(within, tuple) and isinstance(within[0], int) and within[1] == 0:
        return found.threshold_s(within[0], hours.business_day_s if hours else 0)
    if found.before is not None:
        return "before", length_of(found.before, hours)
    return "at", Fraction((found.at or "").rstrip("% "))


def actions(found: Iterable[Action]) -> Hashable:
    """What is done, in its order; descriptions do nothing."""
    return tuple((action.kind, value(action.params)) for action in found)


def value(data: Any) -> Hashable:
    """Any plain data."""
    if isinstance(data, Mapping):
        return frozenset((key, value(inner)) for key, inner in data.items())
    if isinstance(data, list | tuple):
        return tuple(map(value, data))
    return scalar(data)
