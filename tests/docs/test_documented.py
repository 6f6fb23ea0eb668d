"""Every setting, action, event, refusal, command and option has its line in the reference, and nothing else has one."""

import re
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from activities.actions import CATALOGUE
from activities.actions.view import NAMES
from activities.template_files import names as template_names
from runtime.metrics import Metrics
from runtime.settings import SECRET_PREFIX, Settings, variables
from sla.calendar import BusinessHours
from sla.calendar.rules import RULES
from sla.events import EVENT_TYPES, read_event
from sla.messages import SEARCH_ATTRIBUTES
from sla.people import AccountEntry, ContactEntry, PersonEntry, QueueEntry
from sla.process.conditions import OPERATORS
from sla.process.model import LimitTable, Milestone, Process, Violation, Warn
from sla.timeline import RollUp, Status
from starter.answers import ANSWERS, EXIT_CODES
from starter.cli.errors import INTERRUPTED
from starter.openings import COMMON
from tests.docs.command_line import application, is_command, leaves, options
from tests.docs.pages import PAGES, blocks, called, inline, names, rows, section, text

COMMANDS = list(leaves())
A_FIELD: dict[str, Any] = {"milestone": "m", "kind": "k", "version": 1, "set": {}}


def first_names(page: str, heading: str) -> list[str]:
    """What the first cells of a page's tables name, in order."""
    return [name for row in rows(text(page), heading) for name in names(row[0])]


def fields(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


# ---------------------------------------------------------------------- settings


def test_every_setting_is_documented_once_and_no_other() -> None:
    assert sorted(first_names("settings", "variable")) == sorted(variables())


def test_the_defaults_of_settings_are_as_documented() -> None:
    settings = Settings()
    for row in rows(text("settings"), "variable"):
        value = getattr(settings, variables()[names(row[0])[0]])
        plain = value.get_secret_value() if hasattr(value, "get_secret_value") else value
        assert "".join(names(row[1])) == ("" if plain is None else str(plain)), row[0]


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_no_page_names_a_setting_that_does_not_exist(page: Any) -> None:
    named = set(re.findall(r"MILEPOST_[A-Z0-9_]*[A-Z0-9]", page.read_text("utf-8")))
    assert {name for name in named if not f"{name}_".startswith(SECRET_PREFIX)} <= set(variables())


# ---------------------------------------------------------------------- actions


def test_every_action_is_documented_and_no_other() -> None:
    assert {names(row[0])[0]: (row[1], names(row[2])[0]) for row in rows(text("actions"), "action")} == {
        name: (kind.WORDS, kind.WORLD) for name, kind in CATALOGUE.items()
    }


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_parameter_of_an_action_is_documented_and_no_other(kind: str) -> None:
    part = section(text("actions"), f"## `{kind}`")
    documented = [name for row in rows(part, "parameter") for name in names(row[0])]
    assert documented == list(CATALOGUE[kind].Params.model_fields)


@pytest.mark.parametrize("kind", CATALOGUE)
def test_every_action_has_an_example(kind: str) -> None:
    assert any(f"{kind}:" in block.text for block in blocks("yaml") if block.part == "action")


def test_what_a_template_sees_is_documented() -> None:
    assert set(first_names("actions", "value")) == NAMES


def test_every_mail_template_is_documented() -> None:
    assert set(template_names()) <= set(inline(text("actions")))


# ---------------------------------------------------------------------- events


def test_every_event_is_documented_and_no_other() -> None:
    assert first_names("events", "type") == list(EVENT_TYPES)


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_what_an_event_carries_is_documented(kind: str) -> None:
    event = read_event({"record": "r", "id": "i", "type": kind, "at": "2026-03-02T09:00:00Z"} | A_FIELD, where="here")
    carried = fields(type(event)) - {"record", "id", "type", "at", "recorded_at"}
    [row] = [row for row in rows(text("events"), "type") if names(row[0]) == [kind]]
    assert set(names(row[1])) == carried


def test_the_fields_that_every_record_has_are_documented() -> None:
    assert set(COMMON) <= set(inline(section(text("events"), "## Fields")))


# ---------------------------------------------------------------------- refusals


def test_every_refusal_is_documented_with_its_answers_and_no_other() -> None:
    documented = [(names(row[0])[0], int(row[1]), int(row[2])) for row in rows(text("errors"), "code")]
    assert sorted(documented) == sorted((code, answer.exit_code, answer.status) for code, answer in ANSWERS.items())


def test_every_exit_code_is_documented_and_no_other() -> None:
    documented = {int(row[0]): row[1] for row in rows(text("errors"), "exit code")}
    assert set(documented) == {*EXIT_CODES, INTERRUPTED}
    assert all(documented[code].startswith(meaning) for code, meaning in EXIT_CODES.items())


# ---------------------------------------------------------------------- the command line


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_has_a_section_with_all_its_options_and_no_other(path: str, command: Any) -> None:
    part = section(text("cli"), f"### `{path}`")
    assert part, f"{path} is not documented"
    assert {name for row in rows(part, "option") for name in names(row[0])} == options(command)


def test_every_section_of_the_command_line_is_a_command() -> None:
    assert set(re.findall(r"^### `(.+)`$", text("cli"), re.MULTILINE)) == {path for path, _ in COMMANDS}


def test_the_options_of_all_commands_are_documented() -> None:
    assert options(application()) <= set(inline(text("cli").split("## Running")[0]))


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_no_page_names_a_command_that_does_not_exist(page: Any) -> None:
    named = [code.split()[1:] for code in inline(page.read_text("utf-8")) if code.startswith("milepost ")]
    assert [words for words in named if not is_command(words)] == []


# ---------------------------------------------------------------------- files that people write


def test_every_key_of_a_process_is_documented_and_no_other() -> None:
    keys = first_names("processes", "key")
    models = (Process, Milestone, Warn, Violation, LimitTable)
    assert set(keys) == set().union(*(fields(model) for model in models))


def test_every_operator_of_a_condition_is_documented_and_no_other() -> None:
    assert set(first_names("processes", "operator")) == set(OPERATORS) - {"is"}


def test_every_status_is_documented_and_no_other() -> None:
    assert set(first_names("processes", "status")) == {*get_args(Status), *get_args(RollUp)}


def test_every_key_of_a_calendar_is_documented_and_no_other() -> None:
    assert set(first_names("calendars", "key")) == fields(BusinessHours)


def test_every_calendar_rule_is_documented_and_no_other() -> None:
    assert {names(row[1])[0] for row in rows(text("calendars"), "entry of `holidays`")} == {rule.tag for rule in RULES}


@pytest.mark.parametrize(
    ("part", "model"),
    [("people", PersonEntry), ("queues", QueueEntry), ("accounts", AccountEntry), ("contacts", ContactEntry)],
)
def test_every_key_of_a_people_file_is_documented_and_no_other(part: str, model: type[BaseModel]) -> None:
    assert first_names("people", f"in `{part}`") == list(model.model_fields)


# ---------------------------------------------------------------------- running


def test_every_figure_is_documented_and_no_other() -> None:
    told = re.findall(r"^# HELP (\S+)", Metrics().text().decode(), re.MULTILINE)
    counted = {name for name in told if not name.endswith("_created")}  # Prometheus' own, beside each counter
    assert set(first_names("running", "figure")) == counted


def test_every_search_attribute_is_documented_with_its_type_and_no_other() -> None:
    assert {names(row[0])[0]: row[1] for row in rows(text("running"), "search attribute")} == SEARCH_ATTRIBUTES
