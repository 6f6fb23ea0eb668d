"""Processes side by side."""

from sla.governance.comparing import compare
from tests.sla.governance.catalogues import MAIL, a_line, a_version

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
