"""`milepost replay` of a record of which Temporal has really deleted a run that nobody had kept."""

import asyncio
from pathlib import Path

from runtime.histories import histories_of
from sla.messages import workflow_id
from tests.starter.replaying.test_live import a_live_installation, verdicts


async def test_a_run_that_was_deleted_is_named_and_skipped_and_the_other_is_replayed(tmp_path: Path) -> None:
    async with a_live_installation(tmp_path) as live:
        query = f"WorkflowId = '{workflow_id('C-2')}' AND ExecutionStatus = 'Completed'"
        [closed] = [run.run_id async for run in live.client.list_workflows(query)]
        await live.forget("C-2", closed)
        while await histories_of(live.client).seen("C-2", closed) is not None:
            await asyncio.sleep(0.05)
        ran = await live.replay("C-2", "--json")
        assert verdicts(ran) == [("C-2", "same"), ("C-2", "skipped")]
        [skipped] = [one for one in ran.objects if one["verdict"] == "skipped"]
        assert skipped["run_id"] == closed
        assert "its history is lost: Temporal had forgotten it before it was kept" in skipped["skipped"]
