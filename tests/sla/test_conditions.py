"""Conditions: what each form says of a record, and what is refused (SPEC 3; SPEC 8, Conditions)."""

import re
from collections.abc import Collection, Mapping
from typing import Any

import jsonschema
import pytest

from sla.process.condition_schema import CONDITION_SCHEMA
from sla.process.conditions import MAX_DEPTH, OPERATORS, Condition, Since, Situation, parse
from sla.values import as_text, equal


class Happened:
    """An event as a condition sees it."""

    def __init__(self, *names: str, **facts: Any) -> None:
        self._names, self._facts = names, facts

    def names(self) -> tuple[str, ...]:
        return self._names

    def facts(self) -> dict[str, Any]:
        return self._facts


def holds(condition: Any, fields: Mapping[str, Any] | None = None, *events: Happened, since: Collection[Since] = ()) -> bool:
    return parse(condition).holds(Situation(fields or {}, events, frozenset(since)))


RECORD = {
    "status": "New", "priority": 2, "score": 2.5, "vip": True, "muted": False, "zero": 0, "blank": "", "nothing": None,
    "tags": ["red", 7, True], "none": [],
}  # fmt: skip

# The condition, and whether it holds for RECORD.
TRUTHS: list[tuple[Any, bool]] = [
    ({"status": "New"}, True),
    ({"status": "new"}, False),
    ({"status": ["Old", "New"]}, True),
    ({"status": ["Old", "Closed"]}, False),
    ({"status": "New", "priority": 2}, True),
    ({"status": "New", "priority": 3}, False),
    # 1 = 1.0 ≠ true; text is not a number
    ({"priority": 2.0}, True),
    ({"priority": "2"}, False),
    ({"priority": True}, False),
    ({"vip": True}, True),
    ({"vip": 1}, False),
    ({"vip": 1.0}, False),
    ({"vip": "true"}, False),
    ({"muted": False}, True),
    ({"muted": 0}, False),
    ({"zero": 0}, True),
    ({"zero": False}, False),
    ({"zero": 0.0}, True),
    ({"blank": ""}, True),
    # order
    ({"priority": {"gt": 1}}, True),
    ({"priority": {"gt": 2}}, False),
    ({"priority": {"gte": 2}}, True),
    ({"priority": {"gte": 2.5}}, False),
    ({"priority": {"lt": 2.5}}, True),
    ({"priority": {"lt": 2}}, False),
    ({"priority": {"lte": 2}}, True),
    ({"score": {"lte": 2}}, False),
    ({"priority": {"gt": 1, "lt": 3}}, True),
    ({"priority": {"gt": 1, "lt": 2}}, False),
    ({"status": {"gt": "Mew"}}, True),
    ({"status": {"lt": "Nex"}}, True),
    ({"status": {"gt": "Z"}}, False),
    ({"priority": {"gt": [5, 1]}}, True),
    ({"priority": {"gt": "1"}}, False),
    ({"priority": {"lt": "3"}}, False),
    ({"status": {"gt": 1}}, False),
    ({"vip": {"gte": 0}}, False),
    ({"priority": {"gt": False}}, False),
    ({"tags": {"gt": 1}}, False),
    # text
    ({"status": {"contains": "ew"}}, True),
    ({"status": {"contains": "EW"}}, False),
    ({"status": {"contains": ["x", "N"]}}, True),
    ({"status": {"not_contains": "x"}}, True),
    ({"status": {"not_contains": ["x", "N"]}}, False),
    ({"status": {"starts_with": "Ne"}}, True),
    ({"status": {"starts_with": "ew"}}, False),
    ({"status": {"starts_with": ["x", "N"]}}, True),
    ({"priority": {"contains": 2}}, False),
    ({"priority": {"starts_with": 2}}, False),
    # lists
    ({"tags": {"contains": "red"}}, True),
    ({"tags": {"contains": "re"}}, False),
    ({"tags": {"contains": 7.0}}, True),
    ({"tags": {"contains": 1}}, False),
    ({"tags": {"contains": True}}, True),
    ({"tags": {"contains": ["blue", "red"]}}, True),
    ({"tags": {"not_contains": ["blue", "red"]}}, False),
    ({"tags": {"not_contains": "blue"}}, True),
    ({"tags": "red"}, False),
    ({"tags": ["red", 7, True]}, False),
    ({"none": {"contains": "red"}}, False),
    ({"none": {"exists": True}}, True),
    # in, not_in, ne
    ({"status": {"in": ["Old", "New"]}}, True),
    ({"status": {"in": "New"}}, True),
    ({"status": {"not_in": ["Old", "New"]}}, False),
    ({"status": {"not_in": ["Old"]}}, True),
    ({"status": {"ne": "New"}}, False),
    ({"status": {"ne": "Old"}}, True),
    ({"status": {"ne": ["Old", "New"]}}, False),
    ({"vip": {"ne": 1}}, True),
    ({"priority": {"ne": 2.0}}, False),
    # exists
    ({"status": {"exists": True}}, True),
    ({"status": {"exists": False}}, False),
    ({"blank": {"exists": True}}, True),
    ({"muted": {"exists": True}}, True),
    # combinations
    ({"all": [{"status": "New"}, {"priority": 2}]}, True),
    ({"all": [{"status": "New"}, {"priority": 3}]}, False),
    ({"any": [{"status": "Old"}, {"priority": 2}]}, True),
    ({"any": [{"status": "Old"}, {"priority": 3}]}, False),
    ({"not": {"status": "Old"}}, True),
    ({"not": {"status": "New"}}, False),
    ({"not": {"not": {"status": "New"}}}, True),
    ({"status": "New", "any": [{"priority": 3}, {"vip": True}]}, True),
    ({"status": "New", "not": {"vip": True}}, False),
    ({"not": {"status": "New", "priority": 3}}, True),
]  # fmt: skip

