"""`milepost case show`: one case on a terminal of any usual width, and how each of its actions went."""

import io
import shlex
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from starter.cli.case_actions import deed, outcome_of
from starter.cli.case_page import case_page
from starter.views import CaseFile, EffectView
from tests.starter.fake_desk import a_case_file

UTC = ZoneInfo("UTC")
WIDTHS = (80, 100, 110, 120, 160)
KEY = "C-1/First Response#1/1/violation-1/1"


def an_action(
    *, status: str = "due", because: str | None = None, params: dict[str, Any] | None = None, **more: Any
) -> EffectView:
    """The violation's reassignment, which nothing is known of yet."""
    effect = a_case_file().effects[1].effect
    given = {"status": status, "reason": because, "params": effect.params if params is None else params}
    facts = {"outcome": None, "performed_at": None, "reason": None, "attempts": 0, "problem": None} | more
    return EffectView.model_construct(effect=effect.model_copy(update=given), **facts)


def page(found: CaseFile, width: int = 160) -> list[str]:
    """The lines of a page on a terminal."""
    screen = Console(width=width, file=io.StringIO(), highlight=False)
    screen.print(case_page(found, UTC), crop=False)
    assert isinstance(screen.file, io.StringIO)
    return [line.rstrip() for line in screen.file.getvalue().splitlines()]


def said(view: EffectView, **more: Any) -> str:
    return "".join(outcome_of(view, UTC, **more))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_case_fits_the_terminal_and_no_word_is_cut_off(width: int) -> None:
    lines = page(a_case_file(), width)
    assert max(map(len, lines)) <= width
    assert "…" not in "".join(lines)
    text = " ".join(lines)
    for word in ("Milestone", "Trigger", "Outcome", "warning", "violation", "role:senior_agent", "2026-03-02", "10:00"):
        assert word in text


def test_where_there_is_room_an_action_is_a_line_and_a_figure_a_column() -> None:
    text = "\n".join(page(a_case_file()))
    for words in (
        "Overdue",
        "Mon 2026-03-02 09:45  First Response  warning    email warning to owner",
        "reassign to role:senior_agent",
    ):
        assert words in text


@pytest.mark.parametrize("width", [40, *WIDTHS])
def test_the_key_of_an_action_is_shown_only_if_it_was_given_up_and_in_a_command_to_copy(width: int) -> None:
    [command] = [line for line in page(a_case_file(), width) if KEY in line]
    assert command == f"  milepost case retry C-1 '{KEY}'"
    found = a_case_file()
    assert "retry" not in "\n".join(page(found.model_copy(update={"effects": found.effects[:1]}), width))


def test_the_command_is_safe_to_copy_whatever_the_record_is_called() -> None:
    found = a_case_file()
    called = found.model_copy(update={"record": found.record.model_copy(update={"record": "C 1; ls"})})
    [command] = [line for line in page(called) if KEY in line]
    assert shlex.split(command) == ["milepost", "case", "retry", "C 1; ls", KEY]


def test_an_action_says_what_it_does_and_to_whom() -> None:
    cases: list[tuple[dict[str, Any], str]] = [
        ({"to": ["owner", "role:x"], "template": "late", "subject": "Oh"}, "reassign late to owner + role:x"),
        ({"set": {"priority": "P1"}}, "reassign priority = P1"),
        ({"to": "ada", "by": "round_robin"}, "reassign by round_robin to ada"),
        ({}, "reassign"),
    ]
    for params, words in cases:
        assert deed(an_action(params=params).effect) == words


def test_how_an_action_went_is_said_with_what_there_is_to_know() -> None:
    due_at = an_action().effect.due_at
    soon, tomorrow = due_at + timedelta(seconds=5), due_at + timedelta(days=1)
    assert said(an_action()) == "due"
    assert said(an_action(outcome="performed", performed_at=soon), beside=due_at) == "performed at 10:00:05"
    assert said(an_action(outcome="performed", performed_at=tomorrow), beside=due_at) == "performed at Tue 2026-03-03 10:00"
    assert said(an_action(outcome="dropped", reason="it was met")) == "dropped: it was met"
    assert said(an_action(outcome="gave_up", reason="nobody", attempts=7)) == "gave_up after 7 attempts: nobody"
    assert said(an_action(outcome="gave_up", problem="refused")) == "gave_up: refused"
    assert said(an_action(attempts=1, problem="the server is down")) == "under_way: 1 attempt; the server is down"
    assert said(an_action(status="skipped", because="too late")) == "skipped: too late"


def test_what_was_done_and_is_no_longer_wanted_says_why_in_local_time() -> None:
    done = an_action(
        status="retracted",
        because="completed at 2026-03-02T09:10:00Z",
        outcome="performed",
        performed_at=an_action().effect.due_at,
    )
    words = "".join(outcome_of(done, ZoneInfo("Europe/Berlin")))
    assert words == "performed at Mon 2026-03-02 11:00, retracted: completed at Mon 2026-03-02 10:10"
