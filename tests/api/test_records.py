"""Records over HTTP: opened, told news, listed page by page, streamed; and the same news twice is one."""

import json
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.api.live import Live
from tests.store.conftest import BACKENDS

DATABASES = BACKENDS

_numbers = count(1)


def a_name() -> str:
    """A record that nobody has opened yet."""
    return f"R-{next(_numbers)}"


def opened(agent: httpx.Client, record: str | None = None, **fields: Any) -> str:
    """Open a record, and return its id."""
    name = record or a_name()
    answer = agent.post("/v1/records", json={"record": name, "process": "Support", "fields": fields})
    assert answer.status_code == 201, answer.text
    return name


def test_a_record_is_opened_told_news_and_shown(agent: httpx.Client, viewer: httpx.Client) -> None:
    record = opened(agent, priority="P1", owner="ada")
    told = agent.post(f"/v1/records/{record}/events", json={"id": "e1", "type": "noted", "kind": "response.sent"})
    assert (told.status_code, told.json()["changes"]) == (200, ["First Response: running → met"])
    shown = viewer.get(f"/v1/records/{record}").json()
    assert shown["record"]["owner"] == "ada"
    assert [one["status"] for one in shown["timeline"]["milestones"]] == ["met", "running"]
    assert viewer.get(f"/v1/records/{record}/timeline").json() == shown["timeline"]


def test_a_record_is_shown_as_it_was(agent: httpx.Client, viewer: httpx.Client) -> None:
    record = opened(agent)
    path = f"/v1/records/{record}"
    agent.post(f"{path}/events", json={"id": "e1", "type": "noted", "kind": "response.sent"}).raise_for_status()
    before, after = (viewer.get(path, params={"event": number}).json() for number in (1, 2))
    assert [one["timeline"]["milestones"][0]["status"] for one in (before, after)] == ["running", "met"]
    assert (before["as_of"]["events"], before["as_of"]["of_events"], before["as_of"]["last_event"]) == (1, 2, "opened")
    listed = viewer.get(f"{path}/events").json()
    assert [(one["number"], one["event"], one["type"]) for one in listed] == [(1, "opened", "opened"), (2, "e1", "noted")]
    assert listed[1]["carries"] == {"kind": "response.sent"}
    assert viewer.get("/v1/records/nobody/events").status_code == 404
    now = after["as_of"]["at"]
    assert viewer.get(path, params={"at": now, "known_at": now}).json()["timeline"] == viewer.get(path).json()["timeline"]
    refused = viewer.get(path, params={"at": "2020-01-01T00:00:00Z"})
    assert (refused.status_code, refused.json()["code"]) == (422, "no_such_moment")
    assert viewer.get(path, params={"at": "2020-01-01T00:00:00"}).status_code == 400


def test_opening_again_is_the_same_record(agent: httpx.Client) -> None:
    record = opened(agent)
    again = agent.post("/v1/records", json={"record": record, "process": "Support"})
    assert (again.status_code, again.json()["duplicate"]) == (200, True)


def test_news_need_not_be_waited_for(agent: httpx.Client) -> None:
    record = opened(agent)
    sent = agent.post(f"/v1/records/{record}/events?wait=false", json={"id": "e1", "type": "closed"})
    assert (sent.status_code, sent.json()) == (202, {"record": record, "event": "e1", "outcome": "sent"})
    until = time.monotonic() + 20
    while not agent.get(f"/v1/records/{record}").json()["record"]["out"]:
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_record_is_taken_over_with_its_history(agent: httpx.Client) -> None:
    record = a_name()
    events = [
        {"type": "opened", "id": "o", "at": "2026-03-02T09:00:00Z", "fields": {"owner": "ada"}},
        {"type": "noted", "id": "n", "at": "2026-03-02T09:30:00Z", "kind": "response.sent"},
        {"type": "completed", "id": "x", "at": "2026-03-02T09:31:00Z", "milestone": "Lunch"},
    ]
    taken = agent.post(f"/v1/records/{record}/history", json={"process": "Support", "events": events})
    assert taken.status_code == 200, taken.text
    assert taken.json()["events"] == 3
    assert [one["event"] for one in taken.json()["refused"]] == ["x"]
    assert agent.get(f"/v1/records/{record}/timeline").json()["milestones"][0]["status"] == "met"


def test_an_action_that_was_not_given_up_cannot_be_retried(agent: httpx.Client) -> None:
    record = opened(agent)
    refused = agent.post(f"/v1/records/{record}/actions/retry", json={"key": f"{record}/First Response#1/1/warning-1/1"})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_effect")


@pytest.mark.parametrize("record", ["a/b c", "100%", "a%2Fb", "Ünï#?&"])
def test_any_id_can_stand_in_a_path(agent: httpx.Client, record: str) -> None:
    opened(agent, record)
    shown = agent.get(f"/v1/records/{quote(record, safe='')}/timeline")
    assert (shown.status_code, shown.json()["record"]) == (200, record)


