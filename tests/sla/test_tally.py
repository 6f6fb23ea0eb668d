"""Outcomes added up: by hand on small numbers, and the same whether at once or in parts."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.outcomes import Outcome, Reached
from sla.tally import NONE, Kept, Tally, group_of

HOUR = 3600


def an_outcome(*reached: Reached, violated: bool = False, **sent: int) -> Outcome:
    """What a record came to."""
    return Outcome("violated_closed" if violated else "compliant", reached, sent)


def met(margin_h: float, milestone: str = "Answer") -> Reached:
    return Reached(milestone, "met", int(margin_h * HOUR))


def missed(margin_h: float, milestone: str = "Answer") -> Reached:
    return Reached(milestone, "missed", -int(margin_h * HOUR))


def of_margins(*hours: float) -> Kept:
    kept = Kept()
    kept.margins.extend(int(hour * HOUR) for hour in hours)
    return kept


# ---------------------------------------------------------------------- a small story


def test_a_story_of_four_records_added_up_by_hand() -> None:
    tally = Tally.of(1, ["priority"])
    tally.add("C-1", {"priority": "P1"}, an_outcome(met(1), email=1), [an_outcome(missed(1), violated=True, email=2)])
    tally.add(
        "C-2", {"priority": "P2"}, an_outcome(missed(2), violated=True, email=2, reassign=1), [an_outcome(met(3), email=1)]
    )
    tally.add("C-3", {}, an_outcome(Reached("Answer", "open", None)), [an_outcome(Reached("Answer", "cancelled", None))])
    tally.add("C-4", {"priority": "P1"}, None, [None])
    after = tally.afters[0]
    assert (tally.seen, tally.left_out, tally.before.records, after.records) == (4, 1, 3, 3)
    assert (after.newly_violated, after.cured) == (["C-1"], ["C-2"])
    was, would = tally.before.milestones["Answer"], after.milestones["Answer"]
    assert (was.met, was.missed, was.open, was.cancelled, was.compliance) == (1, 1, 1, 0, 0.5)
    assert (would.met, would.missed, would.open, would.cancelled) == (1, 1, 0, 1)
    assert (dict(tally.before.sent), dict(after.sent)) == ({"email": 3, "reassign": 1}, {"email": 3})
    groups = tally.groups["priority"]
    assert {value: group.seen for value, group in groups.items()} == {"P1": 1, "P2": 1, NONE: 1}
    assert (groups["P1"].afters[0].newly_violated, groups["P2"].afters[0].cured) == (["C-1"], ["C-2"])


def test_a_record_that_one_of_several_laws_does_not_concern_counts_under_none() -> None:
    tally = Tally.of(2)
    tally.add("C-1", {}, None, [an_outcome(met(1)), None])
    assert (tally.left_out, [side.records for side in tally.afters]) == (1, [0, 0])


def test_nothing_decided_is_no_compliance() -> None:
    assert Kept(open=3).compliance is None
    assert Kept().quantiles() == ()


# ---------------------------------------------------------------------- margins


@pytest.mark.parametrize(
    ("margins", "quantiles"),
    [
        ([5], [5, 5, 5]),
        (range(1, 11), [1, 5, 9]),
        ([-1, 2, 8], [-1, 2, 8]),
        (range(100, 0, -1), [10, 50, 90]),
    ],
)
def test_of_a_hundred_margins_so_many_do_not_exceed_it(margins: list[float], quantiles: list[float]) -> None:
    assert [value / HOUR for value in of_margins(*margins).quantiles()] == quantiles


def test_a_margin_of_nothing_at_all_is_in_time() -> None:
    assert of_margins(-30, -1, -0.5, 0, 0.5, 24, 300).histogram() == (1, 0, 0, 0, 2, 2, 0, 0, 0, 2)


@pytest.mark.parametrize("margin_s", [0, int(6.5 * HOUR)])
def test_what_was_missed_is_on_the_side_of_what_was_missed_though_some_of_a_longer_limit_is_left(margin_s: int) -> None:
    tally = Tally.of(1)
    tally.add("C-1", {}, None, [an_outcome(Reached("Answer", "missed", margin_s), met(0), violated=True)])
    kept = tally.afters[0].milestones["Answer"]
    assert (kept.missed, kept.met, kept.histogram()) == (1, 1, (0, 0, 0, 0, 1, 1, 0, 0, 0, 0))
    assert kept.quantiles() == (-1, -1, 0)


# ---------------------------------------------------------------------- in parts


POSSIBLE = [an_outcome(met(1)), an_outcome(missed(2), violated=True, email=1), None]


@given(st.integers(0, 10_000))
def test_what_is_added_in_parts_and_merged_is_what_is_added_at_once(seed: int) -> None:
    random = Random(seed)
    whole, parts = Tally.of(2, ["queue"]), [Tally.of(2, ["queue"]) for _ in range(3)]
    for number in range(random.randint(0, 29)):
        outcomes = [random.choice(POSSIBLE) for _ in range(3)]
        fields = {"queue": random.choice("abc")}
        for tally in (whole, parts[number // 10]):
            tally.add(f"C-{number}", fields, outcomes[0], outcomes[1:])
    merged = Tally.of(2, ["queue"])
    for part in parts:
        merged.merge(part)
    assert merged == whole


@pytest.mark.parametrize(
    ("value", "group"), [(None, NONE), ("", NONE), ("P1", "P1"), (1.0, "1"), (True, "true"), (["a", 2], "a, 2")]
)
def test_the_group_that_a_value_puts_a_record_in(value: object, group: str) -> None:
    assert group_of(value) == group
