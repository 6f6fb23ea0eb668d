"""`milepost simulate`, added up over files of events: before and after, promises side by side, the picture, refusals."""

import json
import xml.etree.ElementTree as ET  # what is parsed here is our own
from pathlib import Path

import pytest

from tests.starter.bench import Bench, Json, a_milestone, a_process, an_event, opened
from tests.starter.command_line import Ran, milepost

STORY: list[Json] = [
    *(opened(record, fields={"type": "case", "priority": priority}) for record, priority in (("A", "P1"), ("B", "P2"))),
    opened("C", at="2026-03-02T12:00:00Z"),
    an_event("completed", "2026-03-02T09:40:00Z", "A", milestone="First Response"),
    an_event("completed", "2026-03-02T10:30:00Z", "B", milestone="First Response"),
    an_event("noted", "2026-03-02T12:10:00Z", "C", kind="seen"),
]
"""Answered in time, too late, and not yet."""


@pytest.fixture
def story(bench: Bench) -> Bench:
    """Three records, to be answered within the hour."""
    bench.tell(*STORY)
    return bench


def simulate(bench: Bench, *options: str | Path) -> Ran:
    return milepost("simulate", "--process", bench.process, "--events", bench.events, *options)


def other(bench: Bench, within: str) -> Path:
    """Another promise, in a file of its own."""
    path = bench.directory / "old.yaml"
    path.write_text(json.dumps(a_process(a_milestone(within=within))), "utf-8")
    return path


# ---------------------------------------------------------------------- figures


def test_before_and_after_as_json(story: Bench) -> None:
    [found] = simulate(story, "--against", other(story, "30m"), "--json").objects
    before, [promise] = found["before"]["milestones"], found["promises"]
    [after] = promise["after"]["milestones"]
    assert [(one["met"], one["missed"], one["open"]) for one in (*before, after)] == [(0, 2, 1), (1, 1, 1)]
    assert (promise["cured_records"], promise["newly_violated_records"]) == (["A"], [])
    assert (found["before"]["mails"], found["before"]["reassignments"]) == (2, 2)
    assert (promise["after"]["mails"], promise["after"]["reassignments"]) == (1, 1)
    assert (found["as_of"], found["seen"], found["left_out"]) == ("2026-03-02T12:10:00Z", 3, 0)


def test_without_anything_to_compare_with_one_side_is_shown(story: Bench) -> None:
    [found] = simulate(story, "--by", "priority", "--json").objects
    assert found["before"] is None
    assert {group["value"]: group["records"] for group in found["groups"]} == {"(none)": 1, "P1": 1, "P2": 1}


def test_a_sweep_as_json_and_as_a_table(story: Bench) -> None:
    sweep = ("--sweep", "First Response.within=30m,1h,2h")
    [found] = simulate(story, *sweep, "--json").objects
    assert [(one["promise"], one["size"]) for one in found["promises"]] == [("30m", 1800), ("1h", 3600), ("2h", 7200)]
    assert [one["after"]["milestones"][0]["compliance"] for one in found["promises"]] == [0.0, 0.5, 1.0]
    shown = simulate(story, *sweep).out
    assert [line.split()[:3] for line in shown.splitlines() if "%" in line] == [
        ["30m", "0.0", "%"],
        ["1h", "50.0", "%"],
        ["2h", "100.0", "%"],
    ]
    assert "█" * 24 in shown


def test_people_see_both_sides_the_margins_and_the_names_they_ask_for(story: Bench) -> None:
    shown = simulate(story, "--against", other(story, "30m"), "--list").out
    assert "3 records under 'Support'" in shown
    assert "0 → 1" in shown
    assert "Records violated: 2 → 1 (0 newly violated, 1 cured)" in shown
    assert "Reassignments: 2 → 1" in shown
    assert "Cured: A" in shown
    assert "-1 h" in shown


def rows(shown: str, *values: str) -> list[str]:
    """Of tables, the rows of some values of a field."""
    return [" ".join(line.split()) for line in shown.splitlines() if line.split()[:1] and line.split()[0] in values]


