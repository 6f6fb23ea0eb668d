"""What the store holds, all of it, for the judge: read at once, by record. Nothing is decided here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, select

from activities.situation import situation
from sla.events import Event
from sla.ledger_line import LedgerLine
from sla.messages import ProcessRef
from sla.timeline import Effect, Occurrence, Timeline
from store.definitions import StoredDefinitions
from store.engine import Database
from store.rows import Row, effect_of, event_of, line_of, occurrence_of
from store.tables import effect_ledger, effects, event_log, occurrences, outcome_facts, records

Rows = Mapping[str, Sequence[RowMapping]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One record as the store has it. `then` is its log evaluated as of the store's view, `now` as of now."""

    record: str
    row: Row
    log: Sequence[Event]
    occurrences: Sequence[Occurrence]
    effects: Mapping[str, Effect]
    ledger: Mapping[str, LedgerLine]
    facts: Sequence[Row]
    then: Timeline
    now: Timeline

    @property
    def due(self) -> list[Effect]:
        """The actions that are to be done, but for `update`, which is the evaluation's own."""
        return [one for one in self.now.effects if one.status == "due" and one.action != "update"]

    @property
    def wanting(self) -> list[Effect]:
        """Of those, the ones that nobody has done and that are still wanted."""
        return [one for one in self.due if one.key not in self.ledger and one.moot is None]

    @property
    def rests(self) -> bool:
        """Whether everything is done and nothing lies ahead."""
        as_of = self.row["as_of"]
        settled = as_of is not None and self.then.next_wakeup is None and self.now.next_wakeup is None
        return settled and all(one.key in self.ledger for one in self.due)


async def look(database: Database, now: datetime) -> dict[str, Seen]:
    """Every record."""
    definitions = StoredDefinitions(database, default_hours="")
    async with database.reading() as connection:
        rows = {table.name: (await connection.execute(select(table))).mappings().all() for table in _TABLES}
    by_record = {name: _by_record(found) for name, found in rows.items()}
    return {row["id"]: await _seen(definitions, row, by_record, now) for row in rows["records"]}


_TABLES = (records, event_log, occurrences, effects, effect_ledger, outcome_facts)


def _by_record(rows: Sequence[RowMapping]) -> Rows:
    found: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        found[row.get("record", "")].append(row)
    return found


async def _seen(definitions: StoredDefinitions, row: RowMapping, tables: Mapping[str, Rows], now: datetime) -> Seen:
    record = row["id"]

    def of(table: Any, order: str) -> list[RowMapping]:
        return sorted(tables[table.name].get(record, ()), key=lambda found: found[order])

    first = row["opened_under"] or row
    ref = ProcessRef(process=first["process"], version=first["version"], revision=first["revision"])
    log = [event_of(found) for found in of(event_log, "sequence")]
    return Seen(
        record=record,
        row=row,
        log=log,
        occurrences=[occurrence_of(found) for found in of(occurrences, "position")],
        effects={found["key"]: effect_of(found) for found in of(effects, "position")},
        ledger={found["key"]: line_of(found) for found in of(effect_ledger, "key")},
        facts=of(outcome_facts, "number"),
        then=(await situation(definitions, ref, log, row["as_of"] or now)).timeline,
        now=(await situation(definitions, ref, log, now)).timeline,
    )
