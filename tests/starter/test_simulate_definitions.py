"""What `milepost simulate` does with definitions that do not hold together: a sentence, a place, and no output."""

from pathlib import Path

import pytest

from tests.starter.bench import OFFICE, Bench, Json, a_milestone, a_process, opened
from tests.starter.command_line import Ran, milepost

EMAIL = {"email": {"to": "owner", "template": "warning"}}


def simulated(bench: Bench, text: str) -> Ran:
    """Simulate with a process file of this text."""
    bench.process.write_text(text, "utf-8")
    return bench.simulate(opened())


def refused(bench: Bench, *processes: Json, calendars: list[Json] | None = None) -> Json:
    """The error that these definitions give, with nothing on standard output."""
    bench.put(*processes, calendars=calendars)
    ran = bench.simulate(opened())
    assert (ran.code, ran.out) == (2, "")
    return ran.error


def test_malformed_yaml_is_named_with_its_line(bench: Bench) -> None:
    ran = simulated(bench, "process: Support\nmilestones: [\n")
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "malformed_document")
    assert ran.error["message"].startswith(f"{bench.process}:")


def test_an_unknown_field_is_named_with_file_line_and_path(bench: Bench) -> None:
    ran = simulated(bench, "process: Support\nmilestones:\n  - milestone: M\n    within: 1h\n    witin: 2h\n")
    assert ran.error["code"] == "invalid_definition"
    assert f"{bench.process}:5: milestones[0].witin: " in ran.error["message"]


def test_a_limit_of_nothing_is_refused(bench: Bench) -> None:
    assert "within" in refused(bench, a_process(a_milestone(within="0s", warnings=[])))["message"]


@pytest.mark.parametrize("at", ["0%", "101%", "fast", "75"])
def test_a_warning_outside_of_the_limit_is_refused(bench: Bench, at: str) -> None:
    error = refused(bench, a_process(a_milestone(warnings=[{"at": at, "actions": []}])))
    assert "share of the limit" in error["message"]


def test_a_warning_before_the_start_of_a_fixed_limit_is_refused(bench: Bench) -> None:
    error = refused(bench, a_process(a_milestone(warnings=[{"before": "1h", "actions": []}])))
    assert "leaves nothing of the limit" in error["message"]


def test_a_warning_a_business_day_before_is_held_against_the_calendar(bench: Bench) -> None:
    line = a_milestone(within="8h", business_hours="office", warnings=[{"before": "1bd", "actions": []}])
    error = refused(bench, a_process(line))
    assert "1bd of 'office' leaves nothing of the limit 8h" in error["message"]
    bench.put(a_process({**line, "within": "9h"}))
    assert bench.simulate(opened()).code == 0


def test_a_business_day_of_a_calendar_without_any_is_no_limit(bench: Bench) -> None:
    fair = {
        "calendar": "fair",
        "timezone": "UTC",
        "hours": {},
        "holidays": [{"date": "2026-03-02", "hours": ["09:00-17:00"]}],
    }
    error = refused(bench, a_process(a_milestone(within="1bd", warnings=[]), business_hours="fair"), calendars=[fair])
    assert "no time in 'fair'" in error["message"]


def test_a_calendar_that_is_not_there_is_named_with_the_place_that_names_it(bench: Bench) -> None:
    error = refused(bench, a_process(a_milestone(business_hours="moon")))
    assert error["code"] == "unknown_calendar"
    assert error["facts"]["where"] == f"{bench.process}:1: milestones[0].business_hours"
    assert error["facts"]["known"] == "office"