def test_broken_down_people_see_what_was_kept_to_spare_violated_and_sent(story: Bench) -> None:
    both = simulate(story, "--against", other(story, "30m"), "--by", "priority").out
    assert rows(both, "P1", "P2") == [
        *("P1 1 0.0 % → 100.0 %", "P2 1 0.0 % → 0.0 %"),
        *("P1 -10 min → 20 min", "P2 -1 h → -30 min"),
        *("P1 0 1 1 → 0 1 → 0", "P2 0 0 1 → 1 1 → 1"),
    ]
    alone = simulate(story, "--by", "priority").out
    assert rows(alone, "P2") == ["P2 1 0.0 %", "P2 -30 min", "P2 1 1 1"]
    swept = simulate(story, "--against", story.process, "--sweep", "First Response.within=1h,2h", "--by", "priority").out
    assert rows(swept, "P2") == ["P2 1 0.0 % 0.0 % 100.0 %", "P2 1 1 0"]


def test_only_records_with_a_field_and_opened_since(story: Bench) -> None:
    [found] = simulate(story, "--where", "priority=P1", "--json").objects
    assert found["seen"] == 1
    [found] = simulate(story, "--since", "1h", "--json").objects
    assert found["seen"] == 1
    [found] = simulate(story, "--since", "2026-03-02T09:00:00Z", "--json").objects
    assert found["seen"] == 3


def test_what_was_never_opened_or_is_of_another_type_on_either_side_is_left_out(story: Bench) -> None:
    story.tell(*STORY, an_event("noted", "2026-03-02T12:00:00Z", "D", kind="seen"))
    [found] = simulate(story, "--by", "priority", "--json").objects
    assert (found["seen"], found["left_out"], found["promises"][0]["after"]["records"]) == (4, 1, 3)
    orders = story.directory / "orders.yaml"
    orders.write_text(json.dumps(a_process(applies_to="work_order")), "utf-8")
    [found] = simulate(story, "--against", orders, "--json").objects
    assert (found["left_out"], found["before"]["records"], found["promises"][0]["after"]["records"]) == (4, 0, 0)


IGNORED: list[Json] = [
    {"record": "A", "id": "x", "type": "eaten", "at": "2026-03-02T12:00:00Z"},
    an_event("completed", "2026-03-02T12:00:00Z", "A", milestone="Lunch"),
    an_event("noted", "2026-03-02T12:00:00Z", "D", kind="seen"),
]
"""Of no known type, of a milestone that is none, of a record that nobody opened: the lines 7 to 9 of a file."""


def test_lines_that_are_ignored_are_named_as_they_are_for_each_record(story: Bench) -> None:
    story.tell(*STORY, *IGNORED)
    ran = simulate(story, "--by", "priority", "--json")
    said = ran.err.splitlines()
    assert (ran.code, [line.removeprefix(str(story.events)).split(" ")[0] for line in said]) == (0, [":7:", ":8:", ":9:"])
    assert "event 'x' is ignored: there is no event type 'eaten'" in said[0]
    assert "is ignored: process 'Support' has no milestone 'Lunch'" in said[1]
    assert "record 'D' was not opened by 2026-03-02T12:10:00Z, so nothing that happened to it counts" in said[2]
    assert simulate(story, "--json").err == ran.err


@pytest.mark.parametrize(
    "options",
    [
        ("--where", "priority=P2"),
        ("--since", "2026-03-02T11:00:00Z", "--where", "type=case"),
        ("--by", "priority", "--until", "2026-03-02T11:00:00Z"),
    ],
)
def test_of_what_is_not_meant_or_not_known_yet_no_line_is_named(story: Bench, options: tuple[str, ...]) -> None:
    story.tell(*STORY, *IGNORED)
    ran = simulate(story, *options, "--json")
    assert (ran.code, ran.err) == (0, "")


def test_a_record_was_opened_when_its_fields_say_and_as_what_its_first_opening_says(bench: Bench) -> None:
    early = {"type": "case", "priority": "P1", "opened_at": "2026-02-01T09:00:00Z"}
    again = opened("A", id="again", at="2026-03-02T09:30:00Z", fields={"type": "case", "priority": "P3"})
    before = opened("B", id="before", at="2026-02-01T09:00:00Z", recorded_at="2026-03-02T10:00:00Z")
    bench.tell(opened("A", fields=early), again, opened("B"), before)
    [found] = simulate(bench, "--since", "7d", "--by", "priority", "--json").objects
    assert [(one["value"], one["records"]) for one in found["groups"]] == [("(none)", 1)]
    [found] = simulate(bench, "--since", "60d", "--by", "priority", "--json").objects
    assert [(one["value"], one["records"]) for one in found["groups"]] == [("(none)", 1), ("P1", 1)]


