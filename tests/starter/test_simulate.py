"""`milepost simulate` as SPEC 7 promises it to whoever calls it from outside."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from tests.starter.bench import Bench, Json, a_milestone, a_process, an_event, lines, opened
from tests.starter.command_line import EXAMPLES, milepost

MILESTONE_KEYS = [
    "milestone", "occurrence", "status", "started_at", "target_at", "completed_at", "violated", "violated_at", "retracted",
    "limit_s", "elapsed_s", "stopped_s", "actual_s", "overdue_s", "reason",
]  # fmt: skip
EFFECT_KEYS = [
    "key", "due_at", "milestone", "occurrence", "trigger", "threshold", "action", "params", "status", "reason",
]  # fmt: skip


def completed(at: str, **more: Any) -> Json:
    return an_event("completed", at, milestone="First Response", **more)


def test_a_record_is_one_object_with_the_keys_of_the_specification_in_their_order(bench: Bench) -> None:
    ran = bench.simulate(opened(), completed("2026-03-02T10:30:00Z"))
    [record] = ran.objects
    assert list(record) == ["record", "process", "status", "milestones", "effects", "next_wakeup", "notes"]
    assert list(record["milestones"][0]) == MILESTONE_KEYS
    assert [list(effect) for effect in record["effects"]] == [EFFECT_KEYS, EFFECT_KEYS]
    assert (ran.code, ran.err) == (0, "")


def test_instants_end_in_z_and_what_is_absent_is_null(bench: Bench) -> None:
    [record] = bench.simulate(opened()).objects
    [milestone] = record["milestones"]
    assert milestone["target_at"] == "2026-03-02T10:00:00Z"
    assert [milestone[key] for key in ("completed_at", "violated_at", "elapsed_s", "actual_s", "reason")] == [None] * 5
    assert record["next_wakeup"] == "2026-03-02T09:45:00Z"


def test_an_instant_may_come_from_any_zone_and_is_rounded_down_to_the_second(bench: Bench) -> None:
    [record] = bench.simulate(opened(at="2026-03-02T10:00:00.999+01:00")).objects
    assert record["milestones"][0]["started_at"] == "2026-03-02T09:00:00Z"


def test_records_come_in_the_order_of_their_first_line_though_they_be_interleaved(bench: Bench) -> None:
    note = an_event("noted", "2026-03-02T09:30:00Z", "B", kind="seen")
    ran = bench.simulate(note, opened("A"), opened("B"), an_event("closed", "2026-03-02T09:40:00Z", "A"))
    assert [record["record"] for record in ran.objects] == ["B", "A"]


def test_the_order_of_a_records_lines_does_not_matter(bench: Bench) -> None:
    story = [opened(), completed("2026-03-02T10:30:00Z"), an_event("closed", "2026-03-02T11:00:00Z")]
    assert len({bench.simulate(*order).out for order in permutations(story)}) == 1


def test_everything_is_evaluated_as_of_the_latest_recorded_at_unless_told(bench: Bench) -> None:
    late = an_event("noted", "2026-03-02T09:10:00Z", kind="seen", recorded_at="2026-03-02T10:30:00Z")
    [record] = bench.simulate(opened(), late).objects
    assert record["milestones"][0]["status"] == "overdue"
    assert record["milestones"][0]["overdue_s"] == 1800


def test_recorded_at_is_at_unless_told(bench: Bench) -> None:
    on_time = bench.simulate(opened(), completed("2026-03-02T09:58:00Z")).out
    null = completed("2026-03-02T09:58:00Z", recorded_at=None)
    assert bench.simulate(opened(), null).out == on_time


def test_as_of_an_earlier_instant_what_was_recorded_later_is_not_known(bench: Bench) -> None:
    events = [opened(), completed("2026-03-02T09:58:00Z", recorded_at="2026-03-02T10:03:00Z")]
    options = ("--json", "--until", "2026-03-02T10:02:00Z")
    [record] = bench.simulate(*events, options=options).objects
    assert record["milestones"][0]["status"] == "overdue"
    [record] = bench.simulate(*events).objects
    assert (record["milestones"][0]["status"], record["milestones"][0]["retracted"]) == ("met", True)


def test_as_of_a_later_instant_the_clock_has_run_on(bench: Bench) -> None:
    [record] = bench.simulate(opened(), options=("--json", "--until", "2026-03-02T12:00:00+01:00")).objects
    assert record["milestones"][0]["overdue_s"] == 3600


def test_an_event_that_lies_ahead_is_simply_not_yet(bench: Bench) -> None:
    ahead = completed("2026-03-02T09:50:00Z", recorded_at="2026-03-02T09:00:00Z")
    ran = bench.simulate(opened(), ahead, options=("--json", "--until", "2026-03-02T09:30:00Z"))
    assert ran.objects[0]["milestones"][0]["status"] == "running"
    assert ran.err == ""


def test_a_record_wholly_after_the_instant_is_left_out_without_a_word(bench: Bench) -> None:
    later = opened("C-2", at="2026-03-03T09:00:00Z")
    foretold = opened("C-3", at="2026-03-04T09:00:00Z", recorded_at="2026-03-02T09:00:00Z")
    refused = an_event("completed", "2026-03-03T10:00:00Z", "C-2", milestone="Nothing")
    ran = bench.simulate(later, opened(), foretold, refused, options=("--json", "--until", "2026-03-02T09:30:00Z"))
    assert [record["record"] for record in ran.objects] == ["C-1"]
    assert (ran.code, ran.err) == (0, "")


def test_the_same_id_twice_is_one_event_and_nothing_to_speak_of(bench: Bench) -> None:
    once = bench.simulate(opened(), completed("2026-03-02T09:30:00Z", id="x"))
    twice = bench.simulate(opened(), completed("2026-03-02T09:30:00Z", id="x"), completed("2026-03-02T10:30:00Z", id="x"),
                           options=("--json", "--until", "2026-03-02T09:30:00Z"))  # fmt: skip
    assert (twice.out, twice.err) == (once.out, "")
    again = bench.simulate(opened(), opened(), completed("2026-03-02T09:30:00Z", id="x"))
    assert (again.out, again.err) == (once.out, "")


def test_of_two_events_with_one_id_recorded_at_one_time_the_first_line_counts(bench: Bench) -> None:
    first = an_event("changed", "2026-03-02T09:10:00Z", id="x", set={"opened_at": "2026-03-02T09:00:00Z"})
    second = completed("2026-03-02T09:10:00Z", id="x")
    assert bench.simulate(opened(), first, second).objects[0]["milestones"][0]["status"] == "running"
    assert bench.simulate(opened(), second, first).objects[0]["milestones"][0]["status"] == "met"


def test_unknown_fields_of_a_record_are_custom_fields(bench: Bench) -> None:
    bench.put(a_process(a_milestone(when={"tier": "premium"})))
    premium = opened(fields={"tier": "premium", "seats": 12, "tags": ["a", 1, None], "trial": False})
    assert bench.simulate(premium).objects[0]["milestones"]
    assert not bench.simulate(opened()).objects[0]["milestones"]


def test_what_the_law_has_to_say_besides_is_in_the_notes(bench: Bench) -> None:
    twice = [completed("2026-03-02T09:30:00Z"), completed("2026-03-02T09:40:00Z")]
    ran = bench.simulate(opened(), *twice)
    assert len(ran.objects[0]["notes"]) == 1
    assert ran.err == ""


def test_another_version_means_nothing_where_there_is_only_one(bench: Bench) -> None:
    plain = bench.simulate(opened(), completed("2026-03-02T09:30:00Z"))
    migrated = an_event("migrated", "2026-03-02T09:10:00Z", version=2)
    assert bench.simulate(opened(), migrated, completed("2026-03-02T09:30:00Z")).out == plain.out


def test_no_events_are_no_records(bench: Bench) -> None:
    ran = bench.simulate("")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


# ---------------------------------------------------------------------- files


def test_events_may_come_from_standard_input(bench: Bench) -> None:
    files = ("--process", bench.process, "--events", "-", "--json")
    ran = milepost("simulate", *files, stdin=lines(opened()))
    assert [record["record"] for record in ran.objects] == ["C-1"]
    assert "<stdin>:1: " in milepost("simulate", *files, stdin="nonsense").err


def test_events_may_come_from_several_files(bench: Bench, tmp_path: Path) -> None:
    more = tmp_path / "more.jsonl"
    more.write_text(lines("", an_event("closed", "2026-03-02T09:20:00Z", "C-9"), completed("2026-03-02T09:30:00Z")), "utf-8")
    ran = bench.simulate(opened(), options=("--events", str(more), "--json"))
    assert ran.objects[0]["milestones"][0]["status"] == "met"
    assert ran.err.startswith(f"{more}:2: ")


def test_blank_lines_windows_lines_and_a_byte_order_mark_are_read_over(bench: Bench) -> None:
    plain = bench.simulate(opened()).out
    bench.events.write_bytes(b"\xef\xbb\xbf\r\n  \t\r\n" + lines(opened()).replace("\n", "\r\n").encode() + b"\n")
    assert bench.simulate().out == plain


def test_a_line_ends_at_a_line_feed_and_nowhere_else(bench: Bench) -> None:
    subject = {"type": "case", "subject": "one\u2028two\x85three"}
    text = json.dumps(opened(fields=subject), ensure_ascii=False)
    assert bench.simulate(text).code == 0
    assert bench.simulate(text, "nonsense").err.startswith(f"{bench.events}:2: ")


def test_calendars_are_needed_only_if_the_process_names_any(bench: Bench) -> None:
    bench.tell(opened())
    assert milepost("simulate", "--process", bench.process, "--events", bench.events, "--json").code == 0


def test_calendars_may_come_in_several_files_and_directories(bench: Bench, tmp_path: Path) -> None:
    bench.put(a_process(business_hours="london-office"))
    ran = bench.simulate(opened(), options=("--calendars", str(EXAMPLES / "calendars"), "--json"))
    assert ran.objects[0]["milestones"][0]["target_at"] == "2026-03-02T10:00:00Z"


def test_the_clock_runs_in_the_business_hours_that_the_process_names(bench: Bench) -> None:
    bench.put(a_process(business_hours="office"))
    [record] = bench.simulate(opened(at="2026-03-02T15:30:00Z")).objects  # 16:30 in Berlin, half an hour to go
    assert record["milestones"][0]["target_at"] == "2026-03-03T08:30:00Z"


def test_another_default_than_around_the_clock_can_be_named(bench: Bench) -> None:
    ran = bench.simulate(opened(at="2026-03-02T15:30:00Z"), options=("--default-hours", "office", "--json"))
    assert ran.objects[0]["milestones"][0]["target_at"] == "2026-03-03T08:30:00Z"
    assert bench.simulate(opened(), options=("--default-hours", "ofice", "--json")).error["code"] == "unknown_calendar"


def test_of_several_processes_in_a_file_one_is_chosen_by_name(bench: Bench) -> None:
    bench.put(a_process(), a_process(process="Other"))
    assert bench.simulate(opened(), options=("--name", "Other", "--json")).objects[0]["process"] == "Other"
    unnamed = bench.simulate(opened())
    assert (unnamed.code, unnamed.out) == (2, "")
    assert "'Support', 'Other'" in unnamed.error["message"]
    assert bench.simulate(opened(), options=("--name", "Third")).code == 2


def test_one_record_alone_can_be_looked_at_as_of_the_same_instant(bench: Bench) -> None:
    events = [opened(), opened("C-2", at="2026-03-02T09:30:00Z"), an_event("closed", "2026-03-02T09:00:00Z", "C-9")]
    whole = bench.simulate(*events)
    alone = bench.simulate(*events, options=("--only", "C-1", "--json"))
    assert alone.objects == whole.objects[:1]
    assert alone.err == ""


@pytest.mark.parametrize("story", sorted((EXAMPLES / "events").glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_story_among_the_examples_simulates_without_a_complaint(story: Path) -> None:
    process, hours = EXAMPLES / "processes/premium-support.yaml", EXAMPLES / "calendars/around-the-clock.yaml"
    ran = milepost("simulate", "--process", process, "--calendars", hours, "--events", story, "--json")
    assert (ran.code, ran.err, len(ran.objects)) == (0, "", 1)
