"""ServiceNow's incident log becomes SPEC events; what cannot be used is named with its line."""

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.errors import MalformedDocument
from sla.events import Event, Opened, event_order, read_event
from sla.imports.incidents import IncidentImport, Problem, read_incidents

PART = Path(__file__).parents[2] / "examples" / "incidents" / "incidents-2016.csv"
COLUMNS = (
    *("number", "incident_state", "reopen_count", "sys_mod_count", "made_sla", "caller_id", "opened_at"),
    *("sys_updated_at", "priority", "assignment_group", "assigned_to"),
)
MONDAY_NINE = "29-02-2016 09:00"


def a_row(state: str = "New", at: str = MONDAY_NINE, count: int | str = 0, **cells: str) -> list[str]:
    usual = {
        "number": "INC1",
        "incident_state": state,
        "reopen_count": "0",
        "sys_mod_count": str(count),
        "made_sla": "True",
        "caller_id": "Caller 5",
        "opened_at": MONDAY_NINE,
        "sys_updated_at": at,
        "priority": "3 - Moderate",
        "assignment_group": "Group 70",
        "assigned_to": "?",
    }
    return list((usual | cells).values())


def a_log(*rows: list[str], header: Sequence[str] = COLUMNS) -> IncidentImport:
    return read_incidents("\n".join(",".join(row) for row in [list(header), *rows]), "log.csv")


def told(log: IncidentImport, *types: str) -> list[tuple[str, str]]:
    """Type and time of the events of these types (or of all)."""
    return [(e["type"], e["at"][8:16]) for e in log.events if not types or e["type"] in types]


def the(log: IncidentImport, kind: str) -> dict[str, Any]:
    [event] = [event for event in log.events if event["type"] == kind]
    return event


def reason(*rows: list[str]) -> str:
    """Why the last of these rows, and it alone, cannot be used."""
    [problem] = a_log(*rows).problems
    assert problem.line == len(rows) + 1
    return problem.reason


def test_an_incident_opens_at_opened_at_with_the_fields_of_its_first_row() -> None:
    assert the(a_log(a_row(at="29-02-2016 09:17")), "opened") == {
        "record": "INC1",
        "id": "INC1-opened",
        "type": "opened",
        "at": "2016-02-29T09:00:00Z",
        "fields": {
            "type": "case",
            "priority": "P3",
            "contact": "Caller 5",
            "queue": "Group 70",
            "status": "New",
        },
    }


def test_dates_are_day_first_and_taken_as_utc() -> None:
    log = a_log(a_row(opened_at="03-02-2016 04:05", at="03-02-2016 04:05"))
    assert the(log, "opened")["at"] == "2016-02-03T04:05:00Z"


def test_dates_may_be_written_with_slashes_as_in_the_published_log() -> None:
    log = a_log(a_row(opened_at="29/2/2016 01:16", at="29/2/2016 01:23"))
    assert the(log, "opened")["at"] == "2016-02-29T01:16:00Z"


@pytest.mark.parametrize(
    ("written", "meant"),
    [("1 - Critical", "P1"), ("2 - High", "P2"), ("3 - Moderate", "P3"), ("4 - Low", "P4")],
)
def test_priorities_are_p1_to_p4(written: str, meant: str) -> None:
    assert the(a_log(a_row(priority=written)), "opened")["fields"]["priority"] == meant


def test_what_servicenow_thought_of_its_sla_is_an_outcome_and_not_a_field() -> None:
    log = a_log(a_row(made_sla="True"), a_row("Closed", "01-03-2016 09:00", 1, made_sla="False"))
    assert log.made_sla == {"INC1": False}
    assert "made_sla" not in json.dumps(log.events)


def test_a_later_row_tells_only_what_changed() -> None:
    log = a_log(a_row(), a_row(at="29-02-2016 10:00", count=1, assigned_to="Resolver 9"))
    assert the(log, "changed")["set"] == {"owner": "Resolver 9"}


def test_a_row_that_changes_nothing_tells_nothing() -> None:
    assert told(a_log(a_row(), a_row(at="29-02-2016 10:00", count=1))) == [("opened", "29T09:00")]


def test_a_field_that_becomes_unknown_becomes_empty() -> None:
    log = a_log(a_row(), a_row(at="29-02-2016 10:00", count=1, assignment_group="?"))
    assert the(log, "changed")["set"] == {"queue": None}


