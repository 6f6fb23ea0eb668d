"""`milepost apply`: what is checked before anybody is asked, and what the Desk is asked then."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.starter.bench import a_milestone, a_process
from tests.starter.command_line import EXAMPLES, Ran, milepost
from tests.starter.fake_desk import FakeDesk


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk()


def asked(desk: FakeDesk, *arguments: str | Path) -> Ran:
    return milepost(*arguments, services=desk.services())


def test_definitions_are_handed_to_the_desk_as_one(desk: FakeDesk) -> None:
    ran = asked(desk, "apply", EXAMPLES / "processes", EXAMPLES / "people.yaml", "--dry-run", "--json")
    [(_, request)] = desk.asked
    assert request["dry_run"]
    assert sorted(request["processes"]) == [
        "Business Hours Support SLA", "Incident Management SLA", "Premium Support SLA", "Standard Support SLA",
    ]  # fmt: skip
    assert len(ran.objects[0]["lines"]) == 4
    assert "Nothing was kept" in asked(desk, "apply", EXAMPLES, "--dry-run").out


EMAIL = {"to": "owner", "template": "warning"}


@pytest.mark.parametrize(
    ("process", "code"),
    [
        (a_process(a_milestone(within="0s")), "invalid_definition"),
        (a_process(a_milestone(success=[{"email": EMAIL}] * 41)), "limit_exceeded"),
        (a_process(a_milestone(success=[{"pager": {}}])), "unknown_action"),
        (a_process(a_milestone(success=[{"email": EMAIL | {"to": "nobody@"}}])), "invalid_action"),
        (a_process(a_milestone(success=[{"email": EMAIL | {"template": "party"}}])), "unknown_template"),
        (a_process(a_milestone(success=[{"webhook": {"url": "ftp://example.com"}}])), "invalid_action"),
    ],
)
def test_a_definition_that_does_not_hold_together_never_reaches_the_desk(
    desk: FakeDesk, tmp_path: Path, process: dict[str, Any], code: str
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(json.dumps(process), "utf-8")
    ran = asked(desk, "apply", file, "--json")
    assert (ran.code, ran.out, desk.asked, ran.error["code"]) == (2, "", [], code)
    assert ran.error["message"].startswith(f"{file}:1: milestones")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("people:\n  - {person: ada, name: Ada, email: ada@, timezone: UTC}\n", "people[0].email"),
        ("people:\n  - {person: ada, name: Ada, timezone: Mars}\n", "people[0].timezone"),
        ("people:\n  - {person: a, name: A, timezone: UTC}\n  - {person: a, name: A, timezone: UTC}\n", "keep one"),
        ("persons: []\n", "found persons"),
        ("process: P\ncalendar: C\n", "both a process and a calendar"),
    ],
)
def test_a_people_file_that_does_not_hold_together_is_refused(
    desk: FakeDesk, tmp_path: Path, text: str, problem: str
) -> None:
    file = tmp_path / "people.yaml"
    file.write_text(text, "utf-8")
    ran = asked(desk, "apply", file)
    assert (ran.code, desk.asked) == (2, [])
    assert problem in ran.err


def test_files_that_define_nothing_are_refused(desk: FakeDesk, tmp_path: Path) -> None:
    assert asked(desk, "apply", tmp_path).code == 2
    (tmp_path / "empty.yaml").touch()
    assert asked(desk, "apply", tmp_path).code == 2
    assert asked(desk, "apply", tmp_path / "nowhere.yaml").code == 2
    assert not desk.asked
