"""What the deliveries of Zendesk, Jira and ServiceNow become by the mappings that come with Milepost."""

from typing import Any

import pytest

from sla.events import read_event
from sla.hooks.mapping import events_of
from tests.sla.hooks.builders import DELIVERIES, delivery, example, mapped

ALL = sorted(path.stem for path in DELIVERIES.glob("*.json"))


def told(name: str) -> list[dict[str, Any]]:
    return mapped(example(name.partition("-")[0]), delivery(name)).events


ZENDESK_OPENED = {
    "record": "ZD-5158",
    "id": "opened",
    "type": "opened",
    "at": "2026-03-02T09:00:00Z",
    "fields": {
        "subject": "The VPN is down",
        "channel": "web_service",
        "account": "helios",
        "queue": "tier-1",
        "priority": "P1",
        "tags": ["vpn", "lyon"],
    },
}
JIRA_OPENED = {
    "record": "SUP-42",
    "id": "opened",
    "type": "opened",
    "at": "2026-03-02T09:00:00Z",
    "fields": {
        "subject": "The VPN is down",
        "priority": "P1",
        "account": "helios",
        "queue": "tier-1",
        "request_type": "[System] Incident",
    },
}
SERVICENOW_OPENED = {
    "record": "INC0010042",
    "id": "opened",
    "type": "opened",
    "at": "2026-03-02T09:00:00Z",
    "fields": {
        "subject": "The VPN is down",
        "channel": "phone",
        "contact": "62826bf03710200044e0bfc8bcbe5df1",
        "priority": "P1",
        "queue": "service-desk",
    },
}


def short(event: dict[str, Any]) -> tuple[str, str, Any]:
    """When, what, and what it carries."""
    rest = {name: value for name, value in event.items() if name not in ("record", "id", "type", "at")}
    return event["at"][11:19], event["type"], rest


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("zendesk-created", []),
        ("zendesk-status-changed", [("09:42:10", "changed", {"set": {"status": "Resolved"}})]),
        ("zendesk-closed", [("09:42:10", "changed", {"set": {"status": "Closed"}}), ("09:42:10", "closed", {})]),
        ("zendesk-priority-changed", [("09:10:00", "changed", {"set": {"priority": "P2"}})]),
        ("zendesk-agent-assigned", [("09:05:00", "changed", {"set": {"owner": "ben"}})]),
        ("zendesk-comment-by-staff", [("09:20:00", "noted", {"kind": "response.sent", "comment": "8580441251582"})]),
        ("zendesk-comment-by-customer", [("09:30:00", "noted", {"kind": "customer.replied", "comment": "8580441251583"})]),
        ("jira-issue-created", []),
        (
            "jira-issue-updated",
            [
                ("09:30:00", "changed", {"set": {"status": "Waiting on Customer"}}),
                ("09:30:00", "changed", {"set": {"owner": "ada"}}),
            ],
        ),
        ("jira-comment-created", [("09:15:00", "noted", {"kind": "response.sent"})]),
        (
            "servicenow-inserted",
            [("09:00:00", "changed", {"set": {"status": "New", "priority": "P1", "owner": None}})],
        ),
        (
            "servicenow-taken-up",
            [
                (
                    "09:12:31",
                    "changed",
                    {"set": {"status": "In Progress", "priority": "P1", "owner": "5137153cc611227c000bbd1bd8cd2007"}},
                ),
                ("09:12:31", "completed", {"milestone": "First Response"}),
            ],
        ),
        (
            "servicenow-closed",
            [
                ("17:00:00", "changed", {"set": {"status": "Closed", "priority": "P1", "owner": None}}),
                ("17:00:00", "completed", {"milestone": "First Response"}),
                ("17:00:00", "closed", {}),
            ],
        ),
    ],
)
def test_a_delivery_becomes_these_events(name: str, events: list[Any]) -> None:
    assert [short(event) for event in told(name) if event["type"] != "opened"] == events


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("zendesk-created", ZENDESK_OPENED),
        ("jira-issue-created", JIRA_OPENED),
        ("servicenow-inserted", SERVICENOW_OPENED),
    ],
)
def test_a_new_ticket_opens_its_record(name: str, opened: dict[str, Any]) -> None:
    assert told(name)[0] == opened


@pytest.mark.parametrize("name", [name for name in ALL if name != "zendesk-tags-changed"])
def test_each_delivery_can_open_its_record_should_nobody_know_it(name: str) -> None:
    found = mapped(example(name.partition("-")[0]), delivery(name))
    assert found.opening is not None
    assert (found.opening["id"], found.opening["type"], found.opening["at"]) == ("opened", "opened", "2026-03-02T09:00:00Z")
    assert found.process in ("Premium Support SLA", "Incident Management SLA")


@pytest.mark.parametrize("name", [name for name in ALL if name != "zendesk-tags-changed"])
def test_what_a_delivery_becomes_can_be_told_and_its_events_have_ids_of_their_own(name: str) -> None:
    events = told(name)
    assert all(read_event(event, where=name) for event in events)
    assert len({event["id"] for event in events}) == len(events)


def test_no_two_deliveries_of_a_ticket_share_an_event_but_its_opening() -> None:
    ids = [event["id"] for name in ALL if name != "zendesk-tags-changed" for event in told(name)]
    assert sorted(id_ for id_ in ids if id_ != "opened") == sorted({id_ for id_ in ids if id_ != "opened"})


def test_a_delivery_that_no_rule_looks_for_becomes_nothing() -> None:
    assert events_of(example("zendesk"), delivery("zendesk-tags-changed"), {}) is None


@pytest.mark.parametrize("name", ALL)
def test_the_same_delivery_becomes_the_same_events_again(name: str) -> None:
    hook = example(name.partition("-")[0])
    assert events_of(hook, delivery(name), {}) == events_of(hook, delivery(name), {})


def test_a_hook_reads_back_as_it_was_written() -> None:
    for name in ("zendesk", "jira", "servicenow"):
        hook = example(name)
        assert type(hook).model_validate(hook.as_applied()) == hook
