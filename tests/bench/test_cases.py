"""What is measured is what it is said to be: else the fastest figure means nothing."""

from datetime import UTC, datetime

from bench.cases import CLOSES, OPENS, ZONE, incident_lines, late_case, long_case, office, office_starts, process, read
from sla.calendar import ALWAYS
from sla.engine import evaluate

CONTRACT = "Incident Management SLA"
AS_OF = datetime(2026, 12, 31, tzinfo=UTC)


def test_starts_lie_all_through_the_year_most_of_them_in_working_hours() -> None:
    starts = [start.astimezone(ZONE) for start in office_starts(24)]
    assert {start.month for start in starts} == set(range(1, 13))
    assert sum(OPENS < start.time() < CLOSES for start in starts) >= 18
    assert len(set(starts)) == 24


def test_the_office_is_open_eight_hours_a_day_and_shut_on_holidays() -> None:
    hours = office()
    assert hours.business_day_s == 8 * 3600
    assert hours.is_open(datetime(2026, 3, 2, 10, tzinfo=ZONE))
    assert not hours.is_open(datetime(2026, 12, 25, 10, tzinfo=ZONE)), "a Friday, and Christmas"


def test_the_real_incidents_are_read_whole() -> None:
    file, cases = incident_lines()
    assert file.endswith(".csv")
    assert len(cases) > 50
    assert all(lines[0]["type"] == "opened" for lines in cases)


def test_a_long_case_is_as_long_as_it_says_and_none_of_it_is_refused() -> None:
    timeline = evaluate(process(CONTRACT), {"service-desk": ALWAYS}, read(long_case(200)), AS_OF)
    assert len(long_case(200)) == 200
    assert timeline.refused == ()
    assert timeline.status != "compliant"


def test_late_news_is_late_every_time() -> None:
    events = read(late_case(10))
    assert sum(event.recorded_at > event.at for event in events) == 10
    assert evaluate(process(CONTRACT), {"service-desk": ALWAYS}, events, AS_OF).refused == ()
