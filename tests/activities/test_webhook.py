"""`webhook` and `notify`: what goes over the wire. The signature is verified here by the receiver's own reckoning."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from activities.adapters.templates import FileTemplates
from activities.fakes import Posted
from activities.ports import Permanent
from tests.activities.builders import VIOLATION, Scene, opened, violating

URL = "https://hooks.helpdesk.example/sla"


def a_scene(**params: Any) -> Scene:
    return Scene(process=violating({"webhook": {"url": URL, **params}}))


async def posted(scene: Scene, kind: str = "webhook") -> Posted:
    await scene.perform(kind=kind)
    return scene.web.posted[-1]


def verified(request: Posted, key: bytes) -> bool:
    """As Standard Webhooks describes it to receivers."""
    content = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    version, _, sent = request.headers["webhook-signature"].partition(",")
    return version == "v1" and base64.b64decode(sent) == hmac.new(key, content, hashlib.sha256).digest()


async def test_it_posts_a_cloud_event_with_the_milestones_figures() -> None:
    request = await posted(a_scene())
    event = json.loads(request.body)
    data = event.pop("data")
    assert event == {
        "specversion": "1.0",
        "id": VIOLATION,
        "source": "https://sla.support.example",
        "type": "milepost.violation",
        "subject": "C-1042",
        "time": "2026-03-02T10:00:00Z",
        "datacontenttype": "application/json",
    }
    milestone = data["milestone"]
    assert (milestone["milestone"], milestone["status"], milestone["target_at"]) == (
        "First Response", "overdue", "2026-03-02T10:00:00Z",
    )  # fmt: skip
    assert (data["process"], data["status"], data["record"]["priority"]) == ("Premium", "violated_open", "P1")
    assert request.headers["content-type"] == "application/cloudevents+json; charset=utf-8"


async def test_nothing_of_the_contact_and_no_free_text_goes_out() -> None:
    scene = a_scene()
    scene.cases.logs["C-1042"] = [opened(contact="kim", subject="Kim Park cannot log in", phone="+49 30 1234")]
    text = (await posted(scene)).body.decode().lower()
    assert not [word for word in ("kim", "log in", "1234", "@") if word in text]


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        ("a long and random text", b"a long and random text"),
        ("whsec_" + base64.b64encode(b"\x00\xffkey").decode(), b"\x00\xffkey"),
    ],
)
async def test_the_signature_is_the_one_that_standard_webhooks_receivers_expect(secret: str, key: bytes) -> None:
    scene = a_scene(secret="helpdesk")
    scene.secrets.values = {"helpdesk": secret}
    request = await posted(scene)
    assert verified(request, key)
    assert not verified(request, b"another key")


async def test_the_signature_covers_body_and_time() -> None:
    scene = a_scene(secret="helpdesk")
    scene.secrets.values = {"helpdesk": "s"}
    request = await posted(scene)
    assert not verified(Posted(url=URL, body=request.body + b" ", headers=request.headers), b"s")
    later = {**request.headers, "webhook-timestamp": "1"}
    assert not verified(Posted(url=URL, body=request.body, headers=later), b"s")


async def test_a_repetition_bears_the_same_ids_and_the_time_of_its_own() -> None:
    scene = a_scene()
    first = await posted(scene)
    scene.ledger.lines.clear()
    scene.clock.at = scene.clock.at.replace(minute=5)
    second = await posted(scene)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert json.loads(first.body)["id"] == json.loads(second.body)["id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 300


async def test_without_a_secret_it_is_not_signed_and_the_ledger_says_so() -> None:
    scene = a_scene()
    assert "webhook-signature" not in (await posted(scene)).headers
    assert scene.ledger.lines[VIOLATION].detail["signed"] is False


@pytest.mark.parametrize(
    ("secrets", "reason"), [({}, "there is no secret 'helpdesk'"), ({"helpdesk": "whsec_%%%"}, "is not base64")]
)
async def test_a_secret_that_is_missing_or_broken_fails_for_good(secrets: dict[str, str], reason: str) -> None:
    scene = a_scene(secret="helpdesk")
    scene.secrets.values = secrets
    with pytest.raises(Permanent, match=reason):
        await scene.perform(kind="webhook")
    assert scene.web.posted == []


# ---------------------------------------------------------------------- notify


def a_chat(text: str, url: str = "https://chat.example/hook/T0/B0/token") -> Scene:
    return Scene(process=violating({"notify": {"url": url, "text": text}}), templates=FileTemplates())


async def test_a_message_is_posted_as_slack_takes_it() -> None:
    request = await posted(a_chat("{{ record.id }}: {{ milestone.name }} is over"), "notify")
    assert json.loads(request.body) == {"text": "C-1042: First Response is over"}


async def test_values_are_escaped_as_slack_asks_and_the_authors_own_markup_is_not() -> None:
    scene = a_chat("<{{ link }}|{{ record.subject }}>")
    scene.cases.logs["C-1042"] = [opened(subject="<!channel> R&D <script>")]
    text = json.loads((await posted(scene, "notify")).body)["text"]
    assert text == "<https://sla.support.example/records/C-1042|&lt;!channel&gt; R&amp;D &lt;script&gt;>"


async def test_the_rooms_address_may_be_a_secret_and_is_not_shown() -> None:
    scene = a_chat("late", url="secret:room")
    scene.secrets.values = {"room": "https://chat.example/hook/T0/B0/token"}
    assert (await posted(scene, "notify")).url == "https://chat.example/hook/T0/B0/token"
    assert "token" not in str(scene.ledger.lines)


@pytest.mark.parametrize(("secrets", "reason"), [({}, "no secret 'room'"), ({"room": "ftp://x"}, "is no web address")])
async def test_a_rooms_address_that_is_missing_or_none_fails_for_good(secrets: dict[str, str], reason: str) -> None:
    scene = a_chat("late", url="secret:room")
    scene.secrets.values = secrets
    with pytest.raises(Permanent, match=reason):
        await scene.perform(kind="notify")
