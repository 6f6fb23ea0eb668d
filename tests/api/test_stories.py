"""A record's story over HTTP: as values that are the timeline's, and as a page that a browser may show and nothing more."""

from base64 import b64encode
from hashlib import sha256

import httpx

from tests.api.live import Live
from tests.api.test_records import opened
from tests.starter.stories.markup import Page


def test_the_figures_of_a_story_are_the_timelines(agent: httpx.Client, viewer: httpx.Client) -> None:
    record = opened(agent, priority="P1", owner="ada")
    path = f"/v1/records/{record}"
    agent.post(f"{path}/events", json={"id": "e1", "type": "noted", "kind": "response.sent"}).raise_for_status()
    told = viewer.get(f"{path}/story").json()
    timeline = viewer.get(f"{path}/timeline").json()
    assert (told["record"], told["status"], told["timezone"]) == (record, timeline["status"], "UTC")
    for chapter, one in zip(told["chapters"], timeline["milestones"], strict=True):
        same = [name for name in one if name in chapter and name not in ("overdue_s", "stopped_s")]
        assert {name: chapter[name] for name in same} == {name: one[name] for name in same}
    assert told["chapters"][0]["verdict"].startswith("Met with ")


def test_times_are_told_in_the_zone_that_is_asked_for(agent: httpx.Client, viewer: httpx.Client) -> None:
    path = f"/v1/records/{opened(agent)}/story"
    assert viewer.get(path, params={"timezone": "Asia/Tokyo"}).json()["timezone"] == "Asia/Tokyo"
    refused = viewer.get(path, params={"timezone": "Mars/Olympus"})
    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_zone")
    early = viewer.get(path, params={"at": "2020-01-01T00:00:00Z"})
    assert (early.status_code, early.json()["code"]) == (422, "no_such_moment")
    assert viewer.get("/v1/records/nobody/story").status_code == 404


def test_the_page_brings_a_policy_by_which_it_can_do_nothing(agent: httpx.Client, viewer: httpx.Client) -> None:
    record = opened(agent, subject="<script>alert(1)</script>", owner="<img src=x>")
    answer = viewer.get(f"/v1/records/{record}/story.html", params={"timezone": "Europe/Berlin"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    found = Page(answer.text)
    digest = b64encode(sha256(found.styles.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", f"style-src 'sha256-{digest}'", "frame-ancestors 'none'", "sandbox"} <= set(policy)
    assert (answer.headers["x-content-type-options"], answer.headers["cache-control"]) == ("nosniff", "no-store")
    assert record in found.words
    assert found.of("script") == found.of("img") == []


def test_nobody_reads_it_without_a_key(live: Live) -> None:
    for path in ("story", "story.html"):
        assert live.as_("nobody").get(f"/v1/records/x/{path}").status_code == 401
