"""Processes with the same timeline: exactly, or nearly."""

from typing import Any

import pytest

from sla.governance.snapshot import Snapshot
from tests.sla.governance.catalogues import LONDON, MAIL, a_catalogue, a_line, a_version, calendars, findings, the

ALWAYS_OPEN = {"calendar": "round-the-clock", "timezone": "Asia/Tokyo", "hours": "always"}
EASTER = ("2026-04-03", "--12-25", {"from": "2026-12-28", "to": "2026-12-31"})
NAMED = (
    {"from": "2026-12-28", "to": "2026-12-31", "name": "Between the years"},
    {"date": "--12-25", "name": "Christmas Day"},
    {"date": "2026-04-03", "name": "Good Friday"},
)
HOURS = calendars(
    LONDON, {**LONDON, "calendar": "city"}, ALWAYS_OPEN, {**ALWAYS_OPEN, "calendar": "24x7", "timezone": "UTC"},
    {**LONDON, "calendar": "bare", "holidays": EASTER}, {**LONDON, "calendar": "named", "holidays": NAMED},
)  # fmt: skip


def two(one: dict[str, Any], other: dict[str, Any]) -> Snapshot:
    """Two processes of one line each; what is not of the line is of the process."""
    versions = []
    for name, changes in (("Gold", one), ("Premium", other)):
        of_process = {k: v for k, v in changes.items() if k in ("business_hours", "exit_when", "on_exit", "applies_to")}
        line = a_line(**{k: v for k, v in changes.items() if k not in of_process})
        versions.append(a_version(name, line, **of_process))
    return a_catalogue(*versions, calendars=HOURS)


def kinds(catalogue: Snapshot, **options: Any) -> list[str]:
    return [one.code for one in findings(catalogue, **options)]


SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"within": "60m"}, {"within": "1h"}),
    ({"description": "One text."}, {"description": "Another."}),
    ({"when": {"priority": "P1"}}, {"when": {"priority": {"in": ["P1"]}}}),
    ({"when": {"all": [{"a": 1}, {"b": 2}]}}, {"when": {"b": 2, "a": 1.0}}),
    ({"within": "4h", "warnings": [{"at": "75%"}]}, {"within": "4h", "warnings": [{"before": "1h"}]}),
    ({"warnings": [{"at": "50%"}, {"at": "75%"}]}, {"warnings": [{"at": "75%"}, {"at": "50%"}]}),
    ({"business_hours": "london"}, {"business_hours": "city"}),
    ({"business_hours": "round-the-clock"}, {"business_hours": "24x7"}),
    ({"business_hours": "bare"}, {"business_hours": "named"}),
    ({"within": "1bd", "business_hours": "london"}, {"within": "8h", "business_hours": "london"}),
    ({"success": [MAIL]}, {}),
    (
        {"within": {"by": "p", "values": {"P1": "1h", "P2": "4h"}, "default": "4h"}},
        {"within": {"by": "p", "values": {"P1": "60m"}, "default": "4h"}},
    ),
]

DIFFERENT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {"milestone": "Resolution"}),
    ({"within": "1h"}, {"within": "2h"}),
    ({}, {"applies_to": "work_order"}),
    ({"within": "1h"}, {"within": {"by": "p", "values": {"P1": "2h"}, "default": "1h"}}),
]

NEAR: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"within": "60m"}, {"within": "66m"}),
    ({"within": "60m"}, {"within": "54m"}),
    ({}, {"milestone": "first  response"}),
    ({"within": "10bd"}, {"within": "9bd"}),
    ({"when": {"a": 1}}, {"when": {"a": True}}),
    ({"business_hours": "london"}, {}),
    ({"business_hours": "london"}, {"business_hours": "named"}),
    ({"warnings": [{"at": "50%"}]}, {"warnings": [{"at": "75%"}]}),
    ({"on_exit": "leave_open"}, {}),
    ({"start": "criteria"}, {}),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=str)
def test_what_means_the_same_is_the_same_timeline(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert kinds(two(one, other)) == ["same_timeline"]


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=str)
def test_what_promises_something_else_is_another_timeline(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert kinds(two(one, other)) == []


@pytest.mark.parametrize(("one", "other"), NEAR, ids=str)
def test_the_same_milestones_with_limits_within_ten_per_cent_are_near(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert kinds(two(one, other)) == ["near_timeline"]


def test_how_near_is_near_can_be_chosen() -> None:
    catalogue = two({"within": "60m"}, {"within": "67m"})
    assert kinds(catalogue) == []
    assert kinds(catalogue, near_percent=11) == ["near_timeline"]
    assert kinds(two({"within": "60m"}, {"within": "61m"}), near_percent=0) == []


def test_all_limits_must_be_near_and_not_only_their_sum() -> None:
    gold = a_version("Gold", a_line("A", within="2h"), a_line("B", within="8h"))
    silver = a_version("Silver", a_line("A", within="3h"), a_line("B", within="7h"))
    assert kinds(a_catalogue(gold, silver)) == []


def test_the_order_of_milestones_does_not_matter_but_that_of_the_lines_of_one_does() -> None:
    a, b = a_line("A"), a_line("B", within="8h")
    assert kinds(a_catalogue(a_version("Gold", a, b), a_version("Silver", b, a))) == ["same_timeline"]
    first, second = a_line(when={"x": 1}), a_line(within="8h", when={"y": 1})
    assert kinds(a_catalogue(a_version("Gold", first, second), a_version("Silver", second, first))) == []


def test_what_is_the_same_is_said_once_and_what_is_done_besides() -> None:
    versions = [a_version(name, a_line(success=[MAIL] if name == "C" else [])) for name in "ABC"]
    found = the("same_timeline", a_catalogue(*versions))
    assert found.names == ("A", "B", "C")
    assert found.sentence == "'A', 'B' and 'C' have exactly the same timeline. They differ only in their actions."
    assert "They also do the same." in the("same_timeline", a_catalogue(*versions[:2])).sentence


def test_near_ones_are_told_in_what_they_differ() -> None:
    found = the("near_timeline", two({"within": "60m"}, {"within": "65m", "start": "criteria"}))
    assert found.sentence.endswith("They differ in limits, triggers and start or recurrence.")


def test_the_process_of_most_customers_is_kept_and_names_are_fit_for_a_shell() -> None:
    gold, other = a_version("Gold, old"), a_version("Ada's")
    catalogue = a_catalogue(gold, other)
    assert the("same_timeline", catalogue).remedy.endswith("""consolidate 'Ada'\\''s' --from '"Gold, old"'""")


def test_near_ones_form_a_chain_that_is_told_once() -> None:
    versions = [a_version(f"P{minutes}", a_line(within=f"{minutes}m")) for minutes in (100, 109, 118, 140)]
    assert the("near_timeline", a_catalogue(*versions)).names == ("P100", "P109", "P118")
