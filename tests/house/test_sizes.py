"""Sizes of files and functions, and names of rooms (HOUSE). What is longer today may not grow."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOMS, ROOT, files, name, parsed

FILE_LINES = 300
FUNCTION_LINES = 60
TRACKED_BYTES = 1_500_000

LONGER_FUNCTIONS = {"store/migrations/"}  # a migration is a list of tables, written once and never again


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    assert {name(path): lines(path) for path in files() if lines(path) > FILE_LINES} == {}


def test_no_function_is_longer_than_a_page() -> None:
    found = {}
    for path in (path for path in files() if not name(path).startswith(tuple(LONGER_FUNCTIONS))):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[f"{name(path)}:{node.name}"] = (node.end_lineno or node.lineno) - node.lineno + 1
    assert {function: length for function, length in found.items() if length > FUNCTION_LINES} == {}


def test_no_room_is_called_like_a_module_of_the_standard_library() -> None:
    assert set(ROOMS) & sys.stdlib_module_names == set()


def test_the_packages_that_load_in_the_sandbox_are_empty() -> None:
    assert [
        name(path) for path in files("workflows") if path.name == "__init__.py" and path.read_text(encoding="utf-8")
    ] == []


def test_no_tracked_file_is_too_large_to_be_looked_at() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    tracked = [ROOT / one for one in listed.stdout.split("\0") if one]
    sizes = {name(path): path.stat().st_size for path in tracked if path.is_file()}
    assert {path: size for path, size in sizes.items() if size > TRACKED_BYTES} == {}
