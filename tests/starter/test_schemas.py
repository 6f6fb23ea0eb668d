"""The JSON Schemas are current, and agree with the loader on what is in the examples."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from activities.actions import CATALOGUE
from sla.documents import parse_documents
from starter.schemas import schemas
from tests.starter.bench import OFFICE, Json, a_milestone, a_process
from tests.starter.command_line import EXAMPLES, ROOT, milepost

KINDS = {
    "process": "processes/*.yaml",
    "calendar": "calendars/*.yaml",
    "people": "people.yaml",
    "entitlements": "entitlements.yaml",
    "hook": "hooks/*.yaml",
}


def validator(kind: str) -> Any:
    schema = json.loads(schemas()[f"{kind}.schema.json"])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def example_files() -> Iterator[tuple[str, Path]]:
    for kind, pattern in KINDS.items():
        yield from ((kind, path) for path in sorted(EXAMPLES.glob(pattern)))


def test_the_schemas_in_the_repository_are_current() -> None:
    ran = milepost("schema", "--check", "--directory", ROOT / "schemas")
    assert (ran.code, ran.err) == (0, "")


def test_schemas_are_written_and_found_behind_when_they_are(tmp_path: Path) -> None:
    assert milepost("schema", "--check", "--directory", tmp_path).code == 4
    written = milepost("schema", "--directory", tmp_path, "--json").objects
    assert [Path(one["file"]).name for one in written] == [f"{kind}.schema.json" for kind in KINDS]
    assert milepost("schema", "--check", "--directory", tmp_path).code == 0
    (tmp_path / "people.schema.json").write_text("{}", "utf-8")
    assert "people.schema.json: is not current" in milepost("schema", "--check", "--directory", tmp_path).err


@pytest.mark.parametrize(("kind", "path"), list(example_files()), ids=lambda value: getattr(value, "name", value))
def test_every_example_fits_its_schema(kind: str, path: Path) -> None:
    for document in parse_documents(path.read_text("utf-8"), path.name):
        assert [error.message for error in validator(kind).iter_errors(document.data)] == []


def test_a_calendar_file_may_be_a_list() -> None:
    assert validator("calendar").is_valid([OFFICE, OFFICE | {"calendar": "other"}])


@pytest.mark.parametrize("kind", CATALOGUE)
def test_each_kind_of_action_fits_by_its_own_example(kind: str) -> None:
    action = {kind: dict(CATALOGUE[kind].EXAMPLE), "description": "why"}
    assert validator("process").is_valid(a_process(a_milestone(success=[action])))


def test_one_name_may_stand_without_its_brackets() -> None:
    action = {"email": {"to": "owner", "template": "warning"}}
    assert validator("process").is_valid(a_process(a_milestone(success=[action])))


@pytest.mark.parametrize(
    "wrong",
    [
        a_process() | {"colour": "red"},
        a_process(a_milestone(witin="1h")),
        a_process(a_milestone(within="one hour")),
        a_process(a_milestone(success=[{"pager": {}}])),
        a_process(a_milestone(success=[{"email": {"to": "owner"}}])),
        a_process(a_milestone(success=[{"email": {"to": "owner", "template": "warning", "colour": "red"}}])),
        a_process(a_milestone(when={"all": [{"priority": {"above": 1}}]})),
        {"process": "Support", "milestones": []},
    ],
)
def test_what_the_loader_would_refuse_does_not_fit(wrong: Json) -> None:
    assert not validator("process").is_valid(wrong)
