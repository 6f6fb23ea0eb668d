"""The archive: the histories of runs that have closed, with what is known about them.

A history is kept as canonical JSON (`sla.histories`), compressed. What is stored is not stored again; only `rewrite` changes
it, which takes personal data out, and leaves the digest of what was there before.
"""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, func, select, update

from sla.archive_run import ANY, PackedRun, Run
from sla.evidence_errors import DamagedHistory
from sla.forgetting import Names
from sla.histories import JsonObject, RunKept, canonical, digest_of
from store.archive_tables import archived_runs, runs
from store.connection import AnyConnection
from store.engine import Database
from store.erasures import names_for_writing, names_in
from store.runs import StoredRuns, listed
from store.upsert import add

SHOWN: Final = 3
"""Names of records in a sentence."""
_ABOUT: Final = tuple(archived_runs.c[name] for name in RunKept.model_fields)


@dataclass(frozen=True, kw_only=True)
class Holdings:
    """How the archive stands. `missed`: runs lost lately, `records` some of theirs; `behind`: to be looked at long ago."""

    stored: int
    lost: int
    missed: int
    records: tuple[str, ...]
    behind: int
    troubled: int
    trouble: str | None


class StoredArchive(StoredRuns):
    """The archive of one database, with its list of runs: the port `Archive`."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    async def store(self, run: Run, packed: PackedRun, *, at: datetime) -> bool:
        """Store a run once; False if it was there. The runs before and after it are put on the list."""
        about = packed.about.model_dump()
        row = {name: about[name] for name in RunKept.model_fields} | {
            "record": run.record,
            "definitions": packed.about.model_dump(mode="json")["definitions"],
            "size": packed.size,
            "body": packed.body,
        }
        async with self._database.transaction() as connection:
            if (names := await names_for_writing(connection, run.record)) is not None:
                history = unpacked(packed.body, run.record, run.run_id)
                plain = names.value(history)
                row |= {} if plain is history else _with_less(plain, at)
            there = select(archived_runs.c.run_id).where(*_this(run.record, run.run_id))
            new = await connection.scalar(there) is None
            await add(connection, archived_runs, [row])
            done = {"state": "stored", "look_at": None, "problem": None}
            await connection.execute(
                update(runs).where(runs.c.record == run.record, runs.c.run_id == run.run_id).values(done)
            )
            near = [one for one in (packed.about.continues, packed.about.continued_by) if one]
            await listed(connection, run.record, near, at=at)
        return new

    async def kept(self, record: str) -> list[RunKept]:
        """What is known about the stored runs of a record, in order of time; without their histories."""
        query = select(*_ABOUT).where(archived_runs.c.record == record)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(archived_runs.c.began_us, archived_runs.c.run_id))
            return [_about(row) for row in rows.mappings()]

    async def forgotten(self, record: str) -> Names | None:
        """What was taken out of the record, and is to be out of its histories; None if nothing was."""
        async with self._database.reading() as connection:
            return await names_in(connection, record)

    async def history(self, record: str, run_id: str) -> JsonObject | None:
        """The history of a stored run, in the readable spelling; None if it is not there. Raises DamagedHistory."""
        async with self._database.reading() as connection:
            body = await connection.scalar(select(archived_runs.c.body).where(*_this(record, run_id)))
        return None if body is None else unpacked(body, record, run_id)

    async def holdings(self, *, behind: datetime) -> Holdings:
        """How the archive stands, for the doctor; runs that were to be looked at before `behind` wait for too long."""
        lost = (runs.c.state == "lost") & (runs.c.run_id != ANY)
        missed = lost & runs.c.look_at.is_not(None)
        troubled = (runs.c.state == "waiting") & runs.c.problem.is_not(None)
        async with self._database.reading() as connection:

            async def count(which: ColumnElement[bool]) -> int:
                return await connection.scalar(select(func.count()).select_from(runs).where(which)) or 0

            names = select(runs.c.record).where(missed).distinct().order_by(runs.c.record).limit(SHOWN + 1)
            return Holdings(
                stored=await connection.scalar(select(func.count()).select_from(archived_runs)) or 0,
                lost=await count(lost),
                missed=await count(missed),
                records=tuple(await connection.scalars(names)),
                behind=await count(runs.c.look_at < behind),
                troubled=await count(troubled),
                trouble=await connection.scalar(select(runs.c.problem).where(troubled).order_by(runs.c.seen_at).limit(1)),
            )


async def rewrite(connection: AnyConnection, record: str, run_id: str, history: JsonObject, *, at: datetime) -> None:
    """Put a history with less in it in the place of a stored one; `original_digest` goes on telling what was there first."""
    await connection.execute(update(archived_runs).where(*_this(record, run_id)).values(_with_less(history, at)))


def _with_less(history: JsonObject, at: datetime) -> dict[str, Any]:
    text = canonical(history).encode()
    return {"body": zlib.compress(text), "size": len(text), "digest": digest_of(history), "redacted_at": at}


def unpacked(body: bytes, record: str, run_id: str) -> JsonObject:
    """The history of a run that a body holds. Raises DamagedHistory."""
    try:
        history: JsonObject = json.loads(zlib.decompress(body))
    except (zlib.error, ValueError):
        raise DamagedHistory(run=run_id, record=record) from None
    return history


def _this(record: str, run_id: str) -> tuple[Any, Any]:
    return archived_runs.c.record == record, archived_runs.c.run_id == run_id


def _about(row: RowMapping) -> RunKept:
    return RunKept.model_validate(dict(row))
