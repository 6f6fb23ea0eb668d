"""What cases log: the record on every line, nothing personal, and each line once however often a case is replayed."""

import io
import json
from typing import Any

from activities.ports import Permanent, Transient
from runtime.logs import configure
from runtime.settings import Settings
from tests.workflows.harness import Bench
from tests.workflows.world import violating

MAIL = {"email": {"to": "owner", "template": "violation"}}
PERSONAL = ("Kim", "ada@", "support.example", "helios.example")


async def lines(cached: int) -> list[dict[str, Any]]:
    """What is logged of a case whose mail fails, first for a while, then for good."""
    sink = io.StringIO()
    with configure(Settings(log_format="json", log_level="debug"), sink):
        async with Bench(violating(MAIL), cached=cached) as bench:
            bench.world.mailer.problem = Transient("451 not now")
            await bench.open(contact="Kim Park <kim@helios.example>")
            await bench.at(61)
            bench.world.mailer.problem = Permanent("550 no such mailbox")
            await bench.at(80)
            await bench.report("noted", kind="customer.replied")
            await bench.report("closed")
            await bench.closed()
    said = [json.loads(line) for line in sink.getvalue().splitlines()]
    return [line for line in said if line["logger"] != "asyncio"]


async def test_an_action_given_up_is_logged_once_and_every_line_of_a_case_names_its_record(cached: int) -> None:
    said = await lines(cached)
    (given_up,) = [line for line in said if line["event"] == "action_given_up"]
    assert (given_up["record"], given_up["key"]) == ("C-1042", "C-1042/First Response#1/1/violation-1/1")
    assert (given_up["workflow_id"], given_up["level"]) == ("sla-case/C-1042", "warning")
    ours = [line for line in said if not line["logger"].startswith("temporalio.")]
    assert {line["event"] for line in ours} >= {"case_decided", "action_failed", "action_ended_undone"}
    assert {line.get("record") for line in ours} == {"C-1042"}
    assert not [line for line in said for name in PERSONAL if name in json.dumps(line)]
