"""Causes in words: which event, which field, by whom, and whether it was learned late."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sla.account import Cause, Causes
from sla.telling.hand import Hand
from sla.values import Value


def because(causes: Causes, hand: Hand) -> str:
    """All causes in a row: `event e2 set priority to P1`; empty for none."""
    return " and ".join(_said(cause, hand) for cause in causes)


def in_brackets(causes: Causes, hand: Hand) -> str:
    """The same behind a clause, in brackets; empty for none."""
    told = because(causes, hand)
    return f" ({told})" if told else ""


def who(cause: Cause, hand: Hand) -> str:
    """An event by its name, with what it says of itself: `event e5 (by u-ann)`, `event e2 (lunch), learned only at 9:03`."""
    by = "by " if cause.names[0] == "completed" else ""
    said = f" ({by}{cause.said})" if cause.said else ""
    return f"{_event(cause)}{said}{_learned(cause, hand)}"


def _said(cause: Cause, hand: Hand) -> str:
    kind = cause.names[0]
    if kind == "update":
        return f"the process's own update{_of(cause, hand)} {_sets(cause.fields, hand)}"
    late = _learned(cause, hand)
    if kind == "opened":
        told = f" with {_are(cause.fields, hand)}" if cause.fields else ""
        return f"it was opened{told}{late}"
    if cause.fields:
        return f"{_event(cause)} {_sets(cause.fields, hand)}{late}"
    if kind in _DID:
        return f"{_event(cause)} {_DID[kind]}{late}"
    return f"{_event(cause)} ('{cause.names[-1]}') came{late}"


_DID: Final[Mapping[str, str]] = {
    "stopped": "stopped the clock",
    "resumed": "let the clock run",
    "closed": "closed the record",
    "reopened": "reopened the record",
    "completed": "completed it",
    "uncompleted": "took its completion back",
    "migrated": "moved the record",
}


def _event(cause: Cause) -> str:
    """An event by its id; of one that a machine made up, as much as tells it from others."""
    name = cause.event or ""
    return f"event {name[:8]}…" if _MADE_UP.fullmatch(name) else f"event {name}"


_MADE_UP: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _of(cause: Cause, hand: Hand) -> str:
    return "" if cause.event is None else f" '{hand.key(cause.event)}'"


def _sets(fields: Sequence[tuple[str, Value]], hand: Hand) -> str:
    told = (f"emptied {name}" if value is None else f"set {name} to {hand.value(value)}" for name, value in fields)
    return ", ".join(told) or "changed it"


def _are(fields: Sequence[tuple[str, Value]], hand: Hand) -> str:
    return ", ".join(f"{name} {hand.value(value)}" for name, value in fields)


def _learned(cause: Cause, hand: Hand) -> str:
    return "" if cause.learned_at is None else f", learned only at {hand.when(cause.learned_at)}"
