"""The rows of ServiceNow's incident audit log: which can be used, what they say, and why the others cannot.

Pure: text in, facts out. Times are day-first, to the minute, and name no zone: they are taken as UTC. `?`
means unknown.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sla.errors import MalformedDocument
from sla.instants import to_text

Cells = Mapping[str, str]
Fields = Mapping[str, str | None]

NEW, RESOLVED, CLOSED, AWAITING = "New", "Resolved", "Closed", "Awaiting "
STATES = (NEW, "Active", RESOLVED, CLOSED)  # besides every `Awaiting …`
REQUIRED = ("number", "incident_state", "sys_mod_count", "opened_at", "sys_updated_at")
FIELDS = {  # the log's column: the record's field
    "priority": "priority",
    "impact": "impact",
    "urgency": "urgency",
    "category": "category",
    "contact_type": "channel",
    "caller_id": "contact",
    "assignment_group": "queue",
    "assigned_to": "owner",
}
OPTIONAL = ("reopen_count", "made_sla")
UNREAD = (  # further columns of the published log, which tell no event
    *("active", "reassignment_count", "opened_by", "sys_created_by", "sys_created_at", "sys_updated_by"),
    *("location", "subcategory", "u_symptom", "cmdb_ci", "knowledge", "u_priority_confirmation", "notify"),
    *("problem_id", "rfc", "vendor", "caused_by", "closed_code", "resolved_by", "resolved_at", "closed_at"),
)
KNOWN = frozenset({*REQUIRED, *FIELDS, *OPTIONAL, *UNREAD})
UNKNOWN = ("?", "")
VERDICTS = {"True": True, "False": False}
DATE_FORMATS = ("%d-%m-%Y %H:%M", "%d/%m/%Y %H:%M")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One usable row. `count` is sys_mod_count, `reopened` reopen_count (None: unknown)."""

    line: int
    number: str
    state: str
    count: int
    reopened: int | None
    opened_at: datetime
    updated_at: datetime
    fields: Fields
    made_sla: bool | None

    @property
    def awaiting(self) -> bool:
        """The clock stands still: the incident waits for someone else."""
        return self.state.startswith(AWAITING)


class UnusableRowError(Exception):
    """Why a row cannot be used; becomes a Problem."""


# The table: text to cells.


def read_table(text: str, source: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and each row with the line on which it begins."""
    reader = csv.reader((f"{line}\n" for line in text.removeprefix("\ufeff").split("\n")), strict=True)
    table: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if cells:  # an empty line is no row
                table.append((line, [cell.strip() for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise MalformedDocument(source=source, line=line, problem=f"this is not CSV ({error})") from None
    if not table:
        raise MalformedDocument(source=source, line=1, problem="the file is empty; a header with column names is needed")
    return _header(*table[0], source), table[1:]


def _header(line: int, names: list[str], source: str) -> list[str]:
    if missing := [name for name in REQUIRED if name not in names]:
        problem = f"the header lacks {', '.join(missing)}; is this ServiceNow's incident audit log?"
        raise MalformedDocument(source=source, line=line, problem=problem)
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise MalformedDocument(source=source, line=line, problem=f"the header names {', '.join(twice)} twice")
    return names


# The rows: cells to facts, or to a reason why not.


def read_row(line: int, header: list[str], cells: list[str]) -> Row:
    """One row's facts. Raises UnusableRowError with the reason."""
    if len(cells) != len(header):
        raise UnusableRowError(f"has {len(cells)} columns where the header has {len(header)}")
    known = {name: cell for name, cell in zip(header, cells, strict=True) if cell not in UNKNOWN}
    reopened = known.get("reopen_count")
    return Row(
        line=line,
        number=_number(known),
        state=_state(known),
        count=_count("sys_mod_count", _needed(known, "sys_mod_count")),
        reopened=None if reopened is None else _count("reopen_count", reopened),
        opened_at=_instant(known, "opened_at"),
        updated_at=_instant(known, "sys_updated_at"),
        fields={name: _value(column, known.get(column)) for column, name in FIELDS.items() if column in header},
        made_sla=VERDICTS.get(known.get("made_sla", "")),
    )


def _needed(known: Cells, column: str) -> str:
    if column not in known:
        raise UnusableRowError(f"{column} is missing or unknown")
    return known[column]


def _number(known: Cells) -> str:
    number = _needed(known, "number")
    if not re.fullmatch(r"[\w.:/-]{1,100}", number):
        raise UnusableRowError(f"number '{number}' cannot be a record's id")
    return number


def _state(known: Cells) -> str:
    state = _needed(known, "incident_state")
    if state not in STATES and not state.startswith(AWAITING):
        raise UnusableRowError(f"incident_state '{state}' is not known; known: {', '.join(STATES)}, Awaiting …")
    return state


def _count(column: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text):  # four digits, as in an event's id
        raise UnusableRowError(f"{column} '{text}' is not a whole number from 0 to 9999")
    return int(text)


def _instant(known: Cells, column: str) -> datetime:
    text = _needed(known, column)
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise UnusableRowError(f"{column} '{text}' is not a date and time, day first, such as 29-02-2016 04:40")


def _value(column: str, text: str | None) -> str | None:
    """A field as the record bears it: `3 - Moderate` is priority `P3`, all else stays as it is."""
    if column != "priority" or text is None:
        return text
    if not (match := re.fullmatch(r"([1-5]) - \w+", text)):
        raise UnusableRowError(f"priority '{text}' is not one such as '3 - Moderate'")
    return f"P{match[1]}"


def check_against(row: Row, earlier: Sequence[Row]) -> None:
    """Refuse what contradicts itself, or the incident's rows before it in the file."""
    if row.updated_at < row.opened_at:
        raise UnusableRowError(f"sys_updated_at {to_text(row.updated_at)} is before opened_at {to_text(row.opened_at)}")
    if earlier and row.opened_at != earlier[0].opened_at:
        raise UnusableRowError(f"opened_at is not that of line {earlier[0].line}, which is of the same incident")
    if twin := next((other for other in earlier if other.count == row.count), None):
        raise UnusableRowError(f"sys_mod_count {row.count} is already that of line {twin.line}")
