"""Whether a field can have a value that passes some tests and fails others: absent, true or false, number, text, list.

Kind by kind. Numbers and truth values are tried out: between two neighbouring numbers that the tests name they cannot tell
one from another. Of texts only what certainly contradicts itself is called impossible.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sla.process.conditions import OPERATORS, Test
from sla.values import equal

Signed = tuple[Test, bool]
"""A test of one field, and whether it is to pass."""

_EQUAL: Final = ("is", "in")
_UNEQUAL: Final = ("ne", "not_in")
_LOWER: Final = frozenset({("gt", True), ("gte", True), ("lt", False), ("lte", False)})
_UPPER: Final = frozenset({("lt", True), ("lte", True), ("gt", False), ("gte", False)})
"""Which tests, passed or failed, bound a text from below and from above."""


def possible_value(tests: Sequence[Signed]) -> bool:
    """Whether any value of a field, or its absence, does as all these tests ask."""
    plain = (None, True, False, *_numbers(tests), *_named_texts(tests))
    return any(_passes(value, tests) for value in plain) or _list_possible(tests) or _text_possible(tests)


def _passes(value: Any, tests: Sequence[Signed]) -> bool:
    return all(OPERATORS[test.operator](value, test.operands) is wanted for test, wanted in tests)


def _numbers(tests: Sequence[Signed]) -> Iterator[float]:
    """Every number that the tests name, one between each two neighbours, and one beyond either end."""
    named = {o for test, _ in tests for o in test.operands if isinstance(o, int | float) and not isinstance(o, bool)}
    points = sorted(number for number in named if not math.isnan(number))
    if not points:
        yield 0
        return
    yield points[0] - 1
    yield -math.inf
    for low, high in zip(points, [*points[1:], math.inf], strict=True):
        yield low
        yield from _between(low, high)
    yield math.inf


def _between(low: float, high: float) -> Iterator[float]:
    """A number strictly between two, if there is any: an integer, or a float."""
    if math.isinf(low):
        return
    yield from (number for number in (math.floor(low) + 1,) if number < high)
    try:
        yield from (number for number in (low + (high - low) / 2, math.nextafter(low, high)) if low < number < high)
    except OverflowError:  # integers beyond all floats: only integers lie between them
        return


def _named_texts(tests: Sequence[Signed]) -> list[str]:
    return [operand for test, _ in tests for operand in test.operands if isinstance(operand, str)]


def _list_possible(tests: Sequence[Signed]) -> bool:
    """Whether a list can do: it equals nothing and compares with nothing, but holds what one likes."""
    held, not_held = _contained(tests)
    for test, wanted in tests:
        passes = test.operands[0] if test.operator == "exists" else test.operator in _UNEQUAL
        if test.operator not in ("contains", "not_contains") and passes is not wanted:
            return False
    return all(any(not any(equal(one, other) for other in not_held) for one in options) for options in held)


def _contained(tests: Sequence[Signed]) -> tuple[list[tuple[Any, ...]], list[Any]]:
    """Of which operands one each must be in the value, and which may not be."""
    held: list[tuple[Any, ...]] = []
    not_held: list[Any] = []
    for test, wanted in tests:
        if test.operator in ("contains", "not_contains"):
            if (test.operator == "contains") is wanted:
                held.append(test.operands)
            else:
                not_held += test.operands
    return held, not_held


def _text_possible(tests: Sequence[Signed]) -> bool:
    """Whether a text that no test spells out may do. False only where it certainly cannot."""
    if any(_no_other_text(test, wanted) for test, wanted in tests):
        return False
    held, not_held = _contained(tests)
    absent = [text for text in not_held if isinstance(text, str)]
    options = [[text for text in some if isinstance(text, str)] for some in held]
    if any(all(any(bad in text for bad in absent) for text in texts) for texts in options) or "" in absent:
        return False
    begun = [
        [t for t in test.operands if isinstance(t, str)] for test, yes in tests if test.operator == "starts_with" and yes
    ]
    not_begun = [t for test, yes in tests if test.operator == "starts_with" and not yes for t in test.operands]
    starts = [start for start in _starts(begun) if not any(bad in start for bad in absent)]
    starts = [start for start in starts if not any(isinstance(bad, str) and start.startswith(bad) for bad in not_begun)]
    return any(_bounds_allow(start, tests) for start in starts)


def _no_other_text(test: Test, wanted: bool) -> bool:
    """Whether a test leaves no text but those that it names, which have been tried, or none at all."""
    match test.operator:
        case "exists":
            return test.operands[0] is not wanted
        case operator if operator in _EQUAL:
            return wanted
        case operator if operator in _UNEQUAL:
            return not wanted
        case "not_contains":
            return not wanted and not any(isinstance(o, str) for o in test.operands)
        case _:
            return wanted and not any(isinstance(o, str) for o in test.operands)


def _starts(begun: Sequence[Sequence[str]]) -> list[str]:
    """With what a text can begin that begins, for each of these, with one of its texts."""
    starts = [""]
    for options in begun:
        longer = {max(one, other, key=len) for one in starts for other in options if _agree(one, other)}
        starts = sorted(longer)
    return starts


def _agree(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _bounds_allow(start: str, tests: Sequence[Signed]) -> bool:
    """Whether texts that begin so lie between the bounds; a single text between them was tried already."""
    lower, upper = _bounds(tests, _LOWER), _bounds(tests, _UPPER)
    for high in upper:
        if start >= high or any(low >= high for low in lower):  # longer texts are greater still
            return False
    return not any(low > start and not low.startswith(start) for low in lower)


def _bounds(tests: Sequence[Signed], kinds: frozenset[tuple[str, bool]]) -> list[str]:
    """The bounds on one side. Of several operands a test that is to pass takes the widest; one that is to fail, each."""
    found: list[str] = []
    for test, wanted in tests:
        texts = [operand for operand in test.operands if isinstance(operand, str)]
        if (test.operator, wanted) in kinds and texts:
            widest = min(texts) if kinds is _LOWER else max(texts)
            found += [widest] if wanted else texts
    return found
