"""The catalogue: what each kind says of itself, and how a process's actions are refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from activities.actions import CATALOGUE, WORLDS, Mention, check_action, check_actions, mentions, read_params
from activities.actions.context import Kind
from activities.fakes import PlainTemplates
from activities.template_files import names
from sla.errors import InvalidAction, UnknownAction, UnknownTemplate
from sla.process.model import Process
from tests.activities.builders import Scene, a_process, violating

EXAMPLES = Path(__file__).parents[2] / "examples" / "processes"
every_kind = pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE)


def test_the_kinds_are_those_of_the_law() -> None:
    assert WORLDS == {
        "email": "mail", "notify": "web", "reassign": "desk", "task": "desk", "update": "desk", "webhook": "web",
    }  # fmt: skip


@every_kind
def test_each_kind_has_words_and_an_example_that_is_valid(kind: Kind) -> None:
    assert kind.WORDS.endswith(".")
    params = read_params(kind, kind.EXAMPLE)
    assert read_params(kind, params.model_dump(mode="json")) == params, "and survives its own JSON"


@every_kind
def test_each_parameter_is_described_for_forms_and_documentation(kind: Kind) -> None:
    schema = kind.Params.model_json_schema()
    assert schema["additionalProperties"] is False
    assert [name for name, field in schema["properties"].items() if "description" not in field and "$ref" not in field] == []


@every_kind
async def test_each_example_can_be_performed(kind: Kind) -> None:
    scene = Scene(process=violating({kind.KIND: dict(kind.EXAMPLE)}))
    scene.secrets.values = {"helpdesk": "s", "support_room": "https://chat.example/x"}
    assert (await scene.perform(kind=kind.KIND)).outcome == "performed"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_the_example_processes_are_accepted(path: Path) -> None:
    process = Process.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    check_actions(process, known_templates=names())


# ---------------------------------------------------------------------- refusals

WHERE = "milestones[0].violations[0].actions[0]"


def refused(kind: str, **params: Any) -> str:
    with pytest.raises(InvalidAction) as refusal:
        check_action(kind, params, WHERE)
    assert refusal.value.facts["where"] == f"{WHERE}.{kind}"
    return str(refusal.value.facts["problem"])


def test_an_unknown_kind_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(UnknownAction, match=r"there is no action 'emial'.*did you mean email\?"):
        check_action("emial", {}, WHERE)


def test_an_unknown_parameter_is_refused_with_the_one_that_was_meant() -> None:
    problem = refused("email", to="owner", templat="warning")
    assert "there is no parameter 'templat'" in problem
    assert "(did you mean template?)" in problem


def test_a_missing_parameter_is_refused_with_an_example() -> None:
    assert "'template' is missing; for example email: {" in refused("email", to="owner")


def test_an_unknown_template_is_refused_with_the_one_that_was_meant() -> None:
    process = violating({"email": {"to": "owner", "template": "violatoin"}})
    with pytest.raises(UnknownTemplate, match=r"did you mean violation\?"):
        check_actions(process, known_templates=PlainTemplates().known())
    check_actions(process)


@pytest.mark.parametrize(
    "to",
    [
        "not an address@", "a@b@c.example", "Ada <ada@support.example>", "ada@support.example\r\nBcc: eve@evil.example",
        "ada@support.example, eve@evil.example", "role:", "role: senior", "group:x", "", " ada", "ad\na", [], ["owner", ""],
        "queue:", "ünï@support.example", 7, None, ["ada"] * 51,
    ],
)  # fmt: skip
def test_a_recipient_that_cannot_be_one_is_refused(to: Any) -> None:
    assert "to" in refused("email", to=to, template="warning")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ada@Support.Example", "Ada@support.example"),
        ("desk@mail.local", "desk@mail.local"),
        ("root@localhost", "root@localhost"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_as_it_goes_to_the_server(given: str, kept: str) -> None:
    assert check_action("email", {"to": given, "template": "warning"}, WHERE).model_dump()["to"] == (kept,)


@pytest.mark.parametrize("template", ["../secrets", "warning.txt", "", "W", "a/b", "x" * 61])
def test_a_template_is_a_name_and_never_a_path(template: str) -> None:
    assert "no template's name" in refused("email", to="owner", template=template)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ record.id", "cannot be read"),
        ("{{ cas.id }}", "'cas', which does not exist. Known: fields, hours, link"),
        ("{% for x in fields %}{% include 'x' %}", "cannot be read"),
        ("{{ record|shell }}", "No filter named 'shell'"),
        ("", "at least 1 character"),
    ],
)
def test_a_text_that_could_never_be_rendered_is_refused(text: str, problem: str) -> None:
    assert problem in refused("notify", url="https://chat.example/x", text=text)
    assert problem in refused("email", to="owner", template="warning", subject=text)
    assert problem in refused("task", to="owner", subject=text)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.example", "hooks.example/x", "https://", "https://user:pass@x.example", "https://x.example/a b", "secret:",
        "file:///etc/passwd", "https://x.example:99999999", "https://x.example/\r\nX: y", "https://[::1", "",
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_posted_to_is_refused(url: str) -> None:
    assert "url" in refused("webhook", url=url)
    assert "url" in refused("notify", url=url, text="x")


@pytest.mark.parametrize("to", ["contact", "a@b.example", "owner", "queue", "role:"])
def test_a_record_cannot_be_given_to_a_customer_an_address_or_whoever_has_it(to: str) -> None:
    assert "to" in refused("reassign", to=to)


@pytest.mark.parametrize("to", ["contact", "a@b.example"])
def test_a_customer_gets_no_tasks(to: str) -> None:
    assert "to" in refused("task", to=to, subject="Call")


@pytest.mark.parametrize("due", ["30", "-1h", "soon", 30])
def test_a_due_time_is_a_duration(due: Any) -> None:
    assert "due" in refused("task", to="owner", subject="Call", due=due)


@pytest.mark.parametrize("values", [{}, {"": 1}, {"a": {"b": 1}}, None, {"a": float("nan")}])
def test_an_update_sets_fields_to_values_that_a_field_can_have(values: Any) -> None:
    assert "set" in refused("update", set=values)


# ---------------------------------------------------------------------- mentions


def test_people_roles_and_queues_are_mentioned_with_their_place() -> None:
    action = {"email": {"to": ["owner", "ben", "role:lead", "queue:tier-2", "a@b.example"], "template": "warning"}}
    process = a_process(
        warnings=[], violations=[{"actions": [action]}], success=[], on_retracted=[{"reassign": {"to": "account_manager"}}]
    )
    where = "milestones[0].violations[0].actions[0].email.to"
    assert list(mentions(process)) == [
        Mention(where=where, what="person", name="ben"),
        Mention(where=where, what="role", name="lead"),
        Mention(where=where, what="queue", name="tier-2"),
    ]
