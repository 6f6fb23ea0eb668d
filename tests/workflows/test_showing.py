"""What Temporal's UI and its search show of a case: enough to find it, and nothing personal."""

import asyncio
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

from sla.messages import workflow_id
from tests.workflows.harness import Bench
from tests.workflows.live import LiveBench
from tests.workflows.world import SILENT, a_process

PERSONAL: dict[str, Any] = {
    "subject": "Kim Park cannot log in",
    "contact": "kim.park@helios.example",
    "owner": "ada.lovelace@support.example",
}


def upserts(history: WorkflowHistory) -> list[dict[str, Any]]:
    """What each upsert of search attributes said."""
    said = [event.upsert_workflow_search_attributes_event_attributes for event in history.events]
    return [
        {name: json.loads(value.data or b"null") for name, value in one.search_attributes.indexed_fields.items()}
        for one in said
        if one.search_attributes.indexed_fields
    ]


async def test_search_attributes_are_written_when_they_change_and_only_those(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open(queue="tier-1", owner=None)
        for minute in (5, 10):
            await bench.at(minute)
            await bench.report("noted", kind="customer.replied")
        await bench.at(20)
        await bench.report("changed", set={"owner": "ada"})
        await bench.at(61)
        due = bench.instant(60).isoformat()
        assert upserts(await bench.history()) == [
            {"SlaAccount": "helios", "SlaStatus": "compliant", "SlaNextDeadline": due, "SlaOwnerKind": "queue"},
            {"SlaOwnerKind": "person"},
            {"SlaStatus": "at_risk"},
            {"SlaStatus": "violated_open", "SlaNextDeadline": None},
        ]


async def test_nothing_personal_stands_in_a_search_attribute_an_id_or_a_summary(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open(**PERSONAL)
        await bench.at(61)
        history = await bench.history()
        described = await bench.described()
        shown = [
            json.dumps(upserts(history)),
            str(described.workflow_execution_info),
            str(described.execution_config.user_metadata),
            await bench.details(),
            *(str(event.user_metadata) for event in history.events),
            *(await bench.scheduled()),
        ]
        for text in shown:
            for name in ("Kim", "kim", "park", "lovelace", "@", "log in"):
                assert name not in text
        assert history.workflow_id == workflow_id("C-1042") == "sla-case/C-1042"


async def test_the_details_are_a_table_of_the_milestones_as_they_are(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(61)
        due = f"{bench.instant(60):%Y-%m-%d %H:%M:%S}"
        assert (await bench.details()).splitlines() == [
            "**C-1042 · Premium v1**",
            "",
            "**violated open**, next deadline –",
            "",
            "| milestone | status | target (UTC) | violated |",
            "|---|---|---|---|",
            f"| First Response #1 | overdue | {due} | yes |",
        ]


async def test_timers_and_actions_say_what_they_are_for(cached: int) -> None:
    async with Bench(cached=cached) as bench:
        await bench.open()
        await bench.at(61)
        events = (await bench.history()).events
        summaries = [json.loads(event.user_metadata.summary.data) for event in events if event.user_metadata.summary.data]
        assert summaries == [
            "C-1042 · Premium v1",
            "a warning, escalation or other change of First Response",
            "warning: email for First Response#1",
            "target of First Response",
            "violation: reassign for First Response#1",
        ]


QUERIES = re.findall(
    r"^\| ([a-z ]+) \| `(.+ AND ExecutionStatus = 'Running')` \|$", Path("docs/running.md").read_text("utf-8"), re.M
)


async def found(bench: LiveBench, what: str, *, within_s: int = 3600) -> bool:
    """Whether Temporal's search has the case."""
    ahead = bench.instant(0) + timedelta(seconds=within_s)
    query = dict(QUERIES)[what].replace("2026-03-02T10:00:00Z", f"{ahead:%Y-%m-%dT%H:%M:%SZ}")
    return bool([run.id async for run in bench.client.list_workflows(query)])


async def until_found(bench: LiveBench, what: str, *, so: bool = True) -> None:
    """Wait until it has it, or has it no more: it hears of a change a little later, and then of all that was changed."""

    async def watch() -> None:
        while await found(bench, what) != so:
            await asyncio.sleep(0.05)

    await bench.bounded(watch())


async def test_the_documented_query_finds_what_is_due_within_the_hour_and_nothing_later() -> None:
    async with LiveBench(a_process(within="30m", **SILENT), events=1000) as bench:
        await bench.open()
        await until_found(bench, "due within the hour")
        assert not await found(bench, "due within the hour", within_s=60)
        assert not await found(bench, "violated and still open")


async def test_the_documented_query_finds_what_is_violated_until_it_is_done() -> None:
    async with LiveBench(a_process(within="1s", **SILENT), events=1000) as bench:
        await bench.open()
        await bench.at(2)
        await until_found(bench, "violated and still open")
        await bench.report("noted", kind="response.sent")
        await until_found(bench, "violated and still open", so=False)
