"""Definitions as their files spell them: always in the same way, so that equal definitions are equal files."""

from collections.abc import Mapping
from typing import Any

from sla.calendar import BusinessHours
from sla.process.model import Process


def spelled(definition: Process | BusinessHours) -> dict[str, Any]:
    """The keys in the order of the reference, without what is as by default, but for what everybody looks for."""
    data: dict[str, Any] = definition.model_dump(mode="json", exclude_defaults=True)
    if isinstance(definition, BusinessHours):
        return data
    data = {"process": data["process"], "applies_to": definition.applies_to, **data}
    return data | {"milestones": [_line(line) for line in data["milestones"]]}


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    spelled_line = dict(line)
    for name in ("warnings", "violations"):
        if name in line:
            spelled_line[name] = [_trigger(one, at_once=name == "violations") for one in line[name]]
    for name in ("success", "on_retracted"):
        if name in line:
            spelled_line[name] = [_action(one) for one in line[name]]
    return spelled_line


def _trigger(trigger: Mapping[str, Any], *, at_once: bool) -> dict[str, Any]:
    when = {"after": "0s"} if at_once else {}
    actions = {"actions": [_action(one) for one in trigger["actions"]]} if "actions" in trigger else {}
    return {**when, **trigger, **actions}


def _action(action: Mapping[str, Any]) -> dict[str, Any]:
    """What it is for, first; then what it does."""
    return {key: action[key] for key in sorted(action, key=lambda key: key != "description")}
