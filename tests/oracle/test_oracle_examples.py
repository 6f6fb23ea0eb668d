"""The hand-worked examples, run against every implementation of `simulate` over plain dicts."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.oracle import simulate
from tests.oracle.examples import Example, instant
from tests.oracle.sentences import CLOCKS, COMPLETING, CRITERIA
from tests.oracle.sentences_history import KNOWLEDGE, LEAVING, RECURRENCE

Json = dict[str, Any]
Simulate = Callable[[Json, dict[str, Json], list[Json], str | None], list[Json]]

IMPLEMENTATIONS: dict[str, Simulate] = {"oracle": simulate}
EXAMPLES = [*CLOCKS, *COMPLETING, *CRITERIA, *RECURRENCE, *LEAVING, *KNOWLEDGE]


@pytest.fixture(params=sorted(IMPLEMENTATIONS))
def implementation(request: pytest.FixtureRequest) -> Simulate:
    return IMPLEMENTATIONS[request.param]


def outcome(implementation: Simulate, example: Example) -> Json:
    process = {"process": "Example", "applies_to": "case", **example.process, "milestones": example.lines}
    (result,) = implementation(process, example.calendars, example.events, instant(example.until))
    return result


def told(effect: Json) -> str:
    """An effect as the examples write it."""
    status = "late" if effect["status"] == "due" and effect["reason"] == "late" else effect["status"]
    assert status in ("due", "late") or effect["reason"], f"{effect['key']} is {status} without a reason"
    due_at = str(effect["due_at"])
    short = due_at[11:16] if instant(due_at[11:16]) == due_at else due_at
    return f"{effect['key'].removeprefix('C-1/')} {short} {status}"


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.says.replace(" ", "_") for example in EXAMPLES])
def test_the_sentence_holds(implementation: Simulate, example: Example) -> None:
    result = outcome(implementation, example)
    assert len(result["milestones"]) == len(example.milestones)
    for row, expected in zip(result["milestones"], example.milestones, strict=True):
        for key, value in expected.items():
            assert row[key] == (instant(value) if key.endswith("_at") else value), key
    if example.effects is not None:
        assert [told(effect) for effect in result["effects"]] == example.effects
    if example.status is not None:
        assert result["status"] == example.status
    if example.wakes != "unsaid":
        assert result["next_wakeup"] == instant(example.wakes)
    if example.notes is not None:
        assert len(result["notes"]) == example.notes
