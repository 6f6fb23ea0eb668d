"""The details of a case in Temporal's own pages: a small table, whatever is in it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sla.messages import CaseView, MilestoneView, ProcessRef
from workflows.showing import OVER_AT_MOST, details

REF = ProcessRef(process="Premium", version=1, revision=1)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def a_milestone(name: str = "First Response", *, after: int = 1, **more: Any) -> MilestoneView:
    """One that is due so many hours after nine."""
    return MilestoneView(
        **{"milestone": name, "occurrence": 1, "status": "running", "target_at": NINE + timedelta(hours=after)} | more
    )


def shown(*milestones: MilestoneView, record: str = "C-1042", **more: Any) -> list[str]:
    view = CaseView(status="compliant", milestones=list(milestones), **more)
    return details(record, REF, view).splitlines()


def test_it_begins_with_the_record_and_what_it_is_held_to_and_says_in_which_zone_the_deadline_is() -> None:
    assert shown(a_milestone(), next_deadline=NINE + timedelta(hours=1)) == [
        "**C-1042 · Premium v1**",
        "",
        "**compliant**, next deadline 2026-03-02 10:00:00 UTC",
        "",
        "| milestone | status | target (UTC) | violated |",
        "|---|---|---|---|",
        "| First Response #1 | running | 2026-03-02 10:00:00 |  |",
    ]


def test_a_record_that_moved_says_what_it_follows_now() -> None:
    moved = shown(followed=ProcessRef(process="Premium | new", version=2, revision=2))
    assert moved[2] == "**compliant**, next deadline –, moved to Premium \\| new v2"


def test_a_name_breaks_no_row_and_means_nothing_in_markdown() -> None:
    name = "Call | *loudly* <b>`x`</b> [y] a_b \\\\"
    [*_, row] = shown(a_milestone(name), record="C|1")
    assert row.startswith("| Call \\| \\*loudly\\* \\<b\\>\\`x\\`\\</b\\> \\[y\\] a\\_b ")
    assert row.replace("\\\\", "").replace("\\|", "").count("|") == 5
    assert shown(record="C|1")[0] == "**C\\|1 · Premium v1**"


def test_of_those_that_are_over_the_latest_are_shown_and_the_others_counted() -> None:
    rounds = [
        a_milestone("Update", occurrence=number, after=number, status="missed" if number < 4 else "met", violated=number < 4)
        for number in range(1, 3001)
    ]
    lines = shown(*rounds, a_milestone("Update", occurrence=3001, after=3001), a_milestone("Resolution", after=2))
    rows = [line.split(" | ")[0].removeprefix("| ") for line in lines if "#" in line]
    assert rows == [f"Update #{number}" for number in range(2991, 3002)] + ["Resolution #1"]
    assert len(rows) == OVER_AT_MOST + 2
    assert lines[-1] == "Besides, 2990 that were over before, 3 of them violated."


def test_what_is_still_open_is_shown_however_much_is_over() -> None:
    over = [a_milestone("Update", occurrence=number, after=number, status="met") for number in range(1, 13)]
    lines = shown(a_milestone("First Response", status="overdue", violated=True, after=0), *over)
    assert any("First Response #1 | overdue" in line for line in lines)
    assert lines[-1] == "Besides, 2 that were over before, 0 of them violated."
