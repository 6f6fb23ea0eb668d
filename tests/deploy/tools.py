"""The tools that check the deployment's files, where they are installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.files import ROOT

LIMIT_S = 300
"""Only against what never ends: `promtool test rules` plays days of figures, a minute's work on a busy machine."""


def tool(*names: str) -> str:
    """The first of these that is installed; the test is skipped if none is."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"{' or '.join(names)} is not installed")
    return found


def checked(*words: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a tool in the repository."""
    kept = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_S,
    )
