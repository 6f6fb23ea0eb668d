"""Whatever is sent, the answer is a problem document that names code, field and remedy; never a 500, never a trace."""

from typing import Any

import httpx
import pytest

from tests.api.live import Live

MEMBERS = {"type", "title", "status", "detail", "code", "remedy", "request_id", "facts", "errors"}
GOOD = {"record": "R", "process": "Support"}
EVENT = {"id": "e", "type": "completed", "milestone": "First Response"}


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem document of an answer, which must be one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    found: dict[str, Any] = answer.json()
    assert set(found) == MEMBERS
    assert found["status"] == answer.status_code
    assert found["type"] == f"urn:milepost:problem:{found['code']}"
    assert found["request_id"] == answer.headers["x-request-id"]
    assert found["remedy"]
    assert "Traceback" not in answer.text
    return found


@pytest.mark.parametrize(
    ("body", "path", "said"),
    [
        ({}, "body.record", "is missing"),
        ({**GOOD, "recrod": "x"}, "body.recrod", "there is no such field"),
        ({**GOOD, "record": 7}, "body.record", "must be a valid string"),
        ({**GOOD, "record": "a\nb"}, "body.record", "pattern"),
        ({**GOOD, "at": "2026-03-02"}, "body.at", "has no time zone"),
        ({**GOOD, "at": "0002-01-01T00:00:00Z"}, "body.at", "outside the years 1900 to 2199"),
        ({**GOOD, "at": "never"}, "body.at", "is not a date-time"),
        ({**GOOD, "fields": {"a": {"b": 1}}}, "body.fields.a", "a field holds text"),
        ({**GOOD, "fields": {"a": ["x", None, ["y"]]}}, "body.fields.a", "a field holds text"),
        ({**GOOD, "fields": {"a": "\x00"}}, "body.fields.a", "U+0000"),
        ({**GOOD, "fields": []}, "body.fields", "must be"),
        ([GOOD], "body", "must be"),
        ("text", "body", "must be"),
        (7, "body", "must be"),
    ],
)
def test_a_body_that_does_not_fit_names_its_field(agent: httpx.Client, body: Any, path: str, said: str) -> None:
    found = problem(agent.post("/v1/records", json=body))
    assert (found["status"], found["code"]) == (400, "invalid_request")
    [error] = found["errors"]
    assert error["path"] == path
    assert said in error["problem"]
    assert path in found["detail"]


def test_every_field_that_does_not_fit_is_named(agent: httpx.Client) -> None:
    found = problem(agent.post("/v1/records", json={"record": 1, "process": 2, "colour": 3}))
    assert {error["path"] for error in found["errors"]} == {"body.record", "body.process", "body.colour"}


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"type": "exploded"}, "body"),
        ({"type": "migrated", "version": 2}, "body"),
        ({"type": None}, "body"),
        ({"milestone": None}, "body.milestone"),
        ({"data": {"milestone": "x"}}, "body"),
        ({"data": {"recorded_at": "x"}}, "body"),
        ({"reason": "x"}, "body.reason"),
        ({"id": ""}, "body.id"),
    ],
)
def test_an_event_that_does_not_fit_names_its_field(agent: httpx.Client, changed: dict[str, Any], path: str) -> None:
    found = problem(agent.post("/v1/records/R/events", json=EVENT | changed))
    assert (found["code"], found["errors"][0]["path"]) == ("invalid_request", path)


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[1,]", b"\xff\xfe", b'{"record": "R", "record": "S"}', b'{"record": NaN}', b'{"record": "\\ud800"}',
        b"[" * 100_000, b'{"record": 1e999}', b'{"fields": {"a": ' + b"9" * 5000 + b"}}", b"\x00",
    ],
)  # fmt: skip
def test_a_body_that_is_no_json_is_refused(agent: httpx.Client, raw: bytes) -> None:
    answer = agent.post("/v1/records", content=raw, headers={"Content-Type": "application/json"})
    assert problem(answer)["status"] == 400


@pytest.mark.parametrize("kind", ["text/plain", "", "application/xml", "multipart/form-data", "application/x-ndjson"])
def test_a_body_of_another_kind_is_refused(agent: httpx.Client, kind: str) -> None:
    found = problem(agent.post("/v1/records", content=b"{}", headers={"Content-Type": kind} if kind else {}))
    assert (found["status"], found["code"]) == (415, "unsupported_media_type")
    assert "application/json" in found["detail"]


