"""One thing that is different between two definitions, and how its sentence is made. Pure."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

from sla.duration import Duration
from sla.process.conditions import Condition
from sla.values import equal

What = Literal["added", "removed", "changed", "tightened", "relaxed", "moved", "reordered"]

LABELS: Final[Mapping[str, str]] = {
    "process": "name",
    "calendar": "name",
    "timezone": "time zone",
    "applies_to": "type of record",
    "description": "description",
    "business_hours": "business hours",
    "start_at": "start",
    "exit_when": "exit condition",
    "on_exit": "rule at exit",
    "on_reopen": "rule at reopening",
    "stop_when": "stop condition",
    "within": "limit",
    "when": "condition",
    "start": "start",
    "recurrence": "recurrence",
    "complete_when": "completion",
}
"""What sentences call a field of a definition."""


class Difference(BaseModel):
    """One thing that is different. `before` and `after` are as a file spells them, None where there is nothing.

    `field` is a path as errors name it: in the later definition, for what was removed in the earlier one.
    """

    model_config = ConfigDict(frozen=True)

    what: What
    milestone: str | None = None
    field: str
    before: Any = None
    after: Any = None
    sentence: str


def same(left: Any, right: Any) -> bool:
    """Whether two pieces of plain data mean the same: keys in any order, 1 = 1.0, but neither is true."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(same(one, two) for one, two in zip(left, right, strict=True))
    return equal(left, right)


def plain(value: Any) -> Any:
    """A field's value as a file spells it."""
    if isinstance(value, Condition):
        return value.source
    if isinstance(value, Duration):
        return value.text
    return value.model_dump(mode="json", exclude_defaults=True) if isinstance(value, BaseModel) else value


def equals(left: Any, right: Any) -> bool:
    """Whether two values of a field mean the same; durations are compared by how long they last."""
    if isinstance(left, Duration) and isinstance(right, Duration):
        return left == right
    return same(plain(left), plain(right))


def said(value: Any) -> str:
    """A value in a sentence: text as it is, a condition without its braces."""
    text = told(value)
    return text[1:-1] if isinstance(value, Mapping) else text


def told(value: Any) -> str:
    """A value in a sentence, with all its braces."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {told(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(told(item) for item in value)}]"
    return value if isinstance(value, str) else json.dumps(value)


def of_field(name: str, before: Any, after: Any, *, path: str = "", milestone: str | None = None) -> Difference:
    """The difference of a field of which there is one: `First Response's business hours changed from a to b`."""
    label = LABELS[name]
    whose = f"The {label}" if milestone is None else f"{milestone}'s {label}"
    old, new = plain(before), plain(after)
    what: What = "added" if old is None else "removed" if new is None else "changed"
    if what != "changed":
        sentence = f"{whose} {what}" if name == "description" else f"{whose} {said(new if old is None else old)} {what}"
    elif name == "description":
        sentence = f"{whose} reworded"
    else:
        sentence = f"{whose} changed from {said(old)} to {said(new)}"
    return Difference(what=what, milestone=milestone, field=path + name, before=old, after=new, sentence=sentence)


def in_words(differences: Sequence[Difference]) -> str:
    """All of them in one line."""
    return "; ".join(one.sentence for one in differences)
