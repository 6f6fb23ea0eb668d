"""The open spans of a time: what people are shown of what `between` only counts."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import ALWAYS, BusinessHours
from tests.sla.calendar.builders import local, some_hours
from tests.sla.calendar.strategies import calendars, modest

SECOND = timedelta(seconds=1)
Drawn = tuple[dict[str, object], datetime]


@modest(200)
@given(calendars(), st.integers(0, 400 * 86_400))
def test_the_open_spans_of_a_time_add_up_to_its_open_time(drawn: Drawn, length: int) -> None:
    definition, at = drawn
    hours, end = BusinessHours.model_validate(definition), at + timedelta(seconds=length)
    spans = hours.spans(at, end)
    assert sum((until - since).total_seconds() for since, until in spans) == hours.between(at, end)
    for since, until in spans:
        assert at <= since < until <= end
        assert hours.is_open(since)
        assert hours.is_open(until - SECOND)
        assert until == end or not hours.is_open(until)
    assert all(one[1] < two[0] for one, two in pairwise(spans)), "spans that touch are one"


def test_spans_are_cut_at_both_ends() -> None:
    spans = some_hours().spans(local("2026-03-02 10:00"), local("2026-03-04 09:30"))
    assert [(f"{since:%d %H:%M}", f"{until:%d %H:%M}") for since, until in spans] == [
        ("02 10:00", "02 17:00"),
        ("03 09:00", "03 17:00"),
        ("04 09:00", "04 09:30"),
    ]


def test_around_the_clock_all_is_one_span_however_long() -> None:
    start, end = local("1900-01-01 00:00"), local("2199-12-31 00:00")
    assert ALWAYS.spans(start, end) == [(start, end)]
    with_a_holiday = some_hours("always", "2026-03-03").spans(start, end)
    assert with_a_holiday == [(start, local("2026-03-03 00:00")), (local("2026-03-04 00:00"), end)]


def test_what_opens_once_in_a_century_is_found() -> None:
    closed: dict[str, list[str]] = {"mon": []}
    once = some_hours(
        closed, {"date": "1950-06-01", "hours": ["09:00-10:00"]}, {"date": "2050-06-01", "hours": ["09:00-10:00"]}
    )
    spans = once.spans(local("1900-01-01 00:00"), local("2100-01-01 00:00"))
    assert [since.year for since, _ in spans] == [1950, 2050]


@pytest.mark.parametrize("end", ["2026-03-02 10:00", "2026-03-02 09:00"])
def test_no_time_has_no_spans(end: str) -> None:
    assert some_hours().spans(local("2026-03-02 10:00"), local(end)) == []
