"""What a dossier keeps of a law: enough for the same outcome, and no calendar that cannot have counted."""

import pytest
from hypothesis import given

from sla.dossier import Dossier, law_kept
from sla.evaluation.following import Followed
from sla.events import Migrated
from sla.messages import ProcessRef
from tests.sla.builders import Json, Story, a_case, a_milestone, a_process, some_hours, updating
from tests.sla.test_evaluate_properties import HOURS, Given, cases, some

REF = ProcessRef(process="Support", version=1, revision=0)
TWO = {"office": some_hours("office"), "night": some_hours("night", {"mon": ["18:00-22:00"]})}


def kept(story: Story) -> set[str]:
    """The calendars that are kept of a story's law."""
    law = Followed(process=story.laws.first.process, calendars=TWO)
    return set(law_kept(REF, law, story.events).calendars)


@pytest.mark.parametrize(
    ("line", "fields", "named"),
    [
        ({}, {}, set()),
        ({"business_hours": "night"}, {}, {"night"}),
        ({}, {"business_hours": "office"}, {"office"}),
        ({"success": [updating(business_hours="office")]}, {}, {"office"}),
        ({"success": [updating(business_hours=["office"])]}, {}, set()),
        ({}, {"business_hours": ["office"]}, set()),
    ],
)
def test_a_calendar_is_kept_if_the_process_an_event_or_an_update_names_it(line: Json, fields: Json, named: set[str]) -> None:
    assert kept(a_case(under=a_process(a_milestone(**line))).opened("09:00", **fields)) == named


@some(300)
@given(cases())
def test_by_the_calendars_that_are_kept_it_comes_to_what_it_came_to(one: Given) -> None:
    log = tuple(event for event in one.events if not isinstance(event, Migrated))  # only one version is known here
    law = law_kept(REF, Followed(process=one.process, calendars=HOURS), log)
    dossier = Dossier(record="C-1", taken_at=one.now, engine="test", opened_under=REF, laws=(law,), log=log)
    assert dossier.timeline() == one.as_of(events=log)
