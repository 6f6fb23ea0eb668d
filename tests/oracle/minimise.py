"""One step of shrinking a generated case: every case that lacks one more thing."""

import copy
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
Case = tuple[Json, dict[str, Json], list[Json], str | None]

PROCESS_KEYS = ("business_hours", "start_at", "exit_when", "on_exit", "on_reopen", "stop_when")
LINE_KEYS = (
    "when", "start", "recurrence", "business_hours", "stop_when", "complete_when", "warnings", "violations",
    "success", "on_retracted",
)  # fmt: skip


def smaller(case: Case) -> Iterator[Case]:
    """Cases with one event, milestone line, key, trigger, action, field or late arrival fewer."""
    process, calendars, events, until = case
    for fewer in _events(events):
        yield process, calendars, fewer, until
    for simpler in _processes(process):
        yield simpler, calendars, events, until
    for name in calendars:
        if f"'{name}'" not in repr((process, events)):
            yield process, {other: hours for other, hours in calendars.items() if other != name}, events, until
    if until is not None:
        yield process, calendars, events, None


def _events(events: list[Json]) -> Iterator[list[Json]]:
    for position, event in enumerate(events):
        before, after = events[:position], events[position + 1 :]
        if event["type"] != "opened":
            yield before + after
        if "recorded_at" in event:
            yield [*before, {key: value for key, value in event.items() if key != "recorded_at"}, *after]
        for part in ("fields", "set"):
            values = event.get(part) or {}
            if len(values) > 1 or part == "fields":
                for name in values:
                    yield [*before, {**event, part: {k: v for k, v in values.items() if k != name}}, *after]


def _processes(process: Json) -> Iterator[Json]:
    lines = process["milestones"]
    for position, line in enumerate(lines):
        if len(lines) > 1:
            yield {**process, "milestones": lines[:position] + lines[position + 1 :]}
        for simpler in _lines(line):
            yield {**process, "milestones": [*lines[:position], simpler, *lines[position + 1 :]]}
    if any("recurrence" in line for line in lines):
        plain = [{key: value for key, value in line.items() if key != "recurrence"} for line in lines]
        yield {**process, "milestones": plain}
    for key in PROCESS_KEYS:
        if key in process:
            yield {other: value for other, value in process.items() if other != key}


def _lines(line: Json) -> Iterator[Json]:
    for key in LINE_KEYS:
        if key in line and key != "recurrence":
            yield {other: value for other, value in line.items() if other != key}
    if isinstance(line["within"], dict):
        yield {**line, "within": line["within"]["default"]}
    for key in ("warnings", "violations"):
        for position, trigger in enumerate(line.get(key) or []):
            rest = copy.copy(line[key])
            if len(rest) > 1:
                yield {**line, key: rest[:position] + rest[position + 1 :]}
            if len(trigger["actions"]) > 1:
                for action in trigger["actions"]:
                    rest[position] = {**trigger, "actions": [action]}
                    yield {**line, key: list(rest)}
    for key in ("success", "on_retracted"):
        if len(line.get(key) or []) > 1:
            for action in line[key]:
                yield {**line, key: [action]}
