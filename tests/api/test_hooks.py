"""A helpdesk's webhooks over HTTP: signed, they open records and tell them news; what is not as agreed changes nothing."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from sla.hooks.model import Hook
from sla.hooks.signing import signature
from tests.api.live import Live, a_live_api
from tests.store.conftest import BACKENDS

HOOK: dict[str, Any] = {
    "hook": "desk",
    "verify": {
        "secret": "desk",
        "header": "X-Desk-Signature",
        "prefix": "sha256=",
        "timestamp": {"header": "X-Desk-Time", "tolerance": "5m"},
        "signed": "{timestamp}.{body}",
    },
    "record": "T-{ticket}",
    "id": "desk-{delivery}",
    "at": "{at?}",
    "opening": {"process": "Support", "fields": {"subject": "{subject?}", "priority": "P1"}},
    "events": [
        {"when": {"what": "created"}, "type": "opened"},
        {"when": {"what": "answered"}, "type": "noted", "kind": "response.sent"},
        {"when": {"what": "solved"}, "type": "completed", "milestone": "{milestone}"},
    ],
}
SECRET = "a secret of the helpdesk"
_tickets = count(1)


@pytest.fixture(scope="module", params=BACKENDS)
def installation(
    on: Callable[[str], dict[str, Any]], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Live]:
    """One that knows the helpdesk's secret, and its hook."""
    chosen = {"secrets": {"desk": SecretStr(SECRET)}, **on(request.param)}
    with a_live_api(tmp_path_factory.mktemp("hooks"), **chosen) as live:
        applied = live.as_("admin").post("/v1/definitions", json={"documents": [HOOK]})
        assert applied.status_code == 200, applied.text
        yield live


@pytest.fixture
def helpdesk(installation: Live) -> httpx.Client:
    """It has no key."""
    return installation.as_("nobody")


@pytest.fixture
def admin(installation: Live) -> httpx.Client:
    return installation.as_("admin")


def a_ticket() -> str:
    """One that nobody knows."""
    return str(next(_tickets))


def signed(body: bytes, *, secret: str = SECRET, at: datetime | None = None) -> dict[str, str]:
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    hook = Hook.model_validate(HOOK)
    made = signature(hook.verify, secret, body, stamp)
    return {"Content-Type": "application/json", "X-Desk-Signature": made, "X-Desk-Time": stamp}


def delivered(helpdesk: httpx.Client, payload: Any, **how: Any) -> httpx.Response:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return helpdesk.post("/v1/hooks/desk", content=body, headers=signed(body, **how))


