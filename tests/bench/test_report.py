"""The table that people read, and its JSON twin: a target that was missed is said, whoever reads."""

import json
from typing import Any

import pytest

from bench.machine import describe
from bench.report import Report, as_json, as_text, figure, ratio
from bench.rows import Row, Scale, at_least, at_most
from bench.running import Taken


def a_row(**given: Any) -> Row:
    told: dict[str, Any] = {"measure": "history", "subject": "all met, events", "figure": 40.0, "unit": "events"}
    return Row(**(told | given))


def a_report(*taken: Taken) -> Report:
    return Report(scale=Scale.FULL, machine={"CPU": "Abacus 2"}, taken=taken, took_s=61.0)


COMPARED = a_row(against="the least", ratio=1.4286, note="28")


def test_a_ceiling_holds_for_the_ratio_where_something_is_compared() -> None:
    assert [at_most(COMPARED, limit).met for limit in (1.25, 1.5)] == [False, True]
    assert at_most(COMPARED, 1.25).target == "≤ 1.25×"


def test_a_floor_holds_for_the_figure_where_nothing_is_compared() -> None:
    assert [at_least(a_row(), limit).met for limit in (41, 40)] == [False, True]
    assert at_least(a_row(), 10_000).target == "≥ 10,000 events"


def test_what_could_not_be_had_did_not_reach_its_target() -> None:
    assert at_most(a_row(figure=None), 1).met is False
    assert at_least(a_row(against="the least", ratio=None), 1).met is False


def test_a_missed_target_is_listed_with_what_was_found() -> None:
    text = as_text(a_report(Taken(measure="history", rows=(at_most(COMPARED, 1.25), at_most(COMPARED, 2)))))
    assert "Targets missed: 1 of 2" in text
    assert "  history: all met, events: 1.43× of the least, target ≤ 1.25×" in text


def test_a_measure_that_failed_is_listed_with_the_reason_and_does_not_hide_the_others() -> None:
    failed = Taken(measure="dbos", failed="RuntimeError: no database")
    text = as_text(a_report(Taken(measure="history", rows=(a_row(),)), failed))
    assert "Not measured: 1 of 2" in text
    assert "dbos: RuntimeError: no database" in text
    assert "40 events" in text


def test_the_table_fits_into_120_columns_and_a_file_whatever_stands_in_it() -> None:
    long = a_row(subject="a subject [of] " + "very-long-words-" * 9, note="a note " * 30, against="x" * 40, ratio=1.0)
    text = as_text(a_report(Taken(measure="history", rows=(long,))))
    assert max(map(len, text.splitlines())) <= 120
    assert "\x1b" not in text, "no colours, which a file would keep as noise"
    assert "[of]" in text, "a row is text, not markup"
    assert "…" not in text, "nothing is cut off"


def test_a_smoke_run_says_that_its_figures_mean_nothing() -> None:
    report = Report(scale=Scale.SHORT, machine={}, taken=(), took_s=1)
    assert as_text(report).startswith("A smoke run")
    assert json.loads(as_json(report))["scale"] == "short"


def test_the_json_has_everything_that_the_table_has() -> None:
    told = json.loads(as_json(a_report(Taken(measure="history", rows=(at_most(COMPARED, 1.25),), took_s=3))))
    assert set(told) == {"scale", "machine", "took_s", "measures", "missed"}
    (measure,) = told["measures"]
    assert measure["rows"][0] == {
        "measure": "history",
        "subject": "all met, events",
        "figure": 40.0,
        "unit": "events",
        "against": "the least",
        "ratio": 1.4286,
        "target": "≤ 1.25×",
        "met": False,
        "note": "28",
        "detail": {},
    }
    assert told["missed"] == ["history: all met, events"]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (a_row(figure=None), "–"),
        (a_row(figure=0.00000132, unit="s"), "1.32 µs"),
        (a_row(figure=0.0313, unit="s"), "31.3 ms"),
        (a_row(figure=6.28e-7, unit="s"), "628 ns"),
        (a_row(figure=1.5, unit="s"), "1.50 s"),
        (a_row(figure=17510, unit="bytes"), "17,510 bytes"),
    ],
)
def test_a_figure_is_shown_with_the_unit_that_fits(given: Row, shown: str) -> None:
    assert figure(given) == shown


def test_ratios_are_shown_to_the_hundredth_where_that_matters() -> None:
    assert [ratio(value) for value in (None, 0.971, 1.2449, 40.83, 712.4, 66_566)] == [
        "", "0.97×", "1.24×", "40.8×", "712×", "66,566×",
    ]  # fmt: skip


def test_the_machine_is_named_without_its_name_its_user_or_a_path() -> None:
    import getpass
    import platform

    machine = describe()
    assert {"CPU", "memory", "system", "Python", "temporalio", "Temporal server", "SQLite", "PostgreSQL"} <= set(machine)
    told = " ".join(machine.values())
    assert platform.node() not in told.split()
    assert "/home" not in told
    assert getpass.getuser() not in told.split()
