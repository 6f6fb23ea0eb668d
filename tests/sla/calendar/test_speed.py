"""Targets are reckoned thousands of times for one page: how long that takes may not depend on how far they lie."""

import timeit

from tests.sla.calendar.builders import OFFICE, some_hours

HOUR = 3600
START_S = 1_772_800_000  # a Friday in March 2026


def test_a_target_after_eight_thousand_hours_costs_hardly_more_than_one_after_four() -> None:
    hours = some_hours(OFFICE, "--12-25", timezone="Europe/Berlin")
    hours.add_s(START_S, 8000 * HOUR)

    def cost(open_hours: int) -> float:
        return min(timeit.repeat(lambda: hours.add_s(START_S, open_hours * HOUR), number=2000, repeat=7))

    assert cost(8000) < 4 * cost(4)
