"""The measures of the list and of the intake, at their smallest: each row is there, with a figure that means something."""

from bench.measures import intake, listing
from bench.rows import Scale


async def test_pages_are_measured_whole_and_filtered_on_each_database() -> None:
    rows = [row for row in await listing.measure(Scale.SHORT) if row.figure is not None]
    assert {row.subject for row in rows} >= {"SQLite, a page of 1,000", "SQLite, a page of those at risk"}
    assert len(rows) in (2, 4), "PostgreSQL, too, where it is installed"
    assert all(row.unit == "s" and 0 < (row.figure or 0) < 5 for row in rows)
    assert all("10 pages of 100" in row.note for row in rows if "at risk" not in row.subject)
    assert all("1 pages of 100" in row.note or "2 pages of 100" in row.note for row in rows if "at risk" in row.subject)


async def test_events_are_told_over_http_one_by_one_and_in_bulk_and_the_memory_is_looked_at() -> None:
    rows = {row.subject: row for row in await intake.measure(Scale.SHORT)}
    rates = ("one event in a request", "in bulk, each answered", "in bulk, `wait=false`")
    memory = ("memory of the API, idle", "memory of the API, after all this")
    assert set(rows) == {*rates, *memory}
    assert all((rows[name].figure or 0) > 0 and rows[name].unit == "events/s" for name in rates)
    assert all((rows[name].figure or 0) > 20 and rows[name].unit == "MiB" for name in memory)