def test_leaving_new_for_the_first_time_is_the_first_response() -> None:
    log = a_log(
        a_row(),
        a_row("Active", "29-02-2016 10:00", 1),
        a_row("New", "29-02-2016 11:00", 2),
        a_row("Active", "29-02-2016 12:00", 3),
    )
    assert the(log, "noted")["kind"] == "response.sent"
    assert told(log, "noted") == [("noted", "29T10:00")]


def test_an_incident_first_seen_active_was_answered_by_then_and_had_no_known_state_before() -> None:
    log = a_log(a_row("Active", "29-02-2016 09:30"))
    assert "status" not in the(log, "opened")["fields"]
    assert told(log) == [("opened", "29T09:00"), ("changed", "29T09:30"), ("noted", "29T09:30")]


def test_a_state_of_the_opening_minute_is_the_state_at_opening() -> None:
    log = a_log(a_row("Resolved"))
    assert the(log, "opened")["fields"]["status"] == "Resolved"
    assert told(log) == [("opened", "29T09:00"), ("noted", "29T09:00")]


def test_the_clock_is_stopped_while_any_awaiting_state_holds() -> None:
    log = a_log(
        a_row(),
        a_row("Awaiting User Info", "29-02-2016 10:00", 1),
        a_row("Awaiting Vendor", "29-02-2016 11:00", 2),
        a_row("Active", "29-02-2016 12:00", 3),
    )
    assert told(log, "stopped", "resumed") == [("stopped", "29T10:00"), ("resumed", "29T12:00")]
    assert the(log, "stopped")["reason"] == "Awaiting User Info"


def test_resolved_is_a_status_and_closed_is_also_the_end() -> None:
    log = a_log(a_row(), a_row("Resolved", "29-02-2016 10:00", 1), a_row("Closed", "05-03-2016 10:00", 2))
    assert [e["set"] for e in log.events if e["type"] == "changed"] == [
        {"status": "Resolved"},
        {"status": "Closed"},
    ]
    assert told(log, "closed") == [("closed", "05T10:00")]


def test_an_update_after_closing_does_not_close_again() -> None:
    log = a_log(a_row("Closed"), a_row("Closed", "05-03-2016 10:00", 1, assigned_to="Resolver 9"))
    assert told(log, "closed", "changed") == [("closed", "29T09:00"), ("changed", "05T10:00")]


def test_an_incident_that_leaves_closed_is_reopened() -> None:
    log = a_log(a_row("Closed"), a_row("Active", "05-03-2016 10:00", 1))
    assert told(log, "reopened") == [("reopened", "05T10:00")]


def test_an_incident_whose_reopenings_are_counted_is_reopened_also_from_resolved() -> None:
    log = a_log(a_row("Resolved"), a_row("Active", "05-03-2016 10:00", 1, reopen_count="1"))
    assert told(log, "reopened") == [("reopened", "05T10:00")]


def test_a_reopening_that_is_only_counted_afterwards_is_not_told() -> None:
    log = a_log(a_row("Closed"), a_row("Closed", "05-03-2016 10:00", 1, reopen_count="1"))
    assert told(log, "reopened") == []


def test_rows_are_told_in_order_of_time_whatever_their_order_in_the_file() -> None:
    rows = [
        a_row(),
        a_row("Active", "29-02-2016 10:00", 1),
        a_row("Resolved", "29-02-2016 11:00", 2),
        a_row("Closed", "05-03-2016 11:00", 3),
    ]
    assert a_log(*reversed(rows)).events == a_log(*rows).events


def test_updates_of_one_minute_are_ordered_by_their_count_and_their_ids_sort_alike() -> None:
    log = a_log(
        a_row(),
        a_row("Awaiting User Info", "29-02-2016 10:00", 9),
        a_row("Resolved", "29-02-2016 10:00", 10),
    )
    ids = [event["id"] for event in log.events if event["type"] == "changed"]
    assert ids == sorted(ids) == ["INC1-0009-changed", "INC1-0010-changed"]


