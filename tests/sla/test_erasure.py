"""What an outcome rests on if it is not the same without a name; and what is compared."""

from typing import Any

import pytest

from sla.erasure import rests_on, turned_by, verdict_digest
from sla.process.model import Process
from tests.sla.builders import a_case, a_milestone, a_process, instant

NAMED: list[tuple[Process, str]] = [
    (a_process(a_milestone(when={"caller": "Jo"})), "the `when` of milestone 'First Response', which looks at 'caller'"),
    (a_process(a_milestone(stop_when={"all": [{"x": 1}, {"not": {"caller": {"starts_with": "J"}}}]})), "the `stop_when` of"),
    (a_process(exit_when={"any": [{"caller": ["Jo", "Joey"]}]}), "the `exit_when` of process 'Support'"),
    (
        a_process(a_milestone(within={"by": "caller", "values": {"Jo": "30m"}, "default": "8h"})),
        "the limit of milestone 'First Response', which goes by 'caller'",
    ),
    (a_process(), "something about caller that its process looks at"),
]


@pytest.mark.parametrize(("process", "told"), NAMED, ids=[told[:20] for _, told in NAMED])
def test_the_condition_that_looks_at_the_name_is_named(process: Process, told: str) -> None:
    before: list[dict[str, Any]] = [{"id": "e1", "fields": {"caller": "Jo", "priority": "P1"}}]
    after = [{"id": "e1", "fields": {"caller": "[erased]", "priority": "P1"}}]
    found = rests_on(a_case(under=process).laws, before, after)
    assert told in found
    assert "Jo" not in found.replace("'Support'", "")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ({"all": [{"caller": "Jo"}, {"state": "done"}]}, ["the `exit_when` of process 'Support', which looks at 'caller'"]),
        (
            {"all": [{"caller": {"ne": "Jo"}}, {"state": "done"}]},
            ["the `exit_when` of process 'Support', which looks at 'caller'"],
        ),
        (
            {"event": "noted", "where": {"text": {"contains": "Jo"}}},
            ["the `exit_when` of process 'Support', which looks at 'text'"],
        ),
        ({"event": "called.Jo"}, ["the `exit_when` of process 'Support', which looks at 'kind'"]),
        (
            {"all": [{"after": "told", "until": "called.Jo"}, {"state": "done"}]},
            ["the `exit_when` of process 'Support', which looks at 'kind'"],
        ),
        ({"event": "called.Ada"}, []),
        ({"caller": "Ada"}, []),
        ({"caller": {"exists": True}}, []),
        ({"state": "Jo"}, []),
        ({"subject": {"contains": "outage"}}, []),
        ({"event": "noted", "where": {"text": {"contains": "please"}}}, []),
    ],
)
def test_what_could_turn_in_time_is_a_test_that_the_name_passes_and_its_place_does_not(
    condition: dict[str, Any], told: list[str]
) -> None:
    before: list[dict[str, Any]] = [
        {"id": "e1", "fields": {"caller": "Jo", "subject": "Jo: outage", "state": "new"}},
        {"id": "e2", "kind": "called.Jo", "text": "please call Jo"},
    ]
    after: list[dict[str, Any]] = [
        {"id": "e1", "fields": {"caller": "[erased]", "subject": "[erased]: outage", "state": "new"}},
        {"id": "e2", "kind": "called.[erased]", "text": "please call [erased]"},
    ]
    assert turned_by(a_case(under=a_process(exit_when=condition)).laws.first, before, after) == told


def test_words_may_change_and_figures_may_not() -> None:
    story = a_case().opened("09:00", caller="Jo").stopped("09:20").resumed("09:30").completed("10:20")
    told = a_case().opened("09:00", caller="[erased]").stopped("09:20").resumed("09:30").completed("10:20")
    later = a_case().opened("09:00", caller="Jo").stopped("09:20").resumed("09:30").completed("10:21")
    ours, theirs, others = (verdict_digest(one.as_of("12:00").timeline) for one in (story, told, later))
    assert ours == theirs != others
    assert instant("12:00") == story.as_of("12:00").timeline.as_of
