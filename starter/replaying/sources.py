"""Where histories come from: files, bundles, records, runs that Temporal keeps. Named cheaply, and fetched where replayed.

`Library` is what a process replays from; it connects to the store and to Temporal when it first must.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeAlias

from temporalio.client import Client, WorkflowHistory
from temporalio.runtime import Runtime
from temporalio.service import RPCError, RPCStatusCode

from activities.ports import Definitions
from runtime.connect import connect, unavailable
from runtime.settings import Settings
from sla import messages
from sla.errors import MilepostError, UnreadableFile
from sla.evidence_errors import DamagedHistory
from sla.histories import whole
from starter.bundles import read_bundle
from starter.files import read_bytes
from starter.histories import Histories, Unread
from starter.replaying.laws import GivenDefinitions, of_dossier
from starter.replaying.reading import Run, Unplayable, of_history, of_json, parsed
from starter.replaying.results import Replayed
from store.archive import StoredArchive
from store.definitions import StoredDefinitions
from store.engine import Database
from store.records import Records

PAGE: Final = 500
"""Events that are fetched at once. A run has at most 51,200, which is also what a process holds of them at most."""


@dataclass(frozen=True, slots=True)
class OfFile:
    """A history in a file."""

    path: Path


@dataclass(frozen=True, slots=True)
class OfBundle:
    """All runs in a bundle, with the definitions that it holds."""

    path: Path


@dataclass(frozen=True, slots=True)
class OfRecord:
    """All runs of a record, from the archive or from Temporal."""

    record: str


@dataclass(frozen=True, slots=True)
class OfRun:
    """A run that Temporal has listed."""

    workflow_id: str
    run_id: str
    kind: str = messages.WORKFLOW


@dataclass(frozen=True, slots=True)
class OfArchive:
    """A run that the archive holds."""

    record: str
    run_id: str


Source: TypeAlias = OfFile | OfBundle | OfRecord | OfRun | OfArchive


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a process needs to replay by itself. `given` are definitions of files, which go before the store's.

    `only` is the beginning of the id of the only run that is wanted.
    """

    settings: Settings
    given: GivenDefinitions | None = None
    only: str = ""


class Found(NamedTuple):
    """A history, and the definitions of its day."""

    run: Run
    definitions: Definitions


class Library:
    """Everything that histories are fetched from, within the block. Raises ServiceUnavailable when one does not answer."""

    def __init__(self, recipe: Recipe, runtime: Runtime) -> None:
        self._recipe = recipe
        self._runtime = runtime
        self._stack = AsyncExitStack()
        self._database: Database | None = None
        self._stored: StoredDefinitions | None = None
        self._client: Client | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def open(self, source: Source) -> AsyncIterator[Found | Replayed]:
        """The histories of a source, one by one; of what cannot be replayed, why it is skipped."""
        match source:
            case OfFile(path):
                yield await self._file(path)
            case OfBundle(path):
                for found in self._bundle(path):
                    yield found
            case OfRecord(record):
                async for found in self._record(record):
                    yield found
            case OfRun():
                yield await self._run(source)
            case OfArchive(record, run_id):
                yield await self._archived(record, run_id)

    # ------------------------------------------------------------------ of each kind

    async def _file(self, path: Path) -> Found | Replayed:
        try:
            run = parsed(read_bytes(path), str(path))
        except (Unplayable, UnreadableFile) as problem:
            return Replayed(source=str(path), skipped=str(problem).removeprefix(f"{path}: "))
        return Found(run, await self._definitions())

    def _bundle(self, path: Path) -> list[Found | Replayed]:
        try:
            bundle = read_bundle(path)
        except MilepostError as problem:
            return [Replayed(source=str(path), skipped=str(problem).removeprefix(f"{path}: "))]
        definitions: Definitions = self._recipe.given or of_dossier(bundle.dossier)
        record = bundle.dossier.record
        return [
            _found(str(path), record, run.run_id, run.as_temporal(), definitions)
            for run in bundle.runs
            if run.run_id.startswith(self._recipe.only)
        ]

    async def _record(self, record: str) -> AsyncIterator[Found | Replayed]:
        definitions = await self._definitions()
        async for run in Histories(await self.opened(), self.connected).each(record):
            if not run.run_id.startswith(self._recipe.only):
                continue
            if isinstance(run, Unread):
                yield _unread(record, run.run_id, run.problem)
            else:
                yield _found(record, record, run.run_id, run.as_temporal(), definitions)

    async def _archived(self, record: str, run_id: str) -> Found | Replayed:
        try:
            kept = await StoredArchive(await self.opened()).history(record, run_id)
        except DamagedHistory as problem:
            return _unread(record, run_id, problem)
        return _found(record, record, run_id, None if kept is None else whole(kept), await self._definitions())

    async def _run(self, source: OfRun) -> Found | Replayed:
        record = source.workflow_id.removeprefix(messages.workflow_id(""))
        name = f"{record}, run {source.run_id}"
        skipped = Replayed(source=name, record=record, run_id=source.run_id)
        if source.kind != messages.WORKFLOW:
            why = f"it is of the workflow '{source.kind}'; only cases ('{messages.WORKFLOW}') are replayed"
            return skipped.model_copy(update={"source": f"{source.workflow_id}, run {source.run_id}", "skipped": why})
        definitions = await self._definitions()
        client = await self.connected()
        handle = client.get_workflow_handle(source.workflow_id, run_id=source.run_id)
        try:
            events = [event async for event in handle.fetch_history_events(page_size=PAGE)]
            return Found(of_history(WorkflowHistory(source.workflow_id, events), name), definitions)
        except Unplayable as problem:
            return skipped.model_copy(update={"skipped": str(problem)})
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return skipped.model_copy(update={"skipped": "Temporal has forgotten it since it was listed"})
            raise unavailable(error, client) from None

    # ------------------------------------------------------------------ what it is fetched from

    async def connected(self) -> Client:
        """Temporal's client."""
        if self._client is None:
            self._client = await connect(self._recipe.settings, runtime=self._runtime)
        return self._client

    async def require(self, record: str) -> None:
        """Raise UnknownRecord unless the store has it."""
        await Records(await self.opened()).get(record)

    async def _definitions(self) -> Definitions:
        if self._recipe.given is not None:
            return self._recipe.given
        if self._stored is None:
            default_hours = self._recipe.settings.default_business_hours
            self._stored = StoredDefinitions(await self.opened(), default_hours=default_hours)
        return self._stored

    async def opened(self) -> Database:
        """The store."""
        if self._database is None:
            database = Database(self._recipe.settings.database_url)
            self._stack.push_async_callback(database.dispose)
            await database.check_schema()
            self._database = database
        return self._database


def _unread(record: str, run_id: str, problem: MilepostError) -> Replayed:
    return Replayed(source=f"{record}, run {run_id}", record=record, run_id=run_id, skipped=str(problem))


def _found(source: str, record: str, run_id: str, history: object, definitions: Definitions) -> Found | Replayed:
    """A run whose history is kept as JSON."""
    name = f"{source}, run {run_id}"
    try:
        if history is None:
            raise Unplayable("its history is lost: Temporal had forgotten it before it was kept")
        return Found(of_json(history, name, messages.workflow_id(record)), definitions)
    except Unplayable as problem:
        return Replayed(source=name, record=record, run_id=run_id, skipped=str(problem))
