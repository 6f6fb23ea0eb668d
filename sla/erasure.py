"""What must be the same after an erasure, and what a record's outcome rests on if it is not. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sla.evaluation.following import Followed, Laws
from sla.histories import JsonObject, digest_of
from sla.process.conditions import After, Node, Occurs, Situation, Test, walk
from sla.process.model import LimitTable, Process
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
    """What an outcome that the erasure changes rests on, in words that name nobody."""
    followed = [laws.first, *(laws.versions or {}).values()]
    found = dict.fromkeys(told for law in followed for told in turned_by(law, before, after))
    changed = sorted({name for name, _, _ in _changes(before, after)})
    return "; ".join(found) or f"something about {', '.join(changed)} that its process looks at"


def turned_by(law: Followed, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[str]:
    """Where a law has a test that is passed by what the erasure changes and not by what it makes of it, or the other way.

    Without any, both logs fare alike under it, whatever is told of the record later.
    """
    changes = [*_changes(before, after)]
    return list(dict.fromkeys(_turned(law.process, changes)))


_Change = tuple[str, Any, Any]
"""The name of a field or of a fact of an event, and its value before and after."""


def _changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[_Change]:
    for was, now in zip(before, after, strict=True):
        yield from _changed(was, now)


def _changed(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[_Change]:
    """What is different between two tellings of one event, its fields one by one."""
    for name in (*was, *(name for name in now if name not in was)):
        if was.get(name) == now.get(name):
            continue
        if name in ("fields", "set"):
            yield from _changed(was.get(name) or {}, now.get(name) or {})
        else:
            yield name, was.get(name), now.get(name)


def _turned(process: Process, changes: Sequence[_Change]) -> Iterator[str]:
    lines = ((f"milestone '{line.milestone}'", line) for line in process.milestones)
    for where, part in ((f"process '{process.process}'", process), *lines):
        for key in _CONDITIONS:
            condition = getattr(part, key, None)
            for test in _tests(condition.node) if condition is not None else ():
                if any(test.name == name and _passed(test, was) != _passed(test, now) for name, was, now in changes):
                    yield f"the `{key}` of {where}, which looks at '{test.name}'"
        limit = getattr(part, "within", None)
        if isinstance(limit, LimitTable):
            by = limit.by
            if any(by == name and limit.pick({by: was}) != limit.pick({by: now}) for name, was, now in changes):
                yield f"the limit of {where}, which goes by '{by}'"


def _tests(node: Node) -> Iterator[Test]:
    """All tests of a condition, also of what an event carries; what it is called is its `kind`."""
    for part in walk(node):
        if isinstance(part, Test):
            yield part
        elif isinstance(part, After):
            yield Test("kind", "is", part.pair)
        elif isinstance(part, Occurs):
            yield Test("kind", "is", (part.name,))
            yield from () if part.where is None else _tests(part.where)


def _passed(test: Test, value: Any) -> bool:
    return test.holds(Situation({test.name: value}))


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
