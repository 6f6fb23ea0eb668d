"""Events in bulk: each line has its answer, in the order of the lines, and one that is refused stops no other."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from starter.api.intake import Intake
from starter.desk import Desk
from tests.api.live import Live
from tests.api.test_records import a_name
from tests.api.test_refusals import problem
from tests.store.conftest import BACKENDS

DATABASES = BACKENDS

JSON_LINES = {"Content-Type": "application/x-ndjson"}


def sent(client: httpx.Client, *lines: dict[str, Any] | str, **query: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The answers to lines, and the summary."""
    body = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    answer = client.post("/v1/events", content=body.encode(), headers=JSON_LINES, params={"process": "Support"} | query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    *answers, summary = (json.loads(line) for line in answer.text.splitlines())
    return answers, summary


def opened(record: str) -> dict[str, Any]:
    """An opening."""
    return {"record": record, "id": "o", "type": "opened", "fields": {"owner": "ada"}}


def noted(record: str, event: str = "n", kind: str = "response.sent") -> dict[str, Any]:
    """A note."""
    return {"record": record, "id": event, "type": "noted", "kind": kind}


def test_each_line_has_its_answer_and_a_bad_one_stops_no_other(agent: httpx.Client) -> None:
    a, b = a_name(), a_name()
    answers, summary = sent(
        agent,
        opened(a),
        "{",
        opened(b),
        noted(a),
        noted("nobody"),
        "",
        noted(a),
        {"record": b, "id": "x", "type": "exploded"},
        {"record": b, "id": "c", "type": "completed", "milestone": "Lunch"},
        "[1]",
        {"id": "e", "type": "closed"},
    )
    assert [answer["line"] for answer in answers] == [1, 2, 3, 4, 5, 7, 8, 9, 10, 11]
    outcomes = [answer["outcome"] for answer in answers]
    assert outcomes == ["accepted", "refused", "accepted", "accepted", "refused", "duplicate", *["refused"] * 4]
    codes = [answer["problem"] and answer["problem"]["code"] for answer in answers]
    assert codes == [
        None, "malformed_document", None, None, "unknown_record", None, "unknown_event_type", "refused_event",
        "unreadable_event", "unreadable_event",
    ]  # fmt: skip
    assert summary == {"lines": 10, "outcomes": {"accepted": 3, "refused": 6, "duplicate": 1}}
    assert agent.get(f"/v1/records/{a}/timeline").json()["milestones"][0]["status"] == "met"


def test_events_of_one_record_are_told_in_their_order(agent: httpx.Client) -> None:
    names = [a_name() for _ in range(5)]
    lines = [opened(name) for name in names]
    for number in range(6):
        lines += [{"record": name, "id": f"s{number}", "type": "changed", "set": {"step": number}} for name in names]
    answers, summary = sent(agent, *lines)
    assert summary["outcomes"] == {"accepted": 35}
    assert [answer["record"] for answer in answers[:5]] == names


def test_all_of_it_again_changes_nothing(agent: httpx.Client) -> None:
    record = a_name()
    lines = [opened(record), noted(record, "1"), noted(record, "2")]
    sent(agent, *lines)
    _, summary = sent(agent, *lines)
    assert summary["outcomes"] == {"duplicate": 3}


def test_what_each_event_does_need_not_be_waited_for(agent: httpx.Client) -> None:
    record = a_name()
    answers, _ = sent(agent, opened(record), noted(record), wait="false")
    assert [answer["outcome"] for answer in answers] == ["accepted", "sent"]


def test_a_line_that_is_too_long_is_refused_alone(agent: httpx.Client, live: Live) -> None:
    record = a_name()
    answers, _ = sent(agent, opened(record), noted(record, kind="x" * live.settings.http_body_max_bytes), noted(record))
    assert [answer["outcome"] for answer in answers] == ["accepted", "refused", "accepted"]
    assert answers[1]["problem"]["code"] == "too_large"


def test_more_than_an_intake_may_have_is_not_begun(agent: httpx.Client, live: Live) -> None:
    body = b"\n" * (live.settings.http_intake_max_bytes + 1)
    answer = agent.post("/v1/events", content=body, headers=JSON_LINES)
    assert (problem(answer)["code"], answer.status_code) == ("too_large", 413)


def test_what_is_beyond_the_limit_is_not_read_if_the_size_was_not_said(agent: httpx.Client, live: Live) -> None:
    record = a_name()

    def parts() -> Any:
        yield json.dumps(opened(record)).encode() + b"\n"
        for _ in range(live.settings.http_intake_max_bytes // 65_536 + 1):
            yield b"\n" * 65_536

    answer = agent.post("/v1/events?process=Support", content=parts(), headers=JSON_LINES)
    *answers, _ = (json.loads(line) for line in answer.text.splitlines())
    assert [one["outcome"] for one in answers] == ["accepted", "refused"]
    assert answers[-1]["problem"]["code"] == "too_large"


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_it_takes_json_lines_only(agent: httpx.Client, kind: str) -> None:
    assert problem(agent.post("/v1/events", content=b"{}", headers={"Content-Type": kind}))["status"] == 415


def test_an_empty_body_is_no_events(agent: httpx.Client) -> None:
    assert sent(agent) == ([], {"lines": 0, "outcomes": {}})


async def test_a_line_that_comes_in_many_small_pieces_keeps_nobody_else_waiting() -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(12_000):
            yield b"x" * 1000
            await asyncio.sleep(0)
        yield b"\n{"

    nobody = cast("Desk", None)
    intake = Intake(desk=nobody, process=None, wait=True, parallel=1, line_max_bytes=1000, max_bytes=16_777_216)
    async with asyncio.timeout(30):
        await intake.take(pieces())
    assert [(one.line, one.problem and one.problem.code) for one in intake.answers] == [
        (1, "too_large"),
        (2, "malformed_document"),
    ]
