"""Hooks at the Desk: applied as other definitions are; deliveries verified, mapped, told; nothing twice."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from sla.documents import parse_documents
from sla.errors import InvalidSetting, MalformedDocument, RefusedEvent, ServiceUnavailable, UnknownRecord
from sla.hooks.signing import signature
from sla.messages import Reception
from sla.setup_errors import BadSignature, StaleDelivery, UnknownHook, UnmappablePayload
from starter.definitions import assemble, load
from starter.desk import Desk
from starter.setup.hooks import HooksDesk
from tests.sla.hooks.builders import HOOKS, body_of, example
from tests.starter.setup.desks import Clock, a_desk

SECRET = "s3cret"


class Records:
    """What is told of records is remembered; C-closed refuses everything."""

    def __init__(self, *known: str) -> None:
        self.known = set(known)
        self.told: list[tuple[str, str]] = []
        self.down = False

    async def open(
        self, *, record: str, process: str | None, fields: dict[str, Any] | None, at: datetime | None, event_id: str | None
    ) -> Reception:
        self.known.add(record)
        self.told.append((record, f"{event_id} under {process}"))
        return Reception(record=record, event=event_id or "", changes=[], status="compliant")

    async def tell(self, data: dict[str, Any]) -> None:
        if self.down:
            raise ServiceUnavailable(service="The Temporal server", address="here", problem="refused", remedy="Start it.")
        if data["record"] not in self.known:
            raise UnknownRecord(record=data["record"])
        if data["type"] == "closed":
            raise RefusedEvent(event=data["id"], record=data["record"], reason="it never left")
        self.told.append((data["record"], data["id"]))


@pytest.fixture
async def desk(tmp_path: Path, clock: Clock) -> AsyncIterator[Desk]:
    secrets = {name: SecretStr(SECRET) for name in ("zendesk", "jira")}
    async with a_desk(tmp_path, clock, secrets=secrets) as desk:
        await desk.apply(load([HOOKS]))
        yield desk


def hooks_of(desk: Desk, records: Records) -> HooksDesk:
    return HooksDesk(desk._context, records)


def headers(hook: str, body: bytes, at: str = "2026-03-02T09:00:00Z", secret: str = SECRET) -> dict[str, str]:
    verify = example(hook).verify
    stamp = {verify.timestamp.header: at} if verify.timestamp else {}
    return {verify.header: signature(verify, secret, body, at if stamp else ""), **stamp}


async def received(desk: Desk, records: Records, name: str) -> list[tuple[str, str]]:
    """What came of the events of a delivery."""
    hook, body = name.partition("-")[0], body_of(name)
    receipt = await hooks_of(desk, records).receive(hook, body, headers(hook, body))
    return [(event.event.rpartition(":")[2], event.outcome) for event in receipt.events]


class TestDeliveries:
    async def test_a_new_ticket_opens_its_record_under_its_process(self, desk: Desk) -> None:
        records = Records()
        assert await received(desk, records, "zendesk-created") == [("opened", "opened")]
        assert records.told == [("ZD-5158", "opened under Premium Support SLA")]

    async def test_news_of_a_record_that_is_known_is_told(self, desk: Desk) -> None:
        records = Records("SUP-42")
        assert await received(desk, records, "jira-issue-updated") == [("status", "told"), ("owner", "told")]
        assert [event for _, event in records.told] == ["jira-10042-1772443800000:status", "jira-10042-1772443800000:owner"]

    async def test_news_of_a_record_that_nobody_knows_opens_it_first(self, desk: Desk) -> None:
        records = Records()
        assert await received(desk, records, "jira-issue-updated") == [("status", "told"), ("owner", "told")]
        assert [event for _, event in records.told] == [
            "opened under Premium Support SLA",
            "jira-10042-1772443800000:status",
            "jira-10042-1772443800000:owner",
        ]

    async def test_a_hook_that_opens_no_record_ignores_those_that_nobody_knows(self, desk: Desk) -> None:
        text = (HOOKS / "jira.yaml").read_text("utf-8")
        without = text.replace(text[text.index("opening:") : text.index("events:")], "")
        without = without.replace('  - when: {webhookEvent: "jira:issue_created"}\n    type: opened\n', "")
        await desk.apply(assemble(parse_documents(without, "jira.yaml")))
        assert await received(desk, Records(), "jira-issue-updated") == [("status", "ignored"), ("owner", "ignored")]

    async def test_an_event_that_is_refused_stops_no_other_and_is_no_reason_to_send_it_again(self, desk: Desk) -> None:
        records = Records("ZD-5158")
        assert await received(desk, records, "zendesk-closed") == [("status", "told"), ("closed", "refused")]

    async def test_a_delivery_that_says_nothing_to_us_is_acknowledged(self, desk: Desk) -> None:
        assert await received(desk, Records(), "zendesk-tags-changed") == []

    async def test_while_a_service_is_away_it_is_to_be_sent_again(self, desk: Desk) -> None:
        records = Records("ZD-5158")
        records.down = True
        with pytest.raises(ServiceUnavailable):
            await received(desk, records, "zendesk-status-changed")


class TestRefusals:
    async def test_nothing_is_told_of_a_delivery_that_is_not_well_signed(self, desk: Desk) -> None:
        records, body = Records("SUP-42"), body_of("jira-issue-updated")
        for given in (headers("jira", body, secret="other"), {}, {"X-Hub-Signature": "sha256=00"}):
            with pytest.raises(BadSignature):
                await hooks_of(desk, records).receive("jira", body, given)
        assert records.told == []

    async def test_nothing_is_told_of_a_delivery_that_is_not_of_now(self, desk: Desk, clock: Clock) -> None:
        records, body = Records("ZD-5158"), body_of("zendesk-created")
        given = headers("zendesk", body)
        clock.goes_on(minutes=6)
        with pytest.raises(StaleDelivery):
            await hooks_of(desk, records).receive("zendesk", body, given)
        assert records.told == []

    async def test_a_hook_that_does_not_exist_is_told_with_those_that_do(self, desk: Desk) -> None:
        with pytest.raises(UnknownHook, match=r"no hook 'zendsk'\. Known: jira, servicenow, zendesk"):
            await hooks_of(desk, Records()).receive("zendsk", b"{}", {})

    @pytest.mark.parametrize("name", ["", "Jira", "jira ", "a\x00b", "../jira", "ü", "x" * 10_000])
    async def test_what_could_be_no_hooks_name_is_not_looked_for(self, desk: Desk, name: str) -> None:
        with pytest.raises(UnknownHook):
            await desk.hooks.get(name)

    async def test_a_secret_that_is_not_set_is_our_fault(self, desk: Desk) -> None:
        with pytest.raises(InvalidSetting, match="MILEPOST_SECRET_SERVICENOW: is not set; the hook 'servicenow'"):
            await hooks_of(desk, Records()).receive("servicenow", b"{}", {})

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"\xff", b'{"a": 1, "a": 2}', b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 9999]
    )
    async def test_a_body_that_is_no_json_is_refused(self, desk: Desk, body: bytes) -> None:
        with pytest.raises(MalformedDocument):
            await hooks_of(desk, Records()).receive("jira", body, headers("jira", body))

    async def test_a_payload_that_does_not_fit_the_mapping_is_refused_with_the_path(self, desk: Desk) -> None:
        body = b'{"webhookEvent": "comment_created", "comment": {"author": {"accountType": "customer"}}}'
        with pytest.raises(UnmappablePayload, match=r"jira: issue\.key: is not there"):
            await hooks_of(desk, Records()).receive("jira", body, headers("jira", body))


class TestDefinitions:
    async def test_hooks_are_listed_with_whether_their_secrets_are_set(self, desk: Desk) -> None:
        assert [(hook.hook, hook.secret, hook.ready) for hook in await desk.hooks.list()] == [
            ("jira", "jira", True),
            ("servicenow", "servicenow", False),
            ("zendesk", "zendesk", True),
        ]

    async def test_applied_again_nothing_changes(self, desk: Desk) -> None:
        report = await desk.apply(load([HOOKS]))
        assert [(line.kind, line.outcome) for line in report.lines] == [("hook", "unchanged")] * 3

    async def test_who_applied_changed_and_removed_a_hook_is_in_the_audit_log(self, desk: Desk) -> None:
        text = (HOOKS / "jira.yaml").read_text("utf-8").replace("tier-1", "tier-2")
        report = await desk.apply(assemble(parse_documents(text, "jira.yaml")))
        assert [(line.name, line.outcome) for line in report.lines] == [("jira", "changed")]
        await desk.hooks.remove("jira")
        lines = (await desk.audit_log.lines(subject="hook/jira")).lines
        assert [(line.verb, line.before is None, line.after is None) for line in lines] == [
            ("hooks.remove", False, True),
            ("hooks.apply", False, False),
            ("hooks.apply", True, False),
        ]
        assert (await desk.audit_log.verify()).sound

    async def test_a_dry_run_applies_no_hook(self, tmp_path: Path, clock: Clock) -> None:
        async with a_desk(tmp_path, clock) as desk:
            report = await desk.apply(load([HOOKS]), dry_run=True)
            assert [line.outcome for line in report.lines] == ["created"] * 3
            assert await desk.hooks.list() == []

    async def test_a_hook_that_was_removed_takes_no_deliveries(self, desk: Desk) -> None:
        await desk.hooks.remove("jira")
        with pytest.raises(UnknownHook):
            await received(desk, Records(), "jira-issue-created")
        with pytest.raises(UnknownHook):
            await desk.hooks.remove("jira")

    async def test_what_a_delivery_would_become_can_be_seen_without_a_signature(self, desk: Desk) -> None:
        shown = await desk.hooks.rehearse("zendesk", body_of("zendesk-status-changed"))
        assert (shown.record, shown.process) == ("ZD-5158", "Premium Support SLA")
        assert [event["type"] for event in shown.events] == ["changed"]
        assert shown.opening is not None
