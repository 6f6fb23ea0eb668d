"""Each refusal has one answer at each door, and each exit code one meaning."""

import json
from collections.abc import Iterator

import pytest
import typer

import sla.api_errors
import sla.errors
import sla.events
import sla.evidence_errors
import sla.setup_errors
from sla.errors import MilepostError, UnknownRecord
from starter.answers import ANSWERS, EXIT_CODES, answer_for
from starter.cli.errors import run
from tests.starter.command_line import Ran, milepost, no_desk
from tests.starter.fake_desk import FakeDesk

WHERE = {module.__name__ for module in (sla.errors, sla.events, sla.setup_errors, sla.api_errors, sla.evidence_errors)}


def refusals(of: type[MilepostError] = MilepostError) -> Iterator[type[MilepostError]]:
    for refusal in of.__subclasses__():
        if refusal.__module__ in WHERE:
            yield refusal
            yield from refusals(refusal)


def test_there_is_exactly_one_row_for_each_refusal() -> None:
    codes = [refusal.code for refusal in refusals()]
    assert sorted(codes) == sorted(ANSWERS)
    assert len(set(codes)) == len(codes)


def test_every_exit_code_is_explained_in_the_help() -> None:
    assert {answer.exit_code for answer in ANSWERS.values()} <= set(EXIT_CODES)
    shown = " ".join(milepost("--help").out.split())
    assert all(f"{code} {meaning}" in shown for code, meaning in EXIT_CODES.items())


def test_no_refusal_is_answered_as_if_it_had_worked() -> None:
    assert all(answer.status >= 400 and answer.exit_code >= 2 for answer in ANSWERS.values())
    assert answer_for(UnknownRecord(record="C-1")).status == 404


def test_a_refusal_is_a_sentence_or_with_json_one_object() -> None:
    desk = FakeDesk()
    plain = milepost("case", "show", "C-9", services=desk.services())
    assert (plain.code, plain.out) == (3, "")
    assert plain.err.startswith("Error: There is no record 'C-9'.")
    structured = milepost("case", "show", "C-9", "--json", services=desk.services())
    assert (structured.code, structured.out) == (3, "")
    assert structured.error["code"] == "unknown_record"
    assert structured.error["facts"] == {"record": "C-9"}


def test_a_wrong_option_is_a_sentence_or_with_json_one_object() -> None:
    assert milepost("mail", "list", "--colour").err.startswith("Error: No such option: --colour")
    ran = milepost("mail", "list", "--json", "--colour")
    assert (ran.code, ran.error["code"]) == (2, "usage")
    assert milepost("nonsense").code == 2


def failing_with(error: Exception, *arguments: str) -> Ran:
    desk = FakeDesk()
    desk.down = error
    return milepost(*arguments, "case", "list", services=desk.services())


def test_a_defect_is_owned_up_to_without_a_trace() -> None:
    ran = failing_with(RuntimeError("boom"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: This is a defect of Milepost, not of your input: RuntimeError: boom.")
    assert "Traceback" not in ran.err


def test_a_defect_shows_its_trace_when_asked_to() -> None:
    ran = failing_with(RuntimeError("boom"), "--debug")
    assert (ran.code, "Traceback" in ran.err) == (1, True)


def test_facts_that_json_does_not_know_are_told_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    app = typer.Typer()

    @app.command()
    def fail(json: bool = False) -> None:
        raise UnknownRecord(record={1, 2})

    assert run(app, ["--json"]) == 3
    assert json.loads(capsys.readouterr().err)["error"]["facts"] == {"record": "{1, 2}"}


def test_ctrl_c_is_no_defect() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    ran = milepost("mail", "list", services=no_desk(interrupted))  # type: ignore[arg-type]
    assert (ran.code, "defect" in ran.err) == (130, False)
