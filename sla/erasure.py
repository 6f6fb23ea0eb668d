"""What must be the same after an erasure, and what a record's outcome rests on if it is not. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sla.evaluation.following import Laws
from sla.histories import JsonObject, digest_of
from sla.process.model import Process
from sla.timeline import Timeline

_FIGURES: Final = (
    "milestone", "occurrence", "line", "status", "started_at", "target_at", "completed_at", "ended_at", "violated",
    "violated_at", "retracted", "limit_s", "elapsed_s", "stopped_s", "actual_s", "overdue_s", "remaining_s",
)  # fmt: skip
_ACTIONS: Final = ("key", "due_at", "trigger", "threshold", "action", "status")
_CONDITIONS: Final = ("when", "stop_when", "complete_when", "exit_when")


def verdicts(timeline: Timeline) -> JsonObject:
    """A timeline's figures and verdicts, without a word that anybody has written: what an erasure may not change."""
    return {
        "status": timeline.status,
        "out": timeline.out,
        "next_wakeup": _plain(timeline.next_wakeup),
        "milestones": [{name: _plain(getattr(one, name)) for name in _FIGURES} for one in timeline.milestones],
        "effects": [{name: _plain(getattr(one, name)) for name in _ACTIONS} for one in timeline.effects],
    }


def verdict_digest(timeline: Timeline) -> str:
    """SHA-256 of the figures and verdicts, as canonical JSON."""
    return digest_of(verdicts(timeline))


def rests_on(laws: Laws, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> str:
    """Which conditions look at what the erasure would change, in words that name nobody."""
    changed = {name for was, now in zip(before, after, strict=True) for name in _changed(was, now)}
    processes = [laws.first.process, *(law.process for law in (laws.versions or {}).values())]
    found = dict.fromkeys(told for process in processes for told in _looking_at(process, changed))
    return "; ".join(found) or f"something about {', '.join(sorted(changed))} that its process looks at"


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """The names of what is different between two tellings of one event, those of its fields among them."""
    for name in (*was, *(name for name in now if name not in was)):
        if was.get(name) == now.get(name):
            continue
        if name in ("fields", "set"):
            yield from _changed(was.get(name) or {}, now.get(name) or {})
        else:
            yield name


def _looking_at(process: Process, names: set[str]) -> Iterator[str]:
    told = process.model_dump(mode="json", by_alias=True)
    for where, part in ((f"process '{process.process}'", told), *_lines(told)):
        for key in _CONDITIONS:
            for name in sorted(names & _mentioned(part.get(key))):
                yield f"the `{key}` of {where}, which looks at '{name}'"
        limit = part.get("within")
        if isinstance(limit, dict) and limit.get("by") in names:
            yield f"the limit of {where}, which goes by '{limit['by']}'"


def _lines(told: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    for line in told["milestones"]:
        yield f"milestone '{line['milestone']}'", line


def _mentioned(condition: Any) -> set[str]:
    """Every key that a condition has anywhere."""
    if isinstance(condition, list):
        return {name for one in condition for name in _mentioned(one)}
    if not isinstance(condition, dict):
        return set()
    return {name for key, value in condition.items() for name in (key, *_mentioned(value))}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
