"""schemathesis over the whole API with all its checks: known and unknown, sent what fits the description and what not."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.live import Live, a_live_api
from tests.house.sources import ROOT

TOOL = Path(sys.executable).with_name("schemathesis")
CONFIG = Path(__file__).with_name("schemathesis.toml")
PATIENCE_S = 240
ALL = re.compile(r"Selected: (\d+)/\1\s+Tested: \1\n")
"""What it prints when its time was enough to come to every operation."""


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An installation of its own: what is left of it afterwards is of no use to others."""
    with a_live_api(tmp_path_factory.mktemp("attacked"), http_stream_max_s=1) as live:
        yield live


@pytest.mark.parametrize(("role", "seconds"), [("admin", 40), ("viewer", 15), ("nobody", 10)])
def test_the_api_is_as_it_describes_itself(attacked: Live, role: str, seconds: int, tmp_path: Path) -> None:
    known = [] if role == "nobody" else ["--header", f"Authorization: Bearer {attacked.keys[role]}"]
    ran = subprocess.run(
        [TOOL, "--config-file", CONFIG, "run", f"{attacked.address}/v1/openapi.json", "--max-time", str(seconds), *known],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert ran.returncode == 0, ran.stdout[-20_000:] + ran.stderr[-4000:]
    assert ALL.search(ran.stdout), ran.stdout[-4000:]
    assert attacked.as_("admin").get("/v1/records").status_code == 200
