"""`milepost case watch`: a line for each change, as it happens; on a terminal a page that is drawn again."""

import io
import sys
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from starter.cli.case_changes import changes_of
from starter.cli.output import is_live
from starter.views import CaseFile
from tests.starter.command_line import Ran, milepost
from tests.starter.fake_desk import TARGET, FakeDesk, a_case_file

UTC = ZoneInfo("UTC")


def watched(*pages: CaseFile, options: tuple[str, ...] = ()) -> Ran:
    desk = FakeDesk()
    desk.pages = iter(pages)
    ran = milepost("case", "watch", "C-1", "--every", "0.1", *options, services=desk.services())
    assert (ran.code, ran.err, next(desk.pages, None)) == (0, "", None), "every page was looked at"
    return ran


def with_record(**more: Any) -> CaseFile:
    found = a_case_file()
    return found.model_copy(update={"record": found.record.model_copy(update=more)})


def with_milestone(**more: Any) -> CaseFile:
    found = a_case_file()
    milestones = (found.timeline.milestones[0].model_copy(update=more),)
    return found.model_copy(update={"timeline": found.timeline.model_copy(update={"milestones": milestones})})


def with_action(**more: Any) -> CaseFile:
    """The case, with the facts of its reassignment changed."""
    found = a_case_file()
    warning, violation = found.effects
    return found.model_copy(update={"effects": [warning, violation.model_copy(update=more)]})


NOTHING_DONE = {"outcome": None, "attempts": 0, "problem": None}


def words(before: CaseFile | None, now: CaseFile) -> list[str]:
    return [change.words for change in changes_of(before, now, UTC)]


def test_watching_begins_with_the_present_state() -> None:
    lines = watched(a_case_file(out=True)).out.splitlines()
    assert [line.partition("UTC  ")[2] for line in lines] == [
        "C-1: violated open, closed",
        "owner ben",
        "First Response: overdue, target Mon 2026-03-02 10:00",
        "email warning to owner (First Response, warning): performed at Mon 2026-03-02 09:00",
        "reassign to role:senior_agent (First Response, violation): gave up after 7 attempts: nobody is on duty",
    ]
    assert all(line.startswith("Mon 2026-03-02 11:00:00 UTC  ") for line in lines)


def test_what_stays_as_it_is_is_not_said_again() -> None:
    lines = watched(
        a_case_file(), a_case_file(), with_record(owner="ada"), with_record(owner="ada", out=True)
    ).out.splitlines()
    assert [line.partition("UTC  ")[2] for line in lines[5:]] == ["owner ben → ada", "C-1: closed"]


def test_times_are_told_in_the_zone_that_was_asked_for() -> None:
    out = watched(a_case_file(out=True), options=("--timezone", "Europe/Berlin")).out
    assert "Mon 2026-03-02 12:00:00 CET  First Response: overdue, target Mon 2026-03-02 11:00" in out


def test_each_change_is_one_json_object() -> None:
    objects = watched(with_milestone(status="running"), a_case_file(out=True), options=("--json",)).objects
    state, [closed, change] = objects[:5], objects[5:]
    assert (closed["about"], closed["now"]["closed"]) == ("status", True)
    assert [one["about"] for one in state] == ["status", "owner", "milestone", "action", "action"]
    assert all(one["before"] is None and one["record"] == "C-1" for one in state)
    assert (change["at"], change["about"]) == ("2026-03-02T11:00:00Z", "milestone")
    assert (change["before"]["status"], change["now"]["status"]) == ("running", "overdue")
    assert change["words"] == "First Response: running → overdue"


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (with_record(status="at_risk"), a_case_file(), ["C-1: at risk → violated open"]),
        (a_case_file(out=True), a_case_file(), ["C-1: open again"]),
        (a_case_file(), with_record(owner=None, queue="tier-1"), ["owner ben → nobody, queue none → tier-1"]),
        (a_case_file(), with_milestone(target_at=None), ["First Response: target Mon 2026-03-02 10:00 → none"]),
        (
            a_case_file(),
            with_milestone(status="met", violated=False, retracted=True),
            ["First Response: overdue → met, the violation is withdrawn"],
        ),
        (
            a_case_file(),
            with_milestone(status="running", violated=False),
            ["First Response: overdue → running, no longer violated"],
        ),
        (
            with_milestone(status="running", violated=False),
            with_milestone(status="stopped", target_at=TARGET),
            ["First Response: running → stopped, violated"],
        ),
        (with_action(**NOTHING_DONE), with_action(**NOTHING_DONE), []),
        (
            with_action(**NOTHING_DONE),
            with_action(outcome=None, attempts=2, problem="it is down"),
            ["reassign to role:senior_agent (First Response, violation): under way: 2 attempts; it is down"],
        ),
    ],
)
def test_a_change_is_told_in_words(before: CaseFile, now: CaseFile, said: list[str]) -> None:
    assert words(before, now) == said


def test_a_milestone_that_is_no_longer_foreseen_is_told_of() -> None:
    gone = a_case_file()
    gone = gone.model_copy(update={"timeline": gone.timeline.model_copy(update={"milestones": ()})})
    assert words(a_case_file(), gone) == ["First Response: no longer foreseen"]


def test_an_action_that_is_only_due_has_no_line_yet() -> None:
    assert not any("reassign" in line for line in words(None, with_action(**NOTHING_DONE)))


def test_a_line_is_written_before_the_next_look() -> None:
    """Whoever reads from a pipe has each line at once: what was written by each look was flushed before the next."""
    seen: list[int] = []

    class Looking(FakeDesk):
        async def show(self, record: str, **then: Any) -> CaseFile:
            buffer = sys.stdout.buffer
            assert isinstance(buffer, io.BytesIO)
            seen.append(buffer.getvalue().count(b"\n"))
            return await super().show(record, **then)

    desk = Looking()
    desk.pages = iter([a_case_file(), with_record(owner="ada"), with_record(owner="ada", out=True)])
    milepost("case", "watch", "C-1", "--every", "0.1", services=desk.services())
    assert seen == [0, 5, 6]


class Terminal(io.StringIO):
    """A file that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_only_a_terminal_on_which_can_be_drawn_again_shows_the_page() -> None:
    env = {"TERM": "xterm"}
    assert is_live(Console(file=Terminal(), _environ=env))
    assert not is_live(Console(file=Terminal(), _environ={"TERM": "dumb"}))
    assert not is_live(Console(file=io.StringIO(), _environ=env | {"FORCE_COLOR": "1"}))


def test_on_a_terminal_the_page_is_drawn_until_the_case_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Console(file=Terminal(), width=100, height=100, _environ={"TERM": "xterm"}, highlight=False)
    monkeypatch.setattr("starter.cli.case_views.console", lambda: screen)
    assert watched(a_case_file(), a_case_file(out=True)).out == ""
    assert isinstance(screen.file, Terminal)
    assert "(closed)" in screen.file.getvalue()
