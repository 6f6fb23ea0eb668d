"""A process whose hours pass in seconds: every duration scaled, around the clock, and nothing else changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sla.documents import Document
from sla.duration import Duration
from sla.process.model import Process
from starter.definitions import Definitions, assemble

HOUR_S = 3600
BUSINESS_DAY_S = 8 * HOUR_S
"""What `1bd` counts as here, where no business day has a length of its own."""


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How fast time passes: `hour_s` seconds stand for an hour."""

    hour_s: int

    def seconds(self, real_s: int) -> int:
        """The seconds that stand for `real_s` seconds, to the nearest; what is longer than nothing stays so."""
        return max(min(real_s, 1), (real_s * self.hour_s + HOUR_S // 2) // HOUR_S)

    def duration(self, text: str) -> str:
        """A duration as a process spells it, scaled: `1h` is `20s` where 20 s stand for an hour."""
        return f"{self.seconds(Duration.parse(text).resolve(BUSINESS_DAY_S))}s"

    def __str__(self) -> str:
        return f"1 h = {self.hour_s} s"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The scales of the demo. A day's contract is scaled down further than one that counts hours."""

    premium: Scale = Scale(hour_s=20)
    standard: Scale = Scale(hour_s=2)


def scaled(process: Process, scale: Scale, *, calendar: str) -> Process:
    """A copy of the process, named for its scale, that runs by `calendar`, which should always be open.

    Raises InvalidDefinition where the scale is so small that a warning would come before the start.
    """
    data = process.model_dump(mode="json", exclude_none=True)
    data |= {
        "process": f"{process.process} ({scale})",
        "description": f"{process.process}, scaled for the demo: {scale}.",
        "business_hours": calendar,
        "milestones": [_milestone(line, scale, calendar) for line in data["milestones"]],
    }
    return definitions(data).processes[0].value


def definitions(*documents: Mapping[str, Any]) -> Definitions:
    """Plain data as definitions, as if they had been read from files."""
    return assemble(Document(data=dict(data), source="the demo", lines={(): 1}) for data in documents)


def _milestone(line: dict[str, Any], scale: Scale, calendar: str) -> dict[str, Any]:
    changed = line | {"within": _limit(line["within"], scale)}
    if "business_hours" in line:
        changed["business_hours"] = calendar
    for triggers, distance in (("warnings", "before"), ("violations", "after")):
        changed[triggers] = [_trigger(trigger, distance, scale) for trigger in line[triggers]]
    for trigger in ("success", "on_retracted"):
        changed[trigger] = [_action(action, scale) for action in line[trigger]]
    return changed


def _limit(limit: str | dict[str, Any], scale: Scale) -> str | dict[str, Any]:
    if isinstance(limit, str):
        return scale.duration(limit)
    values = {value: scale.duration(text) for value, text in limit["values"].items()}
    return limit | {"values": values, "default": scale.duration(limit["default"])}


def _trigger(trigger: dict[str, Any], distance: str, scale: Scale) -> dict[str, Any]:
    changed = trigger | {"actions": [_action(action, scale) for action in trigger["actions"]]}
    if distance in trigger:
        changed[distance] = scale.duration(trigger[distance])
    return changed


def _action(action: dict[str, Any], scale: Scale) -> dict[str, Any]:
    """A task's due time is scaled, too; and nothing waits for an office to open."""
    return {kind: _params(params, scale) if isinstance(params, dict) else params for kind, params in action.items()}


def _params(params: dict[str, Any], scale: Scale) -> dict[str, Any]:
    kept = {name: value for name, value in params.items() if name != "during"}
    return kept | {"due": scale.duration(kept["due"])} if "due" in kept else kept
