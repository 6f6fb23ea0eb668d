"""Each import contract is kept, and a single forbidden import breaks it: a contract that cannot fail protects nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import PYPROJECT, ROOMS, ROOT

CONTRACTS: tuple[str, ...] = tuple(contract["name"] for contract in PYPROJECT["tool"]["importlinter"]["contracts"])

# The beginning of the contract's name, the file, and the import that it must not have.
BITES = [
    ("The rooms", "sla/duration.py", "import runtime.ports"),
    ("The rooms", "store/rows.py", "import runtime.ports"),
    ("The rooms", "activities/ports.py", "import starter.answers"),
    ("The rooms", "starter/answers.py", "import workers.__main__"),
    ("The law", "sla/duration.py", "import time"),
    ("The law", "sla/evaluation/clock.py", "from random import random"),
    ("The law", "sla/calendar/zones.py", "from os import environ"),
    ("The law", "sla/engine.py", "import temporalio.workflow"),
    ("Workflows wait", "workflows/case.py", "from sla.engine import evaluate"),
    ("Workflows wait", "workflows/case.py", "import zoneinfo"),
    ("Workflows wait", "workflows/case.py", "import activities.ports"),
    ("Actions and ports", "activities/ports.py", "import httpx"),
    ("Actions and ports", "activities/actions/__init__.py", "import temporalio.activity"),
    ("The doors", "starter/desk.py", "import activities.adapters"),
    ("Only a few modules", "starter/views.py", "import temporalio.client"),
    ("Only a few modules", "starter/checkups/mail.py", "import temporalio.client"),
    ("Only a few modules", "starter/setup/migrations.py", "import temporalio.client"),
    ("Only a few modules", "starter/api/records.py", "import temporalio.client"),
    ("Command line and API", "starter/api/records.py", "import starter.cli.words"),
    ("Command line and API", "starter/cli/words.py", "import starter.api.bodies"),
]


def lint(tree: Path) -> dict[str, str]:
    """The contracts by what became of them there: KEPT or BROKEN."""
    told = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tree,
        env={**os.environ, "COLUMNS": "300", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    verdicts = [line.rpartition(" ") for line in told.splitlines() if line.endswith((" KEPT", " BROKEN"))]
    assert verdicts, told
    return {name: verdict for name, _, verdict in verdicts}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rooms and of their contracts, without compiled files."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_every_contract_is_kept(tree: Path) -> None:
    assert lint(tree) == dict.fromkeys(CONTRACTS, "KEPT")


@pytest.mark.parametrize(("contract", "file", "forbidden"), BITES, ids=[f"{file}: {what}" for _, file, what in BITES])
def test_a_forbidden_import_breaks_its_contract(tree: Path, contract: str, file: str, forbidden: str) -> None:
    path = tree / file
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(f"{before}\n{forbidden}\n", encoding="utf-8")
        verdicts = lint(tree)
    finally:
        path.write_text(before, encoding="utf-8")
    assert [verdict for name, verdict in verdicts.items() if name.startswith(contract)] == ["BROKEN"]


def test_each_contract_is_known_to_bite() -> None:
    assert [name for name in CONTRACTS if not any(name.startswith(begin) for begin, _, _ in BITES)] == []
