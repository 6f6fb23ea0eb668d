"""The composition root: every port gets its adapter here, every activity its ports, every task queue its worker."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import get_args

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig

from activities.actions.catalogue import CATALOGUE
from activities.actions.context import Outside
from activities.adapters.clock import SystemClock
from activities.adapters.secrets import GivenSecrets
from activities.adapters.smtp import SmtpMailer, SmtpServer
from activities.adapters.templates import FileTemplates
from activities.adapters.web import HttpWeb
from activities.archiving import Keeper
from activities.beating import BEAT_S
from activities.decide import Decider
from activities.moving import Mover
from activities.observing import Observer
from activities.perform import Performer
from activities.ports import Clock, Histories
from runtime.histories import histories_of
from runtime.sandbox import sandbox
from runtime.settings import Settings
from sla import messages
from sla.acting import Actor
from sla.instants import to_instant
from sla.messages import World
from store.archive import StoredArchive
from store.cases import StoredCases
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.directory import StoredDirectory
from store.engine import Database
from store.ledger import StoredLedger
from store.moving import StoredMigrations
from store.tasks import StoredTasks
from workflows.case import SlaCase
from workflows.keeping import KeepHistories
from workflows.migrating import MoveRecords


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The activities of an installation, ready to be given to workers."""

    decider: Decider
    performer: Performer
    mover: Mover
    keeper: Callable[[Histories], Keeper]


def parts(settings: Settings, database: Database, web: HttpWeb, observer: Observer, clock: Clock) -> Parts:
    """Every activity with its ports."""
    definitions = StoredDefinitions(database, default_hours=settings.default_business_hours)
    cases, ledger = StoredCases(database), StoredLedger(database)
    outside = Outside(
        directory=StoredDirectory(database),
        tasks=StoredTasks(database),
        mailer=SmtpMailer(_smtp(settings), clock),
        web=web,
        secrets=GivenSecrets({name: secret.get_secret_value() for name, secret in settings.secrets.items()}),
        templates=FileTemplates(settings.templates_dir),
        base_url=settings.base_url,
    )
    return Parts(
        decider=Decider(definitions, cases, observer=observer, budget_s=settings.effect_retry_budget_s),
        performer=Performer(
            definitions=definitions, cases=cases, ledger=ledger, clock=clock, outside=outside, observer=observer
        ),
        mover=Mover(StoredMigrations(database)),
        keeper=partial(
            Keeper,
            archive=StoredArchive(database),
            cases=cases,
            definitions=definitions,
            clock=clock,
            engine=version("milepost"),
        ),
    )


def _smtp(settings: Settings) -> SmtpServer:
    return SmtpServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value(),
        sender=settings.smtp_from,
        timeout_s=settings.smtp_timeout_s,
    )


def workers(client: Client, settings: Settings, made: Parts) -> list[Worker]:
    """One worker for the cases, and one for each outside world, so that one that is down holds up no other; as chosen."""
    chosen = settings.worker_queues.split(",")
    worlds = [_world(client, settings, made, world) for world in _worlds() if world in chosen]
    return [_cases(client, settings, made), *worlds] if "cases" in chosen else worlds


def _cases(client: Client, settings: Settings, made: Parts) -> Worker:
    grace = timedelta(seconds=settings.graceful_shutdown_s)
    keeper = made.keeper(histories_of(client))
    return Worker(
        client,
        task_queue=messages.task_queue(settings.task_queue, "cases"),
        workflows=[SlaCase, MoveRecords, KeepHistories],
        activities=[made.decider.decide, *made.mover.activities(), *keeper.activities()],
        workflow_runner=sandbox(),
        max_cached_workflows=settings.worker_cached_cases,
        max_concurrent_workflow_tasks=settings.worker_workflow_tasks,
        max_concurrent_activities=settings.worker_activities,
        max_concurrent_local_activities=settings.worker_local_activities,
        graceful_shutdown_timeout=grace,
        deployment_config=versioned(settings),
    )


def _worlds() -> list[World]:
    used = {kind.WORLD for kind in CATALOGUE.values()}
    return [world for world in get_args(World) if world in used]


def _world(client: Client, settings: Settings, made: Parts, world: World) -> Worker:
    return Worker(
        client,
        task_queue=messages.task_queue(settings.task_queue, world),
        activities=made.performer.activities(world),
        max_concurrent_activities=settings.worker_activities,
        max_heartbeat_throttle_interval=timedelta(seconds=BEAT_S),  # else the SDK tells so late that little may go wrong
        graceful_shutdown_timeout=timedelta(seconds=settings.graceful_shutdown_s),
        deployment_config=versioned(settings),
    )


def versioned(settings: Settings) -> WorkerDeploymentConfig | None:
    """The version that a worker goes by, if it has one: then a case stays with the version that began it.

    That is said here and not on the workflow: Temporal takes no answer from an unversioned worker whose workflow says so.
    """
    if not settings.build_id:
        return None
    version = WorkerDeploymentVersion(deployment_name=settings.task_queue, build_id=settings.build_id)
    pinned = VersioningBehavior.PINNED
    return WorkerDeploymentConfig(version=version, use_worker_versioning=True, default_versioning_behavior=pinned)


async def note_default_hours(settings: Settings, database: Database, clock: Clock) -> None:
    """Let the hours that are set count by default for what is opened from now on: who decides says by what."""
    name, actor = settings.default_business_hours or None, Actor(name="milepost worker", door="worker")
    await Catalogue(database).let_be_default(name, at=to_instant(clock.now()), actor=actor)


@asynccontextmanager
async def working(
    client: Client, settings: Settings, database: Database, observer: Observer, clock: Clock | None = None
) -> AsyncIterator[None]:
    """Work for as long as the block runs. At its end actions under way are finished first, so that no mail is repeated."""
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        if "cases" in settings.worker_queues.split(","):
            await note_default_hours(settings, database, clock)
        web = await stack.enter_async_context(HttpWeb(clock, timeout_s=settings.webhook_timeout_s))
        for worker in workers(client, settings, parts(settings, database, web, observer, clock)):
            await stack.enter_async_context(worker)
        yield
