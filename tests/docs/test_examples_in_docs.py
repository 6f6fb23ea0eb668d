"""What the documentation shows can be typed, read and run as it stands."""

import json
import re
from pathlib import Path

import pytest

from activities.actions import check_action
from activities.template_files import names as template_names
from sla.documents import parse_documents, validate_document
from sla.events import read_event
from sla.process.conditions import Condition
from sla.process.model import Action
from starter.definitions import assemble
from starter.openings import Opening
from tests.docs.command_line import parse
from tests.docs.pages import PAGES, ROOT, Block, blocks, called, commands, inline
from tests.house.sources import ROOMS
from tests.starter.command_line import milepost

TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
SCRIPTS = blocks("sh")
NEEDS_NO_SERVER = ("simulate", "import")
RUN = [block for block in SCRIPTS if block.text.startswith(tuple(f"milepost {verb}" for verb in NEEDS_NO_SERVER))]
YAML = [block for block in blocks("yaml") if block.page.name != "SPEC.md"]  # there it is a sketch, with ellipses
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]+)?\)")
PLACE = re.compile(r"(?:[a-z_]+/)+(?:[\w.-]+\.\w+)?")

on_every_page = pytest.mark.parametrize("page", PAGES, ids=called)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda block: block.name)
def test_commands_parse_as_they_stand(script: Block) -> None:
    for words in commands(script.text):
        match words[0]:
            case "milepost":
                parse(words[1:])
            case "make":
                assert set(words[1:]) <= TARGETS
            case known:
                assert known in (".", "export", "cp", "curl", "docker", "echo", "python", "python3", "sed"), words


def test_every_make_target_is_documented_and_no_other() -> None:
    documented = {target for page in PAGES for target in re.findall(r"`make ([a-z]+)`", page.read_text("utf-8"))}
    assert documented == TARGETS


def test_the_readme_shows_the_two_commands_of_a_fresh_clone_first() -> None:
    first = next(block for block in SCRIPTS if block.page == ROOT / "README.md")
    assert list(commands(first.text)) == [["make", "demo"], ["make", "test"]]


def test_no_page_is_longer_than_people_read() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 300


# ---------------------------------------------------------------------- commands that need no server


def test_there_are_such_commands() -> None:
    assert len(RUN) >= 2


@pytest.mark.parametrize("script", RUN, ids=lambda block: block.name)
def test_what_is_shown_beside_a_command_is_what_it_prints(script: Block, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    printed = ""
    for words in commands(script.text):
        ran = milepost(*words[1:], stdin=printed)
        assert ran.code == 0, ran.err
        printed = ran.out
    assert script.next is not None
    assert script.next.language == "text", "its output stands below it"
    lines = {squeezed(line) for line in printed.splitlines()}
    assert [line for line in script.next.text.splitlines() if line != "…" and squeezed(line) not in lines] == []


def squeezed(line: str) -> str:
    return " ".join(line.split())


# ---------------------------------------------------------------------- blocks of data


@pytest.mark.parametrize("block", YAML, ids=lambda block: block.name)
def test_yaml_is_valid(block: Block) -> None:
    documents = parse_documents(block.text, block.name)
    assert documents
    match block.part:
        case "":
            definitions = assemble(documents)
            for found in definitions.processes:
                for where, action in found.value.actions():
                    check(action, where)
        case "action":
            for document in documents:
                check(Action.model_validate(document.data), "here")
        case "condition":
            for document in documents:
                Condition(document.data)
        case "case":
            for document in documents:
                validate_document(Opening, document)
        case part:
            pytest.fail(f"nobody knows what a part of '{part}' is")


def check(action: Action, where: str) -> None:
    params = check_action(action.kind, action.params, where)
    template = getattr(params, "template", None)
    assert template is None or template in template_names()


@pytest.mark.parametrize("block", blocks("json"), ids=lambda block: block.name)
def test_json_lines_are_events(block: Block) -> None:
    for number, line in enumerate(block.text.splitlines(), 1):
        read_event(json.loads(line), where=f"{block.name}: line {number}")


# ---------------------------------------------------------------------- places


@on_every_page
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(page.read_text("utf-8")):
        found = page if not target else (page.parent / target)
        assert found.exists(), f"{target} does not exist"
        assert not anchor or anchor[1:] in anchors(found), f"{target} has no heading {anchor}"


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", [ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md", ROOT / "README.md"], ids=called)
def test_places_in_the_source_exist(page: Path) -> None:
    named = {code for code in inline(page.read_text("utf-8")) if PLACE.fullmatch(code)}
    assert {place for place in named if not (ROOT / place).exists()} == set()


def test_the_architecture_shows_every_room() -> None:
    shown = set(inline((ROOT / "ARCHITECTURE.md").read_text("utf-8")))
    rooms = {path.parent for name in ROOMS for path in (ROOT / name).rglob("*.py")}
    assert {called(room) + "/" for room in rooms if room.name != "versions"} - shown == set()


def test_contributing_shows_every_folder_of_tests() -> None:
    shown = set(inline((ROOT / "CONTRIBUTING.md").read_text("utf-8")))
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert {called(folder) + "/" for folder in folders} - shown == set()
