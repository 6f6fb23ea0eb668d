"""May this customer ask now, and until when?"""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.entitlements.eligibility import Eligibility, eligible
from sla.entitlements.standing import Candidate
from sla.instants import from_s, to_s
from tests.sla.entitlements.builders import NOW, a_candidate, a_request, candidates, instant, requests, some_hours

HOURS = {"office": some_hours(), "evening": some_hours("evening", "18:00-22:00")}
OFFICE: dict[str, Any] = {"business_hours": "office"}


def asked(known: list[Candidate], at: str, **said: Any) -> Eligibility:
    """At a local time of Berlin on Monday 2 March 2026, or at a whole instant."""
    now = instant(at if "T" in at else f"2026-03-02T{at}+01:00")
    return eligible(known, a_request(**said), now, hours=HOURS)


def berlin(at: str) -> datetime:
    return instant(f"{at}+01:00")


def test_without_business_hours_one_may_ask_until_the_last_day_is_over() -> None:
    answer = asked([a_candidate(ends_on="2026-03-05")], "03:00")
    assert (answer.may, answer.until) == (True, berlin("2026-03-06T00:00"))


def test_without_an_end_one_may_always_ask() -> None:
    answer = asked([a_candidate()], "03:00")
    assert (answer.may, answer.until, answer.again_at) == (True, None, None)


def test_within_business_hours_one_may_ask_until_they_close() -> None:
    answer = asked([a_candidate(**OFFICE)], "16:59")
    assert (answer.may, answer.until) == (True, berlin("2026-03-02T17:00"))


def test_the_end_of_the_last_day_may_come_before_closing_time() -> None:
    late = {"late": some_hours("late", "18:00-02:00")}
    answer = eligible(
        [a_candidate(business_hours="late", ends_on="2026-03-02")], a_request(), berlin("2026-03-02T20:00"), hours=late
    )
    assert answer.until == berlin("2026-03-03T00:00")


def test_at_closing_time_one_may_ask_again_in_the_morning() -> None:
    answer = asked([a_candidate(**OFFICE)], "17:00")
    assert (answer.may, answer.again_at, answer.entitlement) == (False, berlin("2026-03-03T09:00"), "basic")
    assert answer.rejected[0].reason == "its business hours 'office' are closed now"


def test_what_begins_later_opens_on_its_first_day() -> None:
    answer = asked([a_candidate(starts_on="2026-03-07", **OFFICE)], "10:00")
    assert answer.again_at == berlin("2026-03-09T09:00"), "the 7th is a Saturday"


def test_what_ends_before_it_opens_again_does_not_open_again() -> None:
    answer = asked([a_candidate(ends_on="2026-03-02", **OFFICE)], "18:00")
    assert (answer.may, answer.again_at, answer.why) == (False, None, "nothing promised will open")


def test_a_worse_one_that_is_open_is_as_good_for_asking() -> None:
    known = [a_candidate("best", asset="inverter-7", **OFFICE), a_candidate("wide", business_hours="evening")]
    assert (asked(known, "19:00").entitlement, asked(known, "10:00").entitlement) == ("wide", "best")
    assert asked(known, "17:30").again_at == berlin("2026-03-02T18:00"), "the first of them to open"


@pytest.mark.parametrize(
    ("promise", "reason"),
    [
        ({"ends_on": "2026-03-01"}, "it expired: its last day was 2026-03-01"),
        ({"account": "juniper"}, "it is of the account 'juniper', the record is of 'helios'"),
        ({"per_incident": 1, "used": 1}, "its only incident is used"),
    ],
)
def test_whoever_may_never_ask_learns_why(promise: Any, reason: str) -> None:
    answer = asked([a_candidate(**promise)], "10:00")
    assert (answer.may, answer.again_at, answer.rejected[0].reason) == (False, None, reason)


def test_what_is_used_up_and_does_not_block_still_counts() -> None:
    assert asked([a_candidate(per_incident=1, used=1, on_exhausted="warn")], "10:00").may


def test_only_the_one_that_is_named_counts() -> None:
    known = [a_candidate("closed", **OFFICE), a_candidate("open")]
    assert not asked(known, "20:00", entitlement="closed").may
    assert not asked(known, "20:00", entitlement="unheard-of").may


def test_nothing_promised_is_a_plain_no() -> None:
    assert asked([], "10:00") == Eligibility(
        may=False, entitlement=None, until=None, again_at=None, why="nothing is promised"
    )


def test_the_installations_hours_count_where_none_are_named() -> None:
    answer = eligible([a_candidate()], a_request(), berlin("2026-03-02T18:00"), default_hours=some_hours())
    assert (answer.may, answer.again_at) == (False, berlin("2026-03-03T09:00"))


@given(candidates(), requests(), st.integers(0, 7 * 86_400))
def test_what_is_said_of_until_and_again_is_so(known: list[Candidate], request: Any, later_s: int) -> None:
    now = from_s(to_s(NOW) + later_s)

    def may(at: datetime) -> bool:
        return eligible(known, request, at, hours=HOURS, default_hours=HOURS["office"]).may

    answer = eligible(known, request, now, hours=HOURS, default_hours=HOURS["office"])
    if answer.may:
        assert answer.until is None or may(from_s(to_s(answer.until) - 1))
    elif answer.again_at is not None:
        assert may(answer.again_at)
        assert answer.again_at > now
        assert not may(from_s(to_s(answer.again_at) - 1))
