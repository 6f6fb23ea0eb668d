"""Figures are only as good as the arithmetic under them."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from bench.stats import by_turns, percentile, ratio, short, takes


def test_the_median_is_the_one_in_the_middle_and_the_spread_names_the_ends() -> None:
    three = takes([5.0, 1.0, 2.5])
    assert (three.median, three.spread) == (2.5, "1–5, 3 takes")


def test_nothing_measured_is_no_figure() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        takes([])
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0, 0.5, 0.99, 1)] == [1, 50, 99, 100]
    assert percentile([3.0, 1.0], 0.99) == 3


def test_what_was_taken_by_turns_is_compared_turn_by_turn() -> None:
    """The machine was busy during the second turn, for both: that is no difference between them."""
    assert ratio(takes([2.0, 20.0, 2.2]), takes([1.0, 10.0, 1.1])) == pytest.approx(2)
    assert ratio(takes([2.0, 4.0]), takes([1.0])) == 3


def test_two_subjects_are_timed_by_turns_and_only_after_a_first_call_each() -> None:
    called: list[str] = []
    found = by_turns({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, repeats=2)
    assert "".join(called) == "ab" + "ab" + "ab" * 2, "a first call, one to see how long it takes, then the turns"
    assert [len(found[name].values) for name in "ab"] == [2, 2]


def test_what_is_quick_is_called_more_often_in_a_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CPU's clock is put by hand: a quick call takes an eighth of a second, a slow one three, a take lasts one."""
    now, called = 0.0, Counter[str]()
    monkeypatch.setattr(time, "process_time", lambda: now)

    def taking(name: str, lasts_s: float) -> Callable[[], None]:
        def call() -> None:
            nonlocal now
            now += lasts_s
            called[name] += 1

        return call

    found = by_turns({"quick": taking("quick", 0.125), "slow": taking("slow", 3.0)}, repeats=2, take_s=1.0)
    assert called == {"quick": 2 + 2 * 8, "slow": 2 + 2 * 1}
    assert {name: one.values for name, one in found.items()} == {"quick": (0.125, 0.125), "slow": (3.0, 3.0)}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (28.0, "28"), (0.01234, "0.0123"), (1.254, "1.25"), (18.06, "18.1"), (186.6, "187"), (12339.7, "12,340")],
)
def test_figures_are_shown_in_a_few_digits(value: float, shown: str) -> None:
    assert short(value) == shown
