"""No ambient inputs: time, chance and the environment are handed in, never looked up (HOUSE, Style 6)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import dotted, files, imported, name, parsed

AMBIENT_MODULES = {
    "asyncio", "glob", "io", "locale", "os", "pathlib", "platform", "random", "secrets", "shutil", "socket", "subprocess",
    "tempfile", "threading", "time", "urllib", "uuid",
}  # fmt: skip
CLOCKS = {"now", "utcnow", "today"}
BUILTINS = {"open", "input", "print", "breakpoint"}
ENVIRONMENT = {"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv"}
READERS = {"workers/__main__.py", "runtime/settings.py"}


def ambient(tree: ast.AST) -> Iterator[str]:
    """Whatever in it asks the world instead of its arguments."""
    yield from (module for module in imported(tree) if module.partition(".")[0] in AMBIENT_MODULES)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            owner, _, last = called.rpartition(".")
            if called in BUILTINS or (last in CLOCKS and owner.rpartition(".")[2] in ("datetime", "date")):
                yield called
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            given = len(node.args) + len(node.keywords)
            if (node.func.attr, given) in (("astimezone", 0), ("fromtimestamp", 1)):
                yield f"{node.func.attr} in the machine's own zone"


def environment(tree: ast.AST) -> Iterator[str]:
    """Every look at the environment of the process."""
    yield from (one for one in imported(tree) if one in ENVIRONMENT)
    yield from (dotted(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and dotted(node) in ENVIRONMENT)


@pytest.mark.parametrize(
    ("room", "allowed"),
    [("sla", set()), ("workflows", {"asyncio"})],  # in a workflow, asyncio runs on Temporal's own loop and clock
)
def test_neither_the_law_nor_a_workflow_asks_the_world(room: str, allowed: set[str]) -> None:
    asked = {name(path): set(ambient(parsed(path))) - allowed for path in files(room)}
    assert {path: found for path, found in asked.items() if found} == {}


@pytest.mark.parametrize(
    "written",
    [
        "import time", "from time import monotonic", "import os.path", "from uuid import uuid4", "import random",
        "datetime.now(UTC)", "datetime.datetime.utcnow()", "date.today()", "datetime.today()", "print('x')", "open('x')",
        "at.astimezone()", "datetime.fromtimestamp(7)",
    ],
)  # fmt: skip
def test_such_a_question_would_be_found(written: str) -> None:
    assert list(ambient(ast.parse(written)))


@pytest.mark.parametrize(
    "written", ["workflow.now()", "at.astimezone(UTC)", "datetime.fromtimestamp(7, UTC)", "timeline.open(7)"]
)
def test_what_is_handed_in_is_no_such_question(written: str) -> None:
    assert not list(ambient(ast.parse(written)))


def test_only_entry_points_look_at_the_environment() -> None:
    assert {name(path) for path in files() if list(environment(parsed(path)))} <= READERS


def test_the_settings_look_at_the_environment_in_one_place() -> None:
    (settings,) = (path for path in files("runtime") if name(path) == "runtime/settings.py")
    functions = [
        node for node in ast.walk(parsed(settings)) if isinstance(node, ast.FunctionDef) and list(environment(node))
    ]
    assert [function.name for function in functions] == ["from_environment"]
    assert len(list(environment(parsed(settings)))) == len(list(environment(functions[0])))


def test_only_the_entry_point_takes_its_settings_from_the_environment() -> None:
    def takes(path: Path) -> bool:
        return any(isinstance(node, ast.Attribute) and node.attr == "from_environment" for node in ast.walk(parsed(path)))

    assert {name(path) for path in files() if takes(path)} <= {"workers/__main__.py"}


@pytest.mark.parametrize(
    "written", ["os.environ['X']", "from os import getenv", "x = os.getenv('X')", "from os import environ"]
)
def test_a_look_at_the_environment_would_be_found(written: str) -> None:
    assert list(environment(ast.parse(written)))
