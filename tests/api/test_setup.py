"""The Setup desk over HTTP: definitions applied, drafted, published, compared; nobody overwrites what they have not seen."""

from typing import Any

import httpx
import pytest

from tests.api.live import Live
from tests.api.test_refusals import problem
from tests.store.conftest import BACKENDS

DATABASES = BACKENDS


def a_process(name: str, within: str = "1h") -> dict[str, Any]:
    """A process of one milestone."""
    return {"process": name, "milestones": [{"milestone": "First Response", "within": within}]}


def applied(admin: httpx.Client, *documents: dict[str, Any], **query: str) -> list[str]:
    """What came of each document."""
    answer = admin.post("/v1/definitions", json={"documents": documents}, params=query)
    assert answer.status_code == 200, answer.text
    return [line["outcome"] for line in answer.json()["lines"]]


def test_applying_twice_changes_nothing_and_a_dry_run_neither(admin: httpx.Client) -> None:
    assert applied(admin, a_process("Twice"), dry_run="true") == ["created"]
    assert admin.get("/v1/processes/Twice").status_code == 404
    assert applied(admin, a_process("Twice")) == ["created"]
    assert applied(admin, a_process("Twice")) == ["unchanged"]


def test_a_file_may_be_sent_as_it_is_and_its_mistakes_have_lines(admin: httpx.Client) -> None:
    yaml = {"Content-Type": "application/yaml"}
    text = "process: From a file\nmilestones: [{milestone: A, within: 1h}]\n"
    assert admin.post("/v1/definitions", content=text, headers=yaml).json()["lines"][0]["outcome"] == "created"
    broken = problem(admin.post("/v1/definitions", content="process: [", headers=yaml))
    assert (broken["status"], broken["code"]) == (400, "malformed_document")
    wrong = problem(admin.post("/v1/definitions", content=text.replace("1h", "soon"), headers=yaml))
    assert (wrong["status"], wrong["code"]) == (422, "invalid_definition")
    assert wrong["detail"].startswith("the body:2: milestones[0].within:")
    latin = problem(admin.post("/v1/definitions", content="process: Ä".encode("latin-1"), headers=yaml))
    assert latin["code"] == "malformed_document"


@pytest.mark.parametrize(("body", "path"), [({}, "body.documents"), ({"documents": []}, "body.documents"), ([], "body")])
def test_definitions_as_json_are_a_list_of_documents(admin: httpx.Client, body: Any, path: str) -> None:
    assert problem(admin.post("/v1/definitions", json=body))["errors"][0]["path"] == path


def test_what_is_exported_is_unchanged_when_applied(admin: httpx.Client) -> None:
    files = admin.get("/v1/definitions").json()["files"]
    text = "\n---\n".join(files.values())
    answer = admin.post("/v1/definitions", content=text.encode(), headers={"Content-Type": "application/yaml"})
    assert {line["outcome"] for line in answer.json()["lines"]} == {"unchanged"}


def test_a_version_is_drafted_compared_published_and_retired(admin: httpx.Client) -> None:
    applied(admin, a_process("Series"))
    drafted = admin.post("/v1/processes", json={"definition": a_process("Series", "45m"), "notes": "as agreed"})
    assert (drafted.status_code, drafted.json()["status"], drafted.json()["version"]) == (201, "draft", 2)
    difference = admin.get("/v1/differences/processes", params={"before": "Series@1", "after": "Series@2"}).json()
    assert difference["words"] == "First Response tightened from 1h to 45m"
    etag = drafted.headers["ETag"]
    active = admin.post("/v1/processes/Series/versions/2/activate", json={}, headers={"If-Match": etag})
    assert (active.status_code, active.json()["status"], active.json()["in_force"]) == (200, "active", True)
    retired = admin.post("/v1/processes/Series/retire", json={"version": 1})
    assert [one["version"] for one in retired.json()] == [1]
    assert [one["status"] for one in admin.get("/v1/processes/Series/versions").json()] == ["retired", "active"]


def test_nobody_overwrites_what_they_have_not_seen(admin: httpx.Client) -> None:
    seen = admin.post("/v1/processes", json={"definition": a_process("Contested")}).headers["ETag"]
    admin.post("/v1/processes", json={"definition": a_process("Contested", "2h")}, headers={"If-Match": seen})
    for tag in (seen, '"made-up"', "no tag at all"):
        mine = {"definition": a_process("Contested", "3h")}
        refused = problem(admin.post("/v1/processes", json=mine, headers={"If-Match": tag}))
        assert (refused["status"], refused["code"]) == (412, "stale_etag")
    found = admin.get("/v1/processes/Contested")
    assert found.json()["definition"]["milestones"][0]["within"] == "2h"
    assert admin.post("/v1/processes", json=mine, headers={"If-Match": found.headers["ETag"]}).status_code == 201
    assert admin.post("/v1/processes", json=mine, headers={"If-Match": "*"}).status_code == 201


def test_records_are_moved_to_another_version(admin: httpx.Client) -> None:
    applied(admin, a_process("Moved"))
    assert admin.post("/v1/records", json={"record": "moved-1", "process": "Moved"}).status_code == 201
    applied(admin, a_process("Moved", "2h"))
    move = {"query": {"process": "Moved"}, "to": {"version": 2}}
    preview = admin.post("/v1/migrations/preview", json=move)
    assert {fate: count for fate, count in preview.json()["counts"].items() if count} == {"target_moved": 1}
    started = admin.post("/v1/migrations", json=move)
    assert (started.status_code, started.json()["to_version"]) == (202, 2)
    migration = started.json()["id"]
    assert admin.get(f"/v1/migrations/{migration}").json()["records"] == 1


@pytest.mark.parametrize(
    "path",
    [
        "/v1/calendars", "/v1/calendars/office", "/v1/calendars/office/versions", "/v1/governance/audit", "/v1/entitlements",
        "/v1/expiring-entitlements", "/v1/migrations", "/v1/people", "/v1/queues", "/v1/roles", "/v1/accounts",
        "/v1/contacts", "/v1/resolve?to=role:senior_agent", "/v1/access/keys",
        "/v1/audit-log?verb=catalogue.*", "/v1/audit-log/verify",
        "/v1/hooks", "/v1/differences/calendars?before=office&after=office",
    ],
)  # fmt: skip
def test_what_there_is_can_be_read(admin: httpx.Client, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v1/processes/Bronze", "unknown_process"),
        ("/v1/processes/Support?version=9", "unknown_version"),
        ("/v1/entitlements/E-9", "unknown_entitlement"),
        ("/v1/migrations/M-9", "unknown_migration"),
        ("/v1/resolve?to=owner&record=nobody", "unknown_record"),
    ],
)
def test_what_is_not_there_is_told(admin: httpx.Client, path: str, code: str) -> None:
    assert problem(admin.get(path))["code"] == code


def test_who_may_ask_now_and_what_would_be_chosen(viewer: httpx.Client, live: Live) -> None:
    assert viewer.post("/v1/entitlements/eligible", json={"account": "helios"}).json()["may"] is False
    assert viewer.post("/v1/entitlements/choose", json={"account": "helios"}).json()["chosen"] is None
    assert problem(viewer.post("/v1/entitlements/choose", json={"acount": "x"}))["errors"][0]["path"] == "body.acount"
