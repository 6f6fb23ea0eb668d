"""A run can be seen again: its seed says who comes, what happens to them, and when."""

from typing import cast

from starter.desk import Desk
from tests.faults.sound import RECORD, a_record, opened
from tests.faults.traffic import Traffic, population


def test_a_population_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first, again, other = (population(seed, 200, 90.0) for seed in (1, 1, 2))
    assert first == again
    assert [story.record for story in first] == [story.record for story in other]
    assert all(one != another for one, another in zip(first, other, strict=True))


def test_a_case_is_the_same_in_a_larger_population() -> None:
    assert population(1, 16, 90.0) == population(1, 200, 90.0)[:16]


def test_what_was_told_and_not_refused_is_unheard_of_until_it_is_in_the_log() -> None:
    traffic = Traffic(cast("Desk", None), [])
    traffic.told, traffic.refused = {RECORD: {"opened": {}, "completed": {}}}, {RECORD: set()}
    assert sorted(traffic.unheard({})) == ["completed", "opened"]
    assert traffic.unheard({RECORD: a_record(opened())}) == ["completed"]
    assert traffic.unheard({RECORD: a_record()}) == []
    traffic.refused[RECORD].add("completed")
    assert traffic.unheard({RECORD: a_record(opened())}) == []
