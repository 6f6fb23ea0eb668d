"""The line of local time: divisions at full local times, neither too many nor too few, for an hour as for years."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.instants import to_s
from starter.pictures.scale import Scale, bands, scale_of, step_of, ticks

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [ZoneInfo(name) for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")]
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))  # noqa: DTZ001
LENGTHS = st.one_of(
    *(st.integers(0, most).map(lambda s: timedelta(seconds=s)) for most in (600, 86_400, 30 * 86_400, 9_000 * 86_400))
)


def a_line(begins: str, lasts: timedelta, width: float = 800, zone: ZoneInfo = BERLIN) -> Scale:
    begin = datetime.fromisoformat(begins).replace(tzinfo=zone)
    return Scale(to_s(begin), to_s(begin) + int(lasts.total_seconds()), 0, width)


@settings(deadline=None, max_examples=300)
@given(INSTANTS, LENGTHS, st.sampled_from(ZONES), st.sampled_from([360.0, 780.0]))
def test_divisions_lie_on_the_line_in_order_and_leave_each_other_room(
    first: datetime, lasts: timedelta, zone: ZoneInfo, width: float
) -> None:
    scale = scale_of(first, first + lasts, 0, width)
    found = ticks(scale, zone)
    places = [scale.x(tick.at) for tick in found]
    assert 1 <= len(places) <= width / 30
    assert all(0 <= x <= width for x in places)
    step = step_of(scale)
    near = 0.9 if step.unit != "second" else 0.45  # months differ; a night on which clocks go forward has an hour less
    assert all(other - one >= near * step.room for one, other in pairwise(places))


@settings(deadline=None, max_examples=200)
@given(INSTANTS, LENGTHS, st.sampled_from(ZONES))
def test_bands_cover_the_line_without_a_gap(first: datetime, lasts: timedelta, zone: ZoneInfo) -> None:
    scale = scale_of(first, first + lasts, 0, 800)
    found = bands(scale, zone)
    if found:
        assert (to_s(found[0].from_at), to_s(found[-1].until_at)) == (scale.from_s, scale.until_s)
        assert all(one.until_at == other.from_at for one, other in pairwise(found))


@settings(deadline=None, max_examples=200)
@given(INSTANTS, LENGTHS, st.data())
def test_nothing_is_compressed(first: datetime, lasts: timedelta, data: st.DataObject) -> None:
    scale = scale_of(first, first + lasts, 100, 900)
    within = st.integers(0, int(lasts.total_seconds())).map(lambda s: first + timedelta(seconds=s))
    one, other = data.draw(within), data.draw(within)
    expected = (other - one).total_seconds() / (scale.until_s - scale.from_s) * 800
    assert scale.x(other) - scale.x(one) == pytest.approx(expected, abs=1e-6)


def labels(scale: Scale) -> list[str]:
    return [tick.label for tick in ticks(scale, BERLIN)]


def test_an_hour_is_divided_by_five_minutes() -> None:
    assert labels(a_line("2026-03-02 09:00", timedelta(hours=1)))[:3] == ["09:00", "09:05", "09:10"]


def test_a_working_day_is_divided_by_hours_under_its_date() -> None:
    line = a_line("2026-03-02 08:00", timedelta(hours=11))
    assert labels(line) == [f"{hour:02}:00" for hour in range(8, 20)]
    assert [band.labels[0] for band in bands(line, BERLIN)] == ["Mon 2 Mar 2026"]


def test_a_fortnight_is_divided_by_days_and_a_quarter_by_mondays() -> None:
    assert labels(a_line("2026-03-02 00:00", timedelta(days=14)))[:3] == ["Mon 2", "Tue 3", "Wed 4"]
    assert labels(a_line("2026-03-02 00:00", timedelta(days=91)))[:3] == ["2 Mar", "9 Mar", "16 Mar"]


def test_a_leap_over_an_hour_is_left_out_and_the_next_hours_are_named_rightly() -> None:
    line = a_line("2026-03-29 00:00", timedelta(hours=7))
    assert [text for text in labels(line) if text.endswith(":00")] == [
        "00:00",
        "01:00",
        "03:00",
        "04:00",
        "05:00",
        "06:00",
        "07:00",
        "08:00",
    ]


def test_an_hour_that_comes_twice_does_not_move_what_follows() -> None:
    line = a_line("2026-10-25 00:00", timedelta(hours=12))
    [noon] = [tick for tick in ticks(line, BERLIN) if tick.label == "11:00"]
    assert noon.at == datetime(2026, 10, 25, 10, 0, tzinfo=UTC)
