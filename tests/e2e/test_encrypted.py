"""What Temporal knows of an encrypted case: that it exists, when it moves, and nothing of what it is about.

The same story is told twice, without keys and with them. Without, every planted word is found where Temporal keeps it, so
that the search is known to find; with keys, none is, in no form.
"""

import asyncio
import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.workflowservice.v1 import (
    DescribeWorkflowExecutionRequest,
    ListWorkflowExecutionsRequest,
    QueryWorkflowRequest,
)
from temporalio.client import Client, WorkflowUpdateFailedError

from runtime.keys import new_key
from sla.documents import parse_documents
from sla.events import read_event
from sla.messages import REPORT, SEARCH_ATTRIBUTES, News
from starter.definitions import assemble
from starter.desk import Desk
from tests.e2e.grepping import everything, found
from tests.e2e.installation import Installation, an_installation

PATIENCE_S = 60

NAMES = {
    "owner": "Frideswide Quisling",
    "owner's id": "frideswide.q",
    "owner's address": "frideswide@wyvern-desk.example",
    "contact": "Žofie Ångström-Zumbrunn",
    "contact's id": "zofie.az",
    "contact's address": "zofie@bellwether.example",
    "account's name": "Bellwether Zymurgy GmbH",
    "address of the senior agent": "ottokar@wyvern-desk.example",
    "senior agent": "Ottokar Vexley",
    "senior agent's id": "ottokar.v",
    "address outside the directory": "jellicoe@elsewhere.example",
}
SAID = {
    "subject": "The centrifuge of Dr. Hathersage is on fire",
    "field": "Passport KX-7741-ZULU of Mrs. Umbridge-Pell",
    "field in a list": "Crampton Hodnet",
    "reason of a stop": "Waiting for Father Wimbleby to call back",
    "who completed it": "Perpetua Snodgrass",
    "data of a note": "Wibbly the cat was injured",
    "reason of a refused update": "Ethelburga's Lamentable Milestone",
    "subject of a task": "Console Mr. Grimshawe",
}
REFUSED = "550 5.1.1 jellicoe@elsewhere.example: Bartholomew Jellicoe left the company"
LATER = "451 4.7.1 zofie@bellwether.example: Zofie reads her mail after Evensong"
REFUSALS = {NAMES["address outside the directory"]: REFUSED, NAMES["contact's address"]: LATER}
MAIL_SERVERS = {"who left": "Bartholomew Jellicoe", "when she reads": "after Evensong"}

NOT_TOLD = {SAID["subject of a task"]} | {
    NAMES[who]
    for who in ("owner", "owner's address", "contact", "account's name", "senior agent", "address of the senior agent")
}
"""Temporal is told none of these even in clear: actions find names and texts in the store."""
PLANTED = {*NAMES.values(), *SAID.values(), *MAIL_SERVERS.values()} - NOT_TOLD

DEFINITIONS = f"""
process: Quick
business_hours: always-open
milestones:
  - milestone: First Response
    within: 3s
    complete_when: {{event: response.sent}}
    warnings:
      - at: 1%
        actions:
          - email: {{to: [owner, {NAMES["address outside the directory"]}], template: warning}}
          - email: {{to: contact, template: warning}}
    violations:
      - actions:
          - reassign: {{to: "role:senior_agent"}}
          - task: {{to: owner, subject: "{SAID["subject of a task"]}"}}
          - email: {{to: owner, template: violation}}
---
calendar: always-open
timezone: UTC
hours: always
---
people:
  - person: {NAMES["owner's id"]}
    name: {NAMES["owner"]}
    email: {NAMES["owner's address"]}
    timezone: Europe/London
  - person: {NAMES["senior agent's id"]}
    name: {NAMES["senior agent"]}
    email: {NAMES["address of the senior agent"]}
    timezone: Europe/London
    roles: [senior_agent]
accounts:
  - {{account: a-17, name: {NAMES["account's name"]}, timezone: Europe/Prague}}
contacts:
  - contact: {NAMES["contact's id"]}
    name: {NAMES["contact"]}
    email: {NAMES["contact's address"]}
    account: a-17
    timezone: Europe/Prague
"""

KEY = new_key(b"A" * 32)


