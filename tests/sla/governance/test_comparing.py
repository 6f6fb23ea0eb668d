"""Processes side by side."""

from typing import Any

from sla.governance.comparing import compare
from sla.governance.differences import between_processes
from sla.governance.meaning import meant
from tests.sla.governance.catalogues import LONDON, MAIL, a_line, a_version, calendars

GOLD = a_version("Gold", a_line(within="60m"), a_line("Resolution", within="4h", success=[MAIL])).process
SILVER = a_version("Silver", a_line(within="1h", when={"tier": "silver"}), business_hours="office").process


def test_every_property_is_a_row_and_every_process_a_column() -> None:
    found = compare([GOLD, SILVER])
    assert found.processes == ("Gold", "Silver")
    rows = {(row.milestone, row.property): row for row in found.rows}
    assert rows["First Response", "within"].values == ("60m", "1h")
    assert rows["First Response", "applies when"].values == ("", "tier: silver")
    assert rows["Resolution", "within"].values == ("4h", None)
    assert rows["Resolution", "success"].values == ("email to: owner, template: warning", None)
    assert rows[None, "business hours"].values == ("", "office")
    assert (None, "stops when") not in rows


def test_what_is_written_differently_and_means_the_same_does_not_differ() -> None:
    assert {(row.milestone, row.property) for row in compare([GOLD, SILVER]).differing} == {
        (None, "business hours"),
        ("First Response", "applies when"),
        *(("Resolution", name) for name in ("within", "counts from", "recurrence", "warnings", "success")),
    }


def test_a_process_does_not_differ_from_itself() -> None:
    assert compare([GOLD, GOLD, GOLD]).differing == ()


def test_the_lines_of_one_milestone_stand_apart() -> None:
    lines = a_line(within="1h", when={"priority": "P1"}), a_line(within="8h")
    found = compare([a_version("Gold", *lines).process, a_version("Silver", lines[0]).process])
    assert [row.values for row in found.rows if row.property == "within"] == [("1h", None), ("8h", None), (None, "1h")]


def test_of_differences_those_are_told_that_mean_something_to_who_moves() -> None:
    hours = calendars(LONDON, {**LONDON, "calendar": "city"}, {**LONDON, "calendar": "late", "hours": "always"})
    here: dict[str, Any] = {"business_hours": "london", "exit_when": {"status": "Closed"}, "description": "One."}
    there: dict[str, Any] = {
        "business_hours": "city",
        "exit_when": {"status": {"in": ["Closed"]}},
        "description": "Another.",
    }
    one, other = a_version("Gold", a_line(), **here).process, a_version("Silver", a_line(description="y"), **there).process
    assert meant(between_processes(one, other), hours) == ()
    late = a_version("Silver", a_line(within="2h"), **{**there, "business_hours": "late", "exit_when": {"status": "Done"}})
    assert meant(between_processes(one, late.process), hours) == (
        "The business hours changed from london to late",
        "The exit condition changed from status: Closed to status: Done",
        "First Response relaxed from 1h to 2h",
    )
