"""Whether a condition can hold: what is called impossible is so."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.governance.satisfiable import can_fail, can_hold, satisfiable
from sla.process.conditions import Situation, parse

IMPOSSIBLE: list[dict[str, Any]] = [
    {"priority": {"in": ["P1"], "ne": "P1"}},
    {"all": [{"priority": "P1"}, {"priority": "P2"}]},
    {"all": [{"priority": "P1"}, {"not": {"priority": ["P1", "P2"]}}]},
    {"owner": {"exists": False, "ne": "ada", "in": ["ada", "ben"]}},
    {"all": [{"owner": {"exists": False}}, {"owner": {"exists": True}}]},
    {"impact": {"gt": 3, "lt": 3}},
    {"impact": {"gte": 3, "lte": 3, "ne": 3}},
    {"impact": {"gt": 5, "lt": "a"}},
    {"impact": {"gt": True}},
    {"all": [{"impact": 1}, {"impact": True}]},
    {"subject": {"starts_with": "Test", "not_contains": "es"}},
    {"all": [{"subject": {"starts_with": "A"}}, {"subject": {"starts_with": "B"}}]},
    {"all": [{"subject": {"starts_with": "Test run"}}, {"not": {"subject": {"starts_with": "Test"}}}]},
    {"subject": {"lt": "a", "gt": "b"}},
    {"subject": {"starts_with": "b", "lt": "b"}},
    {"subject": {"contains": "", "not_contains": ""}, "all": [{"subject": {"starts_with": "x"}}]},
    {"tags": {"contains": "vip", "not_contains": "vip"}},
    {"all": [{"any": [{"a": 1}, {"b": 1}]}, {"a": {"ne": 1}}, {"b": {"exists": False}}]},
    {"not": {"any": [{"owner": {"exists": True}}, {"owner": {"exists": False}}]}},
    {"all": [{"after": "asked", "until": "answered"}, {"not": {"after": "asked"}}]},
    {"all": [{"event": "paid"}, {"not": {"event": "paid"}}]},
    {"event": "paid", "where": {"amount": {"gt": 3, "lt": 2}}},
]

POSSIBLE: list[dict[str, Any]] = [
    {"priority": {"in": ["P1", "P2"], "ne": "P1"}},
    {"all": [{"priority": "P1"}, {"tier": "P2"}]},
    {"not": {"priority": ["P1", "P2"]}},
    {"impact": {"gt": 3, "lt": 4}},
    {"impact": {"gte": 3, "lte": 3}},
    {"impact": {"gt": 9007199254740992, "lt": 9007199254740994}},
    {"subject": {"gt": "a", "lt": "b"}},
    {"subject": {"starts_with": "Test", "not_contains": "x"}},
    {"all": [{"subject": {"starts_with": "Te"}}, {"subject": {"starts_with": "Test"}}]},
    {"all": [{"tags": {"contains": "a"}}, {"tags": {"contains": "b"}}]},
    {"all": [{"tags": {"contains": 1}}, {"tags": {"contains": "b"}}]},
    {"owner": {"exists": True, "not_in": ["ada"]}},
    {"owner": {"not_contains": "a", "exists": False}},
    {"all": [{"after": "asked"}, {"not": {"after": "asked", "until": "answered"}}]},
    {"all": [{"event": "paid", "where": {"x": 1}}, {"not": {"event": "paid", "where": {"x": True}}}]},
    {"all": [{"event": "paid"}, {"event": "closed"}]},
]


@pytest.mark.parametrize("source", IMPOSSIBLE, ids=str)
def test_a_contradiction_is_found(source: dict[str, Any]) -> None:
    assert not can_hold(parse(source))
    assert not can_fail(parse({"not": source}))


@pytest.mark.parametrize("source", POSSIBLE, ids=str)
def test_what_some_situation_makes_true_is_no_contradiction(source: dict[str, Any]) -> None:
    assert can_hold(parse(source))


def test_what_would_take_too_long_to_decide_is_not_called_impossible() -> None:
    many = {"any": [{"a": {"gt": number}} for number in range(10)]}
    hard = {"all": [many] * 5 + [{"a": "text"}]}
    assert can_hold(parse(hard))


# ---------------------------------------------------------------------- against situations that are tried out

VALUES: list[Any] = [None, True, False, 0, 1, 1.5, 2, 3, "", "a", "ab", "b", "c", [], ["a"], [1], ["a", "b"], [True, "ab"]]
OPERANDS = st.sampled_from([True, False, 1, 1.0, 2, 3, "", "a", "ab", "b", "c"])
COMPARISONS = ("in", "ne", "not_in", "contains", "not_contains", "starts_with", "gt", "gte", "lt", "lte")


@st.composite
def field_tests(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(["x", "y"]))
    if draw(st.booleans()):
        return {field: draw(st.lists(OPERANDS, min_size=1, max_size=2))}
    if draw(st.integers(0, 4)) == 0:
        return {field: {"exists": draw(st.booleans())}}
    return {field: {draw(st.sampled_from(COMPARISONS)): draw(st.lists(OPERANDS, min_size=1, max_size=2))}}


CONDITIONS = st.recursive(
    field_tests(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=6,
)


@settings(max_examples=300)
@given(CONDITIONS)
def test_whatever_holds_in_some_situation_is_called_possible(source: dict[str, Any]) -> None:
    node = parse(source)
    answers = {node.holds(Situation({"x": x, "y": y})) for x, y in product(VALUES, VALUES)}
    assert can_hold(node) or True not in answers
    assert can_fail(node) or False not in answers
    assert satisfiable((node, True)) is can_hold(node)
