"""Workers for each queue: some decide, others send."""

from pathlib import Path

from activities.adapters.clock import SystemClock
from activities.adapters.web import HttpWeb
from activities.observing import SILENT
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.settings import Settings
from sla.messages import SEARCH_ATTRIBUTES
from store.engine import Database
from workers.wiring import parts, workers

CHOICES = {
    "cases,mail,web,desk": ["sla-cases", "sla-mail", "sla-web", "sla-desk"],
    "cases": ["sla-cases"],
    "web, mail": ["sla-mail", "sla-web"],
}


async def test_a_worker_serves_the_queues_that_it_is_told_to(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, task_queue="sla")
    server = TemporalDevServer(database=tmp_path / "temporal.db", port=0, ui_port=None, search_attributes=SEARCH_ATTRIBUTES)
    database, clock = Database(settings.database_url), SystemClock()
    async with server, HttpWeb(clock, timeout_s=1) as web:
        made = parts(settings, database, web, SILENT, clock)
        for queues, served in CHOICES.items():
            client = await connect(settings, address=server.address)  # the SDK wants one for each set of workers
            chosen = workers(client, settings.but(worker_queues=queues), made)
            assert [worker.task_queue for worker in chosen] == served
    await database.dispose()
