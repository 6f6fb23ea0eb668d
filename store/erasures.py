"""What was forgotten, for whoever writes: what is written of a record afterwards is told without the names, too.

A case that was open during an erasure still has its log as it was told, in Temporal, and tells it to the store with each
decision; the history of a run that closes later holds it as well.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from sla.events import Event, read_event
from sla.finding import Finding
from sla.forgetting import Erased, Names
from sla.ledger_line import LedgerLine
from sla.timeline import Timeline
from store.connection import AnyConnection
from store.erasure_tables import erased_records, erasures
from store.tables import records


async def names_in(connection: AnyConnection, record: str) -> Names | None:
    """What was taken out of a record, and is to be out of what is written of it from now on, but for its id.

    None if nothing ever was.
    """
    of_record = erased_records.join(erasures, erasures.c.number == erased_records.c.erasure)
    query = select(erasures.c.at, erasures.c.salt, erasures.c.spellings).select_from(of_record)
    rows = (await connection.execute(query.where(erased_records.c.record == record))).mappings().all()
    return Names([Erased.model_validate(dict(row)) for row in rows]).of(record) if rows else None


async def names_for_writing(connection: AnyConnection, record: str) -> Names | None:
    """The same for whoever is about to write of the record: an erasure under way is waited for, and one to come waits."""
    held = select(records.c.id).where(records.c.id == record).with_for_update(read=True, key_share=True)
    await connection.execute(held)  # whether or not there is such a row: the erasure has the table
    return await names_in(connection, record)


async def without_names(connection: AnyConnection, finding: Finding) -> Finding:
    """A finding as it is to be written."""
    names = await names_in(connection, finding.timeline.record)
    if names is None:
        return finding
    return replace(
        finding,
        log=[event_without(event, names) for event in finding.log],
        timeline=timeline_without(finding.timeline, names),
        ended=[line_without(line, names) for line in finding.ended],
    )


def event_without(event: Event, names: Names) -> Event:
    """An event without names."""
    body = event.model_dump(mode="json")
    plain = names.event(body)
    return event if plain == body else read_event(plain, where=f"log of {event.record}, event {event.id}")


def timeline_without(timeline: Timeline, names: Names) -> Timeline:
    """A timeline without names, as far as the store keeps it: all figures and keys are as they were."""
    plain: dict[str, Any] = {
        "fields": names.value(timeline.fields),
        "notes": tuple(map(names.text, timeline.notes)),
        "milestones": tuple(one.model_copy(update={"reason": names.value(one.reason)}) for one in timeline.milestones),
        "effects": tuple(
            one.model_copy(update={name: names.value(getattr(one, name)) for name in ("params", "reason", "moot")})
            for one in timeline.effects
        ),
    }
    return timeline.model_copy(update=plain)


def line_without(line: LedgerLine, names: Names) -> LedgerLine:
    """A line of the ledger without names."""
    return replace(line, reason=names.value(line.reason), detail=names.value(line.detail))
