"""What a case takes in the archive and in a bundle, beside its history in Temporal; and how long it takes to store one.

Whole cases on a real server, of the two stories of `bench.histories`. They are stored one after the other by the same
code that a worker runs, out of Temporal and into an SQLite file.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.adapters.clock import SystemClock
from activities.archiving import Keeper
from activities.observing import SILENT
from bench.baselines.case import MILESTONES
from bench.contract import FIELDS, definitions
from bench.histories import ACTIONS, STORIES, performed_actions, size
from bench.rows import Row, Scale
from bench.stats import short, takes
from runtime.connect import connect
from runtime.embedded import TemporalDevServer
from runtime.histories import histories_of
from runtime.logs import configure
from runtime.mailcatcher import MailCatcher
from runtime.settings import Settings
from sla import messages
from sla.messages import SEARCH_ATTRIBUTES
from starter.desk import Desk, open_desk
from store.archive import StoredArchive
from store.cases import StoredCases
from store.definitions import StoredDefinitions
from store.engine import Database
from workers.wiring import working

NAME = "archive"
PATIENCE_S = 60.0
LOOK_S = 0.5


@dataclass(frozen=True, kw_only=True)
class Stage:
    """An installation whose histories nobody keeps, but whoever measures."""

    client: Client
    desk: Desk
    database: Database
    keeper: Keeper


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of one case: bytes in Temporal, in the archive, and as a bundle; milliseconds to store it."""

    temporal: int
    archived: int
    bundle: int
    ms: float


async def measure(scale: Scale) -> list[Row]:
    """Rows for each story: bytes, then time."""
    found: dict[str, list[Kept]] = {}
    async with staged() as stage:
        for story in STORIES:
            await stage.desk.apply(definitions(f"Bench, {story}", STORIES[story]))
            cases = scale.pick(short=2, full=40)
            names = [f"C-{list(STORIES).index(story)}{number:03}" for number in range(cases)]
            print(f"{story}: {cases} cases", file=sys.stderr, flush=True)
            await asyncio.gather(*(_played(stage, record, story) for record in names))
            found[story] = [await _kept(stage, record) for record in names]
    return [row for story, kept in found.items() for row in _rows(story, kept)]


@asynccontextmanager
async def staged() -> AsyncIterator[Stage]:
    """Servers and workers as `milepost dev` has them."""
    with tempfile.TemporaryDirectory(prefix="milepost-bench-") as directory:
        kept = Path(directory)
        settings = Settings(
            data_dir=kept, database_url=f"sqlite:///{kept / 'm.db'}", log_level="error", graceful_shutdown_s=5
        )
        with configure(settings, sys.stderr):
            async with AsyncExitStack() as stack:
                catcher = await stack.enter_async_context(MailCatcher(kept / "mail"))
                settings = settings.but(smtp_host="127.0.0.1", smtp_port=catcher.port, smtp_security="none")
                server = await stack.enter_async_context(TemporalDevServer(search_attributes=SEARCH_ATTRIBUTES))
                client = await connect(settings, address=server.address)
                database = Database(settings.database_url)
                stack.push_async_callback(database.dispose)
                await database.upgrade()
                await stack.enter_async_context(working(client, settings, database, SILENT))

                async def connected() -> Client:
                    return client

                desk = await stack.enter_async_context(open_desk(settings, connected, lambda: datetime.now(UTC)))
                yield Stage(client=client, desk=desk, database=database, keeper=_keeper(client, database))


def _keeper(client: Client, database: Database) -> Keeper:
    return Keeper(
        histories_of(client),
        archive=StoredArchive(database),
        cases=StoredCases(database),
        definitions=StoredDefinitions(database, default_hours=None),
        clock=SystemClock(),
        engine="bench",
    )


async def _played(stage: Stage, record: str, story: str) -> None:
    """One case from its opening to the end of its workflow."""
    await stage.desk.open(record=record, process=f"Bench, {story}", fields=FIELDS)
    handle = stage.client.get_workflow_handle(messages.workflow_id(record))
    if story == "all met":
        for milestone in MILESTONES:
            await stage.desk.report(
                {"record": record, "id": f"done-{milestone[:2]}", "type": "completed", "milestone": milestone}
            )
    async with asyncio.timeout(max(STORIES[story]) + PATIENCE_S):
        while performed_actions(await handle.fetch_history()) < ACTIONS[story]:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)
    await stage.desk.report({"record": record, "id": "closed", "type": "closed"})
    async with asyncio.timeout(PATIENCE_S):
        await handle.result()


async def _kept(stage: Stage, record: str) -> Kept:
    archive = StoredArchive(stage.database)
    [run] = await archive.of(record)
    began = time.perf_counter()
    stored = await ActivityEnvironment().run(stage.keeper.look_at, run)
    took = time.perf_counter() - began
    if stored.stored != 1:
        raise RuntimeError(f"{record} was not stored")
    history = await stage.client.get_workflow_handle(messages.workflow_id(record)).fetch_history()
    bundle = await stage.desk.evidence.bundle(record)
    return Kept(temporal=size(history), archived=stored.bytes, bundle=len(bundle), ms=took * 1000)


def _rows(story: str, kept: list[Kept]) -> list[Row]:
    temporal, archived = takes([one.temporal for one in kept]), takes([one.archived for one in kept])
    bundle, ms = takes([one.bundle for one in kept]), takes([one.ms for one in kept])
    return [
        Row(
            measure=NAME,
            subject=f"{story}, archived case",
            figure=archived.median,
            unit="bytes",
            against="history in Temporal",
            ratio=archived.median / temporal.median,
            note=short(temporal.median),
            detail={"spread": archived.spread, "against": temporal.median, "against_spread": temporal.spread},
        ),
        Row(
            measure=NAME,
            subject=f"{story}, bundle",
            figure=bundle.median,
            unit="bytes",
            note="definitions, log and history",
            detail={"spread": bundle.spread},
        ),
        Row(
            measure=NAME,
            subject=f"{story}, storing a case",
            figure=ms.median,
            unit="ms",
            note=f"{1000 / ms.median:,.0f} a second, one after the other",
            detail={"spread": ms.spread},
        ),
    ]
