"""The examples hang together: YAML that means the same everywhere, names that exist, stories that read.

Whether the definitions are valid is for the loader's own tests; here is what a loader does not look at.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from sla.events import read_event
from starter.bundles import is_bundle, read_bundle

EXAMPLES = Path(__file__).parents[2] / "examples"
PROCESSES = sorted((EXAMPLES / "processes").glob("*.yaml"))
CALENDARS = sorted((EXAMPLES / "calendars").glob("*.yaml"))
STORIES = sorted((EXAMPLES / "events").glob("*.jsonl"))
YAML_FILES = [*PROCESSES, *CALENDARS, EXAMPLES / "people.yaml", EXAMPLES / "entitlements.yaml"]
TEMPLATES = {"warning", "violation", "success", "retraction"}
BARE_ROLES = {"owner", "contact", "account_manager", "queue"}
SHAPES = {  # SPEC 5: needed and optional parameters
    "email": ({"to", "template"}, {"subject", "during"}),
    "reassign": ({"to"}, set()),
    "update": ({"set"}, set()),
    "task": ({"to", "subject"}, {"due"}),
    "webhook": ({"url"}, {"secret"}),
    "notify": ({"url", "text"}, {"during"}),
}
RESERVED = re.compile(r"[\w.-]+@([\w-]+\.)+example")

by_name = pytest.mark.parametrize("path", YAML_FILES, ids=lambda path: path.name)
by_process = pytest.mark.parametrize("path", PROCESSES, ids=lambda path: path.name)


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def leaves(value: Any) -> Iterator[Any]:
    """Every scalar of a document, keys included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def actions(value: Any) -> Iterator[dict[str, Any]]:
    """Every action of a process, wherever it stands."""
    if isinstance(value, list):
        for inner in value:
            yield from actions(inner)
    elif isinstance(value, dict):
        if SHAPES.keys() & value.keys():
            yield value
        for inner in value.values():
            yield from actions(inner)


def calendar_names(*paths: Path) -> set[str]:
    return {document["calendar"] for path in paths for document in documents(path)}


def the_people() -> dict[str, list[dict[str, Any]]]:
    [people] = documents(EXAMPLES / "people.yaml")
    return people


def addressees(action: dict[str, Any]) -> list[str]:
    [kind] = action.keys() - {"description"}
    to = action[kind].get("to", [])
    return to if isinstance(to, list) else [to]


@by_name
def test_no_value_means_something_else_in_yaml_1_1_than_in_yaml_1_2(path: Path) -> None:
    """A date, a sexagesimal number or a `yes` left unquoted would not arrive as text everywhere; numbers may be numbers."""
    tokens = re.compile(r"(?i)y|n|yes|no|on|off|0o?\d+|\d+(:\d+)+")
    scalars = [t for t in yaml.scan(path.read_text(encoding="utf-8")) if isinstance(t, yaml.ScalarToken)]
    assert not [t.value for t in scalars if t.plain and tokens.fullmatch(t.value)]
    assert {type(leaf) for document in documents(path) for leaf in leaves(document)} <= {str, bool, int}


@pytest.mark.parametrize("path", [*PROCESSES, *CALENDARS], ids=lambda path: path.name)
def test_an_editor_finds_the_schema_of_a_definition(path: Path) -> None:
    schema = "process" if path in PROCESSES else "calendar"
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../../schemas/{schema}.schema.json"


@by_process
def test_a_process_says_what_it_is_for(path: Path) -> None:
    [process] = documents(path)
    parts = [process, *process["milestones"], *actions(process["milestones"])]
    assert all(0 < len(part["description"]) <= 255 for part in parts)


@by_process
def test_every_action_has_the_shape_of_its_kind(path: Path) -> None:
    for action in actions(documents(path)):
        [kind] = action.keys() - {"description"}
        needed, optional = SHAPES[kind]
        assert needed <= action[kind].keys() <= needed | optional
        assert action[kind].get("template", "warning") in TEMPLATES


@by_process
def test_every_calendar_that_a_process_names_is_among_the_examples(path: Path) -> None:
    [process] = documents(path)
    named = {part["business_hours"] for part in [process, *process["milestones"]] if "business_hours" in part}
    named |= {action["email"]["during"] for action in actions(process) if "during" in action.get("email", {})}
    assert named <= calendar_names(*CALENDARS)


@by_process
def test_whoever_an_action_addresses_is_in_the_directory(path: Path) -> None:
    people = the_people()
    known = BARE_ROLES | {person["person"] for person in people["people"]}
    known |= {f"role:{role}" for person in people["people"] for role in person["roles"]}
    known |= {f"queue:{queue['queue']}" for queue in people["queues"]}
    assert {to for action in actions(documents(path)) for to in addressees(action)} <= known


def test_no_calendar_has_the_name_of_another() -> None:
    names = [document["calendar"] for path in CALENDARS for document in documents(path)]
    assert len(names) == len(set(names))


def test_the_directory_holds_together() -> None:
    people = the_people()
    persons = {person["person"] for person in people["people"]}
    queues = {queue["queue"] for queue in people["queues"]}
    accounts = {account["account"] for account in people["accounts"]}
    for person in people["people"]:
        assert set(person.get("queues", [])) <= queues
        assert person.get("manager", "grace") in persons
        assert person.get("on_duty", "night-desk") in calendar_names(EXAMPLES / "calendars" / "desks.yaml")
    assert {account["account_manager"] for account in people["accounts"]} <= persons
    assert {contact["account"] for contact in people["contacts"]} <= accounts
    assert all(any(queue in person.get("queues", []) for person in people["people"]) for queue in queues)


def _text(path: Path) -> str:
    """What a file says; of a bundle, what is in it."""
    return read_bundle(path).model_dump_json() if is_bundle(path) else path.read_text(encoding="utf-8")


def test_every_address_is_of_a_reserved_domain() -> None:
    text = "".join(_text(path) for path in EXAMPLES.rglob("*.*"))
    addresses = re.findall(r"[\w.+-]+@[\w.-]+", text)
    assert addresses
    assert all(RESERVED.fullmatch(address) for address in addresses)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_is_one_case_told_in_events(path: Path) -> None:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    events = [read_event(line, where=f"{path.name}:{n}") for n, line in enumerate(lines, 1)]
    assert len({event.record for event in events}) == 1
    assert len({event.id for event in events}) == len(events)
    assert (lines[0]["type"], lines[-1]["type"]) == ("opened", "closed")
    assert all(event.recorded_at >= event.at for event in events)


def test_the_readme_names_every_file() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    files = [*PROCESSES, *CALENDARS, *STORIES, EXAMPLES / "people.yaml", *EXAMPLES.glob("incidents/*.csv")]
    missing = [path.name for path in files if f"({path.relative_to(EXAMPLES).as_posix()})" not in readme]
    assert not missing


def test_the_readme_links_to_files_that_exist() -> None:
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", readme) if not link.startswith("https://")]
    assert links
    assert all((EXAMPLES / link).is_file() for link in links)


def test_the_incidents_bear_their_attribution() -> None:
    for text in ((EXAMPLES / name).read_text("utf-8") for name in ("README.md", "incidents/incidents-2016.csv.license")):
        assert all(word in text for word in ("Amaral", "Fantinato", "Peres", "CC BY 4.0", "hanged", "89 incidents"))


def test_the_part_of_the_incidents_is_small() -> None:
    assert (EXAMPLES / "incidents" / "incidents-2016.csv").stat().st_size < 200_000
