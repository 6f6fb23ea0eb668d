"""Only who has the secret is heard, and only about now."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sla.hooks.model import Hook
from sla.hooks.signing import check, signature
from sla.setup_errors import BadSignature, StaleDelivery
from tests.sla.hooks.builders import a_hook, example

SECRET = "it is a secret"
BODY = '{"id": "5158", "name": "ü"}'.encode()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def signed(hook: Hook, *, at: str = "2026-03-02T09:00:00Z", secret: str = SECRET, body: bytes = BODY) -> dict[str, str]:
    """The headers of a delivery, by their names in small letters."""
    verify = hook.verify
    stamp = {verify.timestamp.header.lower(): at} if verify.timestamp else {}
    return {verify.header.lower(): signature(verify, secret, body, at if verify.timestamp else ""), **stamp}


@pytest.mark.parametrize("name", ["zendesk", "jira", "servicenow"])
def test_what_is_signed_with_the_secret_is_heard(name: str) -> None:
    hook = example(name)
    check(hook, SECRET, BODY, signed(hook), NOW)


def test_zendesk_signs_the_timestamp_and_then_the_body() -> None:
    by_hand = hmac.new(SECRET.encode(), b"2026-03-02T09:00:00Z" + BODY, hashlib.sha256).digest()
    given = signed(example("zendesk"))
    assert given["x-zendesk-webhook-signature"] == base64.b64encode(by_hand).decode()


def test_an_example_that_zendesk_published_verifies() -> None:
    """Of an early version of its webhooks, which signed the body first; a secret that looks encoded counts as its text."""
    early = example("zendesk").verify.model_copy(update={"signed": "{body}{timestamp}"})
    secret = "HRkRd4BeOAoUkfZr-mhauJT64rvBASlJRoIyPsd3zeA="
    made = signature(early, secret, b'{"say": "hello"}', "2021-07-25T10:00:00Z")
    assert made == "tRDSF7URY8BLCDlaBcQ7FHu051Zk+aAB0NKMP53teMw="


def test_githubs_published_test_vector_verifies() -> None:
    """Jira's X-Hub-Signature is as GitHub's; theirs has a vector: secret, payload, and the signature that they give."""
    given = {"x-hub-signature": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}
    check(example("jira"), "It's a Secret to Everybody", b"Hello, World!", given, NOW)


@pytest.mark.parametrize("name", ["zendesk", "jira", "servicenow"])
@pytest.mark.parametrize("body", [BODY + b" ", BODY[:-1], b"", BODY.replace(b"5158", b"5159")])
def test_an_altered_body_is_not_heard(name: str, body: bytes) -> None:
    hook = example(name)
    with pytest.raises(BadSignature, match="another signature"):
        check(hook, SECRET, body, signed(hook), NOW)


def test_who_has_another_secret_is_not_heard() -> None:
    hook = example("jira")
    with pytest.raises(BadSignature, match="both sides have the same secret"):
        check(hook, "another", BODY, signed(hook), NOW)


def test_a_timestamp_that_was_altered_is_not_heard() -> None:
    hook = example("zendesk")
    given = signed(hook) | {"x-zendesk-webhook-signature-timestamp": "2026-03-02T09:00:01Z"}
    with pytest.raises(BadSignature, match="another signature"):
        check(hook, SECRET, BODY, given, NOW)


@pytest.mark.parametrize("late", [timedelta(minutes=5, seconds=1), timedelta(days=9), -timedelta(minutes=5, seconds=1)])
def test_a_delivery_that_was_signed_long_ago_or_ahead_is_stale(late: timedelta) -> None:
    hook = example("zendesk")
    with pytest.raises(StaleDelivery, match="signed at 2026-03-02T09:00:00Z, over 5m from now"):
        check(hook, SECRET, BODY, signed(hook), NOW + late)


@pytest.mark.parametrize("late", [timedelta(minutes=5), -timedelta(minutes=5), timedelta(0)])
def test_within_the_tolerance_it_is_of_now(late: timedelta) -> None:
    hook = example("zendesk")
    check(hook, SECRET, BODY, signed(hook), NOW + late)


def test_whether_it_is_stale_is_told_only_to_who_signed_it() -> None:
    hook = example("zendesk")
    given = signed(hook, at="2020-01-01T00:00:00Z", secret="another")
    with pytest.raises(BadSignature):
        check(hook, SECRET, BODY, given, NOW)


@pytest.mark.parametrize("at", ["1772442000", "1772442000123", "2026-03-02T10:00:00+01:00"])
def test_a_timestamp_may_be_text_seconds_or_milliseconds(at: str) -> None:
    hook = example("zendesk")
    check(hook, SECRET, BODY, signed(hook, at=at), NOW)


@pytest.mark.parametrize("at", ["now", "99999999999999999999", "2026-03-02T09:00:00", "-5"])
def test_a_timestamp_that_is_none_is_not_heard(at: str) -> None:
    hook = example("zendesk")
    with pytest.raises(BadSignature, match="is no instant"):
        check(hook, SECRET, BODY, signed(hook, at=at), NOW)


@pytest.mark.parametrize(
    ("name", "headers", "problem"),
    [
        ("jira", {}, "it has no header X-Hub-Signature"),
        ("jira", {"x-hub-signature": "  "}, "it has no header X-Hub-Signature"),
        ("jira", {"x-hub-signature": "sha1=00"}, "does not begin with 'sha256='"),
        ("jira", {"x-hub-signature": "sha256=zz"}, "is not hex"),
        ("jira", {"x-hub-signature": "sha256="}, "another signature"),
        ("jira", {"x-hub-signature": "sha256=ü"}, "is not hex"),
        ("zendesk", {"x-zendesk-webhook-signature": "AAAA"}, "it has no header X-Zendesk-Webhook-Signature-Timestamp"),
        (
            "zendesk",
            {"x-zendesk-webhook-signature": "not base64!", "x-zendesk-webhook-signature-timestamp": "1772442000"},
            "is not base64",
        ),
    ],
)
def test_headers_that_are_missing_or_garbled_are_refused(name: str, headers: dict[str, str], problem: str) -> None:
    with pytest.raises(BadSignature, match=problem):
        check(example(name), SECRET, BODY, headers, NOW)


@pytest.mark.parametrize(
    "verify",
    [
        {"hmac": "sha512"},
        {"hmac": "sha384", "encoding": "base64"},
        {"prefix": "v1="},
        {"timestamp": {"header": "X-Time"}, "signed": "v0:{timestamp}:{body}"},
        {"timestamp": {"header": "X-Time"}, "signed": "{body}.{timestamp}", "encoding": "base64"},
    ],
    ids=str,
)
def test_other_ways_of_signing_can_be_declared(verify: dict[str, Any]) -> None:
    hook = a_hook(verify={"secret": "desk", "header": "X-Signature", **verify})
    given = signed(hook)
    check(hook, SECRET, BODY, given, NOW)
    with pytest.raises(BadSignature):
        check(hook, SECRET, BODY + b"x", given, NOW)
