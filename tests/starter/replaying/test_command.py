"""`milepost replay` on files: what it says, how it exits, and what continuous integration is told."""

import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner

import sla.engine
import starter.replaying.session
from sla.timeline import Timeline
from starter.answers import BAD_INPUT, DECISIONS_DIFFER, FINE, NON_DETERMINISTIC, REPLAY_STATUSES
from starter.cli import progress
from starter.replaying import choosing, crew
from starter.replaying.choosing import Chosen, several
from starter.replaying.sources import Recipe
from tests.docs.pages import rows, section, text
from tests.starter.command_line import Ran, milepost, process_of
from tests.starter.replaying.builders import FILES, damaged, golden, premium
from tests.workflows.changed import CHANGES

SAME = ("warned-violated-reassigned", "stopped-and-resumed", "refused")


def die(_recipe: Recipe) -> None:
    """What the system does to a process when there is no memory left."""
    os.kill(os.getpid(), signal.SIGKILL)


def replay(*arguments: str | Path) -> Ran:
    """Run it in this process; nothing is traced, whatever happens."""
    ran = milepost("replay", *arguments)
    assert "Traceback" not in ran.err + ran.out
    assert "defect of Milepost" not in ran.err
    return ran


def test_histories_that_fare_as_they_did_are_the_same(tmp_path: Path) -> None:
    ran = replay(*map(golden, SAME), "--process", premium(tmp_path))
    assert ran.code == FINE
    assert "3 histories replayed, 13 decisions taken again: 3 the same." in ran.out
    assert ran.out.count("the same: ") == 3


def test_a_longer_promise_is_told_in_sentences(tmp_path: Path) -> None:
    ran = replay(golden("warned-violated-reassigned"), "--process", premium(tmp_path, within="2h"))
    assert ran.code == DECISIONS_DIFFER
    assert "decided otherwise at event 6, 2026-11-22T04:59:34Z (recorded → today):" in ran.out
    assert "First Response's target: 2026-11-22 05:59:34 UTC → 2026-11-22 06:59:34 UTC" in ran.out
    assert "1 history replayed, 5 decisions taken again: 1 decided otherwise." in ran.out


def test_json_has_an_object_for_each_history(tmp_path: Path) -> None:
    ran = replay(*map(golden, SAME[:2]), tmp_path / "premium.yaml", "--process", premium(tmp_path), "--json")
    first, second, foreign = ran.objects
    assert [one["verdict"] for one in (first, second, foreign)] == ["same", "same", "skipped"]
    assert (first["record"], first["events"], first["decisions"], first["differing"]) == ("C-1042", 48, 5, [])
    assert foreign["skipped"].startswith("it is not JSON")
    assert ran.code == FINE


def test_every_damaged_or_foreign_file_is_named_and_skipped(tmp_path: Path) -> None:
    files = damaged(tmp_path)
    ran = replay(*(path for path, _ in files.values()), golden("refused"), "--process", premium(tmp_path), "--json")
    assert ran.code == FINE
    told = {one["source"]: one for one in ran.objects}
    for path, said in files.values():
        assert told[str(path)]["verdict"] == "skipped"
        assert told[str(path)]["skipped"].startswith(said), path
    assert told[str(golden("refused"))]["verdict"] == "same"


def test_where_nothing_can_be_replayed_the_input_was_bad(tmp_path: Path) -> None:
    path, said = damaged(tmp_path)["another-workflow"]
    ran = replay(path, "--process", premium(tmp_path))
    assert ran.code == BAD_INPUT
    assert said in ran.out
    assert "0 histories replayed" in ran.out
    assert "1 skipped" in ran.out


