"""One case through all that can happen to keys: none yet, the first, another before it, the first taken away too early."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from runtime.keys import new_key
from runtime.mailbox import Mailbox
from sla.documents import parse_documents
from sla.errors import UnreadablePayload
from starter.definitions import assemble
from starter.desk import Desk
from tests.e2e.installation import Installation, an_installation

PATIENCE_S = 60

DEFINITIONS = """
process: Quick
business_hours: always-open
milestones:
  - milestone: First Response
    within: 12s
    violations:
      - actions: [{email: {to: owner, template: violation}}]
---
calendar: always-open
timezone: UTC
hours: always
---
people:
  - {person: ada, name: Ada Whitlock, email: ada@support.example, timezone: Europe/London}
"""

A, B = new_key(b"A" * 32, "a").written, new_key(b"B" * 32, "b").written
ANOTHER_A = new_key(b"another key of the same id......", "a").written
BOTH = f"{B},{A}"
WITHOUT_A = [
    (B, "it is encrypted under the key 'a'; this process has only b"),
    (f"{B},{ANOTHER_A}", "it is not what was encrypted under the key 'a'"),
    ("", "it is encrypted, and this process has no keys"),
]
"""What is wrong with a ring, and what the worker says of it."""


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something, but not for ever."""
    async with asyncio.timeout(PATIENCE_S):
        while not await true():
            await asyncio.sleep(0.2)


def a_note(number: int) -> dict[str, Any]:
    return {"record": "C-1", "id": f"note-{number}", "type": "noted", "kind": "customer.replied", "number": number}


async def notes(desk: Desk) -> list[str]:
    """The notes that reached the record's log in the store."""
    return [event.id for event in await desk._records.log("C-1") if event.id != "opened"]


async def keys_used(client: Client) -> set[str]:
    """Under which keys the inputs of a case's updates and signals lie in its history; `-` is none."""
    history = await client.get_workflow_handle("sla-case/C-1").fetch_history()
    given = [
        payload
        for event in history.events
        for payload in (
            *event.workflow_execution_started_event_attributes.input.payloads,
            *event.workflow_execution_update_accepted_event_attributes.accepted_request.input.args.payloads,
            *event.workflow_execution_signaled_event_attributes.input.payloads,
        )
    ]
    return {payload.metadata.get("encryption-key-id", b"-").decode() for payload in given}


async def recorded(desk: Desk, upto: int) -> None:
    """Wait until the store has all notes up to this one, and no other."""
    wanted = [f"note-{number}" for number in range(1, upto + 1)]

    async def known() -> bool:
        return await notes(desk) == wanted

    await until(known)


async def told_by_a_worker(here: Installation, keys: str, number: int) -> None:
    """A note that a worker with these keys receives, answers and records."""
    async with here.worker(keys), here.people(keys) as (desk, _):
        await desk.report(a_note(number))
        await recorded(desk, number)


async def waits(here: Installation, keys: str, number: int, complaints: pytest.LogCaptureFixture) -> str:
    """A note that a worker with these keys cannot read: it leaves the case as it is. Returns the worker's complaint."""
    complaints.clear()
    async with here.people(BOTH) as (desk, client):
        await desk.tell(a_note(number))
        async with here.worker(keys):

            async def complained() -> bool:
                return bool(refusals(complaints))

            await until(complained)
        described = await client.get_workflow_handle("sla-case/C-1").describe()
    assert described.status == WorkflowExecutionStatus.RUNNING
    return refusals(complaints)[0]


def refusals(complaints: pytest.LogCaptureFixture) -> list[str]:
    """What a worker could not read, in its own words."""
    problems = (record.exc_info[1] for record in complaints.records if record.exc_info)
    return [problem.facts["problem"] for problem in problems if isinstance(problem, UnreadablePayload)]


async def why_it_failed(client: Client) -> str:
    """What the history says of the first thought that failed, to somebody who has the keys."""
    history = await client.get_workflow_handle("sla-case/C-1").fetch_history()
    failed, *_ = [event for event in history.events if event.HasField("workflow_task_failed_event_attributes")]
    failure = failed.workflow_task_failed_event_attributes.failure
    return str(await client.data_converter.decode_failure(failure))


async def test_a_case_lives_through_new_keys_and_waits_for_one_that_was_taken_away_too_early(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with an_installation(tmp_path) as here:
        async with here.worker(""), here.people("") as (desk, client):
            await desk.apply(assemble(parse_documents(DEFINITIONS, "definitions.yaml")))
            await desk.open(record="C-1", fields={"owner": "ada"})
        await told_by_a_worker(here, A, 1)
        await told_by_a_worker(here, BOTH, 2)
        assert await keys_used(client) == {"-", "a", "b"}

        for number, (keys, complaint) in enumerate(WITHOUT_A, 3):
            assert await waits(here, keys, number, caplog) == complaint

        async with here.people(BOTH) as (desk, client):
            assert await notes(desk) == ["note-1", "note-2"]
            assert "under the key 'a'; this process has only b." in await why_it_failed(client)
            async with here.worker(BOTH):

                async def escalated() -> bool:
                    return len(Mailbox(tmp_path / "mail").list()) == 1

                await until(escalated)
                await recorded(desk, 5)  # nothing was lost
                (milestone,) = (await desk.show("C-1")).timeline.milestones
                assert milestone.status == "overdue"


async def test_somebody_without_the_key_is_told_so_and_does_no_harm(tmp_path: Path) -> None:
    async with an_installation(tmp_path) as here, here.worker(A), here.people("") as (desk, _):
        await desk.apply(assemble(parse_documents(DEFINITIONS, "definitions.yaml")))
        with pytest.raises(UnreadablePayload, match="it is encrypted, and this process has no keys"):
            await desk.open(record="C-1", fields={"owner": "ada"})
        async with here.people(A) as (theirs, _):
            answer = await theirs.report(a_note(1))
        assert (answer.duplicate, answer.record) == (False, "C-1")


async def test_a_case_whose_key_is_gone_for_good_starts_again_from_the_store(tmp_path: Path) -> None:
    async with an_installation(tmp_path) as here:
        async with here.worker(A), here.people(A) as (desk, _):
            hour = DEFINITIONS.replace("within: 12s", "within: 1h")
            await desk.apply(assemble(parse_documents(hour, "definitions.yaml")))
            await desk.open(record="C-1", fields={"owner": "ada"})
            await desk.report(a_note(1))
            await recorded(desk, 1)
        async with here.people(B) as (desk, client), here.worker(B):
            await client.get_workflow_handle("sla-case/C-1").terminate("its key is lost")
            await desk.report(a_note(2))
            assert await keys_used(client) == {"b"}
            await recorded(desk, 2)
            assert (await desk.show("C-1")).timeline.milestones[0].status == "running"
