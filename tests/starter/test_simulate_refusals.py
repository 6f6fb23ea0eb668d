"""What `milepost simulate` does with lines that cannot be read, and with events that may not happen (SPEC 8, Refusals)."""

import json
from typing import Any

import pytest

from tests.starter.bench import Bench, Json, a_process, an_event, opened

NOON = "2026-03-02T12:00:00Z"


def without(event: Json, *keys: str) -> Json:
    return {key: value for key, value in event.items() if key not in keys}


def completed(at: str = "2026-03-02T09:30:00Z", **more: Any) -> Json:
    return an_event("completed", at, **{"milestone": "First Response"} | more)


UNREADABLE: dict[str, tuple[Json | str, str]] = {
    "is not JSON": ('{"record": "C-1",', "is not JSON"),
    "is two values": ("{} {}", "is not JSON"),
    "is a word": ("hello", "is not JSON"),
    "is a list": ("[]", "is not an object"),
    "is a text": ('"opened"', "is not an object"),
    "is null": ("null", "is not an object"),
    "names a key twice": ('{"record": "C-1", "record": "C-2"}', "the key 'record' is given twice"),
    "holds what is no number": (json.dumps(opened()).replace('"case"', "NaN"), "NaN"),
    "holds a number too large": (json.dumps(opened()).replace('"case"', "1e999"), "fields"),
    "nests without end": ("[" * 100_000, "nested too deeply"),
    "has no record": (without(opened(), "record"), "record"),
    "has no id": (without(opened(), "id"), "id"),
    "has no type": (without(opened(), "type"), "type"),
    "has no time": (without(opened(), "at"), "at"),
    "has an empty record": (opened(record=""), "record"),
    "has a number as its id": (opened(id=7), "id"),
    "has a number as its type": (opened(type=7), "type"),
    "has a naive time": (opened(at="2026-03-02T09:00:00"), "no time zone"),
    "has a naive recorded_at": (opened(recorded_at="2026-03-02T09:00:00"), "no time zone"),
    "has a date for a time": (opened(at="2026-03-02"), "no time zone"),
    "has a number for a time": (opened() | {"at": 1772442000}, "at"),
    "has a time that is none": (opened(at="2026-02-30T09:00:00Z"), "not a date-time"),
    "opens with fields that are no mapping": (opened(fields=["case"]), "fields"),
    "opens with a field that is a mapping": (opened(fields={"customer": {"name": "x"}}), "fields.customer"),
    "completes nothing": (without(completed(), "milestone"), "milestone"),
    "changes nothing": (an_event("changed", NOON), "set"),
    "changes a text": (an_event("changed", NOON, set="status"), "set"),
    "notes nothing": (an_event("noted", NOON), "kind"),
    "migrates nowhere": (an_event("migrated", NOON), "version"),
    "is of an unknown type and without a time": (without(an_event("exploded", NOON), "at"), "at"),
    "is of an unknown type and without a record": (without(an_event("exploded", NOON), "record"), "record"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_line_that_cannot_be_read_ends_everything_with_its_file_and_line(bench: Bench, case: str) -> None:
    line, problem = UNREADABLE[case]
    ran = bench.simulate(opened(), line, completed())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{bench.events}:2: ")
    assert problem in ran.err
    assert len(ran.err.splitlines()) == 1


def test_every_line_that_cannot_be_read_is_reported_at_once(bench: Bench) -> None:
    ran = bench.simulate("nonsense", opened(), "[]", without(completed(), "id"))
    assert [line.split(": ")[0] for line in ran.err.splitlines()] == [f"{bench.events}:{n}" for n in (1, 3, 4)]


def test_a_line_that_cannot_be_read_counts_even_if_it_was_recorded_after_the_instant(bench: Bench) -> None:
    later = completed(milestone=7, recorded_at="2026-03-05T09:00:00Z")
    assert bench.simulate(opened(), later, options=("--json", "--until", NOON)).code == 2


def test_a_line_that_is_not_utf_8_is_reported_with_its_line(bench: Bench) -> None:
    bench.events.write_bytes(json.dumps(opened()).encode() + b'\n{"record": "caf\xe9"}\n')
    ran = bench.simulate()
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{bench.events}:2: is not UTF-8 text")


REFUSED: dict[str, tuple[Json, str]] = {
    "an unknown type": (an_event("exploded", NOON), "there is no event type 'exploded'"),
    "an unknown milestone": (completed(milestone="Lunch"), "no milestone 'Lunch'"),
    "an unknown milestone uncompleted": (an_event("uncompleted", NOON, milestone="Lunch"), "no milestone 'Lunch'"),
    "a second opened": (opened(id="again", at="2026-03-02T09:10:00Z"), "already open"),
    "an event before opened": (an_event("noted", "2026-03-01T09:00:00Z", kind="seen"), "before the record was opened"),
    "a calendar that is not there": (an_event("changed", NOON, set={"business_hours": "moon"}), "moon"),
    "an opening time without a zone": (an_event("changed", NOON, set={"opened_at": "2026-03-02T09:00"}), "opened_at"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_event_that_may_not_happen_is_reported_with_its_line_and_changes_nothing(bench: Bench, case: str) -> None:
    event, reason = REFUSED[case]
    until = ("--json", "--until", "2026-03-02T13:00:00Z")
    plain = bench.simulate(opened(), completed(), options=until)
    ran = bench.simulate(opened(), event, completed(), options=until)
    assert (ran.code, ran.out) == (0, plain.out)
    assert ran.err.startswith(f"{bench.events}:2: ")
    assert reason in ran.err
    assert len(ran.err.splitlines()) == 1


def test_what_the_state_of_the_case_refuses_is_reported_too(bench: Bench) -> None:
    ran = bench.simulate(opened(), an_event("uncompleted", "2026-03-02T09:30:00Z", milestone="First Response"))
    said = f"{ran.err}{ran.objects[0]['notes']}"
    assert ran.code == 0
    assert "First Response" in said


def test_the_id_of_a_refused_event_is_not_used_up(bench: Bench) -> None:
    refused = [
        an_event("exploded", "2026-03-02T09:10:00Z", id="x"),
        completed("2026-03-02T09:20:00Z", id="x", milestone="No"),
    ]
    ran = bench.simulate(opened(), *refused, completed("2026-03-02T09:30:00Z", id="x"))
    assert ran.objects[0]["milestones"][0]["completed_at"] == "2026-03-02T09:30:00Z"
    assert len(ran.err.splitlines()) == 2


def test_refusals_come_in_the_order_of_the_lines(bench: Bench) -> None:
    ran = bench.simulate(
        completed(milestone="A"), opened("C-2"), completed(milestone="B", record="C-2"), an_event("exploded", NOON), opened()
    )
    assert [line.split(": ")[0] for line in ran.err.splitlines()] == [f"{bench.events}:{n}" for n in (1, 3, 4)]


def test_a_record_that_was_never_opened_is_reported_and_left_out(bench: Bench) -> None:
    ran = bench.simulate(an_event("closed", NOON, "C-9"), opened())
    assert [record["record"] for record in ran.objects] == ["C-1"]
    assert (ran.code, ran.err.split(": ")[0]) == (0, f"{bench.events}:1")
    assert "record 'C-9' was not opened" in ran.err


def test_a_record_that_is_not_of_the_processs_type_is_reported_and_left_out(bench: Bench) -> None:
    order = opened("W-1", fields={"type": "work_order"})
    ran = bench.simulate(order, an_event("closed", NOON, "W-1"), opened())
    assert [record["record"] for record in ran.objects] == ["C-1"]
    assert ran.code == 0
    assert "'work_order'" in ran.err.splitlines()[0]


def test_a_record_without_a_type_is_taken_as_the_processs(bench: Bench) -> None:
    bench.put(a_process(applies_to="work_order"))
    ran = bench.simulate(without(opened(), "fields"))
    assert (len(ran.objects), ran.err) == (1, "")


def test_a_refused_opening_leaves_room_for_another(bench: Bench) -> None:
    wrong = opened(id="x", fields={"type": "work_order"})
    ran = bench.simulate(wrong, opened(at="2026-03-02T09:10:00Z"))
    assert ran.objects[0]["milestones"][0]["started_at"] == "2026-03-02T09:10:00Z"
    assert len(ran.err.splitlines()) == 1


def test_what_was_recorded_after_the_instant_is_not_even_refused(bench: Bench) -> None:
    events = [an_event("exploded", NOON), completed(NOON, milestone="Lunch"), an_event("closed", NOON, "C-9")]
    ran = bench.simulate(opened(), *events, options=("--json", "--until", "2026-03-02T10:00:00Z"))
    assert (ran.code, ran.err) == (0, "")


def test_an_event_of_an_unknown_type_counts_for_the_latest_recorded_at(bench: Bench) -> None:
    assert bench.simulate(opened(), an_event("exploded", NOON)).objects[0]["milestones"][0]["overdue_s"] == 7200
