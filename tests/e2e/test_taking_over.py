"""Incidents of years ago opened in a running service: acted upon as a whole, not event by event."""

from pathlib import Path

from activities.observing import SILENT
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.mailcatcher import MailCatcher
from runtime.settings import Settings
from sla.imports.incidents import read_incidents
from sla.messages import SEARCH_ATTRIBUTES
from starter.definitions import load
from store.engine import Database
from tests.e2e.test_draining import a_desk
from workers.wiring import working

EXAMPLES = Path(__file__).parents[2] / "examples"
RECORDS = 12


async def test_an_imported_incident_has_the_outcome_of_its_whole_history_and_nobody_is_alarmed_in_vain(
    tmp_path: Path,
) -> None:
    url = f"sqlite:///{tmp_path / 'milepost.db'}"
    (log,) = (EXAMPLES / "incidents").glob("*.csv")
    histories: dict[str, list[dict[str, object]]] = {}
    for event in read_incidents(log.read_text(), log.name).events:
        histories.setdefault(str(event["record"]), []).append(event)
    database = Database(url)
    await database.upgrade()
    async with MailCatcher(tmp_path / "mail") as catcher, TemporalDevServer(search_attributes=SEARCH_ATTRIBUTES) as server:
        settings = Settings(data_dir=tmp_path, database_url=url, smtp_port=catcher.port)
        client = await connect(settings, address=server.address)
        async with a_desk(settings, client) as desk, working(client, settings, database, SILENT):
            await desk.apply(load([EXAMPLES / "processes", EXAMPLES / "calendars", EXAMPLES / "people.yaml"]))
            for record, history in list(histories.items())[:RECORDS]:
                assert await desk.take_over(history, process="Incident Management SLA") == []
                assert await desk.take_over(history, process="Incident Management SLA") == [], "twice is once"
                handle = client.get_workflow_handle(f"sla-case/{record}")
                await handle.result()
                case = await desk.show(record)
                assert case.record.out
                assert all(one.status in ("met", "met_late", "cancelled") for one in case.timeline.milestones)
                assert {one.effect.status for one in case.effects} <= {"due", "skipped"}, "nothing had to be withdrawn"
                assert all(one.outcome == "performed" for one in case.effects if one.effect.status == "due")
    await database.dispose()
