"""What is to be replayed, as people say it: names of records and files, or a query of Temporal's."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sla.evidence_errors import NotReplayable
from starter.bundles import ENDING
from starter.replaying.listing import closed, count, listed, query_of
from starter.replaying.session import quiet_runtime
from starter.replaying.sources import Library, OfArchive, OfBundle, OfFile, OfRecord, OfRun, Recipe, Source
from store.archive_lists import ArchivedRuns

HISTORY = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Records and files by name; or without names what a query lists, or all cases. `since`: what was open since then."""

    names: Sequence[str] = ()
    query: str | None = None
    since: datetime | None = None


class Chosen(NamedTuple):
    """How many sources there are, as far as can be known beforehand, and the sources, which are listed as they are taken."""

    total: int
    sources: AsyncIterator[Source]


@asynccontextmanager
async def chosen(wanted: Wanted, recipe: Recipe) -> AsyncIterator[Chosen]:
    """Find what is wanted. Raises NotReplayable, UnknownRecord, InvalidQuery or ServiceUnavailable."""
    async with Library(recipe, quiet_runtime()) as library:
        if wanted.names:
            sources = [source_of(name) for name in wanted.names]
            for source in sources:
                if isinstance(source, OfRecord):
                    await library.require(source.record)
            yield Chosen(len(sources), several(sources))
            return
        client = await library.connected()
        query = query_of(wanted.query, recipe.settings.task_queue, wanted.since)
        total = await count(client, query)
        if wanted.query is not None:
            yield Chosen(total, listed(client, query))
            return
        archived = ArchivedRuns(await library.opened(), wanted.since)
        forgotten = await archived.count() - await count(client, closed(query))
        yield Chosen(total + max(0, forgotten), _together(listed(client, query), archived))


def source_of(name: str) -> Source:
    """A file if there is one of that name, else a record. Raises NotReplayable for a file that is not there."""
    path = Path(name)
    if path.is_dir():
        raise NotReplayable(problem=f"'{name}' is a directory; name the files in it.")
    if path.is_file():
        return OfBundle(path) if path.suffix == ENDING else OfFile(path)
    if path.suffix in (ENDING, HISTORY):
        raise NotReplayable(problem=f"There is no file '{name}'.")
    return OfRecord(name)


async def _together(listed: AsyncIterator[OfRun], archived: ArchivedRuns) -> AsyncIterator[Source]:
    """What Temporal lists, and then what it has forgotten and the archive holds."""
    told: set[str] = set()
    async for run in listed:
        told.add(run.run_id)
        yield run
    async for record, run_id in archived.listed():
        if run_id not in told:
            yield OfArchive(record, run_id)


async def several(sources: Sequence[Source]) -> AsyncIterator[Source]:
    """Sources that are known already."""
    for source in sources:
        yield source
