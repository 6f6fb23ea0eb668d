"""When an entitlement is in force: by the date on the customer's wall, to the second."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.entitlements.days import first_of, local_day
from sla.entitlements.standing import ends_at, expiring, status_of
from sla.instants import from_s
from tests.sla.entitlements.builders import a_candidate, a_promise, instant

ZONES = ("Europe/Berlin", "Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns", "America/Sao_Paulo", "Etc/GMT+12")
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("zone", "at", "status"),
    [
        ("Europe/Berlin", "2026-03-01T23:59:59+01:00", "inactive"),
        ("Europe/Berlin", "2026-03-02T00:00:00+01:00", "active"),
        ("Europe/Berlin", "2026-03-29T23:59:59+02:00", "active"),  # the day that has 23 hours there
        ("Europe/Berlin", "2026-03-30T00:00:00+02:00", "expired"),
        ("Pacific/Kiritimati", "2026-03-01T10:00:00+00:00", "active"),  # there it is the 2nd, fourteen hours ahead
        ("Etc/GMT+12", "2026-03-30T11:59:59+00:00", "active"),  # and there still the 29th
        ("Etc/GMT+12", "2026-03-30T12:00:00+00:00", "expired"),
    ],
)
def test_it_is_in_force_from_its_first_to_its_last_day_there(zone: str, at: str, status: str) -> None:
    promise = a_promise(starts_on="2026-03-02", ends_on="2026-03-29")
    assert status_of(promise, ZoneInfo(zone), instant(at)) == status


def test_without_dates_it_always_is_in_force() -> None:
    assert status_of(a_promise(), ZoneInfo("UTC"), instant("1999-12-31T00:00Z")) == "active"
    assert ends_at(a_promise(), ZoneInfo("UTC"), instant("1999-12-31T00:00Z")) is None


def test_on_the_last_day_that_samoa_left_out_it_ended_with_the_day_before() -> None:
    promise = a_promise(ends_on="2011-12-30")
    assert ends_at(promise, ZoneInfo("Pacific/Apia"), instant("2011-12-29T00:00-10:00")) == instant("2011-12-31T00:00+14:00")
    assert ends_at(a_promise(ends_on="2011-12-29"), ZoneInfo("Pacific/Apia"), instant("2011-12-01T00:00Z")) == instant(
        "2011-12-31T00:00+14:00"
    )


def test_where_midnight_is_skipped_the_day_begins_an_hour_later() -> None:
    ends = ends_at(a_promise(ends_on="2018-11-03"), ZoneInfo("America/Sao_Paulo"), instant("2018-11-01T00:00Z"))
    assert ends == instant("2018-11-04T01:00-02:00")


@given(st.sampled_from(ZONES), st.integers(0, 20_000), st.integers(-100_000, 100_000))
def test_an_end_is_the_first_instant_at_which_it_is_expired(zone: str, day: int, before_s: int) -> None:
    local, on = ZoneInfo(zone), date(1990, 1, 1) + timedelta(days=day)
    now = first_of(on, local) - timedelta(seconds=abs(before_s))
    promise = a_promise(ends_on=on.isoformat())
    end = ends_at(promise, local, now)
    assert end is not None
    assert status_of(promise, local, end) == "expired"
    assert status_of(promise, local, end - SECOND) == "active"


@given(st.sampled_from(ZONES), st.integers(0, 1_700_000_000), st.integers(0, 400_000))
def test_from_any_instant_on_the_first_of_a_date_is_not_before_it(zone: str, at_s: int, ahead_s: int) -> None:
    local, now = ZoneInfo(zone), from_s(at_s)
    day = local_day(now + timedelta(seconds=ahead_s), local)
    found = first_of(day, local, not_before=now)
    assert found >= now
    assert local_day(found, local) >= day
    assert found == now or local_day(found - SECOND, local) < day


class TestExpiring:
    def test_what_ends_soon_is_listed_the_nearest_first(self) -> None:
        known = [
            a_candidate("later", ends_on="2026-03-31"),
            a_candidate("today", ends_on="2026-03-02"),
            a_candidate("gone", ends_on="2026-03-01"),
            a_candidate("far", ends_on="2026-04-02"),
            a_candidate("never"),
        ]
        found = expiring(known, instant("2026-03-02T12:00+01:00"), 30)
        assert [(one.candidate.name, one.days_left) for one in found] == [("today", 0), ("later", 29)]

    def test_days_are_those_of_the_customer(self) -> None:
        known = [
            a_candidate("east", zone="Pacific/Kiritimati", ends_on="2026-03-02"),
            a_candidate("west", zone="Etc/GMT+12", ends_on="2026-03-02"),
        ]
        found = expiring(known, instant("2026-03-02T11:00Z"), 1)  # in the east the 3rd by now, in the west still the 1st
        assert [(one.candidate.name, one.days_left) for one in found] == [("west", 1)]
