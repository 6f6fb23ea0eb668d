"""What every part of the Setup desk is made from."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sla.acting import Actor
from sla.instants import to_instant
from sla.messages import ProcessRef
from starter.cases_client import CasesClient
from store.catalogue import Catalogue
from store.definitions import StoredDefinitions
from store.engine import Database
from store.records import Records

if TYPE_CHECKING:
    from temporalio.client import Client

    from runtime.settings import Settings
    from starter.access.oidc import IdentityTokens
    from starter.recording import Tally

Now = Callable[[], datetime]

LATEST: Final = ProcessRef(process="", version=0, revision=2**31 - 1)
"""All calendars as they are published now."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """One installation, as seen by somebody who acts. `clock` tells the time of day."""

    database: Database
    settings: "Settings"
    clock: Now
    actor: Actor
    cases: CasesClient
    catalogue: Catalogue
    definitions: StoredDefinitions
    records: Records
    identities: "IdentityTokens | None" = None
    """Knows the bearers of identity tokens, if a provider is set."""
    tally: "Tally | None" = None
    """Counts what is told of records in a request that has one line in the audit log for all of it."""

    def now(self) -> datetime:
        """The present instant: UTC, aware, whole seconds."""
        return to_instant(self.clock())


def identities(settings: "Settings") -> "IdentityTokens | None":
    """What knows the bearers of identity tokens, if the settings name a provider."""
    if not settings.oidc_issuer:
        return None
    from starter.access.oidc import identity_tokens  # noqa: PLC0415 - loads cryptography, which few installations need

    return identity_tokens(settings)


@asynccontextmanager
async def open_context(
    settings: "Settings", connect: Callable[[], Awaitable["Client"]], now: Now, actor: Actor
) -> AsyncIterator[Context]:
    """What a Desk on the installation's database is made from. Raises ServiceUnavailable or SchemaBehind."""
    database = Database(settings.database_url)
    try:
        await database.check_schema()
        yield Context(
            database=database,
            settings=settings,
            clock=now,
            actor=actor,
            cases=CasesClient(connect, queue_prefix=settings.task_queue),
            catalogue=Catalogue(database, max_processes=settings.max_processes),
            definitions=StoredDefinitions(database, default_hours=settings.default_business_hours),
            records=Records(database),
            identities=identities(settings),
        )
    finally:
        await database.dispose()
