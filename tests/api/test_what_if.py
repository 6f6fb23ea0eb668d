"""What-if over HTTP: one record, and all on record; bounded, and refused in a problem document."""

from typing import Any

import pytest

from tests.api.live import Live

FASTER: dict[str, Any] = {"process": "Faster", "milestones": [{"milestone": "First Response", "within": "1m"}]}


@pytest.fixture(scope="module")
def opened(live: Live) -> str:
    """A record whose first response took two minutes, which was in time."""
    agent, record = live.as_("agent"), "WHAT-IF-1"
    told = {
        "process": "Support",
        "events": [
            {"type": "opened", "id": "o", "at": "2026-03-02T09:00:00Z", "fields": {"type": "case", "queue": "what-if"}},
            {"type": "noted", "id": "n", "at": "2026-03-02T09:02:00Z", "kind": "response.sent"},
            {"type": "closed", "id": "c", "at": "2026-03-02T10:00:00Z"},
        ],
    }
    assert agent.post(f"/v1/records/{record}/history", json=told).status_code == 200
    return record


def test_one_record_under_another_process(live: Live, opened: str) -> None:
    line = {"milestone": "First Response", "within": "1m", "complete_when": {"event": "response.sent"}}
    given = {"process": {**FASTER, "milestones": [line]}}
    found = live.as_("viewer").post(f"/v1/records/{opened}/what-if", json=given)
    assert found.status_code == 200, found.text
    first = next(one for one in found.json()["milestones"] if one["milestone"] == "First Response")
    assert (first["difference"], first["margin_before_s"], first["margin_after_s"]) == ("newly_violated", 3480, -60)
    assert found.json()["same"] is False


def test_all_on_record_added_up(live: Live, opened: str) -> None:
    asked = {"process": FASTER, "where": {"queue": "what-if"}, "by": ["queue"], "sweep": "First Response.within=1m,2h"}
    found = live.as_("viewer").post("/v1/simulations", json=asked)
    assert found.status_code == 200, found.text
    told = found.json()
    assert (told["seen"], told["complete"], told["unit"]) == (1, True, "s")
    assert [one["newly_violated_records"] for one in told["promises"]] == [[opened], []]  # closed after an hour, unanswered
    assert [one["value"] for one in told["groups"]] == ["what-if"]


def test_calendars_may_come_along(live: Live, opened: str) -> None:
    night = {"calendar": "night", "timezone": "UTC", "hours": {"sun": ["22:00-24:00"]}}
    given = {"process": {**FASTER, "business_hours": "night"}, "calendars": [night]}
    found = live.as_("viewer").post(f"/v1/records/{opened}/what-if", json=given)
    assert found.status_code == 200, found.text


@pytest.mark.parametrize(
    ("asked", "status", "code", "said"),
    [
        ({"process": {"process": "X", "milestones": []}}, 422, "invalid_definition", "at least one milestone"),
        ({"process": {**FASTER, "business_hours": "night"}}, 422, "unknown_calendar", "'night'"),
        ({"process": FASTER, "sweep": "First Response.limit=1h"}, 422, "invalid_sweep", "can be swept; it has: within"),
        ({"process": FASTER, "since": "yesterday"}, 422, "invalid_query", "since: 'yesterday' is no time ago"),
        ({"process": FASTER, "records": 20_001}, 400, "invalid_request", "records"),
        ({"sweep": "x"}, 400, "invalid_request", "process"),
    ],
)
def test_what_cannot_be_simulated(live: Live, asked: dict[str, Any], status: int, code: str, said: str) -> None:
    refused = live.as_("viewer").post("/v1/simulations", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert said in refused.text


def test_a_record_that_is_not_there(live: Live) -> None:
    refused = live.as_("viewer").post("/v1/records/NOBODY/what-if", json={"process": FASTER})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_record")
