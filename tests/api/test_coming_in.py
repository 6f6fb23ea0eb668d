"""Who may come in, to what, and how often; each refusal says which right is missing."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from sla.access import FROM, ROLES, Right
from starter.api.buckets import Buckets
from tests.api.live import Live, a_live_api
from tests.api.test_refusals import problem


def operations(live: Live) -> list[tuple[str, str, dict[str, Any]]]:
    """All operations: method, path, description."""
    document = live.as_("nobody").get("/v1/openapi.json").json()
    return [(method, path, spec) for path, methods in document["paths"].items() for method, spec in methods.items()]


def guarded(live: Live) -> list[tuple[str, str, Right]]:
    """Those that need a right, with a path that could be."""
    found = []
    for method, path, spec in operations(live):
        if "security" in spec:
            right = spec["description"].rpartition("Needs the right `")[2].removesuffix("`.")
            found.append((method, path.replace("{version}", "1").replace("{", "").replace("}", ""), right))
    return found


def test_only_health_and_the_description_are_for_everybody_and_hooks_for_who_signs(live: Live) -> None:
    free = {(method, path) for method, path, spec in operations(live) if "security" not in spec}
    assert free == {("get", "/live"), ("get", "/ready"), ("get", "/v1/openapi.json"), ("post", "/v1/hooks/{hook}")}


@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer x", "Basic eDp5", "{key}", "Basic {key}", "Bearer {unknown}"]
)
def test_nobody_else_is_let_in_anywhere(live: Live, authorization: str | None) -> None:
    client = live.as_("nobody")
    said = authorization and authorization.format(key=live.keys["admin"], unknown=live.keys["unknown"])
    headers = {"Authorization": said} if said else {}
    for method, path, _ in guarded(live):
        answer = client.request(method, path, headers=headers, content=b"not even read")
        assert problem(answer)["code"] == "not_authenticated", path
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_what_its_rights_say_and_is_told_which_is_missing(live: Live, role: str) -> None:
    client = live.as_(role)
    for method, path, right in guarded(live):
        answer = client.request(method, f"{path}?nothing=is-done")
        if ROLES.index(FROM[right]) <= ROLES.index(role):
            assert answer.status_code == 400, path
        else:
            found = problem(answer)
            assert (found["status"], found["code"], found["facts"]["right"]) == (403, "missing_right", right)
            assert right in found["detail"]


def test_a_revoked_key_opens_nothing_any_more(live: Live, admin: httpx.Client) -> None:
    made = admin.post("/v1/access/keys", json={"name": "short", "role": "viewer"}).json()
    bearer = {"Authorization": f"Bearer {made['key']}"}
    client = live.as_("nobody")
    assert client.get("/v1/records", headers=bearer).status_code == 200
    assert admin.post(f"/v1/access/keys/{made['id']}/revoke").json()["state"] == "revoked"
    assert client.get("/v1/records", headers=bearer).status_code == 401


def test_an_answer_that_holds_a_secret_is_not_kept(admin: httpx.Client) -> None:
    wanted = {"name": "twice", "role": "viewer"}
    refused = admin.post("/v1/access/keys", json=wanted, headers={"Idempotency-Key": "k"})
    assert problem(refused)["errors"][0]["path"] == "header.Idempotency-Key"


def test_the_audit_log_names_the_key_the_door_and_the_request(live: Live, admin: httpx.Client) -> None:
    answer = admin.post("/v1/access/keys", json={"name": "audited", "role": "viewer"}, headers={"X-Request-ID": "req-77"})
    [line] = admin.get("/v1/audit-log", params={"request_id": "req-77"}).json()["lines"]
    assert (line["door"], line["verb"], line["request_id"]) == ("api", "access.create_key", "req-77")
    assert line["who"].startswith("the admin")
    assert answer.json()["key"] not in str(line)
    assert admin.get("/v1/audit-log/verify").json()["sound"] is True


# ---------------------------------------------------------------------- how often


def test_a_bucket_holds_a_tenth_of_a_minute_and_fills_by_and_by() -> None:
    time = [0.0]
    buckets = Buckets(600, lambda: time[0])
    assert [buckets.take("a") for _ in range(60)] == [0] * 60
    assert buckets.take("a") == 1
    assert buckets.take("b") == 0
    time[0] += 0.1
    assert (buckets.take("a"), buckets.take("a")) == (0, 1)


def test_buckets_do_not_grow_for_ever() -> None:
    time = [0.0]
    buckets = Buckets(600, lambda: time[0])
    for number in range(30_000):
        time[0] += 0.01
        buckets.take(str(number))
    assert len(buckets._left) <= 10_000


def test_zero_is_no_limit() -> None:
    buckets = Buckets(0, lambda: 0.0)
    assert not any(buckets.take("a") for _ in range(1000))


def test_whoever_asks_too_often_is_told_how_long_to_wait(tmp_path: Path) -> None:
    with a_live_api(tmp_path, http_requests_per_minute=100) as live:
        viewer = live.as_("viewer")
        answers = [viewer.get("/v1/records") for _ in range(15)]
        refused = answers[-1]
        assert answers[0].status_code == 200
        assert (problem(refused)["code"], refused.status_code) == ("too_many_requests", 429)
        assert 1 <= int(refused.headers["Retry-After"]) <= 2
        assert live.as_("agent").get("/v1/records").status_code == 200, "each key has its own"
        strangers = [live.as_("nobody").get("/v1/records").status_code for _ in range(15)]
        assert (strangers[0], strangers[-1]) == (401, 429)
        assert live.as_("nobody").get("/live").status_code == 200
