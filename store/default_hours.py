"""The installation's default business hours, each from a revision of the catalogue on (docs/decisions/0014).

A record is held to those of its revision, so that another setting is for records that are opened from then on.
"""

from typing import NamedTuple

from sqlalchemy import exists, insert, select, update

from store.connection import AnyConnection
from store.publication import Publication
from store.setup_tables import default_hours
from store.tables import calendar_versions
from store.versions import ever_active


class DefaultHours(NamedTuple):
    """Which calendar counts by default from a revision on. None: 24/7."""

    revision: int
    calendar: str | None


async def default_as_of(connection: AnyConnection, revision: int | None = None) -> DefaultHours | None:
    """What counts for a case that is held to this revision, or what counts now; None while nothing has been noted."""
    last = select(default_hours.c.revision, default_hours.c.calendar).order_by(default_hours.c.revision.desc()).limit(1)
    wanted = last if revision is None else last.where(default_hours.c.revision <= revision)
    row = (await connection.execute(wanted)).one_or_none()
    return None if row is None else DefaultHours(*row)


async def let_be_default(publication: Publication, calendar: str | None) -> None:
    """Let these hours count by default for what is opened from now on. The first to be noted count for all that there is.

    A name that no calendar has had so far has decided nothing: it gives way, as if it had never been set.
    """
    connection = publication.connection
    before = await default_as_of(connection)
    if before is not None and before.calendar == calendar:
        return
    if before is not None and not await _ever_published(connection, before.calendar):
        this = default_hours.c.revision == before.revision
        await connection.execute(update(default_hours).where(this).values(calendar=calendar))
    else:
        revision = 0 if before is None else publication.next_revision()
        await connection.execute(insert(default_hours).values(revision=revision, calendar=calendar))
    was = None if before is None else before.calendar
    if was != calendar:
        publication.note("catalogue.default_hours", "default hours", before={"calendar": was}, after={"calendar": calendar})


async def _ever_published(connection: AnyConnection, calendar: str | None) -> bool:
    if calendar is None:
        return True
    there = exists().where(calendar_versions.c.name == calendar, ever_active(calendar_versions))
    return bool(await connection.scalar(select(there)))
