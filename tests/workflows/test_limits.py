"""Names as long as they may be, on Temporal's development server: nothing that it would refuse may hold a case up."""

from typing import Any

from sla.fitting import ID_BYTES, activity_id
from sla.messages import workflow_id
from tests.workflows.live import LiveBench
from tests.workflows.test_showing import upserts
from tests.workflows.world import SILENT, a_milestone, a_process

NAME = "\U0001f680" * 120
"""The longest name of a process or a milestone, in characters of four bytes each."""
RECORD = "\U0001f680" * 200
TASK: dict[str, Any] = {"task": {"to": "owner", "subject": "Call"}}


async def test_a_case_of_the_longest_names_is_opened_waits_and_acts() -> None:
    first = SILENT | {"milestone": NAME, "within": "2s", "violations": [{"after": "0s", "actions": [TASK]}]}
    others = [a_milestone(f"{number}{NAME[1:]}", "1h") for number in range(9)]
    process = a_process(*others, **first).model_copy(update={"process": NAME})
    async with LiveBench(process, record=RECORD, events=1_000) as bench:
        await bench.open(account="x" * 300)
        await bench.until(lambda: bool(bench.world.tasks.opened))
        view = (await bench.state()).view
        assert view is not None
        assert (view.status, view.account) == ("violated_open", "x" * 300)
        history = await bench.history()
        assert history.workflow_id == workflow_id(RECORD)
        assert [one.workflow_task_failed_event_attributes.failure.message for one in history.events
                if one.HasField("workflow_task_failed_event_attributes")] == []  # fmt: skip
        [account] = [said["SlaAccount"] for said in upserts(history) if "SlaAccount" in said]
        assert account == "x" * 254 + "…"
        key = f"{RECORD}/{NAME}#1/1/violation-1/1"
        assert len(key.encode()) > ID_BYTES
        assert list(await bench.scheduled()) == [activity_id(key)]
        assert [one.record for one in bench.world.tasks.opened.values()] == [RECORD]
