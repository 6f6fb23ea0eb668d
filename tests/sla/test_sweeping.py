"""A sweep makes processes that differ in one promise, and says in a sentence why it cannot."""

import pytest

from sla.evidence_errors import InvalidSweep
from sla.process.model import LimitTable, Process
from sla.sweeping import sweep
from tests.sla.builders import BY_PRIORITY, MAIL, a_milestone, a_process

PROCESS = a_process(
    a_milestone("First Response", violations=[{"after": "0s", "actions": [MAIL]}, {"after": "2h", "actions": [MAIL]}]),
    a_milestone("Resolution", within=BY_PRIORITY, warnings=[{"before": "30m", "actions": [MAIL]}]),
    a_milestone("Update", within="4h", when={"tier": "gold"}),
    a_milestone("Update", within="8h", when={"tier": "silver"}),
    a_milestone("v1.0 shipped"),
)


def dumped(process: Process) -> object:
    return process.model_dump(mode="json", exclude_none=True)


def test_each_value_makes_a_process_that_differs_in_this_alone() -> None:
    found = sweep(PROCESS, "First Response.within = 30m, 45m ,1h")
    assert (found.milestone, found.path, found.unit) == ("First Response", "First Response.within", "s")
    assert [(one.label, one.size) for one in found.promises] == [("30m", 1800.0), ("45m", 2700.0), ("1h", 3600.0)]
    assert [str(one.process.milestones[0].within) for one in found.promises] == ["30m", "45m", "1h"]
    for one in found.promises:
        assert one.process.milestones[1:] == PROCESS.milestones[1:]
    assert dumped(found.promises[2].process) == dumped(PROCESS)


def test_one_limit_of_a_table() -> None:
    found = sweep(PROCESS, "Resolution.within.values.P2=2h")
    within = found.promises[0].process.milestones[1].within
    assert isinstance(within, LimitTable)
    assert (str(within.values["P1"]), str(within.values["P2"]), str(within.default)) == ("1h", "2h", "8h")


def test_a_whole_table_gives_way_to_one_limit_or_is_scaled() -> None:
    flat, scaled = sweep(PROCESS, "Resolution.within=3h"), sweep(PROCESS, "Resolution.within=50%,150%")
    assert str(flat.promises[0].process.milestones[1].within) == "3h"
    within = scaled.promises[1].process.milestones[1].within
    assert isinstance(within, LimitTable)
    assert [one.seconds for one in (*within.values.values(), within.default)] == [5400, 21600, 43200]
    assert (scaled.unit, [one.size for one in scaled.promises]) == ("%", [50.0, 150.0])


@pytest.mark.parametrize(
    ("asked", "position", "where", "values", "sizes"),
    [
        ("First Response.warnings[1].at=50%,90%", 0, "warnings.0.at", ["50%", "90%"], ("%", [50, 90])),
        ("First Response.warnings[1].at=33.3333%", 0, "warnings.0.at", ["33.3333%"], ("%", [33.3333])),
        ("First Response.violations[2].after=30m", 0, "violations.1.after", ["30m"], ("s", [1800])),
        ("Resolution.warnings[1].before=10m", 1, "warnings.0.before", ["10m"], ("s", [600])),
        ("Update[2].within=6h", 3, "within", ["6h"], ("s", [21600])),
        ("v1.0 shipped.within=6h", 4, "within", ["6h"], ("s", [21600])),
        ("First Response.recurrence=none,periodic", 0, "recurrence", ["none", "periodic"], (None, [None, None])),
        ("First Response.business_hours=office", 0, "business_hours", ["office"], (None, [None])),
    ],
)
def test_other_fields_that_can_be_swept(
    asked: str, position: int, where: str, values: list[str], sizes: tuple[str | None, list[float | None]]
) -> None:
    found = sweep(PROCESS, asked)
    assert (found.unit, [promise.size for promise in found.promises]) == sizes
    for promise, value in zip(found.promises, values, strict=True):
        there = promise.process.model_dump(mode="json")["milestones"][position]
        for step in where.split("."):
            there = there[int(step) if step.isdigit() else step]
        assert there == value


@pytest.mark.parametrize("values", ["none,periodic", "1bd,8h", "50%,2h", "2h,50%"])
def test_values_that_have_no_unit_in_common_have_no_sizes(values: str) -> None:
    field = "recurrence" if "none" in values else "within"
    found = sweep(PROCESS, f"First Response.{field}={values}")
    assert (found.unit, [one.size for one in found.promises]) == (None, [None, None])


FIELDS = "within, warnings[1].at, violations[1].after, violations[2].after, business_hours, recurrence, start"
NAMES = "First Response, Resolution, Update[1], Update[2], v1.0 shipped"


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ("First Response", "is no path with values; write it as 'First Response.within=30m,45m,1h'"),
        ("=1h", "is no path with values"),
        ("First Response.within=", "is no path with values"),
        ("First Response.within=1h,,2h", "has a value that is empty"),
        ("First Response.within=" + ",".join(f"{n}m" for n in range(1, 22)), "has 21 values, and 20 are compared at most"),
        ("Lunch.within=1h", f"names no milestone of 'Support'; it has: {NAMES}"),
        ("Update.within=1h", "names no milestone of 'Support'"),
        ("First Response.limit=1h", f"names no field of 'First Response' that can be swept; it has: {FIELDS}"),
        ("First Response=1h", "names no field of 'First Response'"),
        ("Resolution.within.values.P9=1h", "it has: within, within.values.P1, within.values.P2, within.default, "),
        ("First Response.within=5x", "makes no process of '5x': '5x' has an unknown unit; the units are"),
        ("First Response.within=1h,0s", "makes no process of '0s': within must be longer than nothing"),
        ("First Response.warnings[1].at=120%", "makes no process of '120%': '120%' is not a share of the limit"),
        ("First Response.within=0%", "makes no process of '0%': within must be longer than nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_swept_is_refused_in_a_sentence_that_says_what_can(asked: str, problem: str) -> None:
    with pytest.raises(InvalidSweep) as refused:
        sweep(PROCESS, asked)
    assert problem in str(refused.value)
    assert "\n" not in str(refused.value)


def test_business_days_have_no_parts() -> None:
    with pytest.raises(InvalidSweep, match="1bd is in business days, which have no parts"):
        sweep(a_process(a_milestone(within="1bd")), "First Response.within=50%")
