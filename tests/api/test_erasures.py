"""Having somebody forgotten over HTTP: who may, and an open case that goes on afterwards without the name."""

import gzip
import time

import httpx
import pytest

from tests.api.live import Live
from tests.store.conftest import BACKENDS

DATABASES = BACKENDS
NAME, ADDRESS = "Zora Quill", "zora.quill@helios.example"
PEOPLE = f"contacts: [{{contact: c-77, name: {NAME}, email: {ADDRESS}, timezone: UTC}}]"


@pytest.fixture
def admin(live: Live) -> httpx.Client:
    return live.as_("admin")


def test_whoever_is_no_admin_may_not_even_rehearse(live: Live) -> None:
    refused = live.as_("manager").post("/v1/erasures", json={"contact": "c-77", "dry_run": True})
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_right")
    assert "people.forget" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"contact": "nobody-ever"}, 404, "unknown_contact"),
        ({}, 422, "invalid_erasure"),
        ({"also": ["x"]}, 422, "invalid_erasure"),
        ({"addresses": "a@b.example"}, 400, "invalid_request"),
    ],
)
def test_who_is_not_said_well_is_refused(admin: httpx.Client, body: dict[str, object], status: int, code: str) -> None:
    refused = admin.post("/v1/erasures", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)


def test_an_open_case_goes_on_without_the_name_and_comes_to_the_same(live: Live, admin: httpx.Client) -> None:
    admin.post("/v1/definitions", content=PEOPLE, headers={"Content-Type": "application/yaml"}).raise_for_status()
    fields = {"contact": "c-77", "caller": NAME, "subject": f"{NAME} cannot print"}
    path = "/v1/records/ER-1"
    admin.post("/v1/records", json={"record": "ER-1", "process": "Support", "fields": fields}).raise_for_status()
    told = admin.post("/v1/erasures", json={"contact": "c-77"})
    assert told.status_code == 200, told.text
    assert (told.json()["records"], told.json()["open_records"]) == (1, 1)
    assert NAME not in told.text
    more = {"id": "e1", "type": "noted", "kind": "response.sent", "data": {"text": f"Dear {NAME}"}}
    assert admin.post(f"{path}/events", json=more).json()["changes"] == ["First Response: running → met"]
    admin.post(f"{path}/events", json={"id": "e2", "type": "closed"}).raise_for_status()
    until = time.monotonic() + 60
    while not admin.get(path).json()["record"]["out"]:
        assert time.monotonic() < until
        time.sleep(0.1)
    inner = gzip.decompress(admin.get(f"{path}/bundle").content.partition(b"\n")[2]).decode()
    assert "[erased] cannot print" in inner
    assert NAME not in inner
    shown = admin.get(path).json()
    assert shown["record"]["subject"] == "[erased] cannot print"
    assert [one["status"] for one in shown["timeline"]["milestones"]] == ["met", "cancelled"]
    assert NAME not in admin.get(f"{path}/story").text
    [line] = admin.get("/v1/audit-log", params={"verb": "erasure.forget"}).json()["lines"]
    assert "c-77" not in str(line)
    assert admin.get("/v1/audit-log/verify").json()["sound"] is True
