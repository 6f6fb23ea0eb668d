"""Events that the store wrote are read quickly, and as `read_event` reads them."""

import json
from typing import Any

import pytest
from hypothesis import given

from sla.errors import UnreadableEvent
from sla.events import Event, read_event
from sla.kept_events import kept_event
from tests.sla.builders import a_case
from tests.sla.test_evaluate_properties import Given, cases, some


def equal(one: Event, other: Event) -> bool:
    """Whether two events are the same in every respect that pydantic knows."""
    return (
        type(one) is type(other)
        and one == other
        and one.model_fields_set == other.model_fields_set
        and one.model_extra == other.model_extra
        and one.facts() == other.facts()
        and one.model_dump_json() == other.model_dump_json()
    )


@some(300)
@given(cases())
def test_the_quick_way_reads_what_the_careful_one_reads(case: Given) -> None:
    for event in case.events:
        body = json.loads(json.dumps(event.model_dump(mode="json")))
        assert equal(kept_event(body, where="here"), read_event(body, where="here"))


def test_every_type_of_event_and_what_it_carries_besides() -> None:
    story = a_case().opened(tier="gold", tags=["a", 1, None]).noted("10:00", "reply", learned="11:00", sender={"id": 7})
    story = story.moved("10:05", 2).uncompleted("10:06").stopped("10:07").resumed("10:08").closed("10:09").reopened("10:10")
    for event in story.changed("10:11", priority=None).completed("10:12").events:
        body = json.loads(json.dumps(event.model_dump(mode="json")))
        assert equal(kept_event(body, where="here"), read_event(body, where="here"))


OLDER: list[dict[str, Any]] = [
    {"record": "C-1", "id": "e", "type": "completed", "at": "2026-03-02T09:00:00Z", "milestone": "M"},
    {"record": "C-1", "id": "e", "type": "closed", "at": "2026-03-02T10:00:00+01:00", "recorded_at": "2026-03-02T09:00:00Z"},
]


@pytest.mark.parametrize("body", OLDER)
def test_what_another_release_wrote_is_read_carefully(body: dict[str, Any]) -> None:
    assert equal(kept_event(body, where="here"), read_event(body, where="here"))


def test_what_is_no_event_is_refused_as_everywhere() -> None:
    with pytest.raises(UnreadableEvent, match="log of C-1"):
        kept_event({"type": "closed"}, where="log of C-1")
