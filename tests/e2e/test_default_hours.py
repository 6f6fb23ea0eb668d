"""A setting that is changed between two starts of the worker: an open case keeps what it was promised."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

from activities.observing import SILENT
from runtime.connect import connect
from runtime.settings import Settings
from sla.documents import parse_documents
from starter.definitions import assemble
from starter.desk import Desk
from starter.verifying import verify
from tests.e2e.installation import Installation, an_installation
from tests.e2e.test_draining import a_desk
from workers.wiring import working

HOUR = timedelta(hours=1)


def definitions() -> str:
    """An answer within the hour, and hours that are open on one day of the week, which is neither today nor tomorrow."""
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    return (
        f'calendar: rarely\ntimezone: UTC\nhours: {{{day}: ["09:00-17:00"]}}\n---\n'
        "process: Support\nmilestones: [{milestone: Answer, within: 1h}]\n"
    )


async def promised(desk: Desk, record: str) -> timedelta:
    """How long after its opening the answer is due."""
    shown = await desk.show(record)
    [answer] = shown.timeline.milestones
    assert answer.target_at is not None
    return answer.target_at - shown.record.opened_at


async def opened(here: Installation, client: Client, settings: Settings, record: str, *, told: str | None = None) -> None:
    """A worker with these settings is there while a case comes in; and while another, told of something, decides again."""
    async with a_desk(settings, client) as desk, working(client, settings, here.database, SILENT):
        await desk.open(record=record, process="Support")
        if told is not None:
            await desk.report({"record": told, "id": "n-1", "type": "noted", "kind": "customer.replied"})


async def test_an_open_case_keeps_its_target_and_a_new_one_gets_another(tmp_path: Path) -> None:
    async with an_installation(tmp_path) as here:
        client = await connect(here.settings, address=here.server.address)
        then, today = here.settings.but(default_business_hours="rarely"), here.settings
        async with a_desk(today, client) as desk:
            await desk.apply(assemble(parse_documents(definitions(), "definitions.yaml")))
            await opened(here, client, then, "C-1")
            before = await promised(desk, "C-1")
            await opened(here, client, today, "C-2", told="C-1")
            assert before > timedelta(days=1)
            assert (await promised(desk, "C-1"), await promised(desk, "C-2")) == (before, HOUR)
            bundle = tmp_path / "C-1.mpb"
            bundle.write_bytes(await desk.evidence.bundle("C-1"))
        verdict = verify(bundle)
        assert (verdict.runs, verdict.problems, verdict.differences) == (1, [], [])
