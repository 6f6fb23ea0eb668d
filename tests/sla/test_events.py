"""Events as they are told: what each type carries, what is kept, and what is no event at all (SPEC 2 and 7)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sla.errors import UnreadableEvent
from sla.events import EVENT_TYPES, Changed, Closed, Event, Noted, Opened, UnknownEventType, event_order, read_event

Json = dict[str, Any]
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

# A good event of each type.
GOOD: dict[str, Json] = {
    "opened": {
        "fields": {"type": "case", "priority": "P1", "tags": ["a", 1, None], "vip": True, "score": 2.5, "none": None}
    },
    "changed": {"set": {"owner": "ada", "queue": None}},
    "completed": {"milestone": "First Response", "by": "ada"},
    "uncompleted": {"milestone": "First Response"},
    "stopped": {"reason": "waiting for parts"},
    "resumed": {},
    "noted": {"kind": "response.sent", "channel": "email", "to": {"name": "Ada", "copies": [1, 2]}},
    "closed": {},
    "reopened": {},
    "migrated": {"version": 2},
}


def told(type_: str = "closed", **changes: Any) -> Json:
    """An event line; a key set to `...` is left out."""
    whole = {"record": "C-1", "id": "e1", "type": type_, "at": "2026-03-02T09:00:00Z", **GOOD.get(type_, {}), **changes}
    return {key: value for key, value in whole.items() if value is not ...}


def read(data: Any) -> Event:
    return read_event(data, where="e.jsonl:7")


def refusal(data: Any) -> str:
    with pytest.raises(UnreadableEvent) as refused:
        read(data)
    return str(refused.value)


def test_there_is_an_example_of_each_type() -> None:
    assert tuple(GOOD) == EVENT_TYPES


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_what_is_read_is_what_was_told(type_: str) -> None:
    event = read(told(type_))
    assert (event.record, event.id, event.at, event.recorded_at) == ("C-1", "e1", NINE, NINE)
    assert {**event.model_dump(mode="json"), "recorded_at": ...} | told(type_) == {
        **event.model_dump(mode="json"),
        "recorded_at": ...,
    }


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_an_event_survives_json(type_: str) -> None:
    event = read(told(type_, recorded_at="2026-03-02T09:05:00Z"))
    assert read(json.loads(event.model_dump_json())) == event


@pytest.mark.parametrize("type_", EVENT_TYPES)
def test_an_event_cannot_be_changed(type_: str) -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(read(told(type_)), "id", "e2")  # noqa: B010 - mypy knows it, too


def test_what_was_learned_at_once_need_not_say_so() -> None:
    assert read(told(recorded_at=...)).recorded_at == NINE
    assert read(told(recorded_at=None)).recorded_at == NINE
    assert read(told(recorded_at="2026-03-02T09:05:00Z")).recorded_at == NINE.replace(minute=5)


@pytest.mark.parametrize(
    "at", ["2026-03-02T09:00:00Z", "2026-03-02T10:00:00+01:00", "2026-03-02T09:00:00.999Z", "2026-03-02 09:00Z"]
)
def test_instants_are_utc_in_whole_seconds(at: str) -> None:
    assert read(told(at=at)).at == NINE
    assert json.loads(read(told(at=at)).model_dump_json())["at"] == "2026-03-02T09:00:00Z"


def test_values_keep_their_type() -> None:
    event = read(told("changed", set={"a": 1, "b": 1.0, "c": True, "d": "1", "e": [1, True]}))
    assert isinstance(event, Changed)
    assert [type(value) for value in event.set.values()] == [int, float, bool, str, list]


def test_a_record_may_be_opened_without_fields() -> None:
    event = read(told("opened", fields=...))
    assert isinstance(event, Opened)
    assert event.fields == {}


# ---------------------------------------------------------------------- names and facts


@pytest.mark.parametrize("type_", [type_ for type_ in EVENT_TYPES if type_ != "noted"])
def test_an_event_is_known_by_its_type(type_: str) -> None:
    assert read(told(type_)).names() == (type_,)


def test_a_note_is_known_by_its_kind_as_well() -> None:
    assert read(told("noted")).names() == ("noted", "response.sent")


def test_conditions_see_what_an_event_carries_but_not_who_it_is() -> None:
    facts = read(told("noted")).facts()
    assert facts == {"kind": "response.sent", "channel": "email", "to": {"name": "Ada", "copies": [1, 2]}}


def test_further_keys_are_kept_whatever_they_are_called() -> None:
    event = read(told("closed", names="x", facts="y", by="ada"))
    assert (event.names(), event.facts()) == (("closed",), {"names": "x", "facts": "y", "by": "ada"})


# ---------------------------------------------------------------------- refusals

UNREADABLE: list[tuple[str, Any, str]] = [
    ("a list", [], "is not an object"),
    ("text", "closed", "is not an object"),
    ("nothing", None, "is not an object"),
    ("an empty object", {}, "type: is missing"),
    ("no type", told(type=...), "type: is missing"),
    ("a type that is null", told(type=None), "type: "),
    ("a type that is a number", told(type=7), "type: "),
    ("no record", told(record=...), "record: "),
    ("an empty record", told(record=""), "record: "),
    ("a record that is a number", told(record=7), "record: "),
    ("a record of 201 characters", told(record="x" * 201), "record: "),
    ("a record with a space at its end", told(record="C-1 "), "record: "),
    ("no id", told(id=...), "id: "),
    ("an empty id", told(id=""), "id: "),
    ("an id that is a number", told(id=7), "id: "),
    ("an id with a space at its start", told(id=" e1"), "id: "),
    ("an id over two lines", told(id="e\n1"), "id: "),
    ("no instant", told(at=...), "at: "),
    ("an instant that is null", told(at=None), "at: None is not a date-time"),
    ("an instant in words", told(at="yesterday"), "at: 'yesterday' is not a date-time"),
    ("an instant in seconds", told(at=1_772_442_000), "at: 1772442000 is not a date-time"),
    ("a date", told(at="2026-03-02"), "at: '2026-03-02T00:00:00' has no time zone"),
    ("a local time", told(at="2026-03-02T09:00:00"), "at: '2026-03-02T09:00:00' has no time zone"),
    ("an instant before all years", told(at="0001-01-01T00:00:00+05:00"), "at: '0001-01-01T00:00:00+05:00' lies outside"),
    ("a local time of learning", told(recorded_at="2026-03-02T09:00:00"), "recorded_at: '2026-03-02T09:00:00' has no"),
    ("a change of nothing", told("changed", set=...), "set: "),
    ("a change that is null", told("changed", set=None), "set: "),
    ("a value that is an object", told("changed", set={"owner": {"name": "Ada"}}), "set.owner"),
    ("a list in a list", told("changed", set={"tags": [["a"]]}), "set.tags"),
    ("a value that is no number", told("changed", set={"score": float("nan")}), "set.score"),
    ("a value beyond all numbers", told("opened", fields={"score": float("inf")}), "fields.score"),
    ("fields that are null", told("opened", fields=None), "fields: "),
    ("fields that are a list", told("opened", fields=["case"]), "fields: "),
    ("a completion of nothing", told("completed", milestone=...), "milestone: "),
    ("a completion of a number", told("completed", milestone=7), "milestone: "),
    ("an undoing of nothing", told("uncompleted", milestone=...), "milestone: "),
    ("a note of no kind", told("noted", kind=...), "kind: "),
    ("a note of an empty kind", told("noted", kind=""), "kind: "),
    ("a reason that is a number", told("stopped", reason=7), "reason: "),
    ("a migration to nowhere", told("migrated", version=...), "version: "),
    ("a migration to version 0", told("migrated", version=0), "version: "),
]


@pytest.mark.parametrize(("data", "words"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_what_is_no_event_is_refused_with_its_place_and_the_offending_key(data: Any, words: str) -> None:
    assert refusal(data).startswith(f"e.jsonl:7: {words}")


def test_an_event_of_an_unknown_type_is_refused_for_what_it_says() -> None:
    with pytest.raises(UnknownEventType, match=r"e\.jsonl:7: there is no event type 'vanished'\. Known: opened, changed"):
        read(told(type="vanished"))


def test_a_refusal_carries_its_facts() -> None:
    with pytest.raises(UnreadableEvent) as refused:
        read(told(at=None))
    assert (refused.value.code, refused.value.facts["where"]) == ("unreadable_event", "e.jsonl:7")


# ---------------------------------------------------------------------- order


def test_events_are_ordered_by_when_they_happened_then_by_when_they_were_learned_then_by_id() -> None:
    def closed(at: str, recorded_at: str, id_: str) -> Closed:
        day = "2026-03-02T"
        return Closed.model_validate(told(at=f"{day}{at}Z", recorded_at=f"{day}{recorded_at}Z", id=id_))

    expected = [closed("09:00", "09:30", "z"), closed("10:00", "10:00", "b"), closed("10:00", "10:05", "a")]
    expected += [closed("10:00", "10:05", "b"), closed("11:00", "11:00", "a")]
    backwards = list(reversed(expected))
    assert sorted(backwards, key=event_order) == expected


def test_a_note_built_in_code_is_the_note_read_from_a_line() -> None:
    assert read(told("noted", channel=..., to=...)) == Noted(
        record="C-1", id="e1", at=NINE, recorded_at=NINE, kind="response.sent"
    )
