"""The README's second page as a reader types it: `milepost dev`, then each of its blocks in a shell, by curl as well."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from runtime.ports import free_port
from tests.docs.pages import DOCS, ROOT, Block, blocks
from tests.starter.setup.test_merger import ARDEN

PATIENCE_S = 60
WHOLE_PAGE_S = 1500
"""Only so that it ends. What the page shows holds as long as C-2, opened 34 minutes ago, is not 45 minutes old when the
preview is typed, a dozen commands later; a machine that needs eleven minutes for those has other troubles."""
BIN = Path(sys.executable).parent
DEV, *TYPED = [block for block in blocks("sh") if block.page == DOCS / "setup-desk.md"]
READER = """
set -euo pipefail
curl() { command curl --silent --show-error --fail-with-body --noproxy '*' "$@"; echo; }
"""
"""Whoever reads would stop at a refusal."""
AFTERWARDS = "milepost process list --json\nmilepost process audit --severity error --json\nmilepost migration list --json\n"
OF_TODAY = re.compile(r"\d{4}-\d\d-\d\d")

needs_a_shell = pytest.mark.skipif(not (shutil.which("bash") and shutil.which("curl")), reason="needs bash and curl")


class Reader:
    """Somebody in a directory of their own, with the files that the page names."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        (directory / "docs").symlink_to(ROOT / "docs")
        temporal, self.http = free_port(), free_port()
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("MILEPOST_", "TEMPORAL_"))},
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "160",
            "TEMPORAL_ADDRESS": f"127.0.0.1:{temporal}",
        }
        self._ports = {"TEMPORAL": temporal, "UI": free_port(), "MAIL": free_port(), "HTTP": self.http}

    @contextmanager
    def first_terminal(self) -> Iterator[None]:
        """What the first block starts, on free ports, until the block ends."""
        ports = {f"MILEPOST_{name}_PORT": str(port) for name, port in self._ports.items()}
        log = self.directory / "dev.log"
        with log.open("wb") as out:
            words = DEV.text.split()
            process = subprocess.Popen(words, env=self.environ | ports, cwd=self.directory, stdout=out, stderr=out)
        try:
            until = time.monotonic() + PATIENCE_S
            while b"dev_ready" not in log.read_bytes():
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < until, log.read_text()
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)

    def types(self, scripts: list[str]) -> list[str]:
        """What each of these prints, typed one after the other into one shell."""
        mark = "=== the next block"
        script = READER + "".join(f"echo '{mark}'\n{one}" for one in scripts)
        ran = subprocess.run(
            ["bash", "-c", script.replace("127.0.0.1:8080", f"127.0.0.1:{self.http}")],
            env=self.environ, cwd=self.directory, capture_output=True, text=True, timeout=WHOLE_PAGE_S, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
        return ran.stdout.split(f"{mark}\n")[1:]


def promised(block: Block) -> list[str]:
    """What the page shows below a block and is so on any day; of a line that is cut off, its beginning."""
    shown = block.next
    if shown is None or shown.language != "text":
        return []
    return [
        squeezed(line).removesuffix("…") for line in shown.text.splitlines() if line != "…" and not OF_TODAY.search(line)
    ]


def squeezed(text: str) -> str:
    return " ".join(text.split())


@needs_a_shell
def test_the_page_can_be_typed_as_it_stands_and_prints_what_it_shows(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    with reader.first_terminal():
        *printed, afterwards = reader.types([*(block.text for block in TYPED), AFTERWARDS])
    pairs = [(block.name, promised(block), squeezed(out)) for block, out in zip(TYPED, printed, strict=True)]
    assert {name: missing for name, lines, out in pairs if (missing := [one for one in lines if one not in out])} == {}
    told = [json.loads(line) for line in afterwards.splitlines()]
    assert {one["name"] for one in told if one.get("status") == "active"} == ARDEN | {"Security Advisories"}
    assert [one["subject"] for one in told if "severity" in one] == ["account/thornbury"]
    latest = next(one for one in told if "to_version" in one)
    assert (latest["to_process"], latest["to_version"], latest["records"]) == ("Premium Support", 3, 3)
