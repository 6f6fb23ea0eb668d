"""Open time, against the definition walked minute by minute, and the laws that it obeys wherever clocks are changed."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sla.calendar import BusinessHours
from sla.calendar.instants import epoch_s
from sla.errors import NoOpenTime
from tests.sla.calendar import oracle
from tests.sla.calendar.strategies import calendars, modest

Drawn = tuple[dict[str, Any], datetime]

a_while = st.integers(0, 60 * 3600)
open_time = st.integers(0, 2000 * 3600)
SPAN = timedelta(days=3)


def _plus(start: datetime, seconds: int) -> datetime:
    return start + timedelta(seconds=seconds)


@modest(250)
@given(calendars())
def test_an_instant_is_open_exactly_when_its_wall_clock_and_date_say_so(drawn: Drawn) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    for minutes in range(0, 3000, 61):
        moment = at + timedelta(minutes=minutes)
        assert hours.is_open(moment) is oracle.is_open(definition, moment), moment


@modest(100)
@given(calendars(), a_while)
def test_open_time_between_two_instants_is_what_counting_minutes_gives(drawn: Drawn, seconds: int) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    end = _plus(at, seconds)
    assert hours.between(at, end) == oracle.between(definition, at, end)
    assert hours.between(end, at) == -hours.between(at, end)


@modest(60)
@given(calendars(), st.floats(0, 1))
def test_a_target_is_where_counting_minutes_arrives(drawn: Drawn, share: float) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    seconds = int(oracle.between(definition, at, at + SPAN) * share)
    assert hours.add(at, seconds) == oracle.add(definition, at, seconds, at + SPAN)


@modest(100)
@given(calendars())
def test_the_next_opening_and_closing_are_the_first_ones_that_a_minute_walk_meets(drawn: Drawn) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    opens = oracle.next_change(definition, at, at + SPAN, opens=True)
    if opens is not None:
        assert hours.next_open(at) == opens
        closes = oracle.next_change(definition, opens, opens + SPAN, opens=False)
        if closes is not None:
            assert hours.next_close(at) == closes


@modest(300)
@given(calendars(), open_time)
def test_the_time_to_a_target_is_the_time_that_was_added(drawn: Drawn, seconds: int) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    try:
        target = hours.add(at, seconds)
    except NoOpenTime:
        return
    assert hours.between(at, target) == seconds
    assert target >= at
    if seconds:  # there is no earlier such instant
        assert hours.is_open(_plus(target, -1))


@modest(200)
@given(calendars(), open_time, open_time)
def test_adding_twice_is_adding_the_sum(drawn: Drawn, first: int, second: int) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    try:
        whole = hours.add(at, first + second)
        assert hours.add(hours.add(at, first), second) == whole
    except NoOpenTime:
        return


@modest(200)
@given(calendars(), st.lists(st.integers(0, 400 * 86_400), min_size=2, max_size=2))
def test_open_time_adds_up_over_any_division_of_a_span(drawn: Drawn, steps: list[int]) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    middle = _plus(at, steps[0])
    end = _plus(middle, steps[1])
    assert hours.between(at, middle) + hours.between(middle, end) == hours.between(at, end)
    positions = [hours.position(epoch_s(moment, where="test")) for moment in (at, middle, end)]
    assert positions == sorted(positions)
    assert positions[2] - positions[0] == hours.between(at, end)


@modest(200)
@given(calendars(), a_while, open_time)
def test_a_later_start_never_has_an_earlier_target(drawn: Drawn, later: int, seconds: int) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    try:
        assert hours.add(at, seconds) <= hours.add(_plus(at, later), seconds)
    except NoOpenTime:
        return


@modest(200)
@given(calendars())
def test_from_an_opening_to_the_next_closing_every_second_is_open(drawn: Drawn) -> None:
    definition, at = drawn
    hours = BusinessHours.model_validate(definition)
    try:
        opens, closes = hours.next_open(at), hours.next_close(at)
    except NoOpenTime:
        return
    assert hours.between(at, opens) == 0
    assert hours.between(opens, closes) == (closes - opens).total_seconds()
    assert hours.is_open(opens)
    assert not hours.is_open(closes)


@modest(100)
@given(calendars())
def test_a_definition_survives_being_written_down(drawn: Drawn) -> None:
    hours = BusinessHours.model_validate(drawn[0])
    assert BusinessHours.model_validate_json(hours.model_dump_json()) == hours
    assert BusinessHours.model_validate(hours.model_dump()) == hours
