"""A run can be seen again: its seed says who comes, what happens to them, and when."""

from tests.faults.traffic import population


def test_a_population_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    first, again, other = (population(seed, 200, 90.0) for seed in (1, 1, 2))
    assert first == again
    assert [story.record for story in first] == [story.record for story in other]
    assert all(one != another for one, another in zip(first, other, strict=True))


def test_a_case_is_the_same_in_a_larger_population() -> None:
    assert population(1, 16, 90.0) == population(1, 200, 90.0)[:16]
