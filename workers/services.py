"""What the command line's long-running commands do: work, develop, bring the store up to date."""

import gc
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from temporalio.client import Client

from activities.adapters.clock import SystemClock
from runtime.connect import DEFAULT_ADDRESS, Telemetry, connect, require_namespace, temporal_runtime
from runtime.embedded import TemporalDevServer
from runtime.health import Health, attended, namespace
from runtime.logs import configure
from runtime.mailcatcher import MailCatcher
from runtime.metrics import Metrics
from runtime.serving import serve
from runtime.settings import Settings
from runtime.signals import stop_on_signals
from sla.messages import SEARCH_ATTRIBUTES
from starter import doctor
from starter.checkups.findings import Finding
from starter.deployments import Deployments
from store.engine import Database
from store.records import Records
from workers import census
from workers.api import api, development_key
from workers.desks import now
from workers.keeping import begin_keeping
from workers.supervision import Work, under_way
from workers.wiring import working

logger = structlog.get_logger()


async def examine(settings: Settings) -> list[Finding]:
    """What `milepost doctor` has to say of this installation."""
    return await doctor.examine(settings, lambda: connect(settings, timeout_s=doctor.PATIENCE_S), now)


async def deployments(settings: Settings) -> Deployments:
    """The versions of this installation's workers."""
    return Deployments(await connect(settings), queue_prefix=settings.task_queue)


async def upgrade_store(settings: Settings) -> None:
    """Bring the database's schema to this release's."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        await database.upgrade()
    finally:
        await database.dispose()


async def run_worker(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM; then finish what is under way."""
    with configure(settings), stop_on_signals() as stopping:
        telemetry = temporal_runtime(settings)
        client = await connect(settings, runtime=telemetry.runtime)
        async with _attended_work(settings, client, telemetry) as work:
            if settings.build_id and await Deployments(client, queue_prefix=settings.task_queue).begin(settings.build_id):
                logger.info("first_version_is_current", version=settings.build_id)
            logger.info("worker_ready", task_queue=settings.task_queue, namespace=client.namespace)
            await work.until(stopping)
            logger.info("worker_stopping", grace_s=settings.graceful_shutdown_s)


@asynccontextmanager
async def _attended_work(settings: Settings, client: Client, telemetry: Telemetry) -> AsyncIterator[Work]:
    """The workers, with their figures and their health on one port until the last action under way has ended."""
    metrics, health = Metrics(), Health()
    async with AsyncExitStack() as stack:
        if settings.metrics_port:
            host, port = settings.metrics_host, settings.metrics_port
            stack.enter_context(serve(metrics, health, port=port, host=host, sdk_metrics=telemetry.sdk_metrics))
        database = Database(settings.database_url)
        stack.push_async_callback(database.dispose)
        await database.check_schema()
        await require_namespace(client)
        looks = {"temporal": namespace(client), "database": database.check_schema}
        await stack.enter_async_context(attended(health, looks))
        work = await stack.enter_async_context(under_way(working(client, settings, database, metrics)))
        if settings.metrics_port:
            await stack.enter_async_context(census.taken(Records(database), metrics, SystemClock()))
        if "cases" in settings.worker_queues.split(","):
            await begin_keeping(client, settings)
        health.work()
        stack.callback(health.drain)
        _set_aside()
        yield work


def _set_aside() -> None:
    """Spare the garbage collector what a worker has loaded, which lives as long as it does: a tenth of each evaluation."""
    gc.collect()
    gc.freeze()


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """The embedded service while it runs. `settings` are those with the ports that it really has."""

    settings: Settings
    client: Client
    server: TemporalDevServer
    catcher: MailCatcher
    work: Work

    async def connected(self) -> Client:
        """Its client, which is connected."""
        return self.client


@asynccontextmanager
async def embedded(settings: Settings, *, ui: bool = True) -> AsyncIterator[Embedded]:
    """Everything on this machine: Temporal with its pages, the mail catcher, the store, a worker.

    All of it lies in `settings.data_dir` and is there again the next time. Stops in the order in which it depends on
    each other: the worker drains before its servers go. Raises PortInUse or ServiceUnavailable.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    telemetry = temporal_runtime(settings)
    async with AsyncExitStack() as stack:
        catcher = await stack.enter_async_context(MailCatcher(settings.data_dir / "mail", port=settings.mail_port))
        server = await stack.enter_async_context(
            TemporalDevServer(
                database=settings.data_dir / "temporal.db",
                port=settings.temporal_port,
                ui_port=settings.ui_port if ui else None,
                search_attributes=SEARCH_ATTRIBUTES,
                runtime=telemetry.runtime,
            )
        )
        settings = settings.but(
            smtp_host="127.0.0.1",
            smtp_port=catcher.port,
            smtp_security="none",
            smtp_username="",
            temporal={"TEMPORAL_ADDRESS": server.address},
        )
        await upgrade_store(settings)
        client = await connect(settings, runtime=telemetry.runtime)
        work = await stack.enter_async_context(_attended_work(settings, client, telemetry))
        yield Embedded(settings=settings, client=client, server=server, catcher=catcher, work=work)


async def run_dev(settings: Settings) -> None:
    """The embedded service until Ctrl-C."""
    with configure(settings), stop_on_signals() as stopping:
        async with embedded(settings) as service, api(service.settings, service.connected) as address:
            key = await development_key(service.settings)
            sys.stdout.write(_welcome(service, address, key))
            sys.stdout.flush()
            logger.info("dev_ready", temporal=service.server.address, data=str(settings.data_dir))
            await service.work.until(stopping)
            logger.info("dev_stopping")


def _welcome(service: Embedded, address: str, key: Path) -> str:
    lines = [
        "Milepost is running. Ctrl-C stops all of it; what it keeps stays.",
        f"  Temporal    {service.server.address}, pages at {service.server.ui_url}",
        f"  Mail        caught at 127.0.0.1:{service.catcher.port}; read it with: milepost mail list",
        f"  API         {address}/v1, with the key in {key} (docs/api.md)",
        f"  Data        {service.settings.data_dir}",
        "  Next, in another terminal:",
        *(f"    {line}" for line in (*_exports(service), *_FIRST_STEPS)),
    ]
    return "\n".join(lines) + "\n"


_FIRST_STEPS = (
    "milepost apply examples",
    "milepost case open --id C-1 --process 'Premium Support SLA' --priority P1 \\",
    "  --account helios --contact kim --owner ben --queue tier-1 --subject 'The VPN is down'",
    "milepost case watch C-1",
)


def _exports(service: Embedded) -> list[str]:
    """What another terminal must know when it is not the default."""
    settings, exports = service.settings, []
    if service.server.address != DEFAULT_ADDRESS.replace("localhost", "127.0.0.1"):
        exports.append(f"export TEMPORAL_ADDRESS={service.server.address}")
    if settings.data_dir != Settings().data_dir:
        exports.append(f"export MILEPOST_DATA_DIR={settings.data_dir}")
    return exports
