"""Who told a record something is in the audit log: a line for what may change something, and none for anything else."""

import json
from itertools import count
from typing import Any

import httpx

from tests.store.conftest import BACKENDS

DATABASES = BACKENDS

_numbers = count(1)


def a_name() -> str:
    return f"recorded-{next(_numbers)}"


def opened(agent: httpx.Client) -> str:
    record = a_name()
    answer = agent.post(
        "/v1/records", json={"record": record, "process": "Support", "fields": {"priority": "P1", "note": "x"}}
    )
    assert answer.status_code == 201, answer.text
    return record


def lines(admin: httpx.Client, **wanted: str) -> list[dict[str, Any]]:
    """The latest first."""
    found: list[dict[str, Any]] = admin.get("/v1/audit-log", params=wanted).json()["lines"]
    return found


def of_record(admin: httpx.Client, record: str) -> list[tuple[str, Any]]:
    return [(line["verb"], line["after"]) for line in reversed(lines(admin, subject=f"record/{record}"))]


def test_a_line_says_who_told_what_by_which_request_and_not_the_values(agent: httpx.Client, admin: httpx.Client) -> None:
    record = opened(agent)
    news = {"id": "e1", "type": "changed", "set": {"secret_project": "Manhattan", "owner": "ada"}}
    agent.post(f"/v1/records/{record}/events", json=news, headers={"X-Request-ID": f"r-{record}"})
    [line] = lines(admin, request_id=f"r-{record}")
    assert (line["verb"], line["subject"], line["door"]) == ("records.report", f"record/{record}", "api")
    assert line["who"].startswith("the agent (key ")
    assert (line["after"]["event"], line["after"]["type"]) == ("e1", "changed")
    assert line["after"]["fields"] == ["owner", "secret_project"]
    assert "Manhattan" not in json.dumps(lines(admin))


def test_what_changes_nothing_has_no_line(agent: httpx.Client, admin: httpx.Client) -> None:
    record = opened(agent)
    event = {"id": "e1", "type": "noted", "kind": "response.sent"}
    for _ in range(3):
        assert agent.post(f"/v1/records/{record}/events", json=event).status_code == 200
    refused = agent.post(f"/v1/records/{record}/events", json={"id": "e2", "type": "completed", "milestone": "Lunch"})
    assert refused.status_code == 409
    agent.get(f"/v1/records/{record}")
    assert [verb for verb, _ in of_record(admin, record)] == ["records.open", "records.report"]


def test_news_that_is_not_waited_for_has_its_line_too(agent: httpx.Client, admin: httpx.Client) -> None:
    record = opened(agent)
    event = {"id": "e1", "type": "noted", "kind": "response.sent"}
    assert agent.post(f"/v1/records/{record}/events?wait=false", json=event).status_code == 202
    assert [verb for verb, _ in of_record(admin, record)] == ["records.open", "records.report"]


def test_a_history_has_one_line_with_its_number_of_events(agent: httpx.Client, admin: httpx.Client) -> None:
    record = a_name()
    events = [
        {"id": "a", "type": "opened", "at": "2026-03-02T09:00:00Z"},
        {"id": "b", "type": "noted", "kind": "response.sent", "at": "2026-03-02T09:10:00Z"},
    ]
    answer = agent.post(f"/v1/records/{record}/history", json={"process": "Support", "events": events})
    assert answer.status_code == 200, answer.text
    assert of_record(admin, record) == [("records.take_over", {"events": 2})]


def test_events_in_bulk_have_one_line_for_the_request(agent: httpx.Client, admin: httpx.Client) -> None:
    records = [opened(agent) for _ in range(3)]
    news = [{"record": record, "id": f"n{i}", "type": "noted", "kind": "x"} for i, record in enumerate(records * 2)]
    wrong = [{"record": "nobody knows it", "id": "n", "type": "noted", "kind": "x"}]
    body = "\n".join(json.dumps(event) for event in [*news, *wrong])
    headers = {"Content-Type": "application/x-ndjson", "X-Request-ID": f"bulk-{records[0]}"}
    assert agent.post("/v1/events", content=body, headers=headers).status_code == 200
    assert [(line["verb"], line["subject"], line["after"]) for line in lines(admin, request_id=f"bulk-{records[0]}")] == [
        ("records.report_many", "records", {"events": 6})
    ]
    assert [verb for verb, _ in of_record(admin, records[0])] == ["records.open"]


def test_the_log_is_sound_after_all_of_it(admin: httpx.Client) -> None:
    verdict = admin.get("/v1/audit-log/verify").json()
    assert (verdict["sound"], verdict["broken"]) == (True, 0)
    assert admin.get("/v1/audit-log/verify", params={"kept": verdict["head"]}).json()["sound"]
