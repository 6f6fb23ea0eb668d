"""ServiceNow's incident audit log (UCI; Amaral, Fantinato and Peres, 2018), told as SPEC events.

Pure: text in, events and problems out. What a row says is told at its `sys_updated_at`. `resolved_at` and
`closed_at` are not read: they stand in every row, also in those long before, so they are later knowledge;
where known, they name the last row in state `Resolved` and in state `Closed`, which we have.

The first row of an incident stands for its opening at `opened_at`, which may be earlier. Only its state does
not, unless it is `New`, before which there is nothing, or the row is of the opening's own minute. Unknown is
absent.

An event's id is made of the incident and `sys_mod_count`, with leading zeros: within a minute, ids are what
orders events (SPEC 2). A part of a log and the whole of it tell the same events under the same ids.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from sla.imports.incident_log import (
    CLOSED,
    KNOWN,
    NEW,
    RESOLVED,
    Fields,
    Row,
    UnusableRowError,
    check_against,
    read_row,
    read_table,
)
from sla.instants import to_text

Event = dict[str, Any]

RESPONSE = "response.sent"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A row that cannot be used: its line in the file, counted from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class IncidentImport:
    """What a log told.

    `events` are SPEC 7's lines: incident by incident in order of first appearance, each in order of time.
    `rows` counts all rows, `incidents` the records opened. `made_sla` is ServiceNow's own verdict, the last
    one known: an outcome to compare with, no field of the record.
    """

    events: list[Event]
    problems: list[Problem]
    incidents: int
    rows: int
    made_sla: dict[str, bool]


def read_incidents(text: str, source: str) -> IncidentImport:
    """Turn an incident log into events; a row that cannot be used is a problem, and nothing is guessed.

    Raises MalformedDocument when `text` is not CSV, has no header, or lacks a column that every event needs.
    """
    header, table = read_table(text, source)
    problems = [
        Problem(line=1, reason=f"column '{name}' is not known and is ignored") for name in header if name not in KNOWN
    ]
    incidents: dict[str, list[Row]] = {}
    for line, cells in table:
        try:
            row = read_row(line, header, cells)
            check_against(row, incidents.get(row.number, []))
        except UnusableRowError as unusable:
            problems.append(Problem(line=line, reason=str(unusable)))
        else:
            incidents.setdefault(row.number, []).append(row)
    for rows in incidents.values():
        rows.sort(key=lambda row: (row.updated_at, row.count))
    verdicts = {row.number: row.made_sla for rows in incidents.values() for row in rows if row.made_sla is not None}
    return IncidentImport(
        events=[event for rows in incidents.values() for event in _tell(rows)],
        problems=problems,
        incidents=len(incidents),
        rows=len(table),
        made_sla=verdicts,
    )


# The events: what is new in each row.


def _tell(rows: Sequence[Row]) -> Iterator[Event]:
    """The events of one incident, from its rows in order."""
    first = rows[0]
    at_opening = replace(first, updated_at=first.opened_at, state=NEW)
    told = dict(first.fields)
    if first.state == NEW or first.updated_at == first.opened_at:
        told["status"] = first.state
    yield _event(first.number, "opened", first.opened_at, "opened", {"fields": {"type": "case", **_present(told)}})
    answered = False
    for before, row in pairwise([at_opening, *rows]):
        for name, carried in _news(before, row, told, answered=answered):
            yield _event(row.number, f"{row.count:04d}-{name}", row.updated_at, name, carried)
        told = {**row.fields, "status": row.state}
        answered = answered or row.state != NEW


def _news(before: Row, row: Row, told: Fields, *, answered: bool) -> Iterator[tuple[str, Event]]:
    """What a row adds to the one before it: event types with what they carry."""
    if different := {name: value for name, value in {**row.fields, "status": row.state}.items() if told.get(name) != value}:
        yield "changed", {"set": different}
    if row.state != NEW and not answered:
        yield "noted", {"kind": RESPONSE}
    if row.awaiting and not before.awaiting:
        yield "stopped", {"reason": row.state}
    if before.awaiting and not row.awaiting:
        yield "resumed", {}
    if row.state == CLOSED and before.state != CLOSED:
        yield "closed", {}
    if _reopens(before, row):
        yield "reopened", {}


def _reopens(before: Row, row: Row) -> bool:
    """It leaves `Closed`, or ServiceNow counts a reopening, which is also one out of `Resolved`."""
    if row.state in (RESOLVED, CLOSED):
        return False
    counted = before.reopened is not None and row.reopened is not None and row.reopened > before.reopened
    return before.state == CLOSED or counted


def _present(fields: Fields) -> Event:
    return {name: value for name, value in fields.items() if value is not None}


def _event(record: str, mark: str, at: datetime, name: str, carried: Event) -> Event:
    return {"record": record, "id": f"{record}-{mark}", "type": name, "at": to_text(at), **carried}