def test_a_body_that_is_too_large_is_not_read(agent: httpx.Client, live: Live) -> None:
    most = live.settings.http_body_max_bytes
    found = problem(agent.post("/v1/records", json={**GOOD, "fields": {"a": "x" * most}}))
    assert (found["status"], found["code"]) == (413, "too_large")
    assert "MILEPOST_HTTP_BODY_MAX_BYTES" in found["detail"]


def test_a_body_that_does_not_say_how_large_it_is_is_read_as_far_as_allowed(agent: httpx.Client, live: Live) -> None:
    def parts() -> Any:
        for _ in range(live.settings.http_body_max_bytes // 65_536 + 2):
            yield b" " * 65_536

    answer = agent.post("/v1/records", content=parts(), headers={"Content-Type": "application/json"})
    assert problem(answer)["code"] == "too_large"


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("colour=red", "query.colour"),
        ("limit=0", "query.limit"),
        ("limit=ten", "query.limit"),
        ("limit=1.0", "query.limit"),
        ("limit=1&limit=2", "query.limit"),
        ("open=yes", "query.open"),
        ("status=fine", "query.status"),
        ("sort=colour", "query.sort"),
        ("account=%00", "query.account"),
        ("account=", "query.account"),
        ("limit=٣", "query.limit"),
    ],
)
def test_a_query_that_does_not_fit_names_its_parameter(viewer: httpx.Client, query: str, path: str) -> None:
    found = problem(viewer.get(f"/v1/records?{query}"))
    assert (found["code"], found["errors"][0]["path"]) == ("invalid_request", path)


def test_an_operation_without_parameters_takes_none(viewer: httpx.Client) -> None:
    found = problem(viewer.get("/v1/records/R/timeline?verbose=1"))
    assert found["errors"] == [{"path": "query.verbose", "problem": "there is no such parameter; this takes none"}]


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/records/", "/v1/recods", "/v2/records", "/docs", "/v1/records//x", "/%00"]
)
def test_where_nothing_is_there_is_a_problem_too(viewer: httpx.Client, path: str) -> None:
    assert problem(viewer.get(path))["code"] == "unknown_path"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/records", "GET, POST"),
        ("PUT", "/v1/records/R", "GET"),
        ("TRACE", "/live", "GET"),
        ("PATCH", "/v1/events", "POST"),
    ],
)
def test_a_method_that_is_not_taken_is_told_which_are(admin: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = admin.request(method, path)
    assert (problem(answer)["status"], answer.headers["Allow"]) == (405, allowed)


def test_an_unknown_record_is_a_problem_with_its_facts(viewer: httpx.Client) -> None:
    found = problem(viewer.get("/v1/records/C-404"))
    assert (found["status"], found["code"], found["facts"]) == (404, "unknown_record", {"record": "C-404"})


def test_what_the_law_refuses_is_a_conflict(agent: httpx.Client) -> None:
    agent.post("/v1/records", json={"record": "law", "process": "Support"})
    found = problem(agent.post("/v1/records/law/events", json=EVENT | {"milestone": "Lunch"}))
    assert (found["status"], found["code"]) == (409, "refused_event")


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ünï"])
def test_an_idempotency_key_is_visible_ascii(agent: httpx.Client, key: str) -> None:
    found = problem(agent.post("/v1/records", json=GOOD, headers=[(b"Idempotency-Key", key.encode())]))
    assert found["errors"][0]["path"] == "header.Idempotency-Key"


def test_a_request_keeps_the_id_that_it_came_with_if_that_is_one(viewer: httpx.Client) -> None:
    assert viewer.get("/live", headers={"X-Request-ID": "abc-1"}).headers["X-Request-ID"] == "abc-1"
    made = viewer.get("/live", headers={"X-Request-ID": "not an id"}).headers["X-Request-ID"]
    assert len(made) == 32


def test_an_answer_does_not_wait_for_its_first_half_to_be_acknowledged(viewer: httpx.Client) -> None:
    """TCP would hold the body back until the reader has acknowledged the headers, which takes 40 ms."""
    took = [viewer.get("/live").elapsed.total_seconds() for _ in range(20)]
    assert min(took) < 0.03
