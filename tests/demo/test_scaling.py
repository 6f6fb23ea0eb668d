"""A scaled process is the same process in less time."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.duration import Duration
from sla.errors import InvalidDefinition
from sla.process.model import LimitTable, Process
from tests.demo.builders import example, examples
from workers.demo.performance import CALENDAR
from workers.demo.scaling import Scale, definitions, scaled

TWENTY = Scale(hour_s=20)
NAMES = sorted(found.value.process for found in examples().processes)


def in_twenty(name: str) -> Process:
    return scaled(example(name), TWENTY, calendar=CALENDAR)


def without_durations(value: Any) -> Any:
    """A process's data but for what scaling is about."""
    about = ("process", "description", "business_hours", "during", "due", "within", "before", "after")
    if isinstance(value, dict):
        return {key: without_durations(inner) for key, inner in value.items() if key not in about}
    return [without_durations(inner) for inner in value] if isinstance(value, list) else value


def a_process(**milestone: Any) -> Process:
    line = {"milestone": "Answer", **milestone}
    return definitions({"process": "Support", "milestones": [line]}).processes[0].value


def test_every_limit_of_premium_support_is_as_much_shorter() -> None:
    limits = {line.milestone: str(line.within) for line in in_twenty("Premium Support SLA").milestones}
    assert limits == {"First Response": "20s", "Initial Diagnosis": "80s", "Resolution": "480s"}


def test_what_comes_after_a_target_is_as_much_nearer_to_it() -> None:
    resolution = in_twenty("Premium Support SLA").milestones[2]
    assert [str(violation.after) for violation in resolution.violations] == ["0s", "80s"]


def test_a_task_is_due_as_much_sooner() -> None:
    [task] = in_twenty("Premium Support SLA").milestones[2].violations[1].actions
    assert task.params["due"] == "20s"


def test_what_comes_before_a_target_is_as_much_nearer_to_it() -> None:
    process = scaled(example("Standard Support SLA"), Scale(hour_s=2), calendar=CALENDAR)
    [warning] = process.milestones[0].warnings
    assert (str(process.milestones[0].within), str(warning.before)) == ("48s", "6s")


def test_every_value_of_a_table_is_scaled_and_a_business_day_counts_as_eight_hours() -> None:
    table = in_twenty("Business Hours Support SLA").milestones[3].within
    assert isinstance(table, LimitTable)
    assert {name: str(value) for name, value in table.values.items()} == {"P1": "80s", "P2": "160s", "P3": "480s"}
    assert str(table.default) == "800s"


def test_it_runs_around_the_clock_and_no_mail_waits_for_an_office() -> None:
    process = in_twenty("Business Hours Support SLA")
    assert {name for _, name in process.calendars()} == {CALENDAR}


def test_the_name_tells_the_scale() -> None:
    assert in_twenty("Premium Support SLA").process == "Premium Support SLA (1 h = 20 s)"


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_durations_and_calendars_is_changed(name: str) -> None:
    before, after = (process.model_dump(mode="json") for process in (example(name), in_twenty(name)))
    assert without_durations(after) == without_durations(before)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("hour_s", [12, 20, 60])
def test_a_warning_still_comes_before_its_target(name: str, hour_s: int) -> None:
    for line in scaled(example(name), Scale(hour_s=hour_s), calendar=CALENDAR).milestones:
        limits = [limit.seconds for _, limit in line.limits()]
        assert all(0 < warning.threshold_s(limit, 0) < limit for warning in line.warnings for limit in limits)


def test_a_scale_that_leaves_no_time_to_warn_is_refused() -> None:
    warned = a_process(within="1h", warnings=[{"before": "50m", "actions": []}])
    with pytest.raises(InvalidDefinition, match="leaves nothing"):
        scaled(warned, Scale(hour_s=1), calendar=CALENDAR)


@given(real_s=st.integers(0, 10**8), hour_s=st.integers(1, 3600))
def test_seconds_are_scaled_to_the_nearest_and_something_never_becomes_nothing(real_s: int, hour_s: int) -> None:
    seconds = Scale(hour_s=hour_s).seconds(real_s)
    assert (seconds > 0) == (real_s > 0)
    assert seconds == (1 if real_s else 0) or abs(seconds * 3600 - real_s * hour_s) <= 1800


@given(hours=st.integers(1, 277_777), hour_s=st.integers(1, 3600))  # a duration has at most nine digits
def test_whole_hours_are_scaled_exactly(hours: int, hour_s: int) -> None:
    assert Duration.parse(Scale(hour_s=hour_s).duration(f"{hours}h")).seconds == hours * hour_s