def pages(client: httpx.Client, **asked: Any) -> Iterator[list[str]]:
    """A list, page by page."""
    cursor = None
    while True:
        answer = client.get("/v1/records", params=asked | ({"cursor": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        yield [one["record"] for one in answer.json()["records"]]
        cursor = answer.json()["next"]
        if cursor is None:
            return


@pytest.mark.parametrize("sort", ["next_deadline", "-next_deadline", "opened_at", "-opened_at"])
def test_pages_have_every_record_once_and_in_order(agent: httpx.Client, sort: str) -> None:
    account = f"account-{sort}"
    names = [opened(agent, account=account, priority=priority) for priority in ("P1", "P2", "P1", "P2", "P1")]
    agent.post(f"/v1/records/{names[0]}/events", json={"id": "e", "type": "closed"})
    found = list(pages(agent, account=account, sort=sort, limit=2))
    [whole] = pages(agent, account=account, sort=sort)
    assert [len(page) for page in found] == [2, 2, 1]
    assert [record for page in found for record in page] == whole
    assert sorted(whole) == sorted(names)
    if sort.endswith("deadline"):
        assert whole[-1] == names[0], "it has no deadline any more"


def test_a_cursor_belongs_to_its_list(agent: httpx.Client) -> None:
    for _ in range(2):
        opened(agent, account="cursors")
    cursor = agent.get("/v1/records", params={"account": "cursors", "limit": 1}).json()["next"]
    for changed in ({"account": "other"}, {"account": "cursors", "sort": "opened_at"}):
        refused = agent.get("/v1/records", params=changed | {"cursor": cursor})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_cursor")
    for broken in ("x", cursor[:-3], "W10", "bnVsbA"):
        assert agent.get("/v1/records", params={"account": "cursors", "cursor": broken}).json()["code"] == "invalid_cursor"


def test_records_are_listed_by_what_they_are(agent: httpx.Client) -> None:
    mine = opened(agent, owner="grace", queue="tier-9")
    closed = opened(agent, owner="grace")
    agent.post(f"/v1/records/{closed}/events", json={"id": "e", "type": "closed"})
    assert list(pages(agent, owner="grace", open="true")) == [[mine]]
    assert list(pages(agent, owner="grace", open="false")) == [[closed]]
    assert list(pages(agent, queue="tier-9", status="compliant")) == [[mine]]
    assert list(pages(agent, owner="grace", process="Gold")) == [[]]


# ---------------------------------------------------------------------- the stream


def events_of(client: httpx.Client, record: str, seconds: int, **headers: str) -> list[dict[str, str]]:
    """What a stream of so many seconds sends."""
    answer = client.get(f"/v1/records/{record}/stream", params={"seconds": seconds}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    blocks = [block for block in answer.text.split("\n\n") if block.startswith("id:")]
    return [dict(line.split(": ", 1) for line in block.splitlines()) for block in blocks]


def test_a_stream_sends_the_timeline_now_and_whenever_it_changes(agent: httpx.Client, viewer: httpx.Client) -> None:
    record = opened(agent)

    def tell() -> None:
        agent.post(f"/v1/records/{record}/events", json={"id": "e1", "type": "noted", "kind": "response.sent"})

    timer = threading.Timer(1.2, tell)
    timer.start()
    found = events_of(viewer, record, 4)
    timer.join()
    statuses = [json.loads(event["data"])["milestones"][0]["status"] for event in found]
    assert statuses == ["running", "met"]


def test_whoever_comes_back_is_not_sent_what_they_have_seen(agent: httpx.Client) -> None:
    record = opened(agent)
    [first] = events_of(agent, record, 1)
    assert events_of(agent, record, 1, **{"Last-Event-ID": first["id"]}) == []


def test_a_stream_of_no_record_is_refused_before_it_begins(viewer: httpx.Client) -> None:
    assert viewer.get("/v1/records/nobody/stream").json()["code"] == "unknown_record"


def test_a_stream_ends_when_its_reader_leaves(live: Live, agent: httpx.Client) -> None:
    record = opened(agent)
    with live.as_("viewer").stream("GET", f"/v1/records/{record}/stream") as answer:
        assert next(answer.iter_lines()) == "retry: 2000"
    assert agent.get("/live").json()["status"] == "alive"


# ---------------------------------------------------------------------- once


def test_a_request_with_the_same_key_is_answered_again_and_not_carried_out_again(agent: httpx.Client) -> None:
    body = {"record": a_name(), "process": "Support"}
    first = agent.post("/v1/records", json=body, headers={"Idempotency-Key": "k-1"})
    again = agent.post("/v1/records", json=body, headers={"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201), "another opening would have been answered with 200"
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_is_for_one_request(agent: httpx.Client) -> None:
    agent.post("/v1/records", json={"record": a_name(), "process": "Support"}, headers={"Idempotency-Key": "k-2"})
    other = agent.post("/v1/records", json={"record": a_name(), "process": "Support"}, headers={"Idempotency-Key": "k-2"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_key_is_its_senders_own(agent: httpx.Client, admin: httpx.Client) -> None:
    for client in (agent, admin):
        body = {"record": a_name(), "process": "Support"}
        assert client.post("/v1/records", json=body, headers={"Idempotency-Key": "k-3"}).status_code == 201


def test_a_refusal_is_kept_and_a_request_that_cannot_be_read_is_not(agent: httpx.Client) -> None:
    key = {"Idempotency-Key": "k-4"}
    assert agent.post("/v1/records", json={"recrod": "x"}, headers=key).status_code == 400
    refused = agent.post("/v1/records", json={"record": "k4", "process": "Bronze"}, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_process")
    again = agent.post("/v1/records", json={"record": "k4", "process": "Bronze"}, headers=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["content-type"] == "application/problem+json"


def test_the_same_key_at_once_is_carried_out_once(live: Live) -> None:
    body = {"record": a_name(), "process": "Support"}
    answers: list[httpx.Response] = []

    def ask() -> None:
        answers.append(live.as_("agent").post("/v1/records", json=body, headers={"Idempotency-Key": "k-5"}))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = {answer.json().get("code") for answer in answers if answer.status_code != 201}
    assert codes <= {"request_in_flight"}
    assert any(answer.status_code == 201 for answer in answers)
