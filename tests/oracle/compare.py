"""What two implementations must agree on: everything but the wording of reasons and notes.

Effects due at one instant may come in any order; a reason counts as `late`, as given, or as absent; notes count by
number only.
"""

from typing import Any

Json = dict[str, Any]


def _reason(reason: Any) -> Any:
    return reason if reason in (None, "late") else "given"


def comparable(result: Json) -> Json:
    """One object of `simulate`, without its free text."""
    return {
        **result,
        "milestones": [{**row, "reason": _reason(row["reason"])} for row in result["milestones"]],
        "effects": sorted(
            ({**effect, "reason": _reason(effect["reason"])} for effect in result["effects"]),
            key=lambda effect: (effect["due_at"], effect["key"]),
        ),
        "notes": len(result["notes"]),
    }


def differences(ours: Json, theirs: Json) -> list[str]:
    """One line for each value in which two results differ, with its path."""
    return list(_walk("", comparable(ours), comparable(theirs)))


def _walk(path: str, left: Any, right: Any) -> list[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [*left, *(key for key in right if key not in left)]
        return [one for key in keys for one in _walk(f"{path}.{key}", left.get(key), right.get(key))]
    if isinstance(left, list) and isinstance(right, list):
        longest = range(max(len(left), len(right)))
        pairs = [(left[i] if i < len(left) else None, right[i] if i < len(right) else None) for i in longest]
        return [one for i, pair in enumerate(pairs) for one in _walk(f"{path}[{i}]", *pair)]
    return [] if left == right else [f"{path.lstrip('.')}: {left!r} != {right!r}"]