def test_the_calendar_in_which_a_mail_waits_must_be_there_too(bench: Bench) -> None:
    email = {"email": {"to": "owner", "template": "warning", "during": "moon"}}
    error = refused(bench, a_process(a_milestone(success=[email])))
    assert error["facts"]["where"].endswith("milestones[0].success[0].during")


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"hours": {"mon": ["9-17"]}}, "hours"),
        ({"hours": {}}, "hours"),
        ({"hours": {"mon": ["09:00-12:00", "11:00-13:00"]}}, "hours"),
        ({"holidays": ["2026-02-30"]}, "holidays"),
        ({"holidays": ["2026-03-03", "2026-03-03"]}, "holidays"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused_with_the_path(bench: Bench, wrong: Json, path: str) -> None:
    error = refused(bench, a_process(), calendars=[OFFICE | wrong])
    assert error["code"] == "invalid_definition"
    assert f"{bench.calendars}:1: {path}" in error["message"]


def test_no_two_calendars_may_have_one_name(bench: Bench) -> None:
    error = refused(bench, a_process(), calendars=[OFFICE, OFFICE])
    assert "'office' is already defined at" in error["message"]


def test_a_document_that_is_no_definition_is_refused(bench: Bench) -> None:
    error = refused(bench, a_process(), calendars=[{"calender": "office"}])
    assert "found calender" in error["message"]


@pytest.mark.parametrize(
    ("process", "what"),
    [
        (a_process(*[a_milestone(milestone=f"M{n}") for n in range(11)]), "11 milestones; the limit is 10"),
        (a_process(a_milestone(violations=[{"after": f"{n}h", "actions": []} for n in range(10)])), "11 triggers"),
        (a_process(a_milestone(success=[EMAIL] * 41)), "41 actions; the limit is 40"),
    ],
)
def test_more_than_the_installation_allows_is_refused_with_the_way_out(bench: Bench, process: Json, what: str) -> None:
    error = refused(bench, process)
    assert error["code"] == "limit_exceeded"
    assert what in error["message"]
    assert "MILEPOST_MAX_" in error["message"]


def test_as_much_as_the_installation_allows_is_accepted(bench: Bench) -> None:
    triggers = [{"after": f"{n}h", "actions": [EMAIL] * 40} for n in range(9)]
    bench.put(a_process(*[a_milestone(milestone=f"M{n}", violations=triggers) for n in range(10)]))
    assert bench.simulate(opened()).code == 0


def test_an_action_of_no_known_kind_is_refused(bench: Bench) -> None:
    error = refused(bench, a_process(a_milestone(success=[{"pager": {"to": "owner"}}])))
    assert error["code"] == "unknown_action"
    assert error["facts"]["where"] == f"{bench.process}:1: milestones[0].success[0]"


@pytest.mark.parametrize("params", [{"to": "owner"}, {"to": "owner", "template": "warning", "colour": "red"}])
def test_an_action_without_the_shape_of_its_kind_is_refused(bench: Bench, params: Json) -> None:
    error = refused(bench, a_process(a_milestone(success=[{"email": params}])))
    assert (error["code"], error["facts"]["where"]) == (
        "invalid_action",
        f"{bench.process}:1: milestones[0].success[0].email",
    )


def test_what_only_sending_would_need_is_a_remark(bench: Bench) -> None:
    bench.put(a_process(a_milestone(success=[{"email": {"to": "nobody@", "template": "of-our-own"}}])))
    ran = bench.simulate(opened())
    assert (ran.code, len(ran.objects)) == (0, 1)
    assert "nobody@" in ran.err


def test_an_instant_without_a_zone_is_refused(bench: Bench) -> None:
    ran = bench.simulate(opened(), options=("--json", "--until", "2026-03-05"))
    assert (ran.code, ran.out, ran.error["code"]) == (2, "", "naive_instant")
    assert bench.simulate(opened(), options=("--until", "tomorrow")).code == 2


def test_a_file_that_is_not_there_is_named(bench: Bench, tmp_path: Path) -> None:
    for option in ("--process", "--calendars", "--events"):
        ran = bench.simulate(opened(), options=(option, str(tmp_path / "nowhere"), "--json"))
        assert (ran.code, ran.error["code"]) == (2, "unreadable_file")
        assert f"{tmp_path / 'nowhere'}: cannot be read (no such file or directory)" in ran.error["message"]


def test_a_file_that_is_not_text_is_named(bench: Bench) -> None:
    bench.process.write_bytes(b"process: caf\xe9\n")
    assert bench.simulate(opened()).error["code"] == "unreadable_file"


def test_a_process_file_without_a_process_is_refused(bench: Bench) -> None:
    ran = milepost("simulate", "--process", bench.calendars, "--events", bench.events)
    assert ran.code == 2
    assert "holds no process" in ran.err


def test_a_missing_option_is_a_sentence_that_points_to_the_help() -> None:
    ran = milepost("simulate")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "Error: Missing option '--process' / '-p'. See: milepost simulate --help\n"
