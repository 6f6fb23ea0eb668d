"""Long tables are folded, and lose no second; of many occurrences those are told that matter."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.story import OpenSpan
from starter.stories.choosing import in_full, series_of
from starter.stories.folding import ROWS, folded
from tests.sla.builders import a_case, a_process, a_quiet
from tests.sla.telling.builders import told

LONDON = ZoneInfo("Europe/London")
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def a_span(day: int, hours: int = 8, stopped_s: int = 0) -> OpenSpan:
    """A working day from nine on."""
    begin = MONDAY + timedelta(days=day, hours=9)
    return OpenSpan(from_at=begin, until_at=begin + timedelta(hours=hours), open_s=hours * 3600, stopped_s=stopped_s)


WEEKDAYS = [day for day in range(90) if day % 7 < 5]
SPANS = st.lists(st.tuples(st.integers(0, 4000), st.integers(1, 12), st.integers(0, 3600)), max_size=200).map(
    lambda found: [a_span(*one) for one in sorted({day: (day, hours, stop) for day, hours, stop in found}.values())]
)


@settings(deadline=None, max_examples=200)
@given(SPANS)
def test_a_folded_table_is_short_and_loses_no_second(spans: list[OpenSpan]) -> None:
    table = folded(spans, LONDON)
    assert len(table.rows) <= max(ROWS, 2)
    assert table.open_s == sum(span.open_s for span in spans)
    assert table.stopped_s == sum(span.stopped_s for span in spans)
    assert sum(row.spans for row in table.rows) == len(spans)
    if spans:
        assert table.rows[-1].so_far_s == table.counted_s
        assert (table.rows[0].from_at, table.rows[-1].until_at) == (spans[0].from_at, spans[-1].until_at)
    assert all(one.until_at <= other.from_at for one, other in pairwise(table.rows))


def test_two_weeks_are_told_day_by_day() -> None:
    table = folded([a_span(day) for day in WEEKDAYS[:10]], LONDON)
    assert (table.by, len(table.rows)) == (None, 10)


def test_three_months_of_working_days_are_told_by_week() -> None:
    table = folded([a_span(day) for day in WEEKDAYS], LONDON)
    assert (table.by, len(table.rows)) == ("week", 13)
    assert [row.spans for row in table.rows] == [5] * 12 + [5]


def test_a_year_is_told_by_month() -> None:
    assert folded([a_span(day) for day in range(360)], LONDON).by == "month"


def test_days_with_lunch_breaks_are_folded_by_day_before_by_week() -> None:
    mornings = [a_span(day, 3) for day in range(10)]
    afternoons = [
        one.model_copy(update={name: getattr(one, name) + timedelta(hours=4) for name in ("from_at", "until_at")})
        for one in mornings
    ]
    table = folded(sorted([*mornings, *afternoons], key=lambda one: one.from_at), LONDON)
    assert (table.by, len(table.rows), table.rows[0].open_s) == ("day", 10, 6 * 3600)


def test_of_many_occurrences_the_open_and_the_missed_are_told_first() -> None:
    case = a_case(under=a_process(a_quiet("Status Update", within="2h", recurrence="periodic"))).opened("09:00")
    for day in range(2, 9):
        case = case.completed(f"2026-03-{day:02} 10:00", "Status Update")
    whole = told(case, "2026-03-09 10:00")
    chosen = in_full(whole, 5)
    assert len(chosen.chapters) == 5
    assert chosen.others == len(whole.chapters) - 5
    assert {one.status for one in chosen.chapters} == {"missed", "running"}
    assert [one.occurrence for one in chosen.chapters] == sorted(one.occurrence for one in chosen.chapters)
    [series] = series_of(whole.chapters)
    assert (series.occurrences, sum(count for _, count in series.counts)) == (len(whole.chapters), len(whole.chapters))