@pytest.mark.parametrize(
    ("asked", "code"), [(("--all", "--since", "7d"), FINE), (("--query", "SlaStatus = 'at risk'"), BAD_INPUT)]
)
def test_a_week_without_cases_is_fine_and_a_query_that_lists_nothing_is_not(
    asked: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def nothing(*_: object) -> AsyncIterator[Chosen]:
        yield Chosen(0, several([]))

    monkeypatch.setattr(choosing, "chosen", nothing)
    ran = replay(*asked)
    assert "there was nothing to replay" in ran.out
    assert ran.code == code


def test_a_bar_shows_how_many_of_how_many_are_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    advanced: list[tuple[str, int | None]] = []

    @contextmanager
    def counting(title: str, total: int | None) -> Iterator[Callable[[], None]]:
        yield lambda: advanced.append((title, total))

    monkeypatch.setattr(progress, "counting", counting)
    foreign, _ = damaged(tmp_path)["another-workflow"]
    assert replay(golden("refused"), golden("closed"), foreign, "--process", premium(tmp_path)).code == FINE
    assert advanced == [("Replaying", 3)] * 3


def test_a_history_whose_process_is_not_given_is_skipped_and_said_so(tmp_path: Path) -> None:
    other = premium(tmp_path)
    other.write_text(other.read_text("utf-8").replace("Premium", "Other"), "utf-8")
    ran = replay(golden("refused"), "--process", other)
    assert ran.code == BAD_INPUT
    assert "its decisions cannot be taken again" in ran.out


def test_a_broken_bundle_is_named_and_skipped(tmp_path: Path) -> None:
    broken = tmp_path / "case.mpb"
    broken.write_bytes(b"milepost-bundle 1 sha256=" + b"0" * 64 + b"\nnothing")
    ran = replay(broken, golden("refused"), "--process", premium(tmp_path))
    assert ran.code == FINE
    assert "skipped: this bundle is not as it was written" in ran.out


# ---------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name records or files, or else give --query or --all"),
        (("C-1", "--all"), "name records or files, or else give --query or --all"),
        (("--all", "--query", "x = 1"), "name records or files, or else give --query or --all"),
        (("C-1", "--since", "7d"), "--since goes with --query or --all"),
        (("--all", "--since", "yesterday"), "--since: 'yesterday' is not a duration"),
        (("--all", "--since", "5bd"), "--since: '5bd' counts business days"),
        (("nowhere.json",), "There is no file 'nowhere.json'."),
        (("nowhere.mpb",), "There is no file 'nowhere.mpb'."),
        ((".",), "'.' is a directory; name the files in it."),
        (("C-1", "--calendars", "c.yaml"), "--calendars goes with --process"),
        (("C-1", "--process", "nowhere.yaml"), "nowhere.yaml: cannot be read"),
        (("C-1", "--debug", "--inside", "everywhere"), "--inside: 'everywhere' is none of workflow, evaluate"),
        (("C-1", "--inside", "evaluate"), "--inside goes with --debug or --break-at"),
        (("C-1", "--debug", "--json"), "--json does not go with --debug"),
        (("C-1", "--jobs", "0"), "--jobs"),
        (("C-1", "--break-at", "0"), "--break-at"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(arguments: tuple[str, ...], said: str) -> None:
    ran = replay(*arguments)
    assert ran.code == BAD_INPUT
    assert said in ran.err


def test_without_a_store_that_is_ready_a_record_cannot_be_looked_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ran = replay("C-1")
    assert ran.code == 5
    assert "milepost store upgrade" in ran.err


# ---------------------------------------------------------------------- exit statuses


def test_non_determinism_goes_before_other_decisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starter.replaying.session, "sandbox", UnsandboxedWorkflowRunner)  # in which no patch is seen
    monkeypatch.setattr(*CHANGES["no timer"])
    ran = replay(golden("refused"), golden("after-continuing-as-new"), "--process", premium(tmp_path))
    assert ran.code == NON_DETERMINISTIC
    parts = (
        "non-deterministic: parts from its history at event 8 (TimerStarted): today's workflow answers news there instead"
    )
    assert parts in ran.out
    assert "1 decided otherwise, 1 non-deterministic" in ran.out


def test_the_statuses_are_documented() -> None:
    documented = {int(row[0]): row[1] for row in rows(section(text("cli"), "### `milepost replay`"), "exit status")}
    assert {code: documented[code] for code in REPLAY_STATUSES} == REPLAY_STATUSES
    assert set(documented) == {*REPLAY_STATUSES, 5}


# ---------------------------------------------------------------------- JUnit


def test_junit_has_a_test_case_for_each_history(tmp_path: Path) -> None:
    foreign, said = damaged(tmp_path)["another-workflow"]
    file = tmp_path / "replay.xml"
    ran = replay(golden("refused"), golden("all-met"), foreign, "--process", premium(tmp_path), "--junit", file)
    assert ran.code == DECISIONS_DIFFER
    suites = ElementTree.parse(file).getroot()
    [suite] = suites
    assert (suites.tag, suite.tag) == ("testsuites", "testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped"), suite.get("errors")) == ("3", "1", "1", "0")
    same, differs, skipped = suite
    assert [case.tag for case in suite] == ["testcase"] * 3
    assert (same.get("classname"), same.get("name"), list(same)) == ("C-1042", str(golden("refused")), [])
    [failure] = differs
    assert (failure.tag, failure.get("type"), failure.get("message")) == (
        "failure",
        "decisions differ",
        "Resolution: running → nothing",
    )
    assert "event 32: event 'e-3': accepted → refused, process 'Premium' has no milestone" in (failure.text or "")
    assert (skipped[0].tag, skipped[0].get("message")) == ("skipped", said)
    assert all(float(case.get("time", "-1")) >= 0 for case in suite)