# A field that is absent, or null, matches only `exists: false`, `ne` and `not_*`.
ABSENT: list[tuple[Any, bool]] = [
    ("x", False),
    (["x", "y"], False),
    ({"gt": 0}, False),
    ({"gte": 0}, False),
    ({"lt": 9}, False),
    ({"lte": 9}, False),
    ({"in": ["x"]}, False),
    ({"contains": "x"}, False),
    ({"starts_with": ""}, False),
    ({"exists": True}, False),
    ({"exists": False}, True),
    ({"ne": "x"}, True),
    ({"not_in": ["x"]}, True),
    ({"not_contains": "x"}, True),
]


@pytest.mark.parametrize(("condition", "expected"), TRUTHS, ids=str)
def test_a_condition_holds_or_does_not(condition: Any, expected: bool) -> None:
    assert holds(condition, RECORD) is expected


@pytest.mark.parametrize(("test", "expected"), ABSENT, ids=str)
@pytest.mark.parametrize("name", ["nowhere", "nothing"])
def test_an_absent_field_matches_only_what_is_not_so(name: str, test: Any, expected: bool) -> None:
    assert holds({name: test}, RECORD) is expected


def test_every_operator_is_put_to_the_test() -> None:
    used = {op for condition, _ in TRUTHS for test in condition.values() if isinstance(test, dict) for op in test}
    assert set(OPERATORS) - {"is"} <= used


# ---------------------------------------------------------------------- events


def test_an_event_holds_only_at_its_instant() -> None:
    assert holds({"event": "response.sent"}, {}, Happened("noted", "response.sent"))
    assert not holds({"event": "response.sent"}, {}, Happened("noted", "customer.replied"))
    assert not holds({"event": "response.sent"})


def test_an_event_is_known_by_its_type_as_well() -> None:
    assert holds({"event": "noted"}, {}, Happened("noted", "response.sent"))


def test_where_looks_at_what_the_event_carries_not_at_the_record() -> None:
    by_mail = {"event": "response.sent", "where": {"channel": "email"}}
    assert holds(by_mail, {}, Happened("noted", "response.sent", channel="email"))
    assert not holds(by_mail, {"channel": "email"}, Happened("noted", "response.sent", channel="phone"))
    assert not holds(by_mail, {"channel": "email"}, Happened("noted", "response.sent"))


def test_where_takes_whole_conditions() -> None:
    where = {"any": [{"channel": ["email", "chat"]}, {"not": {"automatic": {"ne": False}}}]}
    assert holds({"event": "sent", "where": where}, {}, Happened("sent", channel="chat", automatic=True))
    assert holds({"event": "sent", "where": where}, {}, Happened("sent", channel="phone", automatic=False))
    assert not holds({"event": "sent", "where": where}, {}, Happened("sent", channel="phone"))


def test_name_and_where_must_fit_one_and_the_same_event() -> None:
    by_mail = {"event": "sent", "where": {"channel": "email"}}
    assert not holds(by_mail, {}, Happened("sent", channel="phone"), Happened("read", channel="email"))


def test_an_event_may_be_one_of_several_ways() -> None:
    either = {"any": [{"status": "Resolved"}, {"event": "response.sent"}]}
    assert holds(either, {"status": "Resolved"})
    assert holds(either, {}, Happened("response.sent"))
    assert not holds(either, {"status": "New"}, Happened("read"))


def test_after_holds_while_the_engine_says_so() -> None:
    pair = ("customer.replied", "response.sent")
    nobody_answered = {"after": "customer.replied", "until": "response.sent"}
    assert holds(nobody_answered, since=[pair])
    assert not holds(nobody_answered, since=[("customer.replied", None)])
    assert holds({"after": "customer.replied"}, since=[("customer.replied", None)])
    assert not holds({"not": nobody_answered}, since=[pair])


# ---------------------------------------------------------------------- refusals