async def until(true: Any, what: str) -> None:
    """Wait for something, but not for ever."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not await true():
                await asyncio.sleep(0.1)
    except TimeoutError:
        pytest.fail(f"in {PATIENCE_S} s it did not happen that {what}")


async def outcomes(desk: Desk) -> dict[str, str | None]:
    """How the actions of C-1 went, by the end of their keys."""
    if not (await desk.list()).records:
        return {}  # the store is told a moment after the case
    return {one.effect.key.split("/", 3)[3]: one.outcome for one in (await desk.show("C-1")).effects}


# ---------------------------------------------------------------------- nothing of it is found


async def a_full_life(here: Installation, keys: str) -> list[Any]:
    """A case to which everything happens; returns what Temporal answered about it on the way, as JSON."""
    async with here.worker(keys), here.people(keys) as (desk, client):
        await desk.apply(assemble(parse_documents(DEFINITIONS, "definitions.yaml")))
        fields = {
            "owner": NAMES["owner's id"],
            "contact": NAMES["contact's id"],
            "account": "a-17",
            "subject": SAID["subject"],
            "passport": SAID["field"],
            "seen_by": [SAID["field in a list"]],
        }
        await desk.open(record="C-1", fields=fields)
        gave_up = "warning-1/1"

        async def refused_both() -> bool:
            case = await client.get_workflow_handle("sla-case/C-1").describe()
            retried = any(one.HasField("last_failure") for one in case.raw_description.pending_activities)
            return retried and (await outcomes(desk)).get(gave_up) == "gave_up"

        await until(refused_both, "the mail server refused one mail for now and one for good")
        asked = await what_temporal_answers(here, client.namespace)
        await desk.report(an_event("stopped", id="1", reason=SAID["reason of a stop"]))
        await desk.report(an_event("resumed", id="2"))  # of one second, the event with the lower id is the earlier
        await desk.tell(an_event("noted", kind="customer.replied", body=SAID["data of a note"]))
        await be_refused(client)

        async def escalated() -> bool:
            return (await outcomes(desk)).get("violation-1/3") == "performed"

        await until(escalated, "the violation was acted upon")
        await desk.retry("C-1", f"C-1/First Response#1/1/{gave_up}")
        await desk.report(an_event("completed", milestone="First Response", by=SAID["who completed it"]))
        await desk.report(an_event("closed"))
        async with asyncio.timeout(PATIENCE_S):
            await client.get_workflow_handle("sla-case/C-1").result()
        return [*asked, *await what_temporal_answers(here, client.namespace)]


def an_event(event_type: str, /, **more: Any) -> dict[str, Any]:
    return {"record": "C-1", "id": event_type, "type": event_type, **more}


async def be_refused(client: Client) -> None:
    """News that only the case itself refuses: the Desk would not have let it through."""
    now = datetime.now(UTC)
    unknown = an_event("completed", milestone=SAID["reason of a refused update"], at=now, recorded_at=now)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await client.get_workflow_handle("sla-case/C-1").execute_update(
            REPORT, News(event=read_event(unknown, where="here"))
        )
    assert SAID["reason of a refused update"] in str(refused.value.cause)


async def what_temporal_answers(here: Installation, namespace: str) -> list[Any]:
    """All that Temporal tells somebody who has no key: history, description, search, and queries."""
    raw = await Client.connect(here.server.address, namespace=namespace)
    case = WorkflowExecution(workflow_id="sla-case/C-1")
    service = raw.workflow_service
    answers: list[Any] = [
        await service.describe_workflow_execution(DescribeWorkflowExecutionRequest(namespace=namespace, execution=case)),
        await service.list_workflow_executions(ListWorkflowExecutionsRequest(namespace=namespace)),
        *[
            await service.query_workflow(
                QueryWorkflowRequest(namespace=namespace, execution=case, query=WorkflowQuery(query_type=asked))
            )
            for asked in ("__temporal_workflow_metadata", "state")
        ],
    ]
    history = await raw.get_workflow_handle("sla-case/C-1").fetch_history()
    return [json.loads(history.to_json()), *(json_format.MessageToDict(answer) for answer in answers)]


def payloads_in_clear(answer: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Every payload that Temporal could read, by the name of the field that it is in."""
    if isinstance(answer, list):
        for one in answer:
            yield from payloads_in_clear(one, where)
    elif isinstance(answer, dict) and "encoding" in answer.get("metadata", {}):
        if base64.b64decode(answer["metadata"]["encoding"]) != b"binary/encrypted":
            yield where, base64.b64decode(answer.get("data", "")).decode()
    elif isinstance(answer, dict):
        for name, one in answer.items():
            yield from payloads_in_clear(one, name)


def is_the_sdks_own(value: Any) -> bool:
    """Whether it is what the SDK notes beside a decision (which one, and when), or why nothing had to be cancelled."""
    noted = {"seq", "attempt", "activity_id", "activity_type", "complete_time", "backoff", "original_schedule_time"}
    return value == "ACTIVITY_ID_NOT_STARTED" or set(value) == {*noted, "activation_index"}


def kept(directory: Path) -> bytes:
    """Every byte of the Temporal server's own files: the database, what is not yet written back to it, and the log."""
    files = [path for path in (directory / "temporal").iterdir() if path.is_file()]
    assert {"t.db", "t.db-wal"} <= {path.name for path in files}
    return b"\n".join(path.read_bytes() for path in files)


async def test_in_clear_every_planted_word_would_be_found(tmp_path: Path) -> None:
    async with an_installation(tmp_path, REFUSALS) as here:
        told = await a_full_life(here, keys="")
        assert found(PLANTED, everything(told)) == PLANTED
        assert found(PLANTED, kept(tmp_path)) == PLANTED


async def test_encrypted_not_one_of_them_is_found_by_whatever_way(tmp_path: Path) -> None:
    async with an_installation(tmp_path, REFUSALS) as here:
        told = await a_full_life(here, KEY.written)
        words = PLANTED | NOT_TOLD
        assert found(words, everything(told)) == set()
        assert found(words, kept(tmp_path)) == set()
        in_clear = {(where, data) for answer in told for where, data in payloads_in_clear(answer)}
        attributes = {(where, data) for where, data in in_clear if where != "payloads"}
        assert {where for where, _ in attributes} - {"BuildIds"} == set(SEARCH_ATTRIBUTES)
        assert {("SlaProcess", '"Quick"'), ("SlaAccount", '"a-17"'), ("SlaOwnerKind", '"person"')} < attributes
        assert all(is_the_sdks_own(json.loads(data)) for _, data in in_clear - attributes)
    assert found(words, b"".join(path.read_bytes() for path in (tmp_path / "temporal").iterdir())) == set()