def test_incidents_come_in_order_of_first_appearance() -> None:
    log = a_log(a_row(number="B"), a_row(number="A"), a_row("Closed", "01-03-2016 09:00", 1, number="B"))
    assert list(dict.fromkeys(event["record"] for event in log.events)) == ["B", "A"]
    assert (log.incidents, log.rows) == (2, 3)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (a_row()[:-1], "has 10 columns where the header has 11"),
        ([*a_row(), "more"], "has 12 columns where the header has 11"),
        (a_row(number=""), "number is missing or unknown"),
        (a_row(number="INC 1"), "number 'INC 1' cannot be a record's id"),
        (a_row("?"), "incident_state is missing or unknown"),
        (
            a_row("-100"),
            "incident_state '-100' is not known; known: New, Active, Resolved, Closed, Awaiting …",
        ),
        (a_row(count="many"), "sys_mod_count 'many' is not a whole number from 0 to 9999"),
        (a_row(reopen_count="-1"), "reopen_count '-1' is not a whole number from 0 to 9999"),
        (a_row(at="?"), "sys_updated_at is missing or unknown"),
        (a_row(opened_at="?"), "opened_at is missing or unknown"),
        (
            a_row(at="30-02-2016 09:00"),
            "sys_updated_at '30-02-2016 09:00' is not a date and time, day first, such as 29-02-2016 04:40",
        ),
        (
            a_row(at="2016-03-01T09:00Z"),
            "sys_updated_at '2016-03-01T09:00Z' is not a date and time, day first, such as 29-02-2016 04:40",
        ),
        (
            a_row(at="29-02-2016 08:59"),
            "sys_updated_at 2016-02-29T08:59:00Z is before opened_at 2016-02-29T09:00:00Z",
        ),
        (a_row(priority="Urgent"), "priority 'Urgent' is not one such as '3 - Moderate'"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line_and_the_reason(row: list[str], why: str) -> None:
    assert reason(a_row(), row) == why


def test_a_row_that_contradicts_the_opening_of_its_incident_is_not_used() -> None:
    other = a_row("Active", "01-03-2016 09:00", 1, opened_at="29-02-2016 09:01")
    assert reason(a_row(), other) == "opened_at is not that of line 2, which is of the same incident"


def test_a_row_that_comes_twice_is_used_once() -> None:
    assert reason(a_row(), a_row()) == "sys_mod_count 0 is already that of line 2"


def test_an_unusable_row_does_not_take_its_incident_along() -> None:
    log = a_log(a_row(at="29-02-2016 08:00"), a_row("Active", "29-02-2016 10:00", 1))
    assert told(log) == [("opened", "29T09:00"), ("changed", "29T10:00"), ("noted", "29T10:00")]


def test_an_incident_of_which_no_row_can_be_used_does_not_open() -> None:
    log = a_log(a_row("-100"))
    assert (log.events, log.incidents, log.rows) == ([], 0, 1)


def test_a_column_that_nobody_knows_is_reported_and_ignored() -> None:
    log = a_log([*a_row(), "blue"], header=[*COLUMNS, "colour"])
    assert log.problems == [Problem(line=1, reason="column 'colour' is not known and is ignored")]
    assert log.incidents == 1


def test_a_line_number_counts_lines_and_not_rows() -> None:
    text = "\n".join([",".join(COLUMNS), ",".join(a_row(caller_id='"two\nlines"')), "", ",".join(a_row("-100"))])
    assert [problem.line for problem in read_incidents(text, "log.csv").problems] == [5]


def test_a_file_from_windows_reads_like_any_other() -> None:
    text = "\n".join([",".join(COLUMNS), ",".join(a_row())])
    assert read_incidents("\ufeff" + text.replace("\n", "\r\n") + "\r\n", "x").events == a_log(a_row()).events


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "log.csv:1: the file is empty; a header with column names is needed"),
        (
            "number,opened_at\n",
            "log.csv:1: the header lacks incident_state, sys_mod_count, sys_updated_at; "
            "is this ServiceNow's incident audit log?",
        ),
        (",".join([*COLUMNS, "number"]), "log.csv:1: the header names number twice"),
        (",".join(COLUMNS) + '\n"never ends', "log.csv:2: this is not CSV (unexpected end of data)"),
        ('{"record": "C-1"}', "log.csv:1: the header lacks"),
    ],
)
def test_a_file_that_is_no_incident_log_is_refused(text: str, message: str) -> None:
    with pytest.raises(MalformedDocument) as refusal:
        read_incidents(text, "log.csv")
    assert str(refusal.value).startswith(message)