REFUSED: list[tuple[str, Any, str]] = [
    ("text", "status = Closed", "a mapping such as"),
    ("a list", [{"status": "Closed"}], "a mapping such as"),
    ("nothing", None, "a mapping such as"),
    ("an empty mapping", {}, "a mapping such as"),
    ("an unknown operator", {"status": {"equals": "x"}}, "no operator 'equals' (field 'status'). Known: in, ne"),
    ("the operator that has no name", {"status": {"is": "x"}}, "no operator 'is'"),
    ("no operator", {"status": {}}, "'status' is empty"),
    ("null", {"status": None}, "write {exists: false}"),
    ("null in a list", {"status": ["x", None]}, "write {exists: false}"),
    ("null for an operator", {"status": {"ne": None}}, "write {exists: false}"),
    ("an empty list", {"status": []}, "could never hold"),
    ("an empty list for an operator", {"status": {"in": []}}, "could never hold"),
    ("a list in a list", {"status": [["x"]]}, "takes text, numbers, true or false"),
    ("a mapping for an operator", {"status": {"ne": {"x": 1}}}, "takes text, numbers, true or false"),
    ("exists with text", {"status": {"exists": "yes"}}, "takes true or false"),
    ("exists with a number", {"status": {"exists": 1}}, "takes true or false"),
    ("all of nothing", {"all": []}, "'all' takes a list"),
    ("any of one mapping", {"any": {"status": "x"}}, "'any' takes a list"),
    ("not of a list", {"not": [{"status": "x"}]}, "a mapping such as"),
    ("all of text", {"all": ["status"]}, "a mapping such as"),
    ("an event without a name", {"event": ""}, "the name of an event"),
    ("an event that is a list", {"event": ["a", "b"]}, "the name of an event"),
    ("an event beside a field", {"event": "a", "status": "x"}, "beside 'event' there may be no 'status'"),
    ("an event beside after", {"event": "a", "after": "b"}, "beside 'event' there may be no 'after'"),
    ("where on its own", {"where": {"channel": "email"}}, "only beside 'event'"),
    ("where beside a field", {"status": "x", "where": {"channel": "email"}}, "only beside 'event'"),
    ("where beside after", {"after": "a", "where": {"channel": "email"}}, "beside 'after' there may be no 'where'"),
    ("an event in where", {"event": "a", "where": {"event": "b"}}, "it takes no event, after or until"),
    ("after in where", {"event": "a", "where": {"any": [{"x": 1}, {"after": "b"}]}}, "it takes no event, after or until"),
    ("an empty where", {"event": "a", "where": {}}, "a mapping such as"),
    ("until alone", {"until": "a"}, "'until' stands only beside 'after'"),
    ("until beside a field", {"until": "a", "status": "x"}, "'until' stands only beside 'after'"),
    ("after beside a field", {"after": "a", "status": "x"}, "beside 'after' there may be no 'status'"),
    ("after a list", {"after": ["a"]}, "the name of an event"),
    ("until nothing", {"after": "a", "until": None}, "the name of an event"),
]


@pytest.mark.parametrize(("data", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_no_condition_may_be_is_refused_in_words_that_help(data: Any, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse(data)


def nested(depth: int) -> dict[str, Any]:
    condition: dict[str, Any] = {"status": "New"}
    for _ in range(depth):
        condition = {"not": condition}
    return condition


def test_conditions_nest_only_so_deep() -> None:
    assert holds(nested(MAX_DEPTH), {"status": "New"})
    with pytest.raises(ValueError, match=f"deeper than {MAX_DEPTH}"):
        parse(nested(MAX_DEPTH + 1))


def test_the_bound_counts_also_within_where_and_lists() -> None:
    with pytest.raises(ValueError, match="deeper than"):
        parse({"event": "a", "where": nested(MAX_DEPTH)})
    with pytest.raises(ValueError, match="deeper than"):
        parse({"all": [{"any": [nested(MAX_DEPTH - 1)]}]})


# ---------------------------------------------------------------------- as a value


def test_a_condition_is_kept_as_it_was_written() -> None:
    source = {"any": [{"status": ["Closed"]}, {"event": "closed"}]}
    assert Condition(source).source == source
    assert Condition(source) == Condition(dict(source))
    assert Condition(source) != Condition({"status": "Closed"})
    assert Condition(source) != source
    assert hash(Condition(source)) == hash(Condition(dict(source)))
    assert "Closed" in repr(Condition(source))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"event": "closed"}, True),
        ({"any": [{"status": "x"}, {"not": {"event": "closed"}}]}, True),
        ({"status": "x"}, False),
        ({"after": "closed"}, False),
    ],
    ids=str,
)
def test_it_is_known_whether_a_condition_asks_for_an_event(condition: dict[str, Any], expected: bool) -> None:
    assert Condition(condition).names_events is expected


@pytest.mark.parametrize("condition", [condition for condition, _ in TRUTHS], ids=str)
def test_editors_accept_what_is_read(condition: Any) -> None:
    jsonschema.validate(condition, CONDITION_SCHEMA)


@pytest.mark.parametrize(
    ("left", "right", "expected"), [(1, 1.0, True), (1, True, False), (0, False, False), ("1", 1, False)]
)
def test_equality_is_typed(left: object, right: object, expected: bool) -> None:
    assert equal(left, right) is expected
    assert equal(right, left) is expected


@pytest.mark.parametrize(
    ("value", "text"), [(1, "1"), (1.0, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), ("P1", "P1")]
)
def test_a_scalar_has_one_text(value: object, text: str) -> None:
    assert as_text(value) == text
