"""What other systems' own tests expect of the same question (see tests/vectors/README.md), one test for each fact."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sla.calendar import BusinessHours

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "calendar.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fact", VECTORS, ids=[fact["id"] for fact in VECTORS])
def test_open_time_agrees_with_other_systems(fact: dict[str, Any]) -> None:
    hours = BusinessHours.model_validate(fact["calendar"])
    if fact["op"] == "add":
        found: Any = hours.add(_instant(fact["start"]), fact["seconds"])
        expected: Any = _instant(fact["expect"])
    elif fact["op"] == "between":
        found, expected = hours.between(_instant(fact["start"]), _instant(fact["end"])), fact["expect"]
    else:
        found, expected = hours.is_open(_instant(fact["at"])), fact["expect"]
    assert found == expected, fact["source"]


def test_no_fact_was_lost() -> None:
    assert len(VECTORS) == 172


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
