"""How a mapping reads a payload, and what it says of one that it cannot read."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sla.hooks.mapping import events_of
from sla.hooks.model import Hook
from sla.hooks.paths import Path
from sla.hooks.sayings import Template
from sla.setup_errors import UnmappablePayload
from tests.sla.hooks.builders import a_hook, example, mapped

_mappings = st.dictionaries
ISSUE = {"id": 7, "name": "The VPN", "tags": ["a", "b"], "who": {"mail": "kim@x.example"}, "none": None, "on": True}


def changed(**sayings: Any) -> Hook:
    return a_hook(events=[{"type": "changed", "set": sayings}])


def said(saying: Any, payload: Any = ISSUE, **headers: str) -> Any:
    """What a field comes to."""
    return mapped(changed(field=saying), payload, **headers).events[0]["set"]["field"]


def refused(hook: Hook, payload: Any) -> str:
    with pytest.raises(UnmappablePayload) as refusal:
        events_of(hook, payload, {})
    return str(refusal.value)


class TestPaths:
    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("a", {"b": [1, {"c": 2}], "e.f": 0}),
            ("a.b.0", 1),
            ("a.b.1.c", 2),
            ("a.b.2", None),
            ("a.b.x", None),
            ("a.b.0.c", None),
            ("list[kind=x].n", 1),
            ("list[kind=y].n", 2),
            ("list[kind=z].n", None),
            ("list[n=3].kind", "z z"),
            ("list[kind=z z].n", 3),
            ("a[kind=x]", None),
            ("nothing.at.all", None),
        ],
    )
    def test_a_path_leads_to_what_is_there(self, path: str, found: Any) -> None:
        entries = [7, None, {"kind": "x", "n": 1}, {"kind": "y", "n": 2}, {"kind": "x", "n": 9}, {"kind": "z z", "n": 3}]
        data = {"a": {"b": [1, {"c": 2}], "e.f": 0}, "list": entries}
        assert Path.parse(path).found_in(data) == found

    @pytest.mark.parametrize("text", ["", ".", ".a", "a..b", "a.", "a[b]", "a[b=c", "a]b", "a{b}", "a?.b"])
    def test_what_is_no_path_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="path"):
            Path.parse(text)

    @given(
        data=st.recursive(
            st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        )
    )
    def test_no_payload_surprises_a_path(self, data: Any) -> None:
        for text in ("a.b.0", "0.1.2", "a[b=c].d", "$headers.x"):
            Path.parse(text).found_in(data)


class TestSayings:
    @pytest.mark.parametrize(
        ("saying", "value"),
        [
            ("{id}", 7),
            ("no. {id}", "no. 7"),
            ("{name}: {who.mail}", "The VPN: kim@x.example"),
            ("{tags}", ["a", "b"]),
            ("{on}", True),
            ("is {on}", "is true"),
            ("{none?}", None),
            ("[{none?}]", "[]"),
            ("{{{id}}}", "{7}"),
            ("plain", "plain"),
            (5, 5),
            (False, False),
            (["x", 1], ["x", 1]),
            ({"from": "name"}, "The VPN"),
            ({"from": "id", "values": {"7": "seven"}}, "seven"),
            ({"from": "name", "values": {"7": "seven"}}, "The VPN"),
            ({"from": "name", "values": {"7": "seven"}, "default": "other"}, "other"),
            ({"from": "name", "default": "other"}, "The VPN"),
            ({"from": "none", "default": None}, None),
            ({"from": "nothing.there", "default": 0}, 0),
            ({"from": "on", "values": {"true": "yes"}}, "yes"),
            ({"from": "id", "as": "text"}, "7"),
            ({"from": "tags", "as": "text"}, ["a", "b"]),
            ("{$headers.x-delivery}", "D1"),
            ("{$headers.X-Delivery}", "D1"),
            ({"from": "$headers.x-delivery"}, "D1"),
        ],
    )
    def test_a_value_is_what_the_saying_makes_of_the_payload(self, saying: Any, value: Any) -> None:
        found = said(saying, x_delivery="D1")
        assert (found, type(found)) == (value, type(value))

    @pytest.mark.parametrize(
        ("text", "form", "at"),
        [
            (1772443800, "epoch_s", "2026-03-02T09:30:00Z"),
            ("1772443800", "epoch_s", "2026-03-02T09:30:00Z"),
            (1772443800999, "epoch_ms", "2026-03-02T09:30:00Z"),
            ("2026-03-02 09:30:00", "utc", "2026-03-02T09:30:00Z"),
            ("2026-03-02T10:30:00+01:00", "utc", "2026-03-02T09:30:00Z"),
            ("2026-03-02T10:30:00.123+0100", None, "2026-03-02T09:30:00Z"),
            ("2026-03-02T09:30:00.672717030Z", None, "2026-03-02T09:30:00Z"),
        ],
    )
    def test_instants_are_read_as_helpdesks_write_them(self, text: Any, form: str | None, at: str) -> None:
        saying = {"from": "when", "as": form} if form else "{when}"
        assert mapped(a_hook(at=saying), {"id": 1, "when": text}).events[0]["at"] == at

    @pytest.mark.parametrize(
        ("saying", "path", "problem"),
        [
            ("{nothing}", "nothing", "is not there, or null"),
            ("{none}", "none", "is not there, or null"),
            ({"from": "none"}, "none", "is not there, or null"),
            ("{who}", "who", "is a mapping, not a value"),
            ("to {who}", "who", "is a mapping, not text or a number"),
            ("to {tags}", "tags", "is a list, not text or a number"),
            ({"from": "who"}, "who", "is a mapping"),
            ({"from": "name", "as": "number"}, "name", "cannot be read as number: 'The VPN'"),
            ({"from": "name", "as": "epoch_ms"}, "name", "cannot be read as epoch_ms"),
            ({"from": "name", "as": "utc"}, "name", "cannot be read as utc"),
        ],
    )
    def test_what_cannot_be_read_is_refused_with_its_path(self, saying: Any, path: str, problem: str) -> None:
        assert refused(changed(field=saying), ISSUE).startswith(f"desk: {path}: {problem}")

    @given(text=st.text(max_size=30))
    def test_any_text_is_a_template_or_is_refused(self, text: str) -> None:
        with suppress(ValueError):
            assert Template(text).source == text

    @given(text=st.text(alphabet=st.characters(exclude_characters="{}", codec="utf-8"), max_size=30))
    def test_text_without_braces_is_itself(self, text: str) -> None:
        assert Template(text).text(None, "desk") == text  # type: ignore[arg-type]  # nothing is looked for


class TestEvents:
    def test_without_an_at_it_happened_when_it_was_learned(self) -> None:
        assert mapped(a_hook(), {"id": 1}).events == [
            {"record": "T-1", "id": "d-1:noted", "type": "noted", "kind": "something"}
        ]

    def test_each_rule_that_holds_tells_an_event_of_its_own(self) -> None:
        rules = [
            {"type": "changed", "name": "status", "when": {"status": {"exists": True}}, "set": {"status": "{status}"}},
            {"type": "closed", "when": {"status": ["done", "gone"]}},
            {"type": "completed", "when": {"who.kind": {"ne": "bot"}}, "milestone": "Answer", "by": "{who.name?}"},
        ]
        hook = a_hook(events=rules)
        whole = mapped(hook, {"id": 1, "status": "done", "who": {"kind": "agent", "name": "ada"}})
        assert [event["id"] for event in whole.events] == ["d-1:status", "d-1:closed", "d-1:completed"]
        assert whole.events[2] == {
            "record": "T-1", "id": "d-1:completed", "type": "completed", "milestone": "Answer", "by": "ada"
        }  # fmt: skip
        assert events_of(hook, {"id": 1, "who": {"kind": "bot"}}, {}) is None

    def test_free_data_stands_beside_and_never_replaces_what_an_event_is(self) -> None:
        hook = a_hook(events=[{"type": "noted", "kind": "x", "data": {"priority": "{p}", "record": "other", "kind": "y"}}])
        [event] = mapped(hook, {"id": 1, "p": 3}).events
        assert (event["priority"], event["record"], event["kind"]) == (3, "T-1", "x")

    def test_fields_that_are_absent_are_left_out_of_an_opening_and_emptied_by_a_change(self) -> None:
        opening = {"at": "{at?}", "fields": {"a": "{a?}", "b": "{b}"}}
        hook = a_hook(opening=opening, events=[{"type": "opened"}, {"type": "changed", "set": {"a": "{a?}"}}])
        opened, change = mapped(hook, {"id": 1, "b": 2}).events
        assert (opened["fields"], change["set"]) == ({"b": 2}, {"a": None})

    @pytest.mark.parametrize(
        ("payload", "told"),
        [
            ([], "desk: id: is not there"),
            ("text", "desk: id: is not there"),
            (None, "desk: id: is not there"),
            ({"id": ""}, None),
            ({"id": "a\nb"}, "desk: events[noted].record: "),
            ({"id": "x" * 300}, "desk: events[noted].record: "),
            ({"id": {"deep": 1}}, "desk: id: is a mapping, not text"),
        ],
    )
    def test_a_payload_that_makes_no_event_is_refused_with_the_place(self, payload: Any, told: str | None) -> None:
        if told is None:
            assert mapped(a_hook(), payload).record == "T-"
        else:
            assert refused(a_hook(), payload).startswith(told)

    @pytest.mark.parametrize("value", ["soon", 5, "2026-03-02T09:00:00", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z"])
    def test_an_instant_that_is_none_is_refused_with_its_path(self, value: Any) -> None:
        assert refused(a_hook(at="{when}"), {"id": 1, "when": value}).startswith("desk: {when}: ")

    @pytest.mark.parametrize("value", ["a\x00b", float("inf")])
    def test_a_value_that_no_database_keeps_is_refused(self, value: Any) -> None:
        assert "field" in refused(changed(field="{v}"), {"id": 1, "v": value})

    def test_a_process_must_be_a_name(self) -> None:
        hook = a_hook(opening={"process": "{p}"})
        assert refused(hook, {"id": 1, "p": 7}) == "desk: opening.process: is not the name of a process"

    @given(
        payload=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from(["type", "id", "detail", "event", "time", "issue", "result"]), inner)
            ),
            max_leaves=20,
        ),
        name=st.sampled_from(["zendesk", "jira", "servicenow"]),
    )
    def test_any_payload_becomes_events_or_is_refused(self, payload: Any, name: str) -> None:
        with suppress(UnmappablePayload):
            events_of(example(name), payload, {})


class TestDeclarations:
    @pytest.mark.parametrize(
        ("more", "problem"),
        [
            ({"hook": "Not A Name"}, "hook"),
            ({"record": "{unclosed"}, "brace"),
            ({"record": 5}, "text, in which paths stand in braces"),
            ({"events": []}, "at least 1"),
            ({"events": [{"type": "migrated"}]}, "opened"),
            ({"events": [{"type": "changed"}]}, "set: is required of the type changed"),
            ({"events": [{"type": "closed", "set": {"a": 1}}]}, "set: is nothing that the type closed carries"),
            ({"events": [{"type": "noted", "kind": "a"}, {"type": "noted", "kind": "b"}]}, "give one a name"),
            ({"events": [{"type": "opened"}]}, "'opened' needs the hook's 'opening'"),
            ({"events": [{"type": "closed", "when": {"after": "x"}}]}, "no event, after or until"),
            ({"at": {"from": "a", "as": "swiss"}}, "as"),
            ({"at": {"form": "a"}}, "from"),
            ({"at": {"from": "a..b"}}, "no path"),
            ({"surprise": 1}, "surprise"),
            ({"verify": {"secret": "desk", "header": "X", "signed": "{timestamp}{body}"}}, "if and only if"),
            ({"verify": {"secret": "desk", "header": "X", "signed": "fixed"}}, "what is not signed can be altered"),
            ({"verify": {"secret": "desk", "header": "X", "hmac": "md5"}}, "hmac"),
            ({"verify": {"secret": "desk", "header": "X Y"}}, "header"),
            ({"verify": {"secret": "Not-A-Name", "header": "X"}}, "secret"),
            (
                {"verify": {"secret": "d", "header": "X", "timestamp": {"header": "T", "tolerance": "2d"}}},
                "should be from 1s to 1d",
            ),
        ],
    )
    def test_a_hook_that_does_not_hold_together_is_refused(self, more: dict[str, Any], problem: str) -> None:
        with pytest.raises(ValidationError, match=problem):
            a_hook(**more)