def outcomes(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    return [(event["type"], event["outcome"]) for event in answer.json()["events"]]


def test_a_new_ticket_opens_a_record_and_an_answer_meets_its_milestone(helpdesk: httpx.Client, admin: httpx.Client) -> None:
    ticket = a_ticket()
    created = {"ticket": ticket, "delivery": f"{ticket}-1", "what": "created", "subject": "The VPN"}
    assert outcomes(delivered(helpdesk, created)) == [("opened", "opened")]
    answered = {"ticket": ticket, "delivery": f"{ticket}-2", "what": "answered"}
    assert outcomes(delivered(helpdesk, answered)) == [("noted", "told")]
    again = admin.post(f"/v1/records/T-{ticket}/events", json={"id": f"desk-{ticket}-2:noted", "type": "noted", "kind": "x"})
    assert again.json()["duplicate"], "an update waits for what was told before"
    shown = admin.get(f"/v1/records/T-{ticket}").json()
    assert shown["record"]["subject"] == "The VPN"
    assert [one["status"] for one in shown["timeline"]["milestones"]] == ["met", "running"]


def test_a_delivery_that_comes_again_changes_nothing(helpdesk: httpx.Client, admin: httpx.Client) -> None:
    ticket = a_ticket()
    payload = {"ticket": ticket, "delivery": f"{ticket}-1", "what": "created"}
    for _ in range(3):
        assert outcomes(delivered(helpdesk, payload)) == [("opened", "opened")]
    lines = admin.get("/v1/audit-log", params={"subject": f"record/T-{ticket}"}).json()["lines"]
    assert [(line["verb"], line["who"], line["door"]) for line in lines] == [("records.open", "hook desk", "hook")]


def test_news_of_a_ticket_from_before_milepost_opens_its_record(helpdesk: httpx.Client, admin: httpx.Client) -> None:
    ticket = a_ticket()
    payload = {"ticket": ticket, "delivery": f"{ticket}-9", "what": "answered"}
    assert outcomes(delivered(helpdesk, payload)) == [("noted", "told")]
    assert admin.get(f"/v1/records/T-{ticket}").status_code == 200


def test_an_event_that_may_not_happen_is_told_as_refused(helpdesk: httpx.Client) -> None:
    ticket = a_ticket()
    payload = {"ticket": ticket, "delivery": f"{ticket}-1", "what": "solved", "milestone": "Lunch"}
    answer = delivered(helpdesk, payload)
    assert outcomes(answer) == [("completed", "refused")]
    assert "Lunch" in answer.json()["events"][0]["reason"]


def test_parameters_that_a_helpdesk_adds_to_the_address_are_ignored(helpdesk: httpx.Client) -> None:
    body = b'{"what": "nothing to us"}'
    answer = helpdesk.post("/v1/hooks/desk?triggeredByUser=kim", content=body, headers=signed(body))
    assert outcomes(answer) == []


@pytest.mark.parametrize(
    ("payload", "how", "status", "code"),
    [
        ({"what": "created"}, {"secret": "another"}, 401, "bad_signature"),
        ({"what": "created"}, {"at": datetime.now(UTC) - timedelta(hours=1)}, 401, "stale_delivery"),
        (b"{", {}, 400, "malformed_document"),
        (b'{"what": "created", "what": "solved"}', {}, 400, "malformed_document"),
        ({"what": "created", "ticket": {}}, {}, 422, "unmappable_payload"),
        ({"what": "answered", "ticket": "1", "delivery": [1]}, {}, 422, "unmappable_payload"),
    ],
)
def test_what_is_not_as_agreed_is_a_problem_and_changes_nothing(
    helpdesk: httpx.Client, admin: httpx.Client, *, payload: Any, how: dict[str, Any], status: int, code: str
) -> None:
    before = admin.get("/v1/audit-log").json()["lines"][0]["number"]
    answer = delivered(helpdesk, payload, **how)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert SECRET not in answer.text
    assert admin.get("/v1/audit-log").json()["lines"][0]["number"] == before


def test_a_payload_that_does_not_fit_is_refused_with_its_path(helpdesk: httpx.Client) -> None:
    problem = delivered(helpdesk, {"what": "created"}).json()
    assert problem["facts"]["path"] == "ticket"


def test_a_hook_that_does_not_exist_another_kind_of_body_and_too_much_of_it(
    helpdesk: httpx.Client, installation: Live
) -> None:
    assert helpdesk.post("/v1/hooks/nobody", json={}).json()["code"] == "unknown_hook"
    assert helpdesk.post("/v1/hooks/desk", content=b"a=b", headers={"Content-Type": "text/plain"}).status_code == 415
    body = b" " * (installation.settings.http_body_max_bytes + 1)
    assert helpdesk.post("/v1/hooks/desk", content=body, headers=signed(body)).status_code == 413


def test_a_signature_opens_nothing_else(helpdesk: httpx.Client) -> None:
    assert helpdesk.get("/v1/hooks/desk").status_code == 401
    assert helpdesk.delete("/v1/hooks/desk").status_code == 401


def test_hooks_are_declared_by_administrators_only(installation: Live) -> None:
    for role, status in (("manager", 403), ("admin", 200)):
        client = installation.as_(role)
        assert client.post("/v1/definitions", json={"documents": [HOOK]}).status_code == status
        assert client.get("/v1/hooks").status_code == status
        assert client.get("/v1/hooks/desk").status_code == status


def test_what_a_delivery_would_become_can_be_asked(admin: httpx.Client) -> None:
    answer = admin.post("/v1/hooks/desk/rehearsal", json={"payload": {"ticket": "7", "delivery": "d", "what": "answered"}})
    assert answer.status_code == 200, answer.text
    assert [event["id"] for event in answer.json()["events"]] == ["desk-d:noted"]
    assert answer.json()["record"] == "T-7"


def test_a_hook_that_is_removed_takes_nothing_more(admin: httpx.Client, helpdesk: httpx.Client) -> None:
    other = HOOK | {"hook": "other"}
    assert admin.post("/v1/definitions", json={"documents": [other]}).status_code == 200
    assert admin.delete("/v1/hooks/other").status_code == 200
    assert helpdesk.post("/v1/hooks/other", json={}).status_code == 404
