"""How many records are open, and whether a deadline passed unseen, as Prometheus reads it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from activities.fakes import SetClock
from runtime.metrics import Metrics
from sla.errors import ServiceUnavailable
from store.views import Census
from tests.store.builders import at
from workers.census import taken


class Store:
    """A store that answers with these, one after the other, and then the last again."""

    def __init__(self, *answers: Census | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def census(self) -> Census:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


AWAY = ServiceUnavailable(service="The database", address="here", problem="gone", remedy="Wait.")


def census(deadline: datetime | None = None, **by_status: int) -> Census:
    counts: Mapping[str, int] = by_status
    return Census(open=counts, next_deadline=deadline)  # type: ignore[arg-type]


async def lines(store: Store, *, looks: int = 1) -> list[str]:
    metrics = Metrics()
    async with taken(store, metrics, SetClock(at("10:00")), every_s=0.001), asyncio.timeout(30):
        while store.asked <= looks:
            await asyncio.sleep(0.001)
    return [line for line in metrics.text().decode().splitlines() if "records" in line or "unseen" in line]


async def test_open_records_are_shown_by_status_and_of_a_status_without_any_that_there_is_none() -> None:
    shown = await lines(Store(census(compliant=7, at_risk=2)))
    assert 'milepost_open_records{status="compliant"} 7.0' in shown
    assert 'milepost_open_records{status="at_risk"} 2.0' in shown
    assert 'milepost_open_records{status="violated_open"} 0.0' in shown


async def test_a_target_that_passed_two_minutes_ago_unseen_is_told_of() -> None:
    shown = await lines(Store(census(at("09:58"), at_risk=1)))
    assert "milepost_unseen_deadline_seconds 120.0" in shown


async def test_a_target_that_lies_ahead_is_none() -> None:
    shown = await lines(Store(census(at("10:00") + timedelta(minutes=5), compliant=1)))
    assert "milepost_unseen_deadline_seconds 0.0" in shown


async def test_of_a_store_that_is_away_no_old_number_is_shown() -> None:
    shown = await lines(Store(census(compliant=7), AWAY), looks=2)
    assert [line for line in shown if line.startswith("milepost_open_records{")] == []


async def test_nor_of_one_that_answers_nonsense_and_work_goes_on() -> None:
    shown = await lines(Store(census(compliant=7), RuntimeError("no such table")), looks=3)
    assert [line for line in shown if line.startswith("milepost_open_records{")] == []


async def test_when_it_is_back_so_are_the_numbers() -> None:
    shown = await lines(Store(AWAY, census(compliant=7)), looks=2)
    assert 'milepost_open_records{status="compliant"} 7.0' in shown