def test_of_several_processes_in_both_files_one_is_chosen_by_name(story: Bench) -> None:
    story.put(a_process(), a_process(process="Gold"))
    old = story.directory / "old.yaml"
    was = (a_process(a_milestone(within="30m"), process="Gold"), a_process(process="Silver"))
    old.write_text("\n---\n".join(map(json.dumps, was)), "utf-8")
    [found] = simulate(story, "--name", "Gold", "--against", old, "--json").objects
    assert (found["process"], found["promises"][0]["cured_records"]) == ("Gold", ["A"])
    ran = simulate(story, "--name", "Support", "--against", old)
    assert (ran.code, "old.yaml holds no process 'Support'; it holds 'Gold', 'Silver'" in ran.err) == (2, True)
    old.write_text(json.dumps(was[0]), "utf-8")  # alone in its file, it may be called otherwise
    [found] = simulate(story, "--name", "Support", "--against", old, "--json").objects
    assert found["promises"][0]["cured_records"] == ["A"]


# ---------------------------------------------------------------------- the picture


def test_the_picture_is_one_file_that_needs_nothing_else(story: Bench) -> None:
    path = story.directory / "sweep.svg"
    ran = simulate(story, "--against", story.process, "--sweep", "First Response.within=30m,1h,2h", "--picture", path)
    assert ran.code == 0, ran.err
    picture = path.read_text("utf-8")
    root = ET.fromstring(picture)
    words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"30m", "1h", "2h", "0.0 %", "50.0 %", "100.0 %", "1 of 2", "as it is: 50.0 %"} <= set(words)
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    for way in ("prefers-color-scheme: dark", "@media print"):
        assert way in picture


def test_names_in_a_picture_cannot_break_it(bench: Bench) -> None:
    bench.put(a_process(a_milestone(milestone='A <b> & "c"'), process="<svg onload=x>"))
    bench.tell(opened())
    path = bench.directory / "sweep.svg"
    ran = simulate(bench, "--sweep", 'A <b> & "c".within=1h,2h', "--picture", path)
    assert ran.code == 0, ran.err
    words = " ".join(element.text or "" for element in ET.fromstring(path.read_text("utf-8")).iter())
    assert "<svg onload=x>" in words


# ---------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sweep", "First Response.limit=1h"), "names no field of 'First Response' that can be swept; it has: within"),
        (("--sweep", "First Response.within=soon"), "makes no process of 'soon'"),
        (("--sweep", ""), "is no path with values; write it as 'First Response.within=30m,45m,1h'"),
        (("--since", ""), "--since: '' is no time ago"),
        (("--sweep", "Lunch.within=1h"), "names no milestone of 'Support'; it has: First Response"),
        (("--sweep", "First Response.business_hours=night"), "makes no process of 'night'"),
        (("--picture", "x.svg"), "--picture draws a sweep"),
        (("--recorded",), "give either --events FILE, or --recorded"),
        (("--under", "Support"), "--under goes with --recorded"),
        (("--jobs", "2"), "--jobs goes with --recorded"),
        (("--by", "priority", "--only", "A"), "--only is for one record"),
        (("--since", "yesterday"), "--since: 'yesterday' is no time ago; write it as 90d, 12h or 2026-03-01T00:00:00Z"),
        (("--where", "priority"), "--where: 'priority' is not of the form name=value"),
        (("--sweep", "First Response.within=1h", "--picture", "/nowhere/x.svg"), "/nowhere/x.svg: cannot be written"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(story: Bench, options: tuple[str, ...], said: str) -> None:
    ran = simulate(story, *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_neither_files_nor_what_is_on_record(story: Bench) -> None:
    ran = milepost("simulate", "--process", story.process)
    assert (ran.code, "give either --events FILE, or --recorded" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("options", "said"), [(("--until", "2026-03-02T09:00:00Z"), "--until goes with --events"), ((), "no Desk")]
)
def test_what_is_on_record_needs_an_installation(story: Bench, options: tuple[str, ...], said: str) -> None:
    ran = milepost("simulate", "--process", story.process, "--recorded", *options)
    assert (ran.code, said in ran.err) == (2, True)


def test_a_process_that_does_not_hold_together_is_refused_with_its_line(story: Bench) -> None:
    story.process.write_text("process: Support\nmilestones:\n  - milestone: M\n    within: soon\n", "utf-8")
    ran = simulate(story, "--by", "priority")
    assert ran.code == 2
    assert "p.yaml:4: milestones[0].within" in ran.err