def test_what_xml_cannot_hold_is_left_out(tmp_path: Path) -> None:
    odd = tmp_path / "odd \x07.json"
    odd.write_text("{}", "utf-8")
    file = tmp_path / "replay.xml"
    assert replay(odd, "--process", premium(tmp_path), "--junit", file).code == BAD_INPUT
    [[case]] = ElementTree.parse(file).getroot()
    assert case.get("name") == str(tmp_path / "odd .json")


def test_a_junit_file_that_cannot_be_written_is_refused_in_a_sentence(tmp_path: Path) -> None:
    ran = replay(golden("refused"), "--process", premium(tmp_path), "--junit", tmp_path / "nowhere" / "replay.xml")
    assert ran.code == BAD_INPUT
    assert "cannot be written" in ran.err


# ---------------------------------------------------------------------- several processes


def test_several_processes_come_to_the_same_as_one(tmp_path: Path) -> None:
    files = [*FILES, *(path for path, _ in damaged(tmp_path).values())]
    given = ("--process", premium(tmp_path), "--json")

    def told(ran: Ran) -> list[dict[str, Any]]:
        return [{name: value for name, value in one.items() if name != "seconds"} for one in ran.objects]

    one, two = replay(*files, *given, "--jobs", "1"), replay(*files, *given, "--jobs", "2")
    assert told(one) == told(two)
    assert (one.code, two.code) == (DECISIONS_DIFFER, DECISIONS_DIFFER)
    assert two.err == ""


def test_a_real_process_of_its_own_ends_with_the_status(tmp_path: Path) -> None:
    ran = process_of("replay", *FILES, "--process", premium(tmp_path), "--jobs", "2", "--json")
    assert (ran.code, ran.err) == (DECISIONS_DIFFER, "")
    assert [json.loads(line)["record"] for line in ran.out.splitlines()] == ["C-1042"] * len(FILES)


def test_a_changed_engine_is_seen_in_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sla.engine.evaluate

    def impatient(*given: Any, **more: Any) -> Timeline:
        return whole(*given, **more).model_copy(update={"next_wakeup": None})

    monkeypatch.setattr(sla.engine, "evaluate", impatient)
    ran = replay(golden("refused"), "--process", premium(tmp_path), "--jobs", "1")
    assert ran.code == DECISIONS_DIFFER
    assert "next wake-up: 2026-11-22 05:44:36 UTC → none" in ran.out
    assert "non-deterministic" not in ran.out


def test_processes_that_are_killed_are_told_of_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_begin", die)
    ran = replay(golden("refused"), golden("closed"), "--process", premium(tmp_path), "--jobs", "2")
    assert ran.code == BAD_INPUT
    assert "has ended by itself" in ran.err
