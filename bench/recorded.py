"""A database with very many records: the real incidents, again and again, each under a number and in a time of its own.

The rows are those that the store writes: of every incident they are made once, by the store's own functions from what
`evaluate` says, and then only numbered and moved in time, by whole weeks.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.cases import examples, incident_lines, process
from sla.engine import evaluate
from sla.events import Event, read_event
from sla.instants import to_instant, to_text
from sla.messages import ProcessRef
from sla.opening import opened_at
from sla.process.model import Process
from store.catalogue import Catalogue
from store.engine import Database
from store.rows import event_row, holders, next_deadline
from store.tables import event_log, records

CONTRACT = "Incident Management SLA"
AS_OF = datetime(2026, 12, 31, tzinfo=UTC)
ACCOUNTS, WEEKS, AT_ONCE = 40, 400, 1_000


async def fill(database: Database, count: int) -> ProcessRef:
    """Make the tables, publish the incidents' process, and put so many records on record."""
    await database.upgrade()
    contract, ref = process(CONTRACT), await _published(database)
    _, incidents = incident_lines()
    for first in range(0, count, AT_ONCE):
        known: list[dict[str, Any]] = []
        told: list[dict[str, Any]] = []
        for number in range(first, min(count, first + AT_ONCE)):
            log = list(_told(incidents[number % len(incidents)], number, number // len(incidents)))
            known.append(_known(contract, ref, log, number))
            told += (event_row(known[-1]["id"], event, place) for place, event in enumerate(log, 1))
        async with database.transaction() as connection:
            await connection.execute(records.insert(), known)
            await connection.execute(event_log.insert(), told)
    return ref


async def _published(database: Database) -> ProcessRef:
    catalogue = Catalogue(database)
    async with catalogue.publishing(at=AS_OF) as publication:
        for hours in examples().hours.values():
            await publication.publish_calendar(hours)
        await publication.publish_process(process(CONTRACT))
    return await catalogue.process_ref(CONTRACT)


def _told(lines: list[dict[str, Any]], number: int, round_: int) -> Iterator[Event]:
    """An incident's events, in the name of a record of its own, so many weeks later."""
    later = timedelta(weeks=round_ % WEEKS)
    for line in lines:
        moved = {name: to_text(to_instant(line[name]) + later) for name in ("at", "recorded_at") if name in line}
        fields = {"fields": _fields(line["fields"], number, later)} if "fields" in line else {}
        yield read_event({**line, **moved, **fields, "record": f"INC{number:07}"}, where="the bench")


def _fields(fields: dict[str, Any], number: int, later: timedelta) -> dict[str, Any]:
    opened = {"opened_at": to_text(to_instant(fields["opened_at"]) + later)} if "opened_at" in fields else {}
    return {**fields, **opened, "account": f"account-{number % ACCOUNTS}"}


def _known(contract: Process, ref: ProcessRef, log: list[Event], number: int) -> dict[str, Any]:
    timeline = evaluate(contract, examples().hours, log, AS_OF)
    return {
        "id": f"INC{number:07}",
        **ref.model_dump(),
        "status": timeline.status,
        "fields": timeline.fields,
        "opened_at": opened_at(timeline.fields, log[0].at),
        "out": timeline.out,
        "next_wakeup": timeline.next_wakeup,
        "next_deadline": next_deadline(timeline.milestones),
        "as_of": AS_OF,
        "updated_at": AS_OF,
        **holders(timeline.fields),
    }
