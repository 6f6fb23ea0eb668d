"""`python -m bench` as a user has it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.order import LIMITS_S, present
from bench.rows import Scale
from bench.running import take
from tests.house.sources import ROOT

RIVALS = ("pandas", "businesstimedelta", "apscheduler", "dbos", "uvloop", "py_spy")


def bench(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_two_measures_come_to_one_table_and_the_same_as_json(tmp_path: Path) -> None:
    pytest.importorskip("pandas", reason="what the bench compares with comes with `make bench`")
    pytest.importorskip("businesstimedelta", reason="what the bench compares with comes with `make bench`")
    done = bench("--short", "--only", "calendar", "evaluate", "--json", str(tmp_path / "bench.json"))
    assert done.returncode == 0, done.stderr
    assert "BusinessHours.add, 80 h" in done.stdout
    assert "real incidents" in done.stdout
    told = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert [measure["measure"] for measure in told["measures"]] == ["calendar", "evaluate"]
    rows = [row for measure in told["measures"] for row in measure["rows"]]
    assert all(row["figure"] > 0 and row["unit"] for row in rows)
    assert {row["target"] for row in rows if row["target"]} == {"≥ 50×", "≤ 2×", "≥ 10,000 cases/s"}
    at_80 = next(row for row in rows if row["subject"] == "BusinessHours.add, 80 h" and row["target"])
    assert at_80["against"] == "pandas CBH"
    assert at_80["ratio"] > 1
    assert "2 of 2 same" in at_80["note"] or "on closing time" in at_80["note"]


def test_only_progress_is_told_beside_the_table() -> None:
    done = bench("--short", "--only", "deciding")
    assert done.returncode == 0, done.stderr
    assert "SQLite, one after the other" in done.stdout
    assert [line for line in done.stderr.splitlines() if not line.startswith(("bench: ", "  "))] == []


def test_the_measures_can_be_listed() -> None:
    done = bench("--list")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == present()


def test_a_measure_that_is_not_there_is_refused_in_a_sentence() -> None:
    done = bench("--only", "weather")
    assert done.returncode == 2
    assert "invalid choice: 'weather'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bench_is_either_short_or_patient() -> None:
    done = bench("--short", "--patient", "--only", "cost")
    assert done.returncode == 2
    assert "not allowed with argument --short" in done.stderr


def test_a_patient_one_is_not_cut_and_not_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS_S, "evaluate", 0)
    assert take("evaluate", Scale.FULL).failed == "not done after 0 s"
    assert take("evaluate", Scale.PATIENT).failed is None
    assert Scale.PATIENT.pick(short=1, full=2) == 2


def test_a_measure_that_takes_too_long_is_ended_and_told_of() -> None:
    taken = take("evaluate", Scale.FULL, limit_s=0.05)
    assert (taken.failed, taken.rows) == ("not done after 0.05 s", ())


def test_the_measures_run_in_their_order_within_two_hours_at_the_very_most() -> None:
    assert present() == [name for name in LIMITS_S if name in present()]
    assert sum(LIMITS_S.values()) <= 2 * 3600


def test_nothing_that_is_compared_with_is_needed_to_start() -> None:
    gone = "; ".join(f"sys.modules[{name!r}] = None" for name in RIVALS)
    mine = "bench.__main__, bench.measures.calendar, bench.measures.evaluate, bench.measures.history, bench.measures.cost"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {gone}; import {mine}"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