STATES = st.sampled_from(["New", "Active", "Awaiting User Info", "Awaiting Vendor", "Resolved", "Closed", "-100"])


@st.composite
def rows(draw: st.DrawFn) -> list[list[str]]:
    counts = draw(st.lists(st.integers(0, 30), unique=True, max_size=12))
    return [
        a_row(
            draw(STATES),
            f"{draw(st.integers(28, 29))}-02-2016 {draw(st.integers(8, 12)):02}:00",
            count,
            number=draw(st.sampled_from(["INC1", "INC2"])),
            reopen_count=str(draw(st.integers(0, 2))),
            assigned_to=draw(st.sampled_from(["?", "Resolver 1", "Resolver 2"])),
        )
        for count in counts
    ]


@given(rows())
def test_whatever_the_rows_say_the_events_are_well_formed_and_every_row_is_used_or_named(
    log_rows: list[list[str]],
) -> None:
    log = a_log(*log_rows)
    assert_well_formed(log)
    assert log.rows == len(log_rows)
    assert len({problem.line for problem in log.problems}) == len(log.problems)
    used = [row for line, row in enumerate(log_rows, 2) if line not in {p.line for p in log.problems}]
    assert a_log(*used) == IncidentImport(
        events=log.events,
        problems=[],
        incidents=log.incidents,
        rows=len(used),
        made_sla=log.made_sla,
    )


@given(st.text())
def test_any_text_is_read_or_refused_but_never_breaks_the_import(text: str) -> None:
    for candidate in (text, ",".join(COLUMNS) + "\n" + text):
        try:
            read_incidents(candidate, "log.csv")
        except MalformedDocument:
            continue


def test_the_real_incidents_of_the_examples_are_well_formed() -> None:
    log = read_incidents(PART.read_text(encoding="utf-8"), PART.name)
    assert (log.incidents, log.rows) == (89, 792)
    assert len(log.made_sla) == 89
    assert_well_formed(log)


def test_three_real_rows_are_from_before_their_incident_was_opened() -> None:
    log = read_incidents(PART.read_text(encoding="utf-8"), PART.name)
    assert [problem.line for problem in log.problems] == [106, 111, 132]
    assert all("is before opened_at" in problem.reason for problem in log.problems)


def test_the_last_status_told_of_a_real_incident_is_that_of_its_last_row() -> None:
    text = PART.read_text(encoding="utf-8")
    last = {row["number"]: row["incident_state"] for row in csv.DictReader(text.splitlines())}
    status: dict[str, str] = {}
    for event in read_incidents(text, PART.name).events:
        status |= {event["record"]: event["set"]["status"]} if "status" in event.get("set", {}) else {}
    assert status == last


@pytest.mark.parametrize(("column", "state"), [("resolved_at", "Resolved"), ("closed_at", "Closed")])
def test_what_the_log_records_afterwards_is_the_time_of_a_row_that_we_have(column: str, state: str) -> None:
    rows = list(csv.DictReader(PART.read_text(encoding="utf-8").splitlines()))
    last = {row["number"]: row["sys_updated_at"] for row in rows if row["incident_state"] == state}
    recorded = {row["number"]: row[column] for row in rows if row[column] != "?"}
    assert len(recorded) >= 86
    assert recorded.items() <= last.items()


def assert_well_formed(log: IncidentImport) -> None:
    """Each event reads; ids are unique; each record opens first and its events are in SPEC's own order."""
    events = [read_event(event, where=event["id"]) for event in log.events]
    assert len({event.id for event in events}) == len(events)
    incidents = [list(group) for _, group in groupby(events, key=lambda event: event.record)]
    assert len(incidents) == len({event.record for event in events}) == log.incidents
    for opened, *others in incidents:
        assert isinstance(opened, Opened)
        assert not any(isinstance(other, Opened) for other in others)
        assert all(other.at >= opened.at for other in others)
        assert [of_row(other) for other in others] == [of_row(o) for o in sorted(others, key=event_order)]


def of_row(event: Event) -> tuple[datetime, str]:
    """Which row told it: events of one row may come in any order, rows of one minute may not."""
    return (event.at, event.id.rsplit("-", 1)[0])
